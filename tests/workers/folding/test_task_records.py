"""Tasks come together whatever order the records of parents and workers are read in."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.folding.task_records import FURTHER_THREADS, MOST_THREADS, TaskRecords
from workers.journal.process_kinds import JobSubmitted, WorkerTask
from workers.journal.slots import Slots
from workers.recorded import probe
from workers.timeline.model import PoolThread, Process, ProcessKind, Task
from workers.timeline.timeline import Timeline

POOL, EXECUTOR = 0, 1


@pytest.fixture
def parts() -> tuple[Timeline, TaskRecords, Process, Process]:
    """A timeline, what adds tasks to it, a parent and its worker."""
    timeline = Timeline()
    parent = timeline.add_process("program", ProcessKind.PROGRAM)
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=parent.id)
    return timeline, TaskRecords(timeline), parent, worker


ORIGIN_NS = 1_000
ERROR = 3
TEXTS = {0: "", 1: "square", 2: "load", ERROR: "ValueError"}


def submission(at_ns: int, job: int, of: int) -> JobSubmitted:
    """A record of a parent."""
    return JobSubmitted(of, ORIGIN_NS + at_ns, job)


def task(
    began_ns: int, job: int, of: int, ended_ns: int | None, error: int = 0, *, thread: int = 0, submitted_ns: int = 0
) -> WorkerTask:
    """A record of a worker; it comes again when the task has ended."""
    submitted = ORIGIN_NS + submitted_ns if submitted_ns else 0
    if ended_ns is None:
        return WorkerTask(of, 1 + job % 2, ORIGIN_NS + began_ns, thread, 0, job, 0, -1, 0, 0, 0, 0.0, submitted)
    return WorkerTask(
        of | probe.TASK_OVER,
        1 + job % 2,
        ORIGIN_NS + began_ns,
        thread,
        0,
        job,
        0,
        -1,
        0,
        ORIGIN_NS + ended_ns,
        error,
        0.0,
        submitted,
    )


def take_jobs(tasks: TaskRecords, parent: Process, *jobs: JobSubmitted) -> None:
    """Take records of a parent."""
    tasks.take_jobs(parent, Slots.of(jobs), ORIGIN_NS)


def take_tasks(tasks: TaskRecords, worker: Process, *carried_out: WorkerTask) -> None:
    """Take them, and settle."""
    tasks.take_tasks(worker, Slots.of(carried_out), TEXTS, ORIGIN_NS, {})
    tasks.settle(ORIGIN_NS)


def test_submitted_began_ended(parts: tuple[Timeline, TaskRecords, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    take_jobs(tasks, parent, submission(10, 6, POOL))
    take_tasks(tasks, worker, task(20, 6, POOL, None))
    assert (worker.tasks, timeline.tasks[0].ended_ns) == (1, None)
    take_tasks(tasks, worker, task(20, 6, POOL, 30, ERROR))
    (only,) = timeline.tasks
    assert (only.process, only.name) == (worker.id, "square")
    assert (only.submitted_ns, only.began_ns, only.ended_ns, only.error) == (10, 20, 30, "ValueError")
    assert worker.tasks == 1


@pytest.mark.parametrize("ended_ns", [None, 30])
def test_the_worker_is_read_before_its_parent(
    parts: tuple[Timeline, TaskRecords, Process, Process], ended_ns: int | None
) -> None:
    timeline, tasks, parent, worker = parts
    take_tasks(tasks, worker, task(20, 0, POOL, ended_ns))
    assert timeline.tasks[0].submitted_ns is None
    take_jobs(tasks, parent, submission(10, 0, POOL))
    assert timeline.tasks[0].submitted_ns == 10


@pytest.mark.parametrize("open_first", [True, False])
def test_numbers_used_again_belong_to_the_last_submission_before(
    parts: tuple[Timeline, TaskRecords, Process, Process], open_first: bool
) -> None:
    timeline, tasks, parent, worker = parts
    take_jobs(tasks, parent, submission(10, 0, EXECUTOR), submission(100, 0, EXECUTOR))
    first, second = (task(began, 0, EXECUTOR, None if open_first else began + 1) for began in (20, 120))
    take_tasks(tasks, worker, first, second)
    assert [one.submitted_ns for one in timeline.tasks] == [10, 100]


@pytest.mark.parametrize("ended_ns", [None, 30])
def test_a_pools_numbers_are_not_an_executors(
    parts: tuple[Timeline, TaskRecords, Process, Process], ended_ns: int | None
) -> None:
    timeline, tasks, parent, worker = parts
    take_jobs(tasks, parent, submission(10, 0, EXECUTOR))
    take_tasks(tasks, worker, task(20, 0, POOL, ended_ns))
    assert timeline.tasks[0].submitted_ns is None


@given(st.data())
def test_a_size_that_comes_later_is_noted_in_its_task(data: st.DataObject) -> None:
    """And adds none, whatever comes with it."""
    timeline = Timeline()
    parent = timeline.add_process("program", ProcessKind.PROGRAM)
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=parent.id)
    tasks = TaskRecords(timeline)
    count = data.draw(st.integers(1, 6))
    sizes = [data.draw(st.sampled_from([1, 257, 2**32 - 1])) for _ in range(count)]
    given_with_size = [data.draw(st.booleans()) for _ in range(count)]
    records = [task(10 * at, at, POOL, 10 * at + 5) for at in range(1, count + 1)]
    known = [record._replace(bytes_out=size) for record, size in zip(records, sizes, strict=True)]
    first = [
        whole if at_once else record for whole, record, at_once in zip(known, records, given_with_size, strict=True)
    ]
    later = [whole for whole, at_once in zip(known, given_with_size, strict=True) if not at_once]
    new = task(1_000, 0, POOL, data.draw(st.sampled_from([None, 1_005])))
    for at in reversed(range(count)):
        if data.draw(st.booleans()):  # it was seen while it was carried out
            first.insert(at, task(10 * at + 10, at + 1, POOL, None))
    cut = data.draw(st.integers(0, len(first)))
    for part in (first[:cut], first[cut:], [*later, new]):
        tasks.take_tasks(worker, Slots.of(part), TEXTS, ORIGIN_NS, {})
        if data.draw(st.booleans()):
            tasks.settle(ORIGIN_NS)
    tasks.settle(ORIGIN_NS)
    assert [one.bytes_out for one in timeline.tasks] == [*(size - 1 for size in sizes), None]
    assert worker.tasks == count + 1


def test_a_task_whose_worker_died_stays_open(parts: tuple[Timeline, TaskRecords, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    other = timeline.add_process("other", ProcessKind.POOL_WORKER, parent_id=parent.id)
    take_tasks(tasks, worker, task(20, 0, POOL, None))
    take_tasks(tasks, other, task(21, 1, POOL, None))
    take_tasks(tasks, other, task(21, 1, POOL, 30))
    assert [one.ended_ns for one in timeline.tasks] == [None, 30]


@st.composite
def journals(draw: st.DrawFn) -> tuple[list[JobSubmitted], list[WorkerTask], list[Task]]:
    """What a parent and a worker wrote, in the order of reading it, and the tasks that this means."""
    parents, workers, meant = [], [], []
    submitted: dict[tuple[int, int], int] = {}
    at_ns = 0
    numbers = st.integers(0, 9) | st.sampled_from([5_000, 100_000, 2**32 - 1])  # nobody counts to the last ones
    steps = st.tuples(numbers, st.integers(0, 1), st.booleans(), st.booleans(), st.sampled_from([0, 3]))
    for job, of, counted, seen_going_on, error in draw(st.lists(steps, max_size=30)):
        if counted and (of, job) not in submitted:
            at_ns += 1
            parents.append(submission(at_ns, job, of))
            submitted[of, job] = at_ns
        at_ns += 5
        meant.append(Task(len(meant) + 1, 2, TEXTS[1 + job % 2], at_ns, submitted.get((of, job)), at_ns + 3,
                          TEXTS[error] or None))  # fmt: skip
        if seen_going_on:
            workers.append(task(at_ns, job, of, None))
        workers.append(task(at_ns, job, of, at_ns + 3, error))
    return parents, workers, meant


@given(journals(), st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=30), st.booleans())
def test_tasks_are_the_same_however_the_journals_are_cut(
    written: tuple[list[JobSubmitted], list[WorkerTask], list[Task]], cuts: list[tuple[bool, int]], settled: bool
) -> None:
    parents, workers, meant = written
    timeline = Timeline()
    parent = timeline.add_process("program", ProcessKind.PROGRAM)
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=parent.id)
    tasks = TaskRecords(timeline)
    for of_parent, count in [*cuts, (True, len(parents)), (False, len(workers))]:
        mine: list[Any] = parents if of_parent else workers
        part, mine[:] = Slots.of(mine[:count]), mine[count:]
        if part and of_parent:
            tasks.take_jobs(parent, part, ORIGIN_NS)
        elif part:
            tasks.take_tasks(worker, part, TEXTS, ORIGIN_NS, {})
            if settled:
                tasks.settle(ORIGIN_NS)
    tasks.settle(ORIGIN_NS)
    assert list(timeline.tasks) == meant
    assert worker.tasks == len(meant)


def test_a_task_that_has_ended_changes_nothing_but_the_tasks(
    parts: tuple[Timeline, TaskRecords, Process, Process],
) -> None:
    timeline, tasks, _, worker = parts
    tasks.take_tasks(worker, Slots.of([task(0, 0, POOL, 5, 0)]), TEXTS, ORIGIN_NS, {})
    tasks.settle(ORIGIN_NS)
    facts, lane = timeline.facts, timeline.lane(worker.id)
    tasks.take_tasks(worker, Slots.of([task(10, 1, POOL, 15, 0), task(20, 2, POOL, None, 0)]), TEXTS, ORIGIN_NS, {})
    assert [told.id for told, _ in tasks.settle(ORIGIN_NS)] == [worker.id]
    assert timeline.lane(worker.id) is lane
    assert timeline.facts == facts
    assert worker.id in timeline.changed_since(timeline.revision - 1)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), st.sampled_from([0, 3])), max_size=40), st.booleans())
def test_several_workers_are_added_together_as_one_after_another(
    told: list[tuple[int, int, int]], executor: bool
) -> None:
    """Of three workers, one of which has another parent and one none; their tasks in any order."""
    timelines = []
    for together in (True, False):
        timeline = Timeline()
        parents = [timeline.add_process(name, ProcessKind.PROGRAM) for name in ("program", "other")]
        workers = [timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=of)
                   for of in (parents[0].id, parents[1].id, None)]  # fmt: skip
        tasks = TaskRecords(timeline)
        of = EXECUTOR if executor else POOL
        for parent in parents:
            tasks.take_jobs(parent, Slots.of(submission(job, job, of) for job in range(0, 61, 2)), ORIGIN_NS)
        for number, worker in enumerate(workers):
            mine = [task(100 + at, at, of, 300 + at, error) for of_whom, at, error in told if of_whom == number]
            if mine:
                tasks.take_tasks(worker, Slots.of(mine), TEXTS, ORIGIN_NS, {})
            if not together:
                tasks.settle(ORIGIN_NS)
        latest = {worker.id: at_ns for worker, at_ns in tasks.settle(ORIGIN_NS)}
        assert not together or latest == {
            worker.id: max(300 + at for of_whom, at, _ in told if of_whom == number)
            for number, worker in enumerate(workers) if any(of_whom == number for of_whom, *_ in told)
        }  # fmt: skip
        timelines.append(list(timeline.tasks))
    assert timelines[0] == timelines[1]
    known = [one.submitted_ns for one in timelines[0] if one.process != 5]
    assert known == [one.began_ns - 100 if one.began_ns % 2 == 0 else None for one in timelines[0] if one.process != 5]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from([0, 3])), max_size=40),
    st.lists(st.integers(1, 9), max_size=12),
    st.booleans(),
)
def test_tasks_of_threads_are_the_same_however_their_journal_is_cut(
    told: list[tuple[int, bool, int]], cuts: list[int], numbered: bool
) -> None:
    """The process itself and three threads run tasks at the same time: those of a ThreadPool, or of an executor."""
    timeline = Timeline()
    process = timeline.add_process("program", ProcessKind.PROGRAM)
    tasks = TaskRecords(timeline)
    threads: dict[int, PoolThread] = {}
    written: list[WorkerTask] = []
    meant: set[tuple[Any, ...]] = set()
    tasks.take_jobs(process, Slots.of(submission(job + 1, job, POOL) for job in range(0, 40, 2)), ORIGIN_NS)
    free = [0] * 4
    for job, (thread, seen_going_on, error) in enumerate(told):
        of = POOL if numbered or not thread else probe.UNNUMBERED
        began_ns = max(100 + job, free[thread])
        free[thread] = ended_ns = began_ns + 7
        submitted_ns = 0 if of == POOL else 50 + job
        make = partial(task, began_ns, job, of, thread=thread, submitted_ns=submitted_ns)
        if seen_going_on:
            written.append(make(None))
        written.append(make(ended_ns, error))
        # The process is no worker of another one: of its own tasks nobody numbered the jobs.
        known = submitted_ns or (job + 1 if job % 2 == 0 and thread else None)
        meant.add((thread, TEXTS[1 + job % 2], began_ns, known, ended_ns, TEXTS[error] or None))
    for count in [*cuts, len(written)]:
        part, written = written[:count], written[count:]
        if part:
            tasks.take_tasks(process, Slots.of(part), TEXTS, ORIGIN_NS, threads)
            tasks.settle(ORIGIN_NS)
    assert process.tasks == len(meant) == len(timeline.tasks)
    numbers = {0: 0, **{thread.id: thread.number for thread in timeline.threads}}
    found = {(numbers[one.thread], one.name, one.began_ns, one.submitted_ns, one.ended_ns, one.error)
             for one in timeline.tasks}  # fmt: skip
    assert found == meant
    assert sum(thread.tasks for thread in timeline.threads) == sum(thread > 0 for thread, *_ in told)


def test_a_damaged_journal_has_no_more_rows_than_a_real_one(
    parts: tuple[Timeline, TaskRecords, Process, Process],
) -> None:
    timeline, tasks, program, _ = parts
    numbers = [2**32 - 5, 2**31, MOST_THREADS + 1, MOST_THREADS, 1]
    slots = Slots.of(task(at, 0, probe.UNNUMBERED, at + 1, thread=number) for at, number in enumerate(numbers))
    tasks.take_tasks(program, slots, TEXTS, ORIGIN_NS, {})
    tasks.settle(ORIGIN_NS)
    assert [(thread.number, thread.name, thread.tasks) for thread in timeline.threads_of(program.id)] == [
        (1, "", 1), (MOST_THREADS, "", 1), (MOST_THREADS + 1, FURTHER_THREADS, 3),
    ]  # fmt: skip
