"""How many threads of a process run tasks, over time. Numpy only, without Qt; the window's thread, or an export."""

import time

import numpy as np
from numpy.typing import NDArray

from desktop.chart.geometry.task_columns import ColumnRange
from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline

_REST = 15.0
"""The tasks of a live run are gathered again after so many times as long as it took: there may be a million."""


class ThreadLoad:
    """The tasks of all threads of one process together.

    Begins and ends are sorted apart from each other. Until any moment the threads ran tasks for the sum of what has passed
    since each begin, less the sum of what has passed since each end: a column costs two searches, however many threads ran.
    The sums may overflow, which does not matter: what is between two edges has room, and differences are exact even so.
    """

    def __init__(self) -> None:
        self._timeline: Timeline | None = None
        self._known: tuple[int, int | None] = (-1, None)
        self._not_before_s = 0.0
        self._t0 = self._t1 = self._failed = np.empty(0, np.int64)
        self._sum0 = self._sum1 = np.zeros(1, np.int64)
        self._kept: tuple[ColumnRange, NDArray[np.int64]] | None = None

    def update(self, timeline: Timeline, process: int) -> None:
        """Take in what is new. In a live run it may be left for a later frame."""
        cut_ns = timeline.process(process).last_ns
        known = timeline.revision, cut_ns
        same = timeline is self._timeline
        began_s = time.monotonic()
        if same and (known == self._known or (not timeline.ended and began_s < self._not_before_s)):
            return
        self._timeline, self._known, self._kept = timeline, known, None
        lanes = [lane for lane in timeline.tasks.all_of(process) if lane.thread and len(lane)]
        nothing = [np.empty(0, np.int64)]
        self._t0 = np.sort(np.concatenate([lane.t0 for lane in lanes] or nothing))
        ends = np.concatenate([lane.ends(0, len(lane), cut_ns) for lane in lanes] or nothing)
        self._t1 = np.sort(ends[ends != OPEN])
        failed = [lane.ends(0, len(lane), cut_ns)[lane.error > 0] for lane in lanes]
        self._failed = np.sort(np.concatenate(failed or nothing))
        self._sum0, self._sum1 = (np.append(0, np.cumsum(t)) for t in (self._t0, self._t1))
        spent_s = time.monotonic() - began_s
        self._not_before_s = began_s + (1 + _REST) * spent_s

    def running(self, columns: ColumnRange) -> NDArray[np.float64]:
        """How many threads ran a task in each column, on average over the column; (columns,). Beyond now it is 0."""
        spent = np.maximum(np.diff(self._until_edges(columns)), 0)
        found: NDArray[np.float64] = spent / np.maximum(np.diff(columns.edges), 1)
        return found

    def failed(self, columns: ColumnRange) -> NDArray[np.bool_]:
        """In which columns a task raised; (columns,)."""
        return np.diff(self._failed.searchsorted(columns.edges)) > 0

    def _until_edges(self, columns: ColumnRange) -> NDArray[np.int64]:
        """The time spent in tasks until each edge. Panning computes that of new edges only."""
        edges, now_ns, first = columns.edges, columns.now_ns, columns.first
        found = None
        if self._kept is not None:
            then, known = self._kept
            low, high = max(first, then.first), min(columns.last, then.last) + 1
            if (then.grid, then.now_ns) == (columns.grid, now_ns) and low < high:
                before, after = edges[: low - first], edges[high - first :]
                parts = (
                    self._until(before, now_ns),
                    known[low - then.first : high - then.first],
                    self._until(after, now_ns),
                )
                found = np.concatenate(parts)
        if found is None:
            found = self._until(edges, now_ns)
        self._kept = columns, found
        return found

    def _until(self, edges: NDArray[np.int64], now_ns: int) -> NDArray[np.int64]:
        until = np.minimum(edges, now_ns)
        begun, ended = self._t0.searchsorted(until), self._t1.searchsorted(until)
        spent: NDArray[np.int64] = until * (begun - ended) - self._sum0[begun] + self._sum1[ended]
        return spent
