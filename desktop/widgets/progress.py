"""Shows how far a thread is that reads or writes a file, and lets a person cancel it. The window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

_LOOK_MS = 50
_PATIENCE_MS = 300
"""What is done sooner shows no progress."""
_STEPS = 1000


class ProgressBox(QObject):
    """A dialog over the window while something takes its time. cancelled: the person wants no more of it."""

    cancelled = Signal()

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window)
        self._window = window
        self._name = name
        self._dialog: QProgressDialog | None = None
        self._done: Callable[[], float] = float
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._on_look)

    def begin(self, text: str, done: Callable[[], float]) -> None:
        """Show how much is done, which `done` tells from 0 to 1. text: what; names in it are shown as they are."""
        self.end()
        self._done = done
        self._dialog = dialog = QProgressDialog("", "Cancel", 0, _STEPS, self._window)
        dialog.setObjectName(self._name)
        dialog.setWindowTitle("Procession")
        dialog.setLabelText(literal(text))
        dialog.setMinimumDuration(_PATIENCE_MS)
        dialog.setAutoClose(False)
        dialog.setAutoReset(False)
        dialog.canceled.connect(self.cancelled)
        dialog.setValue(0)
        self._clock.start()

    def end(self) -> None:
        """It is over."""
        self._clock.stop()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.canceled.disconnect(self.cancelled)
            dialog.close()
            dialog.deleteLater()

    def _on_look(self) -> None:
        if self._dialog is not None:
            self._dialog.setValue(min(_STEPS - 1, round(self._done() * _STEPS)))


def literal(name: str) -> str:
    """A name on one line, and no markup for a label that would take it for some."""
    return "".join(char if char.isprintable() else "�" for char in name).replace("<", "‹")
