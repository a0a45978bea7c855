"""The thread that writes a file, so that the window stays live meanwhile. One QThread a file, in the window's process."""

import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from workers.errors import CancelledError, ProcessionError
from workers.formats.blocks import Progress

Write = Callable[[Progress], None]
"""Writes the file; it is told whether to go on. Runs in the thread, so it may touch nothing that anybody else changes."""


class WriteThread(QThread):
    """Writes one file. written: it is there, whole. failed: a sentence and details. Neither after `cancel`, after which what
    was there before is as it was; `finished` (QThread's) always comes last. done: how much is written, from 0 to 1, to be
    looked at from any thread."""

    written = Signal()
    failed = Signal(str, str)

    def __init__(self, write: Write, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("writing")
        self.done = 0.0
        self._write = write
        self._cancelled = False

    def cancel(self) -> None:
        """Have it write no further. From any thread."""
        self._cancelled = True

    def run(self) -> None:
        """The thread's life."""
        try:
            self._write(self._progress)
        except CancelledError:
            return
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        except Exception as error:
            self.failed.emit(f"The file could not be written: {error}.", traceback.format_exc())
        else:
            self.written.emit()

    def _progress(self, done: float) -> bool:
        self.done = done
        return not self._cancelled
