"""Reads one file after another in a thread, shows how far it is, and can be told to stop. The window's thread.

Who opens a file asks here: the window for what it is to show, a comparison for what it is to stand beside.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.control.load_thread import LoadThread
from desktop.widgets.progress import ProgressBox
from workers.formats.file_format import Opened


class Reading(QObject):
    """opened: an `Opened`, which is the receiver's from then on. failed: a sentence and details. cancelled: a person had it
    read no further. One of the three comes for each file, unless it is let go of."""

    opened = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._thread: LoadThread | None = None
        self._waiting = ProgressBox(window, "opening")
        self._waiting.cancelled.connect(self._on_cancelled)

    def read(self, path: Path) -> None:
        """Read this file; one that is being read is let go."""
        self.let_go()
        self._thread = thread = LoadThread(path, self)
        thread.opened.connect(self._on_opened)
        thread.failed.connect(self._on_failed)
        self._waiting.begin(f"Opening {path.name}", lambda: thread.done)
        thread.start()

    def let_go(self) -> None:
        """Let go of the file that is being read, and wait until its thread has ended, which takes a moment."""
        thread, self._thread = self._thread, None
        self._waiting.end()
        if thread is not None:
            thread.opened.disconnect(self._on_opened)
            thread.failed.disconnect(self._on_failed)
            thread.cancel()
            thread.wait()
            thread.deleteLater()

    def _on_cancelled(self) -> None:
        self.let_go()
        self.cancelled.emit()

    def _on_opened(self, opened: Opened) -> None:
        self.let_go()
        self.opened.emit(opened)

    def _on_failed(self, sentence: str, details: str) -> None:
        self.let_go()
        self.failed.emit(sentence, details)
