"""A job over which the user watches: reads or writes a file, shows its progress, and can be cancelled. The window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.chart.drawing.lanes.track_levels import prepare_levels
from desktop.jobs import Discard, Job, JobThread, Work
from desktop.widgets.progress import ProgressBox
from workers.formats.file_format import Opened
from workers.formats.opening import open_file


class ProgressJob(QObject):
    """One of these signals comes for each job, unless it is replaced or `let_go`. finished: its result. failed: a sentence and
    details. cancelled: the user pressed Cancel, and the job has ended."""

    finished = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, window: QWidget, name: str) -> None:
        """name: of the dialog and of the thread."""
        super().__init__(window)
        self._job = Job(name, self)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._on_failed)
        self._box = ProgressBox(window, name)
        self._box.cancelled.connect(self._on_cancelled)
        self._cancelling = False
        self._job.ended.connect(self._on_ended)

    @property
    def running(self) -> bool:
        """Whether a job is at work."""
        return self._job.running

    def start(self, title: str, work: Work, failure: str, discard: Discard | None = None) -> None:
        """Have `work` done, as `Job.start` does. title: what is done, for the user."""
        self._cancelling = False
        self._job.start(work, failure, discard)
        self._box.begin(title, self._done)

    def let_go(self) -> None:
        """Cancel the job; nothing comes from it any more."""
        self._cancelling = False
        self._box.end()
        self._job.cancel()

    def close(self) -> None:
        """The same, and wait until its thread has ended, which takes a moment."""
        self.let_go()
        self._job.close()

    def _done(self) -> float:
        return self._job.done

    def _on_cancelled(self) -> None:
        self.let_go()
        self._cancelling = True

    def _on_ended(self) -> None:
        if self._cancelling:
            self._cancelling = False
            self.cancelled.emit()

    def _on_finished(self, result: object) -> None:
        self._box.end()
        self.finished.emit(result)

    def _on_failed(self, sentence: str, details: str) -> None:
        self._box.end()
        self.failed.emit(sentence, details)


def read_file(job: ProgressJob, path: Path) -> None:
    """Have `job` read this file, and prepare its first picture. Its result is an `Opened`, which its receiver has to close."""

    def read(job: JobThread) -> Opened:
        opened = open_file(path, job.progress)
        prepare_levels(opened.timeline)
        return opened

    job.start(f"Opening {path.name}", read, f"{path} could not be read", Opened.close)
