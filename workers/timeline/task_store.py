"""All tasks of a run as columns: a million of them in 48 bytes each at most. Only the timeline's owner touches them.

A task is found by its id; the tasks of one worker are its `LaneTasks`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column, Strings
from workers.timeline.lane_layers import OPEN, Changes, Layer
from workers.timeline.lane_tasks import UNKNOWN_NS, LaneTasks
from workers.timeline.model import Task

__all__ = ["OPEN", "UNKNOWN_NS", "Changes", "LaneTasks", "Layer", "TaskStore"]


class TaskStore(Sequence[Task]):
    """Every task of a run by id: `store[0]` is the task with id 1, made when it is asked for. names: of tasks and of what they
    raised, by number."""

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
        """The memory that all columns take, in bytes."""
        return self._process.nbytes + sum(lane.nbytes for lane in self._lanes.values())

    def of(self, process: int) -> LaneTasks | None:
        """The tasks of one worker; None if it ran none."""
        return self._lanes.get(process)

    def processes(self) -> list[int]:
        """The ids of the workers that ran any."""
        return list(self._lanes)

    def begin(self, process: int, name: str, began_ns: int) -> int:
        """Add a task that began. Its id."""
        self._process.append(process)
        task_id = self._process.count
        self._lane(process).begin(task_id, began_ns, self.names.number(name))
        return task_id

    def end(self, task_id: int, ended_ns: int, error: str | None) -> None:
        """End a task. error: the name of what it raised."""
        self._lanes[self.process_of(task_id)].end(task_id, ended_ns, self.names.number(error) if error else 0)

    def submit(self, task_id: int, at_ns: int) -> None:
        """Note when a task was submitted."""
        self._lanes[self.process_of(task_id)].submit(task_id, at_ns)

    def extend(self, process: int, t0: NDArray[np.int64], t1: NDArray[np.int64], name: NDArray[Any] | int,
               error: NDArray[Any] | None = None, submitted: NDArray[np.int64] | None = None, *,
               ended: bool = False, ascending: bool = False) -> None:  # fmt: skip
        """Add many tasks of one worker.

        t0, t1: int64 (n,) ns; t1 is OPEN for a task that has not ended.
        name: uint32 (n,), numbers in `names`, or one number for all. error: likewise; 0 or None for no error.
        ended: it is known that all have ended; ascending: that t0 ascends.
        """
        first = self._process.count + 1
        self._process.repeat(process, len(t0))
        self._lane(process).extend(first, t0, t1, name, error, submitted, ended=ended, ascending=ascending)

    def process_of(self, task_id: int) -> int:
        """The id of the worker that ran a task. Raises IndexError for an unknown task."""
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
