"""What Start would run: the plan, or a person's script, whichever is in front; and running it. The window's thread."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from desktop.control.session import Session
from desktop.dialogs.script_question import ScriptQuestion, script_listing
from desktop.panels.plan.plan_panel import PlanPanel
from desktop.panels.script_panel import ScriptPanel
from desktop.settings import Settings
from workers.engines.script import Script
from workers.errors import PlanError
from workers.plan.listing import Listing, make_listing
from workers.plan.plan import Plan
from workers.timeline.timeline import Timeline


class RunTarget(QObject):
    """Starts what is set. said: one sentence on why it could not be. script: of the run that is shown, None for a plan."""

    said = Signal(str)

    def __init__(self, window: QWidget, pages: QTabWidget, plan: PlanPanel, script: ScriptPanel, session: Session,
                 settings: Settings) -> None:  # fmt: skip
        super().__init__(window)
        self._window = window
        self._pages = pages
        self._plan = plan
        self._scripts = script
        self._session = session
        self._settings = settings
        self._question: ScriptQuestion | None = None
        self.script: Script | None = None

    @property
    def script_is_chosen(self) -> bool:
        """Whether Start would run a script."""
        return self._pages.currentWidget() is self._scripts

    def show_scripts(self) -> None:
        """Bring the page of the script to the front."""
        self._pages.setCurrentWidget(self._scripts)

    def set_running(self, running: bool) -> None:
        """Tell both pages whether something runs."""
        self._plan.set_running(running)
        self._scripts.set_running(running)

    def problem(self) -> str:
        """Why Start cannot run what is set; empty when it can."""
        return self._scripts.problem() if self.script_is_chosen else self._plan.problem()

    def sentence(self) -> str:
        """What there is to say before anything ran: why Start cannot run what is set, or that it would run a script."""
        return self.problem() or ("Press Start to run the script." if self.script_is_chosen else "")

    def plan(self) -> Plan | None:
        """The plan that Start would run; None for one that cannot be run, or a script."""
        if self.script_is_chosen:
            return None
        try:
            return self._plan.plan()
        except PlanError:
            return None

    def preview(self) -> Timeline | None:
        """By hand, the lanes are there before the run: each has a menu that starts it."""
        plan = self.plan()
        return Timeline.planned(plan) if plan is not None and plan.by_hand else None

    def listing(self) -> Listing | None:
        """The source of what runs, or else of what Start would run."""
        timeline = self._session.timeline
        if self._session.running and timeline is not None:
            plan, script = timeline.plan, self.script
        else:
            plan, script = self.plan(), self._next_script()
        if plan is not None:
            return make_listing(plan)
        return None if script is None else script_listing(script)

    def start(self) -> None:
        """Run it. A script is asked about the first time."""
        if self.script_is_chosen:
            self._start_script()
        else:
            self.start_plan(None)

    def start_plan(self, first: int | None) -> None:
        """Run the plan; first: by hand, begin with this worker alone."""
        self._plan.look_again()
        problem = self._plan.problem()
        if problem:
            self.said.emit(problem)
            return
        plan = self._plan.plan()
        self._settings.plan = plan
        self.script = None
        self._session.start(plan, first=first)

    def _next_script(self) -> Script | None:
        if not self.script_is_chosen:
            return None
        try:
            return self._scripts.script()
        except PlanError:
            return None

    def _start_script(self) -> None:
        try:
            script = self._scripts.script()
        except PlanError as error:
            self.said.emit(str(error))
            return
        if self._settings.knows_script(str(script.path)):
            self._run(script)
        elif self._question is None:
            self._question = ScriptQuestion(self._window, script)
            self._question.answered.connect(self._on_answered)
            self._question.ask()

    def _on_answered(self, script: Script, run: bool) -> None:
        self._question = None
        if run and not self._session.running:
            self._settings.know_script(str(script.path))
            self._run(script)

    def _run(self, script: Script) -> None:
        self.script = script
        self._session.start(script)
