"""Whether the window may close, and the question that is asked while a run goes on. The window's thread."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from desktop.control.session import Session


class Closing(QObject):
    """Asks, and closes the window when a person agrees."""

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._question: CloseQuestion | None = None
        self._agreed = False

    def may_close(self) -> bool:
        """Whether it may. While a run goes on a person is asked first, and it may when they agree."""
        if self._agreed or not self._session.running:
            return True
        if self._question is None:
            self._question = CloseQuestion(self._window)
            self._question.agreed.connect(self._on_agreed)
            self._question.finished.connect(self._on_question_closed)
            self._question.open()
        self._question.raise_()
        self._question.activateWindow()
        return False

    def ask_no_more(self) -> None:
        """It may from now on, whatever goes on."""
        self._agreed = True

    def say_ended(self) -> None:
        """The run came to its end; whoever is being asked is told."""
        if self._question is not None:
            self._question.say_ended()

    def _on_agreed(self) -> None:
        self._agreed = True
        self._window.close()

    def _on_question_closed(self) -> None:
        self._question = None


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
