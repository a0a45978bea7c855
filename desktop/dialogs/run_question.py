"""The questions before the first run of a script, and before the first plan on a cluster. The window's thread."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.facts.visible_text import visible
from workers.engines.cluster.watch_program import INSTALLED
from workers.engines.script import Script


class RunQuestion(QObject):
    """Asks whether to run something. answered: whether to run it. Nothing waits for the answer."""

    answered = Signal(bool)

    def __init__(self, window: QWidget, object_name: str, question: str, details: str, *, usual: bool) -> None:
        """details: what running it means. usual: whether Enter agrees; else it cancels."""
        super().__init__(window)
        self._box = box = QMessageBox(window)
        box.setObjectName(object_name)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Procession")
        box.setText(question)
        box.setInformativeText(details)
        self._run = box.addButton("Run", QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(self._run if usual else cancel)
        box.finished.connect(self._on_finished)

    def ask(self) -> None:
        """Show the question."""
        self._box.open()

    def _on_finished(self) -> None:
        run = self._box.clickedButton() is self._run
        self._box.deleteLater()
        self.answered.emit(run)
        self.deleteLater()


def script_question(window: QWidget, script: Script) -> RunQuestion:
    """Says that a script runs with the user's rights."""
    return RunQuestion(
        window,
        "script_question",
        f"Run {visible(script.path.name)} with your rights?",
        f"{visible(str(script.path))}\n\nIt can do whatever you can do, as if you ran it in a terminal with "
        f"{visible(str(script.python))}. Procession records it and changes nothing in it. You are asked once for each "
        "script.",
        usual=True,
    )


def plan_question(window: QWidget, address: str) -> RunQuestion:
    """Says what a plan does in a cluster that runs already, and what the cluster may do here."""
    return RunQuestion(
        window,
        "plan_question",
        f"Run the plan on the cluster at {visible(address)}?",
        f"Its workers carry out the plan. Meanwhile the cluster has {INSTALLED}. Dask's client opens what the cluster "
        "sends as pickles, which can do here whatever you can do: agree only to a cluster that you trust. You are asked "
        "once for each address.",
        usual=False,
    )
