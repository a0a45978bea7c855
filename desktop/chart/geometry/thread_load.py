"""How many threads of a process run tasks, over time. Numpy only, without Qt; the window's thread, or an export."""

import time

import numpy as np
from numpy.typing import NDArray

from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline

_REST = 15.0
"""The tasks of a live run are gathered again after so many times as long as it took: there may be a million."""


class ThreadLoad:
    """The tasks of all threads of one process together.

    Begins and ends are sorted apart from each other. Until any moment the threads ran tasks for the sum of what has passed
    since each begin, less the sum of what has passed since each end: a column costs two searches, however many threads ran.
    """

    def __init__(self) -> None:
        self._timeline: Timeline | None = None
        self._known: tuple[int, int | None] = (-1, None)
        self._not_before_s = 0.0
        self._t0 = self._t1 = self._failed = np.empty(0, np.int64)
        self._sum0 = self._sum1 = np.zeros(1)

    def update(self, timeline: Timeline, process: int) -> None:
        """Take in what is new. In a live run it may be left for a later frame."""
        cut_ns = timeline.process(process).last_ns
        known = timeline.revision, cut_ns
        same = timeline is self._timeline
        began_s = time.monotonic()
        if same and (known == self._known or (not timeline.ended and began_s < self._not_before_s)):
            return
        self._timeline, self._known = timeline, known
        lanes = [lane for lane in timeline.tasks.all_of(process) if lane.thread and len(lane)]
        nothing = [np.empty(0, np.int64)]
        self._t0 = np.sort(np.concatenate([lane.t0 for lane in lanes] or nothing))
        ends = np.concatenate([lane.ends(0, len(lane), cut_ns) for lane in lanes] or nothing)
        self._t1 = np.sort(ends[ends != OPEN])
        failed = [lane.ends(0, len(lane), cut_ns)[lane.error > 0] for lane in lanes]
        self._failed = np.sort(np.concatenate(failed or nothing))
        self._sum0, self._sum1 = (np.concatenate(([0.0], np.cumsum(t, dtype=np.float64))) for t in (self._t0, self._t1))
        spent_s = time.monotonic() - began_s
        self._not_before_s = began_s + (1 + _REST) * spent_s

    def running(self, edges: NDArray[np.int64], now_ns: int) -> NDArray[np.float64]:
        """How many threads ran a task in each column, on average over the column; (columns,). Beyond now it is 0."""
        until = np.minimum(edges, now_ns)
        spent = _passed(self._t0, self._sum0, until) - _passed(self._t1, self._sum1, until)
        # The sums are so large that they are exact to a nanosecond or so only.
        found: NDArray[np.float64] = np.maximum(np.diff(spent), 0.0) / np.maximum(np.diff(edges), 1)
        began = np.diff(self._t0.searchsorted(edges)) > 0
        here = self._t0.searchsorted(edges[1:]) - self._t1.searchsorted(edges[:-1], "right") > 0
        return np.where(began | here, found, 0.0)

    def failed(self, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
        """In which columns a task raised; (columns,)."""
        return np.diff(self._failed.searchsorted(edges)) > 0


def _passed(moments: NDArray[np.int64], sums: NDArray[np.float64], until: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum of the time that has passed since each of the moments, until each time."""
    count = moments.searchsorted(until)
    return until.astype(np.float64) * count - sums[count]
