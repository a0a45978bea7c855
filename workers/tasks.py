"""Tasks of pools and executors, from the records of the workers that ran them and of the parents that submitted them.

Runs where the timeline lives. Job numbers count from 0 in each parent, for each of its executors: a task belongs to the
last submission of its number before it began. Parents and workers are read in any order.
"""

from bisect import bisect_right

from workers.model import Process, Task
from workers.timeline import Timeline

_Job = tuple[int, int, int]


class Tasks:
    """Adds tasks to a timeline. A job is named by (parent's process id, whose numbers, number)."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._going: dict[tuple[int, int], Task] = {}
        self._submitted: dict[_Job, list[int]] = {}
        self._unsubmitted: dict[_Job, list[Task]] = {}

    def submitted(self, parent: Process, of: int, job: int, at_ns: int) -> None:
        """A parent numbered a job."""
        key = parent.id, of, job
        self._submitted.setdefault(key, []).append(at_ns)
        waiting = self._unsubmitted.pop(key, [])
        for task in waiting:
            self._match(key, task)

    def began(self, worker: Process, number: int, of: int, job: int, name: str, at_ns: int) -> None:
        """A worker took a task up."""
        task = self._timeline.add_task(worker.id, name, at_ns)
        self._going[worker.id, number] = task
        if worker.parent_id is not None:
            self._match((worker.parent_id, of, job), task)

    def ended(self, worker: Process, number: int, at_ns: int, error: str | None) -> None:
        """It is done with it."""
        task = self._going.pop((worker.id, number), None)
        if task is not None:
            self._timeline.end_task(task, at_ns, error)

    def _match(self, key: _Job, task: Task) -> None:
        times = self._submitted.get(key, [])
        before = bisect_right(times, task.began_ns)
        if before:
            task.submitted_ns = times[before - 1]
        else:
            self._unsubmitted.setdefault(key, []).append(task)
