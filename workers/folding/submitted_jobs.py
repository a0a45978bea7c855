"""When the jobs of one numbering were submitted, and which tasks still wait to know that.

Runs where the timeline is.
"""

from bisect import bisect_right, insort

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column

_NOT_READ_NS = int(np.iinfo(np.int64).max)
"""The time of a submission that is not read yet: later than any other."""
_AHEAD = 16
"""How far beyond twice the number of known jobs a number may be and still have an element of the column. A damaged journal
can number jobs for 256 pools in each process: what one job takes is bounded by this."""


class Jobs:
    """Jobs that are numbered together.

    Numbers ascend from the first that is seen: 0, or in a forked child as far as its parent had counted. So a column has
    the times by number, in 8 bytes each. A damaged journal can contain any number: those that are too far are in a dict.
    """

    def __init__(self) -> None:
        self._first: int | None = None  # the number of the column's first element
        self._latest = Column(np.int64)  # by number: the last submission, or _NOT_READ_NS
        self._far: dict[int, int] = {}  # the same for numbers that no program counts to
        self._count = 0
        self._earlier: dict[int, list[int]] = {}  # by number that was used again
        self._waiting: dict[int, list[tuple[int, int]]] = {}  # by number: (task's id, when the task began)

    def add(self, job: int, at_ns: int) -> list[tuple[int, int]]:
        """A job was submitted. Returns (id, begin) of the tasks that waited for that."""
        latest = self._of(job)
        if latest == _NOT_READ_NS:
            self._set(job, at_ns)
        elif latest != at_ns:
            insort(self._earlier.setdefault(job, []), min(latest, at_ns))
            self._set(job, max(latest, at_ns))
        return self._waiting.pop(job, []) if self._waiting else []

    def add_all(self, jobs: NDArray[np.int64], at_ns: NDArray[np.int64]) -> bool:
        """Add many at once, whose numbers ascend.

        False, and none is added, where one is known already or waited for.
        """
        low, high = int(jobs[0]), int(jobs[-1])
        if self._waiting or self._far or not bool((jobs[1:] > jobs[:-1]).all()):
            return False
        if self._first is None:
            self._first = low
        if low < self._first or not self._is_near(high, len(jobs)):
            return False
        latest, places = self._latest.view, jobs - self._first
        if places[0] < len(latest) and bool((latest[places[: places.searchsorted(len(latest))]] != _NOT_READ_NS).any()):
            return False
        self._extend_to(high)
        self._latest.view[places] = at_ns
        self._count += len(jobs)
        return True

    def latest(self, jobs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The last submission of each number; later than any moment where none is read."""
        latest, places = self._latest.view, jobs - (self._first or 0)
        if not self._far and places.view(np.uint64).max() < len(latest):  # a place below 0 is very large there
            found: NDArray[np.int64] = latest[places]
            return found
        return np.array([self._of(job) for job in jobs.tolist()], np.int64)

    def when(self, job: int, began_ns: int) -> int | None:
        """The last submission of this number before a moment; None where none is read."""
        latest = self._of(job)
        if latest <= began_ns:
            return latest
        times = self._earlier.get(job, [])
        before = bisect_right(times, began_ns)
        return times[before - 1] if before else None

    def wait(self, job: int, task_id: int, began_ns: int) -> None:
        """A task whose submission is not read yet."""
        self._waiting.setdefault(job, []).append((task_id, began_ns))

    def _of(self, job: int) -> int:
        place = job - (self._first or 0)
        latest = int(self._latest.view[place]) if 0 <= place < self._latest.count else _NOT_READ_NS
        return self._far.get(job, _NOT_READ_NS) if latest == _NOT_READ_NS and self._far else latest

    def _set(self, job: int, at_ns: int) -> None:
        if self._first is None:
            self._first = job
        if job in self._far or not self._is_near(job):  # a number that is far stays so: it is looked up there
            self._far[job] = at_ns
            return
        self._extend_to(job)
        place = job - self._first
        self._count += bool(self._latest.view[place] == _NOT_READ_NS)
        self._latest.view[place] = at_ns

    def _is_near(self, job: int, more: int = 1) -> bool:
        return 0 <= job - (self._first or 0) < max(self._latest.count, 2 * (self._count + more) + _AHEAD)

    def _extend_to(self, job: int) -> None:
        missing = job - (self._first or 0) + 1 - self._latest.count
        if missing > 0:
            self._latest.repeat(_NOT_READ_NS, missing)
