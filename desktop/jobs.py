"""Work in the background: one job at a time in a thread of its own, while the window stays live.

A `Job` is in the window's thread; the function that it is given runs in a QThread of the window's process. Files are read and
written this way, tables sorted, and the history is looked through. A run is no job: it has a thread of its own (`run_thread`).
"""

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from workers.errors import CancelledError, ProcessionError


class JobThread(QThread):
    """The thread of one job. The job's function is given it, and calls `progress`, `pause` and `report` in it.

    done: from 0 to 1. news: what was reported and not taken yet. result, error: to be read once it has finished.
    """

    reported = Signal()

    def __init__(self, work: "Work", failure: str, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(parent.objectName())
        self._work: Work | None = work
        self._failure = failure
        self._cancelled = threading.Event()
        self.done = 0.0
        self.news: deque[object] = deque()
        self.result: object = None
        self.error: tuple[str, str] | None = None

    @property
    def cancelled(self) -> bool:
        """Whether the job is to end. Its result is thrown away then."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Have the job end. From any thread."""
        self._cancelled.set()

    def progress(self, done: float) -> bool:
        """Say how much is done, from 0 to 1. Whether to continue."""
        self.done = done
        return not self.cancelled

    def pause(self, seconds: float) -> bool:
        """Leave the processor to the window for a moment. Whether to continue."""
        return not self._cancelled.wait(seconds)

    def report(self, news: object) -> None:
        """Hand the window something before the end. It may not be changed from then on."""
        self.news.append(news)
        self.reported.emit()

    def run(self) -> None:
        """The thread's life."""
        # The function may refer to the owner of the job. Kept here, it would keep the owner alive, in a cycle.
        work, self._work = self._work, None
        assert work is not None
        try:
            self.result = work(self)
        except CancelledError:
            self.cancel()
        except ProcessionError as error:
            self.error = str(error), ""
        except Exception as error:
            self.error = f"{self._failure}: {error}.", traceback.format_exc()


Work = Callable[[JobThread], object]
"""A job's function: its return value is the job's result. It may touch nothing that another thread changes. It raises
CancelledError once `progress` or `pause` has returned False."""

Discard = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class _JobSpec:
    work: Work
    failure: str
    discard: Discard | None


class Job(QObject):
    """A place for one job; the latest wins.

    finished: the result of the job's function.
    failed: a sentence and details; the details are empty for an error that was to be expected.
    reported: news from a job that is still running, or was running when it was cancelled.
    ended: nothing runs any more; comes last, after a job that was cancelled, too.

    Neither `finished` nor `failed` comes for a job that was cancelled or replaced. All come in the window's thread.
    """

    finished = Signal(object)
    failed = Signal(str, str)
    reported = Signal(object)
    ended = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """name: of the threads, for a debugger."""
        super().__init__(parent)
        self.setObjectName(name)
        self._thread: JobThread | None = None
        self._discard: Discard | None = None
        self._next: _JobSpec | None = None
        self._closed = False

    @property
    def running(self) -> bool:
        """Whether a thread is at work, be it only to come to its end."""
        return self._thread is not None

    @property
    def done(self) -> float:
        """How much of the job is done, from 0 to 1."""
        return 0.0 if self._thread is None or self._next is not None else self._thread.done

    def start(self, work: Work, failure: str, discard: Discard | None = None) -> None:
        """Have `work` done. A job that is running is cancelled; this one begins once that has ended.

        failure: the beginning of the sentence that an unexpected error becomes.
        discard: releases the result of a job that was cancelled too late to stop it.
        """
        if self._closed:
            return
        spec = _JobSpec(work, failure, discard)
        if self._thread is None:
            self._begin(spec)
        else:
            self._thread.cancel()
            self._next = spec

    def cancel(self) -> None:
        """Have the job end, without waiting for it."""
        self._next = None
        if self._thread is not None:
            self._thread.cancel()

    def wait(self) -> None:
        """Wait until the job has ended; its result has come then."""
        while self._thread is not None:
            self._thread.wait()
            self._on_thread_finished()

    def close(self) -> None:
        """Cancel the job and wait until its thread has ended, which takes a moment. Nothing is reported or started any more."""
        self._closed = True
        self.cancel()
        self.wait()

    def _begin(self, spec: _JobSpec) -> None:
        self._thread = thread = JobThread(spec.work, spec.failure, self)
        self._discard = spec.discard
        thread.reported.connect(self._on_reported)
        thread.finished.connect(self._on_thread_finished)
        thread.start()

    def _on_reported(self) -> None:
        if self._thread is not None:
            self._take_news(self._thread)

    def _take_news(self, thread: JobThread) -> None:
        while thread.news and not self._closed:
            self.reported.emit(thread.news.popleft())

    def _on_thread_finished(self) -> None:
        thread = self._thread
        if thread is None or not thread.isFinished():
            return  # `wait` has handled it already, and perhaps started the next one
        thread.wait()
        thread.deleteLater()
        self._take_news(thread)
        self._thread = None
        self._deliver(thread)
        following, self._next = self._next, None
        if following is not None:
            self.start(following.work, following.failure, following.discard)
        if self._thread is None:
            self.ended.emit()

    def _deliver(self, thread: JobThread) -> None:
        result, thread.result = thread.result, None
        discard, self._discard = self._discard, None
        if thread.cancelled:
            if result is not None and discard is not None:
                discard(result)
        elif thread.error is not None:
            self.failed.emit(*thread.error)
        else:
            self.finished.emit(result)
