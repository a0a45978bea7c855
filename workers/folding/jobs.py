"""When the jobs that a parent numbered were submitted, and which tasks still wait to be told. Runs where the timeline lives."""

from bisect import bisect_right, insort

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column

_NOT_YET = int(np.iinfo(np.int64).max)
"""When a job was submitted of which that was not read: later than anything that is known."""
_AHEAD = 4096
"""How far beyond twice the jobs that came a number may be and still have a place of its own."""


class Jobs:
    """Of those that were counted together. They count from 0, so that each has a place by its number, in 8 bytes; a damaged
    journal can tell of any number, which has none."""

    def __init__(self) -> None:
        self._latest = Column(np.int64)  # by number, _NOT_YET for one that did not come
        self._far: dict[int, int] = {}  # of numbers that nobody counts to
        self._came = 0
        self._before: dict[int, list[int]] = {}  # of a number that was used again
        self._waiting: dict[int, list[tuple[int, int]]] = {}  # by number, (task's id, when it began)

    def add(self, job: int, at_ns: int) -> list[tuple[int, int]]:
        """A job was submitted. The tasks that waited for that."""
        latest = self._of(job)
        if latest == _NOT_YET:
            self._set(job, at_ns)
        elif latest != at_ns:
            insort(self._before.setdefault(job, []), min(latest, at_ns))
            self._set(job, max(latest, at_ns))
        return self._waiting.pop(job, []) if self._waiting else []

    def add_all(self, jobs: NDArray[np.int64], at_ns: NDArray[np.int64]) -> bool:
        """Many at once, in the order of their numbers. False, and none is added, where one is known already or waited for."""
        low, high = int(jobs[0]), int(jobs[-1])
        if (
            self._waiting
            or self._far
            or low < 0
            or not bool((jobs[1:] > jobs[:-1]).all())
            or not self._has_place(high, len(jobs))
        ):
            return False
        latest = self._latest.view
        if low < len(latest) and bool((latest[jobs[: jobs.searchsorted(len(latest))]] != _NOT_YET).any()):
            return False
        self._make_place(high)
        self._latest.view[jobs] = at_ns
        self._came += len(jobs)
        return True

    def latest(self, jobs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The last submission of each number, later than any moment where there is none."""
        latest = self._latest.view
        if not self._far and jobs.view(np.uint64).max() < len(latest):  # so that one below 0 is very large
            found: NDArray[np.int64] = latest[jobs]
            return found
        return np.array([self._of(job) for job in jobs.tolist()], np.int64)

    def when(self, job: int, began_ns: int) -> int | None:
        """The last submission of this number before a moment, None when there is none."""
        latest = self._of(job)
        if latest <= began_ns:
            return latest
        times = self._before.get(job, [])
        before = bisect_right(times, began_ns)
        return times[before - 1] if before else None

    def wait(self, job: int, task_id: int, began_ns: int) -> None:
        """This task's submission is still to be read."""
        self._waiting.setdefault(job, []).append((task_id, began_ns))

    def _of(self, job: int) -> int:
        latest = int(self._latest.view[job]) if 0 <= job < self._latest.count else _NOT_YET
        return self._far.get(job, _NOT_YET) if latest == _NOT_YET and self._far else latest

    def _set(self, job: int, at_ns: int) -> None:
        if job in self._far or not self._has_place(job):  # once far, always far: it is looked for there
            self._far[job] = at_ns
            return
        self._make_place(job)
        self._came += bool(self._latest.view[job] == _NOT_YET)
        self._latest.view[job] = at_ns

    def _has_place(self, job: int, with_others: int = 1) -> bool:
        return 0 <= job < max(self._latest.count, 2 * (self._came + with_others) + _AHEAD)

    def _make_place(self, job: int) -> None:
        if job >= self._latest.count:
            self._latest.repeat(_NOT_YET, job + 1 - self._latest.count)
