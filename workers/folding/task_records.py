"""Tasks of pools and executors, from the records of the workers that ran them and of the parents that submitted them.

Runs where the timeline is. Job numbers count from 0 in each parent, for each of its executors: a task belongs to the
last submission of its number before it began. The jobs of a thread are numbered in its own process, or not at all.
Parents and workers are read in any order. Slots are not made records here: their columns are added as numpy arrays.
"""

from collections.abc import Iterable, Mapping
from itertools import accumulate, groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.folding.detail_records import (
    MappedJobs,
    arguments_of,
    details_of,
    jobs_of,
    note_begun,
    note_ended,
    without_sized,
)
from workers.folding.slot_columns import columns_of
from workers.folding.submitted_jobs import Jobs
from workers.journal.process_kinds import JobSubmitted, WorkerTask
from workers.journal.slots import IS_OVER, Slots
from workers.recorded.probe import EXECUTOR_JOB, SLOT, TASK_OVER, UNNUMBERED
from workers.timeline.distinct import distinct
from workers.timeline.model import PoolThread, Process
from workers.timeline.task_store import UNKNOWN_NS, TaskDetail
from workers.timeline.timeline import Timeline

_Texts = Mapping[int, str]
_Numbering = tuple[int, int]
"""Job numbers are counted by parent (process id), and there by pool or executor (probe.POOL_JOB, EXECUTOR_JOB)."""


_JOB_COLUMNS = columns_of(JobSubmitted)
_TASK_COLUMNS = columns_of(WorkerTask)


MOST_THREADS = 10_000
"""The threads of a process that have a row each. A damaged journal can contain any number."""
FURTHER_THREADS = "further threads"

_Runner = tuple[int, int]
"""What carries out one task after another: the id of a process, and that of a thread of it or 0."""


class _TaskBlock(NamedTuple):
    """Tasks of one worker or thread: new ones that have ended, and the one after them that has not, if any."""

    worker: Process
    thread: int
    ended: Slots
    open_task: WorkerTask | None
    texts: _Texts

    @property
    def submitter(self) -> int | None:
        """The id of the process that numbered the jobs."""
        return self.worker.id if self.thread else self.worker.parent_id


class TaskRecords:
    """Adds tasks to a timeline."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._open: dict[_Runner, dict[int, int]] = {}  # by time of the beginning: the task's id
        self._jobs: dict[_Numbering, Jobs] = {}
        self._blocks: dict[_Runner, _TaskBlock] = {}  # still to be added
        self._mapped = MappedJobs(timeline.tasks)
        self._newest: dict[int, int] = {}  # by worker: the latest beginning of a task of its own that was taken
        self._latest: dict[int, tuple[Process, int]] = {}  # by process, the latest moment in its records

    def take_jobs(self, parent: Process, slots: Slots, origin_ns: int) -> int:
        """SUBMITTED slots of a parent's journal. Returns their latest moment, as a time of the timeline."""
        jobs = np.frombuffer(slots.data, _JOB_COLUMNS)
        at_ns = jobs["clock_ns"] - origin_ns
        of_executors = at_ns[jobs["numbering"] == EXECUTOR_JOB]
        if len(of_executors):
            self._timeline.tasks.add_submissions(parent.id, of_executors)
        if not (_all_equal(jobs["numbering"]) and self._jobs_of(parent.id, slots.data[1]).add_all(jobs["job"], at_ns)):
            for numbering, job, one_ns in zip(
                jobs["numbering"].tolist(), jobs["job"].tolist(), at_ns.tolist(), strict=True
            ):
                self._add_job(parent, numbering, job, one_ns)
        return int(at_ns.max())

    def job_sized(self, parent: Process, job: int, size: int, calls: int) -> None:
        """It became known of how many tasks and calls a job of this process consists."""
        self._mapped.sized(parent.id, job, size, calls)

    def thread_of(self, process: Process, threads: dict[int, PoolThread], number: int) -> PoolThread:
        """The thread of a process with this number. threads: those that are known, by number."""
        number = number if 0 < number <= MOST_THREADS else MOST_THREADS + 1
        found = threads.get(number)
        if found is None:
            found = threads[number] = self._timeline.add_thread(process.id, number)
            found.name = FURTHER_THREADS if number > MOST_THREADS else ""
        return found

    def take_tasks(
        self, worker: Process, slots: Slots, texts: _Texts, origin_ns: int, threads: dict[int, PoolThread]
    ) -> None:
        """TASK slots of a process's journal; that of a task that was open comes again when it has ended.

        A worker carries out one task after another, and so does a thread: the beginning of a task identifies it there.
        Tasks that have ended are added by `settle`. threads: of that journal, by number; new ones are added.
        """
        tasks = np.frombuffer(slots.data, _TASK_COLUMNS)
        numbers = tasks["thread"]
        if not numbers.any():
            self._take(worker, 0, slots, texts, origin_ns)
            return
        order = numbers.argsort(kind="stable")
        by_thread = np.frombuffer(slots.data, f"V{SLOT}")[order].tobytes()
        starts = [0, *(np.flatnonzero(np.diff(numbers[order])) + 1).tolist(), len(slots)]
        for low, high in pairwise(starts):
            number = int(numbers[order[low]])
            thread = self.thread_of(worker, threads, number).id if number else 0
            self._take(worker, thread, Slots(by_thread[low * SLOT : high * SLOT]), texts, origin_ns)

    def _take(self, worker: Process, thread: int, slots: Slots, texts: _Texts, origin_ns: int) -> None:
        """TASK slots of one worker or thread."""
        runner = worker.id, thread
        over = slots.flags.translate(IS_OVER)
        low = 0
        while low < len(over):
            high = over.find(0, low)
            if high < 0:
                high = len(over)
            ended = slots if high - low == len(over) else slots[low:high]
            if runner in self._blocks:  # these may end the task that is open there
                self._add_blocks(origin_ns)
            if self._open.get(runner):
                ended = self._end_open(worker, self._open[runner], ended, texts, origin_ns)
            ended = self._without_sized(runner, ended, origin_ns)
            open_task = slots[high] if high < len(over) else None
            assert open_task is None or isinstance(open_task, WorkerTask)
            self._blocks[runner] = _TaskBlock(worker, thread, ended, open_task, texts)
            low = high + 1

    def settle(self, origin_ns: int) -> Iterable[tuple[Process, int]]:
        """Add to the timeline all that was taken.

        Most tasks have ended when they are read: they are added many at once, and what has to be computed is computed
        for all workers together. Returns the workers with new records since the last time, each with the latest moment
        in them.
        """
        self._add_blocks(origin_ns)
        latest, self._latest = self._latest, {}
        return latest.values()

    def _add_job(self, parent: Process, numbering: int, job: int, at_ns: int) -> None:
        jobs = self._jobs_of(parent.id, numbering)
        for task_id, began_ns in jobs.add(job, at_ns):
            self._submit(jobs, job, task_id, began_ns)

    def _begin_task(self, block: _TaskBlock, task: WorkerTask, open_tasks: dict[int, int], origin_ns: int) -> None:
        began_ns, submitter = task.clock_ns - origin_ns, block.submitter
        name = block.texts.get(task.name_text, "?")
        task_id = open_tasks[began_ns] = self._timeline.begin_task(block.worker.id, name, began_ns, block.thread)
        note_begun(self._timeline.tasks, self._mapped, task_id, task, submitter, block.texts)
        if task.numbering & UNNUMBERED:
            if task.submitted_clock_ns:
                self._timeline.submit_task(task_id, task.submitted_clock_ns - origin_ns)
        elif submitter is not None:
            self._submit(self._jobs_of(submitter, task.numbering), task.job, task_id, began_ns)

    def _wrote(self, worker: Process, at_ns: int) -> None:
        known = self._latest.get(worker.id)
        if known is None or known[1] < at_ns:
            self._latest[worker.id] = worker, at_ns

    def _end_open(
        self, worker: Process, open_tasks: dict[int, int], ended: Slots, texts: _Texts, origin_ns: int
    ) -> Slots:
        """End the tasks that are known to have begun. Returns the slots of the others."""
        tasks = np.frombuffer(ended.data, _TASK_COLUMNS)
        others: list[int] = []
        for at, began_ns in enumerate((tasks["clock_ns"] - origin_ns).tolist()):
            if began_ns not in open_tasks:
                others.append(at)
                continue
            ended_ns, error = int(tasks["ended_clock_ns"][at]) - origin_ns, int(tasks["error_text"][at])
            self._wrote(worker, ended_ns)
            task_id = open_tasks.pop(began_ns)
            note_ended(self._timeline.tasks, task_id, float(tasks["cpu_s"][at]), int(tasks["bytes_out"][at]))
            self._timeline.finish_task(task_id, ended_ns, texts.get(error, "?") if error else None)
            if not open_tasks:
                others += range(at + 1, len(ended))
                break
        if not others:
            return Slots()
        first = others[0]
        if others[-1] - first + 1 == len(others):  # so it is when the first one was the open task
            return ended[first : others[-1] + 1]
        return ended.chosen(others)

    def _without_sized(self, runner: _Runner, ended: Slots, origin_ns: int) -> Slots:
        """The slots of tasks that have ended, without those that came again for the size of a result."""
        worker, thread = runner
        if thread or not ended:
            return ended
        tasks = np.frombuffer(ended.data, _TASK_COLUMNS)
        began = tasks["clock_ns"] - origin_ns
        newest = self._newest.get(worker)
        self._newest[worker] = int(began.max() if newest is None else max(newest, began.max()))
        if newest is None or began[0] > newest:
            return ended
        others = without_sized(self._timeline, worker, tasks, began)
        return ended if others is None else ended.chosen(others)

    def _add_blocks(self, origin_ns: int) -> None:
        blocks, self._blocks = self._blocks, {}
        full = [block for block in blocks.values() if block.ended]
        if full:
            self._add_ended(full, origin_ns)
        for runner, block in blocks.items():
            task = block.open_task
            if task is not None:
                began_ns = task.clock_ns - origin_ns
                self._wrote(block.worker, began_ns)
                open_tasks = self._open.setdefault(runner, {})
                if began_ns not in open_tasks:
                    if not block.thread:
                        self._newest[block.worker.id] = max(began_ns, self._newest.get(block.worker.id, began_ns))
                    self._begin_task(block, task, open_tasks, origin_ns)

    def _add_ended(self, blocks: list[_TaskBlock], origin_ns: int) -> None:
        """Add tasks that have ended, of all workers and threads together."""
        tasks = np.frombuffer(b"".join([block.ended.data for block in blocks]), _TASK_COLUMNS)
        ends = list(accumulate([len(block.ended) for block in blocks]))
        starts = [0, *ends[:-1]]
        began, ended = tasks["clock_ns"] - origin_ns, tasks["ended_clock_ns"] - origin_ns
        names, errors = tasks["name_text"], tasks["error_text"]
        any_error = bool(errors.any())
        falls = set((began[1:] < began[:-1]).nonzero()[0].tolist())  # a fall between two blocks does not matter
        submitted = self._submissions(blocks, starts, tasks, began, origin_ns)
        latest = np.maximum.reduceat(ended, starts).tolist()
        details = details_of(tasks)
        for block, low, high, latest_ns in zip(blocks, starts, ends, latest, strict=True):
            worker, texts = block.worker, block.texts
            self._wrote(worker, latest_ns)
            ascending = not falls or falls.isdisjoint(range(low, high - 1))
            error = self._text_numbers(errors[low:high], texts) if any_error else None
            mine = {detail: column[low:high] for detail, column in details.items()}
            if TaskDetail.INDEX in mine and block.submitter is not None:
                mine[TaskDetail.JOB] = jobs_of(tasks[low:high], block.submitter, self._mapped)
            arguments = arguments_of(tasks[low:high])
            if arguments is not None:
                mine[TaskDetail.ARGUMENTS] = self._text_numbers(arguments, texts)
            self._timeline.add_tasks(
                worker.id, began[low:high], ended[low:high], self._task_names(names[low:high], texts), error,
                None if block.submitter is None else submitted[low:high], thread=block.thread, ended=True,
                ascending=ascending, details=mine,
            )  # fmt: skip

    def _task_names(self, words: NDArray[Any], texts: _Texts) -> "int | NDArray[np.uint32]":
        """The numbers in the timeline of these texts of a journal; one number where all are equal."""
        if not _all_equal(words):
            return self._text_numbers(words, texts)
        word = int(words[0])
        return self._timeline.tasks.names.number(texts.get(word, "?")) if word else 0

    def _text_numbers(self, words: NDArray[Any], texts: _Texts) -> NDArray[np.uint32]:
        """The numbers in the timeline of these texts of a journal, 0 for none."""
        number = self._timeline.tasks.names.number
        found = distinct(words)
        numbers = [number(texts.get(word, "?")) if word else 0 for word in found.values.tolist()]
        return np.array(numbers, np.uint32)[found.which]

    def _submissions(
        self, blocks: list[_TaskBlock], starts: list[int], tasks: NDArray[Any], began: NDArray[np.int64], origin_ns: int
    ) -> NDArray[np.int64]:
        """When each of these tasks was submitted, UNKNOWN_NS where that is not read yet.

        The tasks are about to be added.
        """
        numberings, jobs = tasks["flags"] & ~np.uint8(TASK_OVER), tasks["job"].astype(np.int64)
        first = blocks[0].submitter
        if first is not None and _all_equal(numberings) and all(block.submitter == first for block in blocks):
            if int(numberings[0]) & UNNUMBERED:
                return _own_submissions(tasks, origin_ns)
            return self._of_jobs(self._jobs_of(first, int(numberings[0])), jobs, began, 0)  # as nearly always
        submitted = _own_submissions(tasks, origin_ns)
        for block, start in zip(blocks, starts, strict=True):
            low, parent = start, block.submitter
            for numbering, group in groupby(numberings[start : start + len(block.ended)].tolist()):
                high = low + len(tuple(group))
                if parent is not None and not numbering & UNNUMBERED:
                    known = self._jobs_of(parent, numbering)
                    submitted[low:high] = self._of_jobs(known, jobs[low:high], began[low:high], low)
                low = high
        return submitted

    def _of_jobs(self, known: Jobs, jobs: NDArray[np.int64], began: NDArray[np.int64], ahead: int) -> NDArray[np.int64]:
        """The same for jobs of one numbering. ahead: how many tasks are about to be added before these."""
        times = known.latest(jobs)
        late = times > began
        if late.any():  # the submission is not read yet, or the number was used again since
            for at in late.nonzero()[0].tolist():
                job, began_ns = int(jobs[at]), int(began[at])
                at_ns = known.when(job, began_ns)
                if at_ns is None:
                    known.wait(job, len(self._timeline.tasks) + 1 + ahead + at, began_ns)
                times[at] = UNKNOWN_NS if at_ns is None else at_ns
        return times

    def _submit(self, jobs: Jobs, job: int, task_id: int, began_ns: int) -> None:
        at_ns = jobs.when(job, began_ns)
        if at_ns is None:
            jobs.wait(job, task_id, began_ns)
        else:
            self._timeline.submit_task(task_id, at_ns)

    def _jobs_of(self, parent: int, numbering: int) -> Jobs:
        jobs = self._jobs.get((parent, numbering))
        if jobs is None:
            jobs = self._jobs[parent, numbering] = Jobs()
        return jobs


def _own_submissions(tasks: NDArray[Any], origin_ns: int) -> NDArray[np.int64]:
    """When each of these tasks was submitted as its own record says; UNKNOWN_NS where it does not."""
    clock_ns = tasks["submitted_clock_ns"]
    return np.where(clock_ns, clock_ns - origin_ns, UNKNOWN_NS)


def _all_equal(column: NDArray[Any]) -> bool:
    """Whether all elements of a column are equal. The column is not empty."""
    data = column.tobytes()
    return data == data[: column.itemsize] * len(column)
