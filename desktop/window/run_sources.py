"""The column at the left: the pages of lessons, plan and script. Start runs the one in front. The window's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from desktop.look.palette import Palette
from desktop.panels.learn.learn_panel import LearnPanel
from desktop.panels.plan.plan_panel import PlanPanel
from desktop.panels.script_panel import ScriptPanel
from workers.engines.script import Script
from workers.errors import PlanError

_NO_LESSON = "Open a lesson in the list first, or go to the plan."


class RunSources(QTabWidget):
    """learn, plan, script: the pages. source_changed: Start would run something else now."""

    source_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.learn = LearnPanel()
        self.plan = PlanPanel()
        self.script = ScriptPanel()
        self.setObjectName("sources")
        self.setDocumentMode(True)
        self._lesson: Script | None = None
        self._lesson_problem = _NO_LESSON
        self._lesson_is_own = False
        self.addTab(self.learn, "Learn")
        self.addTab(self.plan, "Plan")
        self.addTab(self.script, "Script")
        self.setCurrentWidget(self.plan)
        self.plan.plan_changed.connect(self.source_changed)
        self.script.script_changed.connect(self.source_changed)
        self.currentChanged.connect(self.source_changed)
        self.script.opened.connect(self._on_script_opened)

    @property
    def script_is_chosen(self) -> bool:
        """Whether Start would run a script: the user's, or that of a lesson."""
        return self.currentWidget() is not self.plan

    @property
    def lesson_is_chosen(self) -> bool:
        """Whether Start would run the program of a lesson."""
        return self.currentWidget() is self.learn

    def chosen_script(self) -> Script:
        """The script that Start would run. Raises PlanError with one sentence if it cannot be run."""
        if not self.lesson_is_chosen:
            return self.script.script()
        if self._lesson is None or self._lesson_problem:
            raise PlanError(self._lesson_problem or _NO_LESSON)
        return self._lesson

    @property
    def may_run_unasked(self) -> bool:
        """Whether the script is a lesson of Procession's own: the user need not be asked before its first run."""
        return self.lesson_is_chosen and self._lesson_is_own

    def set_lesson(self, script: Script | None, problem: str = "", is_own: bool = False) -> None:
        """Have Start run the program of this lesson; None where none is open. problem: why it cannot yet. is_own: it comes with
        Procession."""
        self._lesson, self._lesson_problem, self._lesson_is_own = script, problem, is_own
        if self.lesson_is_chosen:
            self.source_changed.emit()

    def problem(self) -> str:
        """Why Start cannot run the page in front, in one sentence; empty when it can."""
        if self.lesson_is_chosen:
            return self._lesson_problem if self._lesson is not None else _NO_LESSON
        return self.script.problem() if self.script_is_chosen else self.plan.problem()

    def set_running(self, running: bool) -> None:
        """Say on the pages that what is changed now waits for the next run."""
        self.plan.set_running(running)
        self.script.set_running(running)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self.learn.set_palette(palette)
        self.plan.set_palette(palette)
        self.script.set_palette(palette)

    def _on_script_opened(self) -> None:
        self.setCurrentWidget(self.script)
