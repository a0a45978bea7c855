"""What each worker of a run spent its life with, as columns: a run can have forty thousand workers. Workers without tasks are
computed together; the result of each is that of `worker_time`. Pure numpy on a timeline, any process and thread.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import overload

import numpy as np
from numpy.typing import NDArray

from workers.analysis.balance.worker_time import WORKERS, Part, WorkerTime, worker_time
from workers.analysis.measure import cpu_used
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_WORKER = ProcessKind.WORKER
_PARTS = tuple(Part)
UNKNOWN = -(1 << 62)
"""In columns of times: not known."""
_FEW = 64
"""For so many workers columns cost more than they save."""


class WorkerTimes(Sequence[WorkerTime]):
    """The lives of workers, in the order of their ids. They are objects only when one of them is asked for.

    process, began_ns, ended_ns: int64 (n,). parts_s: float64 (7, n), a row for each `Part`. busy_s: float64 (n,).
    """

    def __init__(self, process: NDArray[np.int64], began_ns: NDArray[np.int64], ended_ns: NDArray[np.int64],
                 parts_s: NDArray[np.float64], busy_s: NDArray[np.float64]) -> None:  # fmt: skip
        self.process, self.began_ns, self.ended_ns = process, began_ns, ended_ns
        self.parts_s, self.busy_s = parts_s, busy_s

    @classmethod
    def of(cls, workers: Sequence[WorkerTime]) -> "WorkerTimes":
        """The columns of these."""
        times = np.array([(one.process, one.began_ns, one.ended_ns) for one in workers], np.int64).reshape(-1, 3)
        parts = np.array([tuple(one.parts.values()) for one in workers], np.float64).reshape(-1, len(_PARTS))
        busy = np.array([one.busy_s for one in workers], np.float64)
        return cls(times[:, 0], times[:, 1], times[:, 2], parts.T, busy)

    def and_also(self, other: "WorkerTimes") -> "WorkerTimes":
        """These and others together."""
        order = np.argsort(np.concatenate((self.process, other.process)))
        return WorkerTimes(
            np.concatenate((self.process, other.process))[order],
            np.concatenate((self.began_ns, other.began_ns))[order],
            np.concatenate((self.ended_ns, other.ended_ns))[order],
            np.concatenate((self.parts_s, other.parts_s), axis=1)[:, order],
            np.concatenate((self.busy_s, other.busy_s))[order],
        )

    def among(self, processes: Collection[int]) -> tuple[WorkerTime, ...]:
        """Those that are among these processes."""
        if not len(self):
            return ()
        numbers = np.array(sorted(processes), np.int64)
        at = np.minimum(self.process.searchsorted(numbers), len(self) - 1)
        return self._made(at[self.process[at] == numbers])

    def _made(self, at: NDArray[np.intp] | slice) -> tuple[WorkerTime, ...]:
        parts = (dict(zip(_PARTS, row, strict=True)) for row in self.parts_s[:, at].T.tolist())
        times = (column[at].tolist() for column in (self.process, self.began_ns, self.ended_ns))
        return tuple(map(WorkerTime, *times, parts, self.busy_s[at].tolist()))

    @cached_property
    def _each(self) -> tuple[WorkerTime, ...]:
        return self._made(slice(None))

    def __len__(self) -> int:
        return len(self.process)

    @overload
    def __getitem__(self, index: int) -> WorkerTime: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[WorkerTime]: ...
    def __getitem__(self, index: int | slice) -> WorkerTime | Sequence[WorkerTime]:
        return self._each[index]

    def __iter__(self) -> Iterator[WorkerTime]:
        return iter(self._each)


def worker_times(timeline: Timeline) -> WorkerTimes:
    """The life of each worker so far, without those that were not born or of which that is not known."""
    plain = _plain_workers(timeline)
    if len(plain) < _FEW:
        plain = []
    ids = set(map(attrgetter("id"), plain))
    each = (
        worker_time(timeline, process)
        for process in timeline.processes
        if process.kind in WORKERS and process.id not in ids
    )
    others = WorkerTimes.of([one for one in each if one is not None])
    return _plain_times(timeline, plain).and_also(others) if plain else others


def _plain_workers(timeline: Timeline) -> list[Process]:
    """Those that were born, and of which nothing is known but the moments of their life and its CPU time."""
    special = timeline.effort.keys() | set(timeline.tasks.processes())
    return [
        process
        for process in timeline.processes
        if process.kind is _WORKER
        and process.id not in special
        and process.error is None  # as those have that were not born
        and (process.start_called_ns is not None or process.born_ns is not None)
        and not process.traced
    ]


def _plain_times(timeline: Timeline, workers: Sequence[Process]) -> WorkerTimes:
    ids = [one.id for one in workers]
    began = known_times([one.born_ns if one.start_called_ns is None else one.start_called_ns for one in workers])
    last = known_times([one.lost_ns if one.lost or one.left else one.exited_ns for one in workers])
    target, over = (
        known_times([one.target_began_ns for one in workers]),
        known_times([one.target_ended_ns for one in workers]),
    )
    cpu_s = np.array([one.cpu_s if one.cpu_whole and one.ended else None for one in workers], np.float64)
    ended = np.maximum(began, np.where(last == UNKNOWN, timeline.now_ns, last))
    target = np.where(target == UNKNOWN, ended, np.minimum(np.maximum(began, target), ended))
    over = np.where(over == UNKNOWN, ended, np.minimum(np.maximum(target, over), ended))
    alive_s = (over - target) / 1e9
    # CPU time is spread evenly over the life: a part of it was used while the target ran.
    used_s = _evenly(cpu_s, began, ended, target, over)
    for at, process in enumerate(workers):
        if process.id in timeline.samples:
            used_s[at] = _used_s(timeline, process, *(int(one[at]) for one in (began, ended, target, over)))
    known = ~np.isnan(used_s)
    share = np.minimum(1.0, np.maximum(0.0, used_s) / np.maximum(1e-9, alive_s))
    computing_s = np.where(known, alive_s * share, 0.0)
    not_known_s = np.where(known, 0.0, alive_s)
    waiting_s = np.maximum(0.0, alive_s - not_known_s - computing_s)
    nothing = np.zeros(len(workers))
    parts = (target - began) / 1e9, computing_s, waiting_s, nothing, nothing, (ended - over) / 1e9, not_known_s
    return WorkerTimes(np.array(ids, np.int64), began, ended, np.array(parts), alive_s)


def _used_s(timeline: Timeline, process: Process, began_ns: int, ended_ns: int, t0_ns: int, t1_ns: int) -> float:
    """What a process used in [t0_ns, t1_ns], by its samples; nan where that is not known."""
    used = cpu_used(timeline.samples.get(process.id), process, (began_ns, ended_ns), t0_ns, t1_ns)
    return float("nan") if used is None else used[0]


def known_times(moments: Sequence[int | None]) -> NDArray[np.int64]:
    """A column of these times; UNKNOWN for None."""
    return np.array([UNKNOWN if one is None else one for one in moments], np.int64)


def _evenly(all_s: NDArray[np.float64], began_ns: NDArray[np.int64], ended_ns: NDArray[np.int64],
            t0_ns: NDArray[np.int64], t1_ns: NDArray[np.int64]) -> NDArray[np.float64]:  # fmt: skip
    """What each used in [t0_ns, t1_ns], a part of its life, of all that it used: as `measure.cpu_used` has it for one."""
    began, ended = began_ns.astype(np.float64), ended_ns.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = all_s / (ended - began)
        before, after = (np.where(at >= ended, all_s, rate * (at - began)) for at in map(np.float64, (t0_ns, t1_ns)))
    return after - before
