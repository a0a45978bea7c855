"""Details of tasks from their records: CPU time, bytes, arguments, and which of how many tasks of a job each is.

Runs where the timeline is. A journal of an earlier version has none of these; a damaged one can have any numbers.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.journal.process_kinds import WorkerTask
from workers.recorded.probe import EXECUTOR_JOB, TASK_OVER, UNNUMBERED
from workers.timeline.distinct import distinct
from workers.timeline.task_store import TaskDetail, TaskStore
from workers.timeline.timeline import Timeline

_NO_TEXT = 0xFFFFFFFF
"""In a journal of an earlier version, where the place within the job took the whole number."""


class MappedJobs:
    """The jobs of map(), starmap() and imap(), by the process that submitted them and their number there."""

    def __init__(self, tasks: TaskStore) -> None:
        self._tasks = tasks
        self._numbers: dict[tuple[int, int], int] = {}

    def sized(self, parent: int, job: int, size: int, calls: int) -> None:
        """It became known of how many tasks and calls a job consists."""
        self._tasks.size_job(self.number(parent, job), min(max(0, size), _NO_TEXT), min(max(0, calls), _NO_TEXT))

    def number(self, parent: int, job: int) -> int:
        """The number of a job in the timeline."""
        number = self._numbers.get((parent, job))
        if number is None:
            number = self._numbers[parent, job] = self._tasks.add_job()
        return number


def note_begun(tasks: TaskStore, jobs: MappedJobs, task_id: int, task: WorkerTask, parent: int | None,
               texts: Mapping[int, str]) -> None:  # fmt: skip
    """Note what the record of a task says that has not ended."""
    if task.bytes_in:
        tasks.note(task_id, TaskDetail.BYTES_IN, task.bytes_in - 1)
    if task.place >= 0:
        tasks.note(task_id, TaskDetail.INDEX, task.place + 1)
        if parent is not None and not task.numbering & (UNNUMBERED | EXECUTOR_JOB):
            tasks.note(task_id, TaskDetail.JOB, jobs.number(parent, task.job))
    if task.arguments_text not in (0, _NO_TEXT) and task.arguments_text in texts:
        tasks.note(task_id, TaskDetail.ARGUMENTS, tasks.names.number(texts[task.arguments_text]))


def note_ended(tasks: TaskStore, task_id: int, cpu_s: float, bytes_out: int) -> None:
    """Note what the end of a task added to its record."""
    if 0 < cpu_s < np.inf:
        tasks.note(task_id, TaskDetail.CPU_S, cpu_s)
    if bytes_out:
        tasks.note(task_id, TaskDetail.BYTES_OUT, bytes_out - 1)


def without_sized(timeline: Timeline, worker: int, tasks: NDArray[Any], began: NDArray[np.int64]) -> list[int] | None:
    """Note the sizes of results that became known after their tasks had been added. began: when the tasks of a worker did.

    Returns the indices of the other tasks; None where all are others, as nearly always.
    """
    lane = timeline.tasks.of(worker)
    sized = np.flatnonzero(tasks["bytes_out"])
    if lane is None or not len(sized):
        return None
    t0 = lane.t0
    at = np.minimum(np.searchsorted(t0, began[sized]), len(t0) - 1)
    same = t0[at] == began[sized]
    known = lane.detail(TaskDetail.BYTES_OUT)
    if known is not None:
        same &= known[at] == TaskDetail.BYTES_OUT.unknown
    if not same.any():
        return None
    sizes = (tasks["bytes_out"][sized[same]].astype(np.int64) - 1).tolist()
    for task_id, size in zip(lane.id[at[same]].tolist(), sizes, strict=True):
        timeline.note_task(task_id, TaskDetail.BYTES_OUT, size)
    others = np.ones(len(tasks), bool)
    others[sized[same]] = False
    return np.flatnonzero(others).tolist()


def details_of(rows: NDArray[Any]) -> dict[TaskDetail, NDArray[Any]]:
    """CPU time, bytes and index of many tasks from their records; without those that are known of none."""
    found: dict[TaskDetail, NDArray[Any]] = {}
    cpu = rows["cpu_s"]
    if cpu.any():
        found[TaskDetail.CPU_S] = np.where((cpu > 0) & (cpu < np.inf), cpu, np.float32(np.nan))
    for detail, field in ((TaskDetail.BYTES_IN, "bytes_in"), (TaskDetail.BYTES_OUT, "bytes_out")):
        size = rows[field]
        if size.any():
            found[detail] = size.astype(np.int64) - 1
    place = rows["place"]
    if place.max() >= 0:
        found[TaskDetail.INDEX] = np.maximum(place.astype(np.int64) + 1, 0).astype(np.uint32)
    return found


def jobs_of(rows: NDArray[Any], parent: int, jobs: MappedJobs) -> NDArray[np.uint32]:
    """The number in the timeline of the job of each task; 0 for tasks of no such job."""
    mapped = (rows["place"] >= 0) & ((rows["flags"] & ~np.uint8(TASK_OVER)) == 0)
    found = distinct(rows["job"])
    known = set(rows["job"][mapped].tolist())
    numbers = [jobs.number(parent, job) if job in known else 0 for job in found.values.tolist()]
    return np.where(mapped, np.array(numbers, np.uint32)[found.which], np.uint32(0))


def arguments_of(rows: NDArray[Any]) -> NDArray[np.uint32] | None:
    """The numbers of the arguments' texts in the journal, 0 for none; None where none are recorded."""
    words = rows["arguments_text"]
    words = np.where(words == _NO_TEXT, np.uint32(0), words)
    return words if words.any() else None
