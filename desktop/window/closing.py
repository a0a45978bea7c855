"""Whether the window may close, and the question that is asked while a run is still running. The window's thread."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from desktop.control.session import Session
from desktop.documents.sweeping import Sweeping


class Closing(QObject):
    """A sweep is a run in this. Asks, and closes the window when the user agrees."""

    def __init__(self, window: QWidget, session: Session, sweeping: Sweeping) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._sweeping = sweeping
        self._question: CloseQuestion | None = None
        self._agreed = False
        session.ended.connect(self._on_ended)
        sweeping.ended.connect(self._on_ended)

    def may_close(self) -> bool:
        """Whether the window may close now. While a run is still running, the user is asked first."""
        if self._agreed or not (self._session.running or self._sweeping.running):
            return True
        if self._question is None:
            self._question = CloseQuestion(self._window)
            self._question.agreed.connect(self._on_agreed)
            self._question.finished.connect(self._on_question_closed)
            self._question.open()
        self._question.raise_()
        self._question.activateWindow()
        return False

    def allow(self) -> None:
        """The window may close from now on, even while a run is still running."""
        self._agreed = True

    def _on_ended(self) -> None:
        if self._question is not None:
            self._question.say_ended()

    def _on_agreed(self) -> None:
        self._agreed = True
        self._window.close()

    def _on_question_closed(self) -> None:
        self._question = None


class CloseQuestion(QMessageBox):
    """The question. Nothing waits for the answer: the window stays live behind it. agreed: the run may be ended."""

    agreed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("close_question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle("Procession")
        self.setText("A run is still running.")
        self.setInformativeText("Closing the window ends it: the parent, and every worker that is still alive.")
        self._close_button = self.addButton("&Stop and close", QMessageBox.ButtonRole.AcceptRole)
        self._keep_button = self.addButton("&Keep running", QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self._keep_button)
        self.setEscapeButton(self._keep_button)
        self.buttonClicked.connect(self._on_clicked)

    def say_ended(self) -> None:
        """The run has ended before the answer."""
        self.setText("The run has ended in the meantime.")
        self.setInformativeText("Closing the window ends no process any more.")
        self._close_button.setText("&Close")
        self._keep_button.setText("&Keep open")

    def _on_clicked(self, button: QAbstractButton) -> None:
        if button is self._close_button:
            self.agreed.emit()
