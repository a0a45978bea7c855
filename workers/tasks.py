"""Tasks of pools and executors, from the records of the workers that ran them and of the parents that submitted them.

Runs where the timeline lives. Job numbers count from 0 in each parent, for each of its executors: a task belongs to the
last submission of its number before it began. Parents and workers are read in any order.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from workers import probe
from workers.journal import Record
from workers.model import Process
from workers.timeline import Timeline

_Whose = tuple[int, int]
_Columns = tuple[tuple[int, ...], ...]
"""The fields of Record, of many records each."""

_NEVER = np.iinfo(np.int64).min
_FLAGS = attrgetter("flags")


class _Jobs:
    """When the jobs that a parent counted were submitted, and the tasks that wait to be told."""

    def __init__(self) -> None:
        self._latest: dict[int, int] = {}
        self._before: dict[int, list[int]] = {}  # of a number that was used again
        self._waiting: dict[int, list[tuple[int, int]]] = {}  # by number, (task's id, when it began)

    def add(self, job: int, at_ns: int) -> list[tuple[int, int]]:
        """A job was submitted. The tasks that waited for that."""
        latest = self._latest.setdefault(job, at_ns)
        if latest != at_ns:
            insort(self._before.setdefault(job, []), min(latest, at_ns))
            self._latest[job] = max(latest, at_ns)
        return self._waiting.pop(job, []) if self._waiting else []

    def add_all(self, submitted: dict[int, int]) -> bool:
        """Many at once, by number. False, and none is added, where one is known already or waited for."""
        if self._waiting or not self._latest.keys().isdisjoint(submitted):
            return False
        self._latest.update(submitted)
        return True

    def latest(self, jobs: tuple[int, ...]) -> tuple[NDArray[np.int64], bool]:
        """The last submission of each number, _NEVER where there is none, and whether there is one of every number."""
        times = list(map(self._latest.get, jobs))
        every = None not in times
        if not every:
            times = [_NEVER if at_ns is None else at_ns for at_ns in times]
        return np.array(times, np.int64), every

    def when(self, job: int, began_ns: int) -> int:
        """The last submission of this number before a moment, _NEVER when there is none."""
        latest = self._latest.get(job, _NEVER)
        if latest <= began_ns:
            return latest
        times = self._before.get(job, [])
        before = bisect_right(times, began_ns)
        return times[before - 1] if before else _NEVER

    def wait(self, job: int, task_id: int, began_ns: int) -> None:
        """This task's submission is still to be read."""
        self._waiting.setdefault(job, []).append((task_id, began_ns))


class Tasks:
    """Adds tasks to a timeline. Jobs are counted by (parent's process id, whose numbers)."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._going: dict[int, dict[int, int]] = {}  # by worker, then by the number that names it there
        self._jobs: dict[_Whose, _Jobs] = {}

    def numbered(self, parent: Process, records: Sequence[Record], origin_ns: int) -> int:
        """What a parent tells of the jobs that it numbered, in SUBMITTED records of its journal. The latest moment of them."""
        submitted = {record.a: record.t - origin_ns for record in records}
        together = len(submitted) == len(records) and len(set(map(_FLAGS, records))) == 1
        if not together or not self._jobs_of(parent.id, records[0].flags).add_all(submitted):
            for record in records:
                self.submitted(parent, record.flags, record.a, record.t - origin_ns)
        return max(submitted.values())

    def submitted(self, parent: Process, of: int, job: int, at_ns: int) -> None:
        """A parent numbered a job."""
        jobs = self._jobs_of(parent.id, of)
        for task_id, began_ns in jobs.add(job, at_ns):
            self._match(jobs, job, task_id, began_ns)

    def told(self, worker: Process, records: Sequence[Record], texts: Mapping[int, str], origin_ns: int) -> int:
        """All that a worker knows of tasks, in TASK records of its journal; of one again when it has ended. A worker does one
        after another, so that its beginning names it. Those that ended before they were read, as nearly all do in a pool of
        many short ones, are added many at once. The latest moment that they tell of."""
        going = self._going.setdefault(worker.id, {})
        columns: _Columns = tuple(zip(*records, strict=True))
        flags, began, ended = columns[1], columns[4], columns[8]
        if not going and flags[0] & probe.TASK_OVER and _alike(flags):
            self._add(worker, columns, texts, origin_ns)
            latest: int = max(ended)
            return latest - origin_ns
        self._one_by_one(worker, records, texts, origin_ns)
        latest = max(max(began), max(ended))
        return latest - origin_ns

    def began(self, worker: Process, number: int, of: int, job: int, name: str, at_ns: int) -> None:
        """A worker took a task up."""
        task_id = self._timeline.begin_task(worker.id, name, at_ns)
        self._going.setdefault(worker.id, {})[number] = task_id
        if worker.parent_id is not None:
            self._match(self._jobs_of(worker.parent_id, of), job, task_id, at_ns)

    def ended(self, worker: Process, number: int, at_ns: int, error: str | None) -> None:
        """It is done with it."""
        task_id = self._going.get(worker.id, {}).pop(number, None)
        if task_id is not None:
            self._timeline.finish_task(task_id, at_ns, error)

    def _one_by_one(self, worker: Process, records: Sequence[Record], texts: Mapping[int, str], origin_ns: int) -> None:
        going = self._going[worker.id]
        whole: list[Record] = []
        for record in records:
            began_ns = record.t - origin_ns
            if record.flags & probe.TASK_OVER:
                if began_ns in going:
                    error = texts.get(record.e, "?") if record.e else None
                    self.ended(worker, began_ns, record.d - origin_ns, error)
                else:
                    whole.append(record)
            elif began_ns not in going:
                if whole:  # they began before it
                    self._add(worker, tuple(zip(*whole, strict=True)), texts, origin_ns)
                    whole = []
                self.began(worker, began_ns, record.flags, record.b, texts.get(record.word, "?"), began_ns)
        if whole:
            self._add(worker, tuple(zip(*whole, strict=True)), texts, origin_ns)

    def _add(self, worker: Process, columns: _Columns, texts: Mapping[int, str], origin_ns: int) -> None:
        """Tasks from beginning to end, as the columns of their records."""
        _, flags, _, words, began, _, numbers, _, ended, errors, _ = columns
        t0, t1 = np.array(began, np.int64), np.array(ended, np.int64)
        t0 -= origin_ns
        t1 -= origin_ns
        submitted = None if worker.parent_id is None else self._submissions(worker.parent_id, flags, numbers, t0)
        raised = self._named(errors, texts) if any(errors) else None
        self._timeline.add_tasks(worker.id, t0, t1, self._named(words, texts), raised, submitted, ended=True)

    def _named(self, words: tuple[int, ...], texts: Mapping[int, str]) -> NDArray[np.uint32]:
        """The numbers in the timeline of what a journal's words say, 0 for none."""
        number = self._timeline.tasks.names.number
        if _alike(words):
            return np.full(len(words), number(texts.get(words[0], "?")) if words[0] else 0, np.uint32)
        names = {word: number(texts.get(word, "?")) if word else 0 for word in set(words)}
        return np.array([names[word] for word in words], np.uint32)

    def _submissions(self, parent: int, flags: tuple[int, ...], numbers: tuple[int, ...], t0: NDArray[np.int64]
                     ) -> NDArray[np.int64]:  # fmt: skip
        """When each of these tasks, which are about to be added, had been submitted, as far as that is known."""
        if _alike(flags):
            return self._of_jobs(self._jobs_of(parent, flags[0] & ~probe.TASK_OVER), numbers, t0, 0)
        parts, low = [], 0
        for of, group in groupby(flags):
            high = low + len(tuple(group))
            jobs = self._jobs_of(parent, of & ~probe.TASK_OVER)
            parts.append(self._of_jobs(jobs, numbers[low:high], t0[low:high], low))
            low = high
        return np.concatenate(parts)

    def _of_jobs(self, jobs: _Jobs, numbers: tuple[int, ...], t0: NDArray[np.int64], ahead: int) -> NDArray[np.int64]:
        """The same for jobs that were counted together. ahead: how many tasks are about to be added before these."""
        times, every = jobs.latest(numbers)
        late = times > t0
        if every and not late.any():
            return times
        for at in (late | (times == _NEVER)).nonzero()[0].tolist():
            times[at] = jobs.when(numbers[at], int(t0[at]))
            if times[at] == _NEVER:
                jobs.wait(numbers[at], len(self._timeline.tasks) + 1 + ahead + at, int(t0[at]))
        return times

    def _match(self, jobs: _Jobs, job: int, task_id: int, began_ns: int) -> None:
        at_ns = jobs.when(job, began_ns)
        if at_ns == _NEVER:
            jobs.wait(job, task_id, began_ns)
        else:
            self._timeline.submit_task(task_id, at_ns)

    def _jobs_of(self, parent: int, of: int) -> _Jobs:
        jobs = self._jobs.get((parent, of))
        if jobs is None:
            jobs = self._jobs[parent, of] = _Jobs()
        return jobs


def _alike(numbers: tuple[int, ...]) -> bool:
    return numbers.count(numbers[0]) == len(numbers)
