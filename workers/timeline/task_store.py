"""A run's tasks as columns: a million of them in 48 bytes each, and a Task object for each that is asked for.

Per worker the tasks stand in the order in which they began, in arrays that a chart can search; over all, a task is found by
its id. Only their owner touches them (the window's thread, or the command line).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, overload

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column, Strings
from workers.timeline.model import SpanKind, Task

OPEN = np.iinfo(np.int64).max
"""The end of a span that has not ended."""

UNKNOWN_NS = np.iinfo(np.int64).min
"""When a task was submitted, where that is not known."""

_MOST_CHANGES = 32
_BLOCK = 256
_TASK, _FAILED = int(SpanKind.TASK), int(SpanKind.FAILED)
_KINDS = np.array((_TASK, _FAILED), np.uint8)


@dataclass(frozen=True, slots=True)
class Layer:
    """All spans of one kind on a lane, for the level of detail. t0: int64 (n,) ns, ascending; reach: int64 (n,) ns, the
    latest end so far, so that it ascends too whatever overlaps. OPEN where one goes on. landmarks: every STRIDE-th of t0 where
    there are very many, side by side so that a search among them stays in the cache; none where there are not."""

    STRIDE: ClassVar[int] = 16
    LANDMARKED: ClassVar[int] = 32_768

    kind: int
    t0: NDArray[np.int64]
    reach: NDArray[np.int64]
    landmarks: NDArray[np.int64] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        marked = self.t0[:: self.STRIDE].copy() if len(self.t0) >= self.LANDMARKED else self.t0[:0]
        object.__setattr__(self, "landmarks", marked)


class Changes:
    """From which moment on a lane's columns are no longer what they were, for each number of a revision."""

    def __init__(self) -> None:
        self.revision = 0
        self._since: list[tuple[int, int]] = []  # (revision, from when on), both ascending

    def add(self, from_ns: int) -> None:
        """Everything from this moment on may look different now."""
        self.revision += 1
        since = self._since
        while since and since[-1][1] >= from_ns:
            since.pop()
        since.append((self.revision, from_ns))
        if len(since) > _MOST_CHANGES:  # the older half as one change, which says rather too much than too little
            half = len(since) // 2
            since[:half] = [(since[half - 1][0], since[0][1])]

    def since(self, revision: int) -> int | None:
        """The earliest moment that changed after this revision; None when none did."""
        return next((from_ns for at, from_ns in self._since if at > revision), None)


class LaneTasks:
    """The tasks that one worker ran. Columns are in the order of their beginnings; `began` and so on give views."""

    def __init__(self) -> None:
        self._t0, self._t1, self._submitted = Column(np.int64), Column(np.int64), Column(np.int64)
        self._name, self._error, self._id = Column(np.uint32), Column(np.uint32), Column(np.uint32)
        self._in_order = True
        self._ids_in_order = True
        self._last = UNKNOWN_NS
        self._going: dict[int, int] = {}  # where those stand that began one by one and have not ended
        self._reach: Column | None = None  # only where ends do not ascend
        self._reached = 0
        self._latest = Column(np.int64)  # in each block of _BLOCK the latest end, as far as it was asked for
        self._blocked = 0  # the blocks of which that is known
        self._raised: Layer | None = None
        self._layers: dict[int | None, tuple[Layer, ...]] = {}
        self.open = 0
        self.changes = Changes()

    def __len__(self) -> int:
        return self._t0.count

    @property
    def t0(self) -> NDArray[np.int64]:
        """When each began; int64 (n,) ns, ascending."""
        self._sort()
        return self._t0.view

    @property
    def t1(self) -> NDArray[np.int64]:
        """When each ended, or OPEN; int64 (n,) ns."""
        self._sort()
        return self._t1.view

    @property
    def name(self) -> NDArray[np.uint32]:
        """The number of each one's name; uint32 (n,)."""
        self._sort()
        return self._name.view

    @property
    def error(self) -> NDArray[np.uint32]:
        """The number of the name of what each raised, 0 for nothing; uint32 (n,)."""
        self._sort()
        return self._error.view

    @property
    def id(self) -> NDArray[np.uint32]:
        """Each one's id; uint32 (n,)."""
        self._sort()
        return self._id.view

    @property
    def submitted(self) -> NDArray[np.int64]:
        """When each was submitted; the least int64 where that is not known; int64 (n,) ns."""
        self._sort()
        return self._submitted.view

    @property
    def nbytes(self) -> int:
        """What its columns take in memory."""
        columns = (
            self._t0, self._t1, self._submitted, self._name, self._error, self._id, self._reach, self._latest
        )  # fmt: skip
        parts = [part for kept in self._layers.values() for layer in kept
                 for part in (layer.t0, layer.reach, layer.landmarks)]  # fmt: skip
        own = {id(part): part.nbytes for part in parts if part.base is None}
        return sum(column.nbytes for column in columns if column is not None) + sum(own.values())

    def begin(self, task_id: int, t0: int, name: int) -> None:
        """One more task, which goes on."""
        if t0 < self._last:
            self._in_order = False
        self._last = t0
        if self._ids_in_order:
            self._going[task_id] = self._t0.count
        self._t0.append(t0)
        self._t1.append(OPEN)
        self._submitted.append(UNKNOWN_NS)
        self._name.append(name)
        self._error.append(0)
        self._id.append(task_id)
        self.open += 1
        self._changed(t0)

    def extend(self, first_id: int, t0: NDArray[np.int64], t1: NDArray[np.int64], name: NDArray[np.uint32] | int,
               error: NDArray[np.uint32] | None, submitted: NDArray[np.int64] | None, *, ended: bool = False,
               ascending: bool = False) -> None:  # fmt: skip
        """Many more at once. error, submitted: None for none. ended: none of them goes on; ascending: t0 is known to."""
        count = len(t0)
        if not count:
            return
        ascending = ascending or not bool((t0[1:] < t0[:-1]).any())
        if not ascending or t0[0] < self._last:
            self._in_order = False
        self._last = int(t0[-1])
        self._t0.extend(t0)
        self._t1.extend(t1)
        if isinstance(name, int):
            self._name.repeat(name, count)
        else:
            self._name.extend(name)
        if submitted is None:
            self._submitted.repeat(UNKNOWN_NS, count)
        else:
            self._submitted.extend(submitted)
        if error is None:
            self._error.repeat(0, count)
        else:
            self._error.extend(error)
            self._raised = None
        self._id.extend(np.arange(first_id, first_id + count, dtype=np.uint32))
        if not ended:
            self.open += int(np.count_nonzero(t1 == OPEN))
        self._changed(int(t0[0] if ascending else t0.min()))

    def end(self, task_id: int, t1: int, error: int) -> None:
        """It has ended, and raised what has this number, if any."""
        if not self._in_order:
            self._sort()
        at = self._going.pop(task_id, None)
        if at is None:
            at = self.at(task_id)
        self.open -= bool(self._t1.view[at] == OPEN)
        self._t1.view[at] = t1
        if error or self._error.view[at]:
            self._error.view[at] = error
            self._raised = None
        self._reached = min(self._reached, at)
        self._blocked = min(self._blocked, at // _BLOCK)
        self._changed(int(self._t0.view[at]))

    def submit(self, task_id: int, at_ns: int) -> None:
        """When it had been submitted."""
        self._submitted.view[self.at(task_id)] = at_ns

    def at(self, task_id: int) -> int:
        """The index of a task."""
        self._sort()
        ids = self._id.view
        if self._ids_in_order:
            return int(ids.searchsorted(np.uint32(task_id)))  # of a plain int numpy would copy the column
        return int(np.flatnonzero(ids == task_id)[0])

    def task(self, at: int, process: int, names: Strings) -> Task:
        """The task at an index."""
        self._sort()
        t1, submitted, error = int(self._t1.view[at]), int(self._submitted.view[at]), int(self._error.view[at])
        return Task(
            int(self._id.view[at]), process, names[int(self._name.view[at])], int(self._t0.view[at]),
            None if submitted == UNKNOWN_NS else submitted, None if t1 == OPEN else t1, names[error] if error else None,
        )  # fmt: skip

    def unended(self, process: int, names: Strings) -> list[Task]:
        """Those that go on, or that their process took to the grave."""
        return [self.task(int(at), process, names) for at in np.flatnonzero(self.t1 == OPEN)] if self.open else []

    def failures(self) -> list[tuple[int, int, int, int]]:
        """(number of the name, number of what was raised, how many, index of the first) of the tasks that raised."""
        failed = np.flatnonzero(self.error)
        if not len(failed):
            return []
        pairs = self._name.view[failed].astype(np.int64) << 32 | self._error.view[failed]
        kinds, first, counts = np.unique(pairs, return_index=True, return_counts=True)
        return [(int(kind) >> 32, int(kind) & 0xFFFFFFFF, int(count), int(failed[at]))
                for kind, at, count in zip(kinds, first, counts, strict=True)]  # fmt: skip

    def kinds(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.uint8]:
        """TASK or FAILED for each of a part; uint8. cut_ns: when their process ended, and with it those that had not."""
        self._sort()
        failed = self._error.view[low:high] > 0
        if cut_ns is not None and self.open:
            failed |= self._t1.view[low:high] == OPEN
        return _KINDS.take(failed.view(np.uint8))

    def ends(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.int64]:
        """The ends of a part, of those that their process took to the grave its own."""
        self._sort()
        t1 = self._t1.view[low:high]
        if cut_ns is not None and self.open:
            t1 = np.where(t1 == OPEN, np.maximum(cut_ns, self._t0.view[low:high]), t1)
        return t1

    def layers(self, cut_ns: int | None) -> tuple[Layer, ...]:
        """All tasks, and over them those that failed. Made anew only as far as something changed."""
        self._sort()
        cut_ns = cut_ns if self.open else None
        kept = self._layers.get(cut_ns)
        if kept is None:
            if cut_ns is None:
                reach, failed = self._reach_of_all(), self._failed_layer()
            else:
                ends = self.ends(0, self._t0.count, cut_ns)
                lost = np.flatnonzero((self._error.view > 0) | (self._t1.view == OPEN))
                reach, failed = np.maximum.accumulate(ends), self._layer_at(lost, ends)
            all_tasks = Layer(_TASK, self._t0.view, reach)
            kept = (all_tasks, failed) if len(failed.t0) else (all_tasks,)
            self._layers = {cut_ns: kept}
        return kept

    def _failed_layer(self) -> Layer:
        """Those that raised; kept until another one does."""
        if self._raised is None:
            self._raised = self._layer_at(np.flatnonzero(self._error.view), self._t1.view)
        return self._raised

    def _layer_at(self, at: NDArray[np.int64], ends: NDArray[np.int64]) -> Layer:
        return Layer(_FAILED, self._t0.view[at], np.maximum.accumulate(ends[at]))

    def last_until(self, at_ns: int, end: int, cut_ns: int | None) -> int | None:
        """The index of the last of the first `end` tasks that goes on to this moment or beyond it; None when none does. One may
        last as long as a million others: whole blocks that end before are passed over."""
        self._sort()
        block = end // _BLOCK
        low = block * _BLOCK
        while True:
            found = (self.ends(low, min(end, low + _BLOCK), cut_ns) >= at_ns).nonzero()[0]
            if len(found):
                return low + int(found[-1])
            # An end that is not known counts as later than any: such a block is looked at, and left again at most.
            blocks = (self._latest_ends(block) >= at_ns).nonzero()[0]
            if not len(blocks):
                return None
            block = int(blocks[-1])
            low = block * _BLOCK

    def _latest_ends(self, blocks: int) -> NDArray[np.int64]:
        """The latest end in each of the first blocks, all of which are full."""
        latest = self._latest
        if self._blocked < blocks:
            latest.count = min(latest.count, self._blocked)
            part = self._t1.view[latest.count * _BLOCK : blocks * _BLOCK]
            latest.extend(part.reshape(-1, _BLOCK).max(axis=1))
            self._blocked = blocks
        return latest.view[:blocks]

    def _reach_of_all(self) -> NDArray[np.int64]:
        """The latest end so far. While ends ascend, as those of one thread do, that is the ends themselves."""
        count, start = self._t1.count, self._reached
        t1 = self._t1.view
        if self._reach is None:
            tail = t1[max(0, start - 1) :]
            if not len(tail) or bool(np.all(tail[1:] >= tail[:-1])):
                self._reached = count
                return t1
            self._reach, start = Column(np.int64), 0
        reach = self._reach
        reach.count = min(reach.count, start)
        more = np.maximum.accumulate(t1[reach.count :])
        if reach.count and len(more):
            np.maximum(more, reach.view[-1], out=more)
        reach.extend(more)
        self._reached = count
        return reach.view

    def _changed(self, from_ns: int) -> None:
        self._layers.clear()
        self.changes.add(from_ns)

    def _sort(self) -> None:
        """Several threads of a worker may tell of their tasks in another order than they began them."""
        if self._in_order:
            return
        order = np.argsort(self._t0.view, kind="stable")
        for column in (self._t0, self._t1, self._submitted, self._name, self._error, self._id):
            column.view[:] = column.view[order]
        self._in_order, self._ids_in_order = True, False
        self._going.clear()
        self._last = int(self._t0.view[-1])
        self._reach, self._reached, self._raised = None, 0, None
        self._blocked = 0
        self._layers.clear()


class TaskStore(Sequence[Task]):
    """Every task of a run, by id: `store[0]` is the task with id 1, made when it is asked for."""

    def __init__(self, names: Strings | None = None) -> None:
        self.names = Strings() if names is None else names
        self._process = Column(np.uint32)
        self._lanes: dict[int, LaneTasks] = {}

    def __len__(self) -> int:
        return self._process.count

    @overload
    def __getitem__(self, index: int) -> Task: ...
    @overload
    def __getitem__(self, index: slice) -> list[Task]: ...
    def __getitem__(self, index: int | slice) -> Task | list[Task]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        process = int(self._process.view[at])
        lane = self._lanes[process]
        return lane.task(lane.at(at + 1), process, self.names)

    def __iter__(self) -> Iterator[Task]:
        return (self[at] for at in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_same, self, other))

    __hash__ = None  # type: ignore[assignment]

    @property
    def nbytes(self) -> int:
        """What all columns take in memory."""
        return self._process.nbytes + sum(lane.nbytes for lane in self._lanes.values())

    def of(self, process: int) -> LaneTasks | None:
        """The tasks of one worker."""
        return self._lanes.get(process)

    def processes(self) -> list[int]:
        """The workers that ran any."""
        return list(self._lanes)

    def begin(self, process: int, name: str, began_ns: int) -> int:
        """A task began. Its id."""
        self._process.append(process)
        task_id = self._process.count
        self._lane(process).begin(task_id, began_ns, self.names.number(name))
        return task_id

    def end(self, task_id: int, ended_ns: int, error: str | None) -> None:
        """A task ended."""
        self._lanes[self.process_of(task_id)].end(task_id, ended_ns, self.names.number(error) if error else 0)

    def submit(self, task_id: int, at_ns: int) -> None:
        """When a task had been submitted."""
        self._lanes[self.process_of(task_id)].submit(task_id, at_ns)

    def extend(self, process: int, t0: NDArray[np.int64], t1: NDArray[np.int64], name: NDArray[Any] | int,
               error: NDArray[Any] | None = None, submitted: NDArray[np.int64] | None = None, *,
               ended: bool = False, ascending: bool = False) -> None:  # fmt: skip
        """Many tasks of one worker at once. name, error: numbers of `names`, one number for all, 0 for no error; t1: OPEN for
        one that goes on. ended: none does; ascending: it is known that they stand in the order of their beginnings."""
        first = self._process.count + 1
        self._process.repeat(process, len(t0))
        self._lane(process).extend(first, t0, t1, name, error, submitted, ended=ended, ascending=ascending)

    def process_of(self, task_id: int) -> int:
        """The worker that ran a task."""
        if not 1 <= task_id <= self._process.count:
            raise IndexError(task_id)
        return int(self._process.view[task_id - 1])

    def _lane(self, process: int) -> LaneTasks:
        lane = self._lanes.get(process)
        if lane is None:
            lane = self._lanes[process] = LaneTasks()
        return lane


def _same(one: object, other: object) -> bool:
    return one == other
