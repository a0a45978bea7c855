"""Watching a cluster from the window: the question for its address, and the run that watches it. The window's thread."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.control.session import Session
from desktop.dialogs.cluster_question import ClusterQuestion
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

    def ask(self) -> None:
        """Ask for the address, and watch the cluster once the user agrees."""
        if self._session.running:
            self.said.emit(RUNNING)
            return
        known = self._settings.clusters
        question = ClusterQuestion(self._window, known[0] if known else "", self._settings.knows_cluster)
        question.answered.connect(self.watch)
        question.ask()

    def watch(self, address: str) -> None:
        """Watch the cluster at this address. The user has agreed to that."""
        try:
            program = watch_program(address)
        except PlanError as error:
            self.said.emit(str(error))
            return
        self._settings.know_cluster(address)
        self._session.start(program)
