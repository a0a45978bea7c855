"""The thread that reads a file, so that the window stays live meanwhile. One QThread a file, in the window's process."""

import traceback
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from workers.errors import CancelledError, ProcessionError
from workers.formats.opening import open_file


class LoadThread(QThread):
    """Reads one file. opened: an `Opened`. failed: a sentence and details. Neither after `cancel`; `finished` (QThread's)
    always comes last. done: how much is read, from 0 to 1, to be looked at from any thread."""

    opened = Signal(object)
    failed = Signal(str, str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loading")
        self.done = 0.0
        self._path = path
        self._cancelled = False

    def cancel(self) -> None:
        """Have it read no further. From any thread."""
        self._cancelled = True

    def run(self) -> None:
        """The thread's life."""
        try:
            opened = open_file(self._path, self._progress)
        except CancelledError:
            return
        except ProcessionError as error:
            self.failed.emit(str(error), "")
        except Exception as error:
            self.failed.emit(f"{self._path} could not be read: {error}.", traceback.format_exc())
        else:
            if self._cancelled:
                opened.close()
            else:
                self.opened.emit(opened)

    def _progress(self, done: float) -> bool:
        self.done = done
        return not self._cancelled
