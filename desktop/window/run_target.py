"""What Start would run, the plan or the user's script, and running it. The window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.control.session import Session
from desktop.dialogs.run_question import RunQuestion, plan_question, script_question
from desktop.documents.document import Document
from desktop.settings import Settings
from desktop.window.run_sources import RunSources
from workers.engines.script import Script
from workers.errors import PlanError
from workers.plan.listing import Listing, file_listing, make_listing
from workers.plan.plan import Plan
from workers.plan.plan_engines import cluster_address
from workers.timeline.timeline import Timeline


class RunTarget(QObject):
    """Starts the source in front. said: one sentence on why it cannot be started. held_back: that has changed."""

    said = Signal(str)
    held_back = Signal()

    def __init__(
        self, window: QWidget, sources: RunSources, document: Document, session: Session, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window = window
        self._sources = sources
        self._document = document
        self._session = session
        self._settings = settings
        self._question: RunQuestion | None = None
        self._why_held = ""

    def hold_back(self, why: str) -> None:
        """Start nothing from now on, for this reason, in one sentence; empty: start again."""
        self._why_held = why
        self.held_back.emit()

    @property
    def script_is_chosen(self) -> bool:
        """Whether Start would run a script."""
        return self._sources.script_is_chosen

    @property
    def own_script_is_chosen(self) -> bool:
        """Whether Start would run a script that is no lesson."""
        return self.script_is_chosen and not self._sources.lesson_is_chosen

    def problem(self) -> str:
        """Why Start cannot run the source in front, in one sentence; empty when it can."""
        return self._why_held or self._sources.problem()

    def sentence(self) -> str:
        """The status bar's sentence before the first run: why Start cannot run the source, or that it would run a script. Empty
        for a plan that can be run."""
        if self._sources.lesson_is_chosen:
            return self.problem() or "Press Run, or Enter, to run the program of the lesson."
        return self.problem() or ("Press Start to run the script." if self.script_is_chosen else "")

    def plan(self) -> Plan | None:
        """The plan that Start would run; None for one that cannot be run, or a script."""
        if self.script_is_chosen:
            return None
        try:
            return self._sources.plan.plan()
        except PlanError:
            return None

    def source(self) -> Plan | Script:
        """What Start would run. Raises PlanError with one sentence if it cannot be run."""
        return self._sources.chosen_script() if self.script_is_chosen else self._sources.plan.plan()

    def preview(self) -> Timeline | None:
        """The lanes of a plan by hand, as they are before its run: each has a menu that starts it. None for other plans."""
        plan = self.plan()
        return Timeline.planned(plan) if plan is not None and plan.by_hand else None

    def listing(self) -> Listing | None:
        """The source code of the run that is still running, or else of what Start would run."""
        shown = self._document.run
        if self._session.running and shown is not None:
            plan, script = shown.plan, shown.script
        else:
            plan, script = self.plan(), self._next_script()
        if plan is not None:
            return make_listing(plan)
        return None if script is None else file_listing(script.path)

    def start(self) -> None:
        """Run the source in front. The user is asked before the first run of a script, or of a plan on a cluster."""
        if self.script_is_chosen and not self._why_held:
            self.with_script(self._session.start)
        else:
            self.start_plan(None)

    def start_plan(self, first: int | None) -> None:
        """Run the plan. first: of a plan by hand, the worker to start now; None starts its parent alone."""
        self._sources.plan.look_again()
        problem = self._why_held or self._sources.plan.problem()
        if problem:
            self.said.emit(problem)
            return
        plan = self._sources.plan.plan()
        self._settings.plan = plan
        self.with_plan(plan, lambda plan: self._session.start(plan, first=first))

    def with_plan(self, plan: Plan, then: Callable[[Plan], object]) -> None:
        """Give `then` the plan, at once or once the user trusts the cluster that it names."""
        address = cluster_address(plan.engine)
        if not address or self._settings.trusts_cluster(address):
            then(plan)
        elif self._question is None:

            def agreed() -> None:
                self._settings.trust_cluster(address)
                then(plan)

            self._ask(plan_question(self._window, address), agreed)

    def _next_script(self) -> Script | None:
        if not self.script_is_chosen:
            return None
        try:
            return self._sources.chosen_script()
        except PlanError:
            return None

    def with_script(self, then: Callable[[Script], object]) -> None:
        """Give `then` the script, at once or once the user has agreed that it runs."""
        try:
            script = self._sources.chosen_script()
        except PlanError as error:
            self.said.emit(str(error))
            return
        if self._sources.may_run_unasked or self._settings.knows_script(str(script.path)):
            then(script)
        elif self._question is None:

            def agreed() -> None:
                self._settings.know_script(str(script.path))
                then(script)

            self._ask(script_question(self._window, script), agreed)

    def _ask(self, question: RunQuestion, agreed: Callable[[], object]) -> None:
        """Ask, and call `agreed` if the answer is yes and nothing was started meanwhile."""

        def on_answered(run: bool) -> None:
            self._question = None
            if run and not self._session.running:
                agreed()

        self._question = question
        question.answered.connect(on_answered)
        question.ask()
