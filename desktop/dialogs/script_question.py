"""The question before the first run of a script, and its source code. The window's thread."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.facts.visible_text import visible
from workers.engines.script import Script
from workers.plan.listing import Listing

_MOST_SOURCE_BYTES = 1 << 20


class ScriptQuestion(QObject):
    """Says that a script runs with the user's rights, before its first run. answered: the script, and whether to run it.
    Nothing waits for the answer."""

    answered = Signal(object, bool)

    def __init__(self, window: QWidget, script: Script) -> None:
        super().__init__(window)
        self._script = script
        self._box = box = QMessageBox(window)
        box.setObjectName("script_question")
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Procession")
        box.setText(f"Run {visible(script.path.name)} with your rights?")
        box.setInformativeText(
            f"{visible(str(script.path))}\n\nIt can do whatever you can do, as if you ran it in a terminal with "
            f"{visible(str(script.python))}. Procession records it and changes nothing in it. You are asked once for each "
            "script."
        )
        self._run = box.addButton("Run", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(self._run)
        box.finished.connect(self._on_finished)

    def ask(self) -> None:
        """Show the question."""
        self._box.open()

    def _on_finished(self) -> None:
        run = self._box.clickedButton() is self._run
        self._box.deleteLater()
        self.answered.emit(self._script, run)
        self.deleteLater()


def script_listing(script: Script) -> Listing:
    """A script's source code for the Code panel; empty if the file cannot be read."""
    try:
        with script.path.open("rb") as file:
            text = file.read(_MOST_SOURCE_BYTES).decode("utf-8", "replace")
    except OSError:
        text = ""
    return Listing(text, (), (), (), str(script.path))
