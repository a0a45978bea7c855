"""The column at the left: the pages of plan and script. Start runs the one in front. The window's thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from desktop.look.palette import Palette
from desktop.panels.plan.plan_panel import PlanPanel
from desktop.panels.script_panel import ScriptPanel


class RunSources(QTabWidget):
    """plan, script: the two pages. source_changed: Start would run something else now."""

    source_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.plan = PlanPanel()
        self.script = ScriptPanel()
        self.setObjectName("sources")
        self.setDocumentMode(True)
        self.addTab(self.plan, "Plan")
        self.addTab(self.script, "Script")
        self.plan.plan_changed.connect(self.source_changed)
        self.script.script_changed.connect(self.source_changed)
        self.currentChanged.connect(self.source_changed)
        self.script.opened.connect(self._on_script_opened)

    @property
    def script_is_chosen(self) -> bool:
        """Whether Start would run the script."""
        return self.currentWidget() is self.script

    def problem(self) -> str:
        """Why Start cannot run the page in front, in one sentence; empty when it can."""
        return self.script.problem() if self.script_is_chosen else self.plan.problem()

    def set_running(self, running: bool) -> None:
        """Say on both pages that what is changed now waits for the next run."""
        self.plan.set_running(running)
        self.script.set_running(running)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self.plan.set_palette(palette)
        self.script.set_palette(palette)

    def _on_script_opened(self) -> None:
        self.setCurrentWidget(self.script)
