"""Asks for the table of tasks or spans, filtered and sorted: a long one in a thread of its own. The window's thread."""

import time

from PySide6.QtCore import QObject, Signal

from desktop.jobs import Job, JobThread
from workers.analysis.tables.work_table import WorkSource, WorkTable, work_source
from workers.analysis.tables.work_view import WorkQuery, WorkView, view_of
from workers.errors import CancelledError
from workers.timeline.timeline import Timeline

AT_ONCE = 5_000
"""So many rows are sorted within a frame."""
_REST_S, _REST = 0.25, 10
"""A live run is asked again after so long, and after so many times what it took."""
_PAUSE_S = 0.0005


class WorkAsker(QObject):
    """Keeps the answer to one question about a run up to date.

    answered: the answer (a WorkView). failed: a sentence, and details. view: the last answer; None before the first. query: the
    question, which is answered after `ask`, or at the next `refresh`.
    """

    answered = Signal(object)
    failed = Signal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job = Job("tasks", self)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self.failed)
        self._timeline: Timeline | None = None
        self.query = WorkQuery()
        self._table: WorkTable | None = None
        self._known = self._asked = (-1, -1)
        self._began_s = self._next_s = 0.0
        self.view: WorkView | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is on its way."""
        return self._job.running

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Ask about this run from now on."""
        self._job.cancel()
        self._timeline, self._table, self.view = timeline, None, None
        self._known = (-1, -1)
        self._next_s = 0.0

    def ask(self) -> None:
        """Have the question answered instead of the one before: at once if the table is short."""
        if self._timeline is not None:
            self._ask(self._timeline)

    def refresh(self) -> None:
        """Ask again if the run has news: of a live run not at every frame."""
        timeline = self._timeline
        if timeline is None or self.busy:
            return
        unanswered = self.view is None or self.view.query != self.query
        news = (timeline.revision, timeline.now_ns) != self._known
        if unanswered or (news and (timeline.ended or time.monotonic() >= self._next_s)):
            self._ask(timeline)

    def end(self) -> None:
        """End the thread, and ask no more."""
        self._job.close()

    def _ask(self, timeline: Timeline) -> None:
        self._asked = (timeline.revision, timeline.now_ns)
        old = self._table if self._asked == self._known else None
        source = work_source(timeline)
        query, self._began_s = self.query, time.monotonic()
        if source.count <= AT_ONCE:
            self._job.cancel()
            self._on_finished(view_of(source.table() if old is None else old, query))
        else:
            self._job.start(lambda thread: _answer(thread, source, old, query), "The tasks could not be listed")

    def _on_finished(self, view: WorkView) -> None:
        now_s = time.monotonic()
        self._next_s = now_s + max(_REST_S, _REST * (now_s - self._began_s))
        self._known, self._table, self.view = self._asked, view.table, view
        self.answered.emit(view)


def _answer(thread: JobThread, source: WorkSource, table: WorkTable | None, query: WorkQuery) -> WorkView:
    def pause() -> None:
        if not thread.pause(_PAUSE_S):
            raise CancelledError

    return view_of(source.table() if table is None else table, query, pause)
