"""Reads one file after another in a thread, shows how far it is, and can be told to stop. The window's thread.

Who opens a file asks here: the window for what it is to show, a comparison for what it is to stand beside.
"""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from desktop.control.loading import LoadThread
from workers.formats.opening import Opened

_LOOK_MS = 50
_PATIENCE_MS = 300
"""What is read sooner shows no progress."""
_STEPS = 1000


class Reading(QObject):
    """opened: an `Opened`, which is the receiver's from then on. failed: a sentence and details. cancelled: a person had it
    read no further. One of the three comes for each file, unless it is let go of."""

    opened = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._thread: LoadThread | None = None
        self._progress: QProgressDialog | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._on_look)

    def read(self, path: Path) -> None:
        """Read this file; one that is being read is let go."""
        self.let_go()
        self._thread = thread = LoadThread(path, self)
        thread.opened.connect(self._on_opened)
        thread.failed.connect(self._on_failed)
        self._progress = progress = QProgressDialog("", "Cancel", 0, _STEPS, self._window)
        progress.setObjectName("opening")
        progress.setWindowTitle("Procession")
        progress.setLabelText(f"Opening {literal(path.name)}")
        progress.setMinimumDuration(_PATIENCE_MS)
        progress.setAutoClose(False)
        progress.setAutoReset(False)
        progress.canceled.connect(self._on_cancelled)
        progress.setValue(0)
        self._clock.start()
        thread.start()

    def let_go(self) -> None:
        """Let go of the file that is being read, and wait until its thread has ended, which takes a moment."""
        thread, self._thread = self._thread, None
        self._end_progress()
        if thread is not None:
            thread.opened.disconnect(self._on_opened)
            thread.failed.disconnect(self._on_failed)
            thread.cancel()
            thread.wait()
            thread.deleteLater()

    def _on_look(self) -> None:
        if self._thread is not None and self._progress is not None:
            self._progress.setValue(min(_STEPS - 1, round(self._thread.done * _STEPS)))

    def _on_cancelled(self) -> None:
        self.let_go()
        self.cancelled.emit()

    def _on_opened(self, opened: Opened) -> None:
        self.let_go()
        self.opened.emit(opened)

    def _on_failed(self, sentence: str, details: str) -> None:
        self.let_go()
        self.failed.emit(sentence, details)

    def _end_progress(self) -> None:
        self._clock.stop()
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.canceled.disconnect(self._on_cancelled)
            progress.close()
            progress.deleteLater()


def literal(name: str) -> str:
    """A name on one line, and no markup for a label that would take it for some."""
    return "".join(char if char.isprintable() else "�" for char in name).replace("<", "‹")
