"""The question before the first plan on a cluster that runs already. The window's thread."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.facts.visible_text import visible
from workers.engines.cluster.watch_program import INSTALLED


class PlanQuestion(QObject):
    """Says what a plan does in somebody's cluster, and what that may do here. answered: whether to run it. Nothing waits for
    the answer."""

    answered = Signal(bool)

    def __init__(self, window: QWidget, address: str) -> None:
        super().__init__(window)
        self._box = box = QMessageBox(window)
        box.setObjectName("plan_question")
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Procession")
        box.setText(f"Run the plan on the cluster at {visible(address)}?")
        box.setInformativeText(
            f"Its workers carry out the plan. Meanwhile the cluster has {INSTALLED}. Dask's client opens what the cluster "
            "sends as pickles, which can do here whatever you can do: agree only to a cluster that you trust. You are asked "
            "once for each address."
        )
        self._run = box.addButton("Run", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(self._on_finished)

    def ask(self) -> None:
        """Show the question."""
        self._box.open()

    def _on_finished(self) -> None:
        run = self._box.clickedButton() is self._run
        self._box.deleteLater()
        self.answered.emit(run)
        self.deleteLater()
