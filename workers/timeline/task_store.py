"""All tasks of a run as columns: a million of them in 48 bytes each at most, and their details.

Only the timeline's owner touches them.
A task is found by its id; the tasks of one worker, or of one thread of a process, are its `LaneTasks`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column, Strings
from workers.timeline.lane_layers import OPEN, Changes, Layer
from workers.timeline.lane_tasks import UNKNOWN_NS, LaneTasks
from workers.timeline.model import Task
from workers.timeline.tasks.task_details import TaskDetail

__all__ = ["OPEN", "UNKNOWN_NS", "Changes", "LaneTasks", "Layer", "TaskDetail", "TaskStore"]


class TaskStore(Sequence[Task]):
    """Every task of a run by id: `store[0]` is the task with id 1, made when it is asked for.

    names: of tasks, of what they raised and of their arguments, by number.
    submissions: by process, when something was submitted to its executors of processes; int64 ns, also what has not begun.
    """

    def __init__(self, names: Strings | None = None) -> None:
        self.names = Strings() if names is None else names
        self._lane_of = Column(np.uint32)  # by task, the index of its lane
        self._lanes: list[LaneTasks] = []
        self._processes: list[int] = []  # by lane
        self._of_process: dict[int, list[int]] = {}  # the indices of its lanes
        self._own: dict[int, int] = {}  # by process, the index of the lane of its own tasks
        self._of_thread: dict[int, int] = {}
        self._job_sizes = Column(np.uint32)
        self._job_sizes.append(0)
        self._job_calls: dict[int, int] = {}
        self.submissions: dict[int, Column] = {}

    def __len__(self) -> int:
        return self._lane_of.count

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
        number = int(self._lane_of.view[at])
        lane = self._lanes[number]
        return lane.task(lane.at(at + 1), self._processes[number], self.names, self.job_sizes)

    def __iter__(self) -> Iterator[Task]:
        return (self[at] for at in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_same, self, other))

    __hash__ = None  # type: ignore[assignment]

    @property
    def nbytes(self) -> int:
        """The memory that all columns take, in bytes."""
        return self._lane_of.nbytes + sum(lane.nbytes for lane in self._lanes)

    @property
    def job_sizes(self) -> NDArray[np.uint32]:
        """How many tasks each job has, by the number that TaskDetail.JOB has; 0 = not known. Entry 0 is of no job."""
        return self._job_sizes.view

    def trim(self) -> None:
        """Give the spare room of all columns back, since no more tasks are expected. They may come all the same."""
        self._lane_of.trim()
        for lane in self._lanes:
            lane.trim()

    def add_job(self, size: int = 0) -> int:
        """Add a job that consists of several tasks. size: how many, 0 = not known yet. Its number."""
        self._job_sizes.append(size)
        return self._job_sizes.count - 1

    def size_job(self, job: int, size: int, calls: int = 0) -> None:
        """Note how many tasks a job has, and how many calls these make together, 0 = not known."""
        self._job_sizes.view[job] = size
        self._job_calls[job] = calls

    def calls_in(self, task_id: int) -> int:
        """How many calls of its function a task makes at the most, as a chunk of map() does; 1 where that is not known."""
        lane = self.lane_of(task_id)
        jobs = lane.detail(TaskDetail.JOB)
        job = 0 if jobs is None else int(jobs[lane.at(task_id)])
        size, calls = int(self.job_sizes[job]), self._job_calls.get(job, 0)
        return max(1, -(-calls // size)) if size else 1

    def add_submissions(self, process: int, at_ns: NDArray[np.int64]) -> None:
        """Add when something was submitted to executors of this process."""
        self.submissions.setdefault(process, Column(np.int64)).extend(at_ns)

    def note(self, task_id: int, detail: TaskDetail, value: float) -> None:
        """Note a detail of a task."""
        self.lane_of(task_id).note(task_id, detail, value)

    def of(self, process: int) -> LaneTasks | None:
        """The tasks that a worker ran itself, and not in other threads; None if it ran none."""
        number = self._own.get(process)
        return None if number is None else self._lanes[number]

    def of_thread(self, thread: int) -> LaneTasks | None:
        """The tasks of one thread; None if it ran none."""
        number = self._of_thread.get(thread)
        return None if number is None else self._lanes[number]

    def all_of(self, process: int) -> list[LaneTasks]:
        """All tasks that ran in one process: its own and those of its threads, as far as there are any."""
        return [self._lanes[number] for number in self._of_process.get(process, ())]

    def name_of_ended(self, process: int, at_ns: int) -> str | None:
        """The name of a task of this process that ended at exactly this moment; None if there is none."""
        for lane in self.all_of(process):
            found = np.flatnonzero(lane.t1 == at_ns)
            if len(found):
                return self.names[int(lane.name[found[0]])]
        return None

    def processes(self) -> list[int]:
        """The ids of the processes in which any ran."""
        return list(self._of_process)

    def lanes(self) -> Iterator[tuple[int, LaneTasks]]:
        """The id of the process, and the tasks, of each worker and thread that ran any."""
        return zip(self._processes, self._lanes, strict=True)

    def begin(self, process: int, name: str, began_ns: int, thread: int = 0) -> int:
        """Add a task that began. Its id."""
        number = self._lane(process, thread)
        self._lane_of.append(number)
        task_id = self._lane_of.count
        self._lanes[number].begin(task_id, began_ns, self.names.number(name))
        return task_id

    def end(self, task_id: int, ended_ns: int, error: str | None) -> None:
        """End a task. error: the name of what it raised."""
        self.lane_of(task_id).end(task_id, ended_ns, self.names.number(error) if error else 0)

    def submit(self, task_id: int, at_ns: int) -> None:
        """Note when a task was submitted."""
        self.lane_of(task_id).submit(task_id, at_ns)

    def extend(self, process: int, t0: NDArray[np.int64], t1: NDArray[np.int64], name: NDArray[Any] | int,
               error: NDArray[Any] | None = None, submitted: NDArray[np.int64] | None = None, *, thread: int = 0,
               ended: bool = False, ascending: bool = False,
               details: Mapping[TaskDetail, NDArray[Any]] | None = None) -> None:  # fmt: skip
        """Add many tasks of one worker, or of one thread of a process.

        t0, t1: int64 (n,) ns; t1 is OPEN for a task that has not ended.
        name: uint32 (n,), numbers in `names`, or one number for all. error: likewise; 0 or None for no error.
        ended: it is known that all have ended; ascending: that t0 ascends. details: columns of as many entries.
        """
        first = self._lane_of.count + 1
        number = self._lane(process, thread)
        self._lane_of.repeat(number, len(t0))
        self._lanes[number].extend(first, t0, t1, name, error, submitted, ended=ended,
                                  ascending=ascending, details=details)  # fmt: skip

    def process_of(self, task_id: int) -> int:
        """The id of the process that ran a task. Raises IndexError for an unknown task."""
        return self._processes[self._number_of(task_id)]

    def lane_of(self, task_id: int) -> LaneTasks:
        """The tasks among which a task is. Raises IndexError for an unknown task."""
        return self._lanes[self._number_of(task_id)]

    def thread_of(self, task_id: int) -> int:
        """The id of the thread that ran a task; 0 for a task of the process itself, and for an unknown one."""
        return self.lane_of(task_id).thread if 1 <= task_id <= len(self) else 0

    def _number_of(self, task_id: int) -> int:
        if not 1 <= task_id <= self._lane_of.count:
            raise IndexError(task_id)
        return int(self._lane_of.view[task_id - 1])

    def _lane(self, process: int, thread: int) -> int:
        """The index of the lane of a process's own tasks, or of a thread's."""
        by, key = (self._of_thread, thread) if thread else (self._own, process)
        number = by.get(key)
        if number is None:
            number = by[key] = len(self._lanes)
            self._lanes.append(LaneTasks(thread))
            self._processes.append(process)
            self._of_process.setdefault(process, []).append(number)
        return number


def _same(one: object, other: object) -> bool:
    return one == other
