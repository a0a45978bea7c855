"""Keeps a person's marks in the saved run that they were made in. The window's thread; the file is written by one of its own.

The file that was opened is written anew, whole or not at all, once nothing was changed for a moment. It is left alone when
somebody else has changed it meanwhile, and when it is damaged: what is left of it is then more than what could be read.
"""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.control.write_thread import WriteThread
from desktop.documents.file_opening import FileOpening
from workers.errors import ProcessionError
from workers.formats import saved_run
from workers.formats.blocks import Progress
from workers.formats.file_format import FileKind, Opened
from workers.system.atomic_files import ExportError, write_atomically

_PAUSE_MS = 500
_HOW = "Save the run (Ctrl+S) to keep them."


class MarkKeeping(QObject):
    """failed: a sentence and details, when the marks could not be kept. said: one sentence."""

    failed = Signal(str, str)
    said = Signal(str)

    def __init__(self, opening: FileOpening, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._opening = opening
        self._thread: WriteThread | None = None
        self._known: tuple[int, int] | None = None  # what the file was when it was read, or written last
        self._told = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_PAUSE_MS)
        self._clock.timeout.connect(self._on_pause)
        opening.opened.connect(self._on_opened)
        opening.leaving.connect(self.finish)

    def marks_changed(self) -> None:
        """The person's marks in what is shown are others now."""
        opened = self._opening.shown
        if opened is None:
            return
        if opened.kind is FileKind.TRACE:
            self._tell("Marks are not kept in a trace: an export of it has them.")
        elif opened.kind is FileKind.SAVED_RUN and not opened.whole:
            self._tell(f"{opened.path.name} is damaged and is left as it is. {_HOW}")
        elif opened.kind is FileKind.SAVED_RUN:
            self._clock.start()

    def finish(self) -> None:
        """What is shown is about to be let go: write at once what is not written yet."""
        pending = self._clock.isActive()
        self._clock.stop()
        if self._thread is not None:
            self._thread.wait()
            self._let_go()
        opened = self._opening.shown
        if pending and opened is not None:
            try:
                self._write(opened, lambda done: True)
            except ProcessionError as error:
                self.failed.emit(str(error), "")

    def _on_opened(self, opened: Opened) -> None:
        self._told = False
        self._known = _state(opened.path)

    def _on_pause(self) -> None:
        opened = self._opening.shown
        if opened is None:
            return
        if self._thread is not None:
            self._clock.start()
            return
        self._thread = thread = WriteThread(lambda progress: self._write(opened, progress), self)
        thread.written.connect(self._let_go)
        thread.failed.connect(self._on_failed)
        thread.start()

    def _write(self, opened: Opened, progress: Progress) -> None:
        """Raises ExportError. Only one thread is in it at a time."""
        folder, path = opened.folder, Path(opened.path)
        if folder is None:
            return
        if _state(path) != self._known:
            raise ExportError(f"The marks are not in {path}: somebody has changed it or taken it away. {_HOW}")
        try:
            write_atomically(path, lambda file: saved_run.write(folder, file, progress))
        except ExportError as error:
            raise ExportError(f"The marks are not in the file. {error} {_HOW}") from error
        self._known = _state(path)

    def _on_failed(self, sentence: str, details: str) -> None:
        self._let_go()
        self.failed.emit(sentence, details)

    def _let_go(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.wait()
            thread.deleteLater()

    def _tell(self, sentence: str) -> None:
        if not self._told:
            self._told = True
            self.said.emit(sentence)


def _state(path: Path) -> tuple[int, int] | None:
    """What tells one content of a file from another; None when it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
