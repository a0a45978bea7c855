"""Tasks of pools and executors, from the records of the workers that ran them and of the parents that submitted them.

Runs where the timeline lives. Job numbers count from 0 in each parent, for each of its executors: a task belongs to the
last submission of its number before it began. Parents and workers are read in any order.
"""

from collections.abc import Iterable, Mapping
from itertools import accumulate, groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.folding.jobs import Jobs
from workers.journal.slots import IS_OVER, Record, Slots
from workers.recorded import probe
from workers.timeline.model import Process
from workers.timeline.task_store import UNKNOWN_NS
from workers.timeline.timeline import Timeline

_Whose = tuple[int, int]

_SLOT = np.dtype([("kind", "u1"), ("flags", "u1"), ("small", "<u2"), ("word", "<u4"), *((n, "<i8") for n in "tabcdef")])


class _Block(NamedTuple):
    """What a worker told: tasks that have ended and were not known, and one after them that goes on, if any."""

    worker: Process
    ended: Slots
    after: Record | None
    texts: Mapping[int, str]


class TaskRecords:
    """Adds tasks to a timeline. Jobs are counted by (parent's process id, whose numbers)."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._going: dict[int, dict[int, int]] = {}  # by worker, then by the number that names it there
        self._jobs: dict[_Whose, Jobs] = {}
        self._blocks: dict[int, _Block] = {}  # by worker, what is to be added
        self._told: dict[int, tuple[Process, int]] = {}  # by worker, the latest moment that it told of

    def numbered(self, parent: Process, slots: Slots, origin_ns: int) -> int:
        """What a parent tells of the jobs that it numbered, in SUBMITTED records of its journal. The latest moment of them."""
        records = np.frombuffer(slots.data, _SLOT)
        at_ns = records["t"] - origin_ns
        if not (_alike(records["flags"]) and self._jobs_of(parent.id, slots.data[1]).add_all(records["a"], at_ns)):
            for record in slots:
                self.submitted(parent, record.flags, record.a, record.t - origin_ns)
        return int(at_ns.max())

    def submitted(self, parent: Process, of: int, job: int, at_ns: int) -> None:
        """A parent numbered a job."""
        jobs = self._jobs_of(parent.id, of)
        for task_id, began_ns in jobs.add(job, at_ns):
            self._match(jobs, job, task_id, began_ns)

    def told(self, worker: Process, slots: Slots, texts: Mapping[int, str], origin_ns: int) -> None:
        """All that a worker knows of tasks, in TASK records of its journal; of one again when it has ended. A worker does one
        after another, so that its beginning names it. What it does not change is added by `settle`."""
        over = slots.flags.translate(IS_OVER)
        low = 0
        while low < len(over):
            high = over.find(0, low)
            if high < 0:
                high = len(over)
            ended = slots if high - low == len(over) else slots[low:high]
            if worker.id in self._blocks:  # it may end what began there
                self._add_blocks(origin_ns)
            if self._going.get(worker.id):
                ended = self._end_known(worker, ended, texts, origin_ns)
            self._blocks[worker.id] = _Block(worker, ended, slots[high] if high < len(over) else None, texts)
            low = high + 1

    def settle(self, origin_ns: int) -> Iterable[tuple[Process, int]]:
        """Have all in the timeline that was told. Those tasks that ended before they were read, as nearly all do in a pool of
        many short ones, are added many at once, and of all workers together what has to be computed. Who told of tasks, and
        of which latest moment, since the last time."""
        self._add_blocks(origin_ns)
        told, self._told = self._told, {}
        return told.values()

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

    def _heard(self, worker: Process, at_ns: int) -> None:
        known = self._told.get(worker.id)
        if known is None or known[1] < at_ns:
            self._told[worker.id] = worker, at_ns

    def _end_known(self, worker: Process, ended: Slots, texts: Mapping[int, str], origin_ns: int) -> Slots:
        """Of tasks that have ended, end those that are known to have begun. The others."""
        going = self._going[worker.id]
        others = []
        for at, t0 in enumerate((np.frombuffer(ended.data, _SLOT)["t"] - origin_ns).tolist()):
            if t0 not in going:
                others.append(at)
                continue
            record = ended[at]
            self._heard(worker, record.d - origin_ns)
            self.ended(worker, t0, record.d - origin_ns, texts.get(record.e, "?") if record.e else None)
            if not going:
                others += range(at + 1, len(ended))
                break
        if not others:
            return Slots()
        first = others[0]
        if others[-1] - first + 1 == len(others):  # as they are when the first was the one that went on
            return ended[first : others[-1] + 1]
        return Slots.of(ended[at] for at in others)

    def _add_blocks(self, origin_ns: int) -> None:
        blocks, self._blocks = self._blocks, {}
        full = [block for block in blocks.values() if block.ended]
        if full:
            self._add(full, origin_ns)
        for worker, _, after, texts in blocks.values():
            if after is not None:
                began_ns = after.t - origin_ns
                self._heard(worker, began_ns)
                if began_ns not in self._going.setdefault(worker.id, {}):
                    self.began(worker, began_ns, after.flags, after.b, texts.get(after.word, "?"), began_ns)

    def _add(self, blocks: list[_Block], origin_ns: int) -> None:
        """Tasks from beginning to end."""
        records = np.frombuffer(b"".join([block.ended.data for block in blocks]), _SLOT)
        ends = list(accumulate([len(block.ended) for block in blocks]))
        starts = [0, *ends[:-1]]
        t0, t1 = records["t"] - origin_ns, records["d"] - origin_ns
        words, errors = records["word"], records["e"]
        raised = bool(errors.any())
        falls = set((t0[1:] < t0[:-1]).nonzero()[0].tolist())  # before the first of a block it may
        submitted = self._submissions(blocks, starts, records, t0)
        latest = np.maximum.reduceat(t1, starts).tolist()
        for block, low, high, latest_ns in zip(blocks, starts, ends, latest, strict=True):
            worker, texts = block.worker, block.texts
            self._heard(worker, latest_ns)
            ascending = not falls or falls.isdisjoint(range(low, high - 1))
            error = self._named(errors[low:high], texts) if raised else None
            self._timeline.add_tasks(
                worker.id, t0[low:high], t1[low:high], self._name(words[low:high], texts), error,
                None if worker.parent_id is None else submitted[low:high], ended=True, ascending=ascending,
            )  # fmt: skip

    def _name(self, words: NDArray[Any], texts: Mapping[int, str]) -> "int | NDArray[np.uint32]":
        """The number in the timeline of what all of a journal's words say, or of what each says."""
        if not _alike(words):
            return self._named(words, texts)
        word = int(words[0])
        return self._timeline.tasks.names.number(texts.get(word, "?")) if word else 0

    def _named(self, words: NDArray[Any], texts: Mapping[int, str]) -> NDArray[np.uint32]:
        """The numbers in the timeline of what a journal's words say, 0 for none."""
        number = self._timeline.tasks.names.number
        each, which = np.unique(words, return_inverse=True)
        names = [number(texts.get(word, "?")) if word else 0 for word in each.tolist()]
        return np.array(names, np.uint32)[which]

    def _submissions(self, blocks: list[_Block], starts: list[int], records: NDArray[Any], t0: NDArray[np.int64]
                     ) -> NDArray[np.int64]:  # fmt: skip
        """When each of these tasks, which are about to be added, had been submitted, as far as that is known."""
        flags, numbers = records["flags"] & ~np.uint8(probe.TASK_OVER), records["b"]
        first = blocks[0].worker.parent_id
        if first is not None and _alike(flags) and all(block.worker.parent_id == first for block in blocks):
            return self._of_jobs(self._jobs_of(first, int(flags[0])), numbers, t0, 0)  # as nearly always
        submitted = np.full(len(t0), UNKNOWN_NS)
        for block, start in zip(blocks, starts, strict=True):
            low, parent = start, block.worker.parent_id
            for of, group in groupby(flags[start : start + len(block.ended)].tolist()):
                high = low + len(tuple(group))
                if parent is not None:
                    jobs = self._jobs_of(parent, of)
                    submitted[low:high] = self._of_jobs(jobs, numbers[low:high], t0[low:high], low)
                low = high
        return submitted

    def _of_jobs(self, jobs: Jobs, numbers: NDArray[np.int64], t0: NDArray[np.int64], ahead: int
                 ) -> NDArray[np.int64]:  # fmt: skip
        """The same for jobs that were counted together. ahead: how many tasks are about to be added before these."""
        times = jobs.latest(numbers)
        late = times > t0
        if late.any():  # not read yet, or its number was used again since
            for at in late.nonzero()[0].tolist():
                number, began_ns = int(numbers[at]), int(t0[at])
                at_ns = jobs.when(number, began_ns)
                if at_ns is None:
                    jobs.wait(number, len(self._timeline.tasks) + 1 + ahead + at, began_ns)
                times[at] = UNKNOWN_NS if at_ns is None else at_ns
        return times

    def _match(self, jobs: Jobs, job: int, task_id: int, began_ns: int) -> None:
        at_ns = jobs.when(job, began_ns)
        if at_ns is None:
            jobs.wait(job, task_id, began_ns)
        else:
            self._timeline.submit_task(task_id, at_ns)

    def _jobs_of(self, parent: int, of: int) -> Jobs:
        jobs = self._jobs.get((parent, of))
        if jobs is None:
            jobs = self._jobs[parent, of] = Jobs()
        return jobs


def _alike(column: NDArray[Any]) -> bool:
    """Whether all of a column that is not empty are the same."""
    data = column.tobytes()
    return data == data[: column.itemsize] * len(column)
