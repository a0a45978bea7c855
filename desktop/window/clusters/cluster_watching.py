"""Watching a cluster from the window: the question for its address, a look at that address, and the run that watches it.

The window's thread. The look is a job: whether anybody answers takes up to three seconds to know.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.control.session import Session
from desktop.dialogs.cluster_question import ClusterQuestion
from desktop.jobs import Job, JobThread
from desktop.settings import Settings
from workers.engines.cluster.watch_program import watch_program
from workers.errors import PlanError

RUNNING = "A run is still running: wait for its end, or stop it, before watching a cluster."


class ClusterWatching(QObject):
    """said: one sentence on why a cluster cannot be watched."""

    said = Signal(str)

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._question: ClusterQuestion | None = None
        self._look = Job("look at an address", self)
        self._look.finished.connect(self._on_answers)
        self._look.failed.connect(self._on_no_answer)

    def ask(self) -> None:
        """Ask for the address, and watch the cluster once the user agrees and its scheduler answers."""
        if self._session.running:
            self.said.emit(RUNNING)
            return
        known = self._settings.clusters
        self._question = question = ClusterQuestion(
            self._window, known[0] if known else "", self._settings.knows_cluster
        )
        question.wanted.connect(self._on_wanted)
        question.closed.connect(self._on_closed)
        question.ask()

    def end(self) -> None:
        """The window closes: wait for the end of a look."""
        self._look.close()

    def _on_wanted(self, address: str) -> None:
        """The user has agreed to watch the cluster at this address."""
        try:
            watch_program(address)
        except PlanError as error:
            self._on_no_answer(str(error))
            return
        if self._question is not None:
            self._question.show_look(address)
        self._look.start(_Look(address), f"{address} could not be looked at")

    def _on_answers(self, address: str) -> None:
        question, self._question = self._question, None
        if question is None:
            return
        question.close()
        self._settings.know_cluster(address)
        if self._session.running:
            self.said.emit(RUNNING)
        else:
            self._session.start(watch_program(address))

    def _on_no_answer(self, sentence: str, _details: str = "") -> None:
        if self._question is not None:
            self._question.show_problem(sentence)

    def _on_closed(self) -> None:
        """The question was cancelled, perhaps while its address was looked at."""
        self._question = None
        self._look.cancel()


class _Look:
    """A look at an address, as the work of a job: the address, or RunError with one sentence."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __call__(self, _job: JobThread) -> str:
        from workers.engines.cluster.address_check import check_address

        check_address(self._address)
        return self._address
