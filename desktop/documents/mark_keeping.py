"""Keeps the user's marks in the saved run that they were made in. The window's thread; a job writes the file.

The file that was opened is written again, whole or not at all, once nothing was changed for a moment. It is left alone in two
cases: when another program has changed it meanwhile, and when it is damaged, since it may hold more than could be read.
"""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.documents.document import Document
from desktop.documents.shown_run import ShownKind, ShownRun
from desktop.jobs import Job, JobThread
from workers.errors import ProcessionError
from workers.formats import saved_run
from workers.formats.blocks import Progress
from workers.system.atomic_files import ExportError, write_atomically

_PAUSE_MS = 500
_HOW = "Save the run (Ctrl+S) to keep them."


class MarkKeeping(QObject):
    """failed: a sentence and details, when the marks could not be kept. said: one sentence."""

    failed = Signal(str, str)
    said = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._job = Job("marks", self)
        self._job.failed.connect(self.failed)
        self._version: tuple[int, int] | None = None  # of the file, when it was read, or written last
        self._explained = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_PAUSE_MS)
        self._clock.timeout.connect(self._on_pause)
        document.replaced.connect(self._on_replaced)
        document.leaving.connect(self.finish)

    def marks_changed(self) -> None:
        """The marks of the shown run were changed."""
        run = self._document.run
        if run is None or run.path is None:
            return
        if run.kind is ShownKind.TRACE:
            self._explain("Marks are not kept in a trace: an export of it has them.")
        elif run.kind is ShownKind.SAVED_RUN and not run.whole:
            self._explain(f"{run.path.name} is damaged and is left as it is. {_HOW}")
        elif run.kind is ShownKind.SAVED_RUN:
            self._clock.start()

    def finish(self) -> None:
        """Write at once what is not written yet: the shown run is about to be let go of."""
        pending = self._clock.isActive()
        self._clock.stop()
        self._job.wait()
        run = self._document.run
        if pending and run is not None:
            try:
                self._write(run, lambda done: True)
            except ProcessionError as error:
                self.failed.emit(str(error), "")

    def _on_replaced(self) -> None:
        run = self._document.run
        self._explained = False
        self._version = None if run is None or run.path is None else _version(run.path)

    def _on_pause(self) -> None:
        run = self._document.run
        if run is None:
            return
        if self._job.running:
            self._clock.start()
            return

        def write(job: JobThread) -> None:
            self._write(run, job.progress)

        self._job.start(write, "The marks could not be written into the file")

    def _write(self, run: ShownRun, progress: Progress) -> None:
        """Write the run's file again. In the window's thread or the job's, never in both. Raises ExportError."""
        folder, path = run.folder, run.path
        if folder is None or path is None:
            return
        if _version(path) != self._version:
            raise ExportError(f"The marks are not in {path}: another program has changed it or taken it away. {_HOW}")
        try:
            write_atomically(path, lambda file: saved_run.write(folder, file, progress))
        except ExportError as error:
            raise ExportError(f"The marks are not in the file. {error} {_HOW}") from error
        self._version = _version(path)

    def _explain(self, sentence: str) -> None:
        if not self._explained:
            self._explained = True
            self.said.emit(sentence)


def _version(path: Path) -> tuple[int, int] | None:
    """Changes with the file's content; None when the file is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
