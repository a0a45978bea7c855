"""The question that closing the window asks while a run goes on. The window's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget


class CloseQuestion(QMessageBox):
    """Not yet shown, and never waited for: the window stays live behind it. agreed: the run may be ended."""

    agreed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("close_question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle("Procession")
        self.setText("A run is going on.")
        self.setInformativeText("Closing the window ends it: the parent, and every worker that still lives.")
        self._stop = self.addButton("&Stop and close", QMessageBox.ButtonRole.AcceptRole)
        self._keep = self.addButton("&Keep running", QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self._keep)
        self.setEscapeButton(self._keep)
        self.buttonClicked.connect(self._on_clicked)

    def say_ended(self) -> None:
        """The run came to its end before the answer."""
        self.setText("The run has ended meanwhile.")
        self.setInformativeText("Closing the window ends nothing any more.")
        self._stop.setText("&Close")
        self._keep.setText("&Keep open")

    def _on_clicked(self, button: QAbstractButton) -> None:
        if button is self._stop:
            self.agreed.emit()
