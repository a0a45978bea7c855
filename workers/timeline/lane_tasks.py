"""The tasks that one worker or thread ran, as columns that a chart can search. Runs where the timeline lives.

The tasks are in the order in which they began, 48 bytes each at most and their details; a Task object is made when one is asked
for.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column, CompactColumn, Strings
from workers.timeline.distinct import distinct
from workers.timeline.lane_layers import OPEN, Changes, Layer
from workers.timeline.model import SpanKind, Task
from workers.timeline.tasks.task_details import TaskDetail, TaskDetails

UNKNOWN_NS = np.iinfo(np.int64).min
"""When a task was submitted, where that is not known."""

_BLOCK = 256
_TASK, _FAILED = int(SpanKind.TASK), int(SpanKind.FAILED)
_KINDS = np.array((_TASK, _FAILED), np.uint8)


class LaneTasks:
    """The tasks that one worker ran, or one thread of a process. Its properties are views of columns, an entry a task.

    goes_on: its process outlives what is known of it, so that tasks without an end are not cut off by one.
    open: how many have not ended. thread: the thread's id; 0 = the one that carries out the process's work.
    shades: None, since tasks are coloured by their kind."""

    __slots__ = (
        "_blocked", "_details", "_error", "_going", "_id", "_ids_in_order", "_in_order", "_last", "_latest", "_layers", "_name",
        "_raised", "_reach", "_reached", "_submitted", "_t0", "_t1", "changes", "goes_on", "open", "thread",
    )  # fmt: skip
    shades = None

    def __init__(self, thread: int = 0) -> None:
        self.thread = thread
        self.goes_on = False
        self._t0, self._t1, self._id = Column(np.int64), Column(np.int64), Column(np.uint32)
        self._submitted = CompactColumn(np.int64, UNKNOWN_NS)
        self._name, self._error = CompactColumn(np.uint32), CompactColumn(np.uint32, 0)
        self._details = TaskDetails()
        self._in_order = True
        self._ids_in_order = True
        self._last = UNKNOWN_NS
        self._going: dict[int, int] = {}  # by task id, the index of a task that has not ended
        self._reach: Column | None = None  # only if ends do not ascend
        self._reached = 0
        self._latest: Column | None = None  # the latest end in each block of _BLOCK tasks, once they are asked for
        self._blocked = 0  # the number of blocks for which it is known
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
        """Each one's name, as a number in the table of names; uint32 (n,)."""
        self._sort()
        return self._name.view

    @property
    def error(self) -> NDArray[np.uint32]:
        """The name of what each raised, as a number in the table of names, 0 for nothing; uint32 (n,)."""
        self._sort()
        return self._error.view

    @property
    def id(self) -> NDArray[np.uint32]:
        """Each one's id; uint32 (n,)."""
        self._sort()
        return self._id.view

    @property
    def submitted(self) -> NDArray[np.int64]:
        """When each was submitted, or UNKNOWN_NS; int64 (n,) ns."""
        self._sort()
        return self._submitted.view

    def detail(self, detail: TaskDetail) -> NDArray[Any] | None:
        """A detail of each; (n,) of its type, `detail.unknown` where it is not known. None where it is known of no task."""
        self._sort()
        return self._details.column(detail, self._t0.count)

    @property
    def nbytes(self) -> int:
        """The memory that its columns take, in bytes."""
        columns = (
            self._t0, self._t1, self._submitted, self._name, self._error, self._id, self._reach, self._latest
        )  # fmt: skip
        parts = [part for kept in self._layers.values() for layer in kept
                 for part in (layer.t0, layer.reach, layer.landmarks)]  # fmt: skip
        own = {id(part): part.nbytes for part in parts if part.base is None}
        return sum(column.nbytes for column in columns if column is not None) + sum(own.values()) + self._details.nbytes

    def trim(self) -> None:
        """Give the spare room of the columns back, since no more tasks are expected."""
        for column in (self._t0, self._t1, self._id):
            column.trim()
        for compact in (self._submitted, self._name, self._error):
            compact.trim()
        self._details.trim()
        self._layers.clear()  # they keep the arrays with the spare room

    def begin(self, task_id: int, t0: int, name: int) -> None:
        """Add a task that has not ended."""
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
               ascending: bool = False, details: Mapping[TaskDetail, NDArray[Any]] | None = None) -> None:  # fmt: skip
        """Add many tasks with ids from `first_id` on; the other parameters are those of `TaskStore.extend`."""
        count = len(t0)
        if not count:
            return
        ascending = ascending or not bool((t0[1:] < t0[:-1]).any())
        if not ascending or t0[0] < self._last:
            self._in_order = False
        self._last = int(t0[-1])
        if details:
            self._details.extend(self._t0.count, details)
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
        """End a task. error: the number of the name of what it raised, 0 for nothing."""
        if not self._in_order:
            self._sort()
        at = self._going.pop(task_id, None)
        if at is None:
            at = self.at(task_id)
        self.open -= bool(self._t1.view[at] == OPEN)
        self._t1.view[at] = t1
        if error or self._error[at]:
            self._error.set(at, error)
            self._raised = None
        self._reached = min(self._reached, at)
        self._blocked = min(self._blocked, at // _BLOCK)
        self._changed(int(self._t0.view[at]))

    def submit(self, task_id: int, at_ns: int) -> None:
        """Note when a task was submitted."""
        at = self.at(task_id)  # first: it may put the columns in order, which makes new ones
        self._submitted.set(at, at_ns)

    def note(self, task_id: int, detail: TaskDetail, value: float) -> None:
        """Note a detail of a task."""
        self._details.set(self.at(task_id), detail, value)

    def at(self, task_id: int) -> int:
        """The index of the task with this id."""
        self._sort()
        ids = self._id.view
        if self._ids_in_order:
            return int(ids.searchsorted(np.uint32(task_id)))  # of a plain int numpy would copy the column
        return int(np.flatnonzero(ids == task_id)[0])

    def task(self, at: int, process: int, names: Strings, job_sizes: NDArray[np.uint32]) -> Task:
        """The task at an index. job_sizes: how many tasks each job has, 0 where that is not known."""
        self._sort()
        t1, submitted, error = int(self._t1.view[at]), self._submitted[at], self._error[at]
        task = Task(
            int(self._id.view[at]), process, names[self._name[at]], int(self._t0.view[at]),
            None if submitted == UNKNOWN_NS else submitted, None if t1 == OPEN else t1, names[error] if error else None,
            self.thread
        )  # fmt: skip
        for detail, value in self._details.known(at):
            if detail is TaskDetail.JOB:
                task.of = int(job_sizes[value]) or None
            else:
                setattr(task, detail.title, detail.text(names, value) if detail.is_text else value)
        if task.index == 1 and task.of is None:
            task.index = None  # a task of apply() has no others beside it
        return task

    def unended(self) -> list[int]:
        """The ids of the tasks that have not ended: still running, or cut off by the end of their process."""
        return self.id[self.t1 == OPEN].tolist() if self.open else []

    def failures(self) -> list[tuple[int, int, int, int]]:
        """The tasks that raised, grouped: (number of the name, number of what was raised, count, index of the first)."""
        failed = np.flatnonzero(self.error)
        if not len(failed):
            return []
        pairs = self._name.view[failed].astype(np.int64) << 32 | self._error.view[failed]
        kinds = distinct(pairs)
        return [(int(kind) >> 32, int(kind) & 0xFFFFFFFF, int(count), int(failed[at]))
                for kind, at, count in zip(kinds.values, kinds.first, kinds.counts, strict=True)]  # fmt: skip

    def kinds(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.uint8]:
        """TASK or FAILED for each task in [low, high); uint8.

        cut_ns: when their process ended, and its open tasks with it; None while it lives.
        """
        self._sort()
        failed = self._error.view[low:high] > 0
        if cut_ns is not None and self.open and not self.goes_on:
            failed |= self._t1.view[low:high] == OPEN
        return _KINDS.take(failed.view(np.uint8))

    def ends(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.int64]:
        """The ends of the tasks in [low, high); int64 ns. An open task ends with its process, at cut_ns."""
        self._sort()
        t1 = self._t1.view[low:high]
        if cut_ns is not None and self.open:
            t1 = np.where(t1 == OPEN, np.maximum(cut_ns, self._t0.view[low:high]), t1)
        return t1

    def layers(self, cut_ns: int | None) -> tuple[Layer, ...]:
        """The layer of all tasks and, if any failed, that of the failed ones above it. Rebuilt only after a change."""
        self._sort()
        cut_ns = cut_ns if self.open else None
        kept = self._layers.get(cut_ns)
        if kept is None:
            if cut_ns is None:
                reach, failed = self._reach_of_all(), self._failed_layer()
            else:
                ends = self.ends(0, self._t0.count, cut_ns)
                unended = self._t1.view == OPEN
                lost = np.flatnonzero((self._error.view > 0) | (unended & (not self.goes_on)))
                reach, failed = np.maximum.accumulate(ends), self._layer_at(lost, ends)
            all_tasks = Layer(_TASK, self._t0.view, reach)
            kept = (all_tasks, failed) if len(failed.t0) else (all_tasks,)
            self._layers = {cut_ns: kept}
        return kept

    def _failed_layer(self) -> Layer:
        """The tasks that raised; kept until another one does."""
        if self._raised is None:
            self._raised = self._layer_at(np.flatnonzero(self._error.view), self._t1.view)
        return self._raised

    def _layer_at(self, at: NDArray[np.int64], ends: NDArray[np.int64]) -> Layer:
        return Layer(_FAILED, self._t0.view[at], np.maximum.accumulate(ends[at]))

    def last_until(self, at_ns: int, end: int, cut_ns: int | None) -> int | None:
        """The index of the last of the first `end` tasks that ends at this moment or later; None if there is none.

        A task may last as long as a million others: whole blocks of tasks that end earlier are skipped.
        """
        self._sort()
        block = end // _BLOCK
        low = block * _BLOCK
        while True:
            found = (self.ends(low, min(end, low + _BLOCK), cut_ns) >= at_ns).nonzero()[0]
            if len(found):
                return low + int(found[-1])
            # An open task counts as the latest end, so that a block may be searched in vain, but only once.
            blocks = (self._latest_ends(block) >= at_ns).nonzero()[0]
            if not len(blocks):
                return None
            block = int(blocks[-1])
            low = block * _BLOCK

    def _latest_ends(self, blocks: int) -> NDArray[np.int64]:
        """The latest end in each of the first `blocks` blocks, all of them full."""
        latest = self._latest = Column(np.int64) if self._latest is None else self._latest
        if self._blocked < blocks:
            latest.count = min(latest.count, self._blocked)
            part = self._t1.view[latest.count * _BLOCK : blocks * _BLOCK]
            latest.extend(part.reshape(-1, _BLOCK).max(axis=1))
            self._blocked = blocks
        return latest.view[:blocks]

    def _reach_of_all(self) -> NDArray[np.int64]:
        """The latest end so far, for each task: the column of ends itself while ends ascend, as those of one thread do."""
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
        """Put the tasks in order: threads of a worker may report them in another order than that in which they began."""
        if self._in_order:
            return
        order = np.argsort(self._t0.view, kind="stable")
        for column in (self._t0, self._t1, self._submitted, self._name, self._error, self._id):
            column.reorder(order)
        self._details.sort(order)
        self._in_order, self._ids_in_order = True, False
        self._going.clear()
        self._last = int(self._t0.view[-1])
        self._reach, self._reached, self._raised = None, 0, None
        self._blocked = 0
        self._layers.clear()
