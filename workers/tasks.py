"""Tasks of pools and executors, from the records of the workers that ran them and of the parents that submitted them.

Runs where the timeline lives. Job numbers count from 0 in each parent, for each of its executors: a task belongs to the
last submission of its number before it began. Parents and workers are read in any order.
"""

from bisect import bisect_right

from workers.model import Process
from workers.timeline import Timeline

_Job = tuple[int, int, int]


class Tasks:
    """Adds tasks to a timeline. A job is named by (parent's process id, whose numbers, number)."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._going: dict[tuple[int, int], int] = {}
        self._submitted: dict[_Job, list[int]] = {}
        self._unsubmitted: dict[_Job, list[tuple[int, int]]] = {}

    def submitted(self, parent: Process, of: int, job: int, at_ns: int) -> None:
        """A parent numbered a job."""
        key = parent.id, of, job
        self._submitted.setdefault(key, []).append(at_ns)
        waiting = self._unsubmitted.pop(key, [])
        for task_id, began_ns in waiting:
            self._match(key, task_id, began_ns)

    def told(self, worker: Process, of: int, job: int, name: str, began_ns: int, ended_ns: int | None, error: str | None
             ) -> None:  # fmt: skip
        """All that a worker knows of a task; again when it has ended. A worker does one after another, so that its beginning
        names it."""
        if (worker.id, began_ns) not in self._going:
            self.began(worker, began_ns, of, job, name, began_ns)
        if ended_ns is not None:
            self.ended(worker, began_ns, ended_ns, error)

    def began(self, worker: Process, number: int, of: int, job: int, name: str, at_ns: int) -> None:
        """A worker took a task up."""
        task_id = self._timeline.begin_task(worker.id, name, at_ns)
        self._going[worker.id, number] = task_id
        if worker.parent_id is not None:
            self._match((worker.parent_id, of, job), task_id, at_ns)

    def ended(self, worker: Process, number: int, at_ns: int, error: str | None) -> None:
        """It is done with it."""
        task_id = self._going.pop((worker.id, number), None)
        if task_id is not None:
            self._timeline.finish_task(task_id, at_ns, error)

    def _match(self, key: _Job, task_id: int, began_ns: int) -> None:
        times = self._submitted.get(key, [])
        before = bisect_right(times, began_ns)
        if before:
            self._timeline.submit_task(task_id, times[before - 1])
        else:
            self._unsubmitted.setdefault(key, []).append((task_id, began_ns))
