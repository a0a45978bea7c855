"""Shows the progress of a thread that reads or writes a file, with a button to cancel it. The window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

_LOOK_MS = 50
_PATIENCE_MS = 300
"""Work that takes less shows no dialog."""
_STEPS = 1000


class ProgressBox(QObject):
    """A dialog over the window during long work. cancelled: the user wants to stop the work."""

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
        """Show the progress that `done` returns, from 0 to 1. text: names the work; names in it are shown literally."""
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
        """Close the dialog: the work is over."""
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
    """A name on one line, without characters that a label would take for markup."""
    return "".join(char if char.isprintable() else "�" for char in name).replace("<", "‹")
