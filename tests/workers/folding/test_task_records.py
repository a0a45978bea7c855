"""Tasks come together whatever order the records of parents and workers are read in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.folding.task_records import TaskRecords
from workers.journal.journal import Kind
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.model import Process, ProcessKind, Task
from workers.timeline.timeline import Timeline

POOL, EXECUTOR = 0, 1


@pytest.fixture
def parts() -> tuple[Timeline, TaskRecords, Process, Process]:
    """A timeline, what adds tasks to it, a parent and its worker."""
    timeline = Timeline()
    parent = timeline.add_process("program", ProcessKind.PROGRAM)
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=parent.id)
    return timeline, TaskRecords(timeline), parent, worker


def test_submitted_began_ended(parts: tuple[Timeline, TaskRecords, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    tasks.submitted(parent, POOL, 7, 10)
    tasks.began(worker, 1, POOL, 7, "square", 20)
    tasks.ended(worker, 1, 30, "ValueError")
    (task,) = timeline.tasks
    assert (task.process, task.name) == (worker.id, "square")
    assert (task.submitted_ns, task.began_ns, task.ended_ns, task.error) == (10, 20, 30, "ValueError")
    assert worker.tasks == 1


def test_the_worker_is_read_before_its_parent(parts: tuple[Timeline, TaskRecords, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    tasks.began(worker, 1, POOL, 0, "square", 20)
    tasks.ended(worker, 1, 30, None)
    assert timeline.tasks[0].submitted_ns is None
    tasks.submitted(parent, POOL, 0, 10)
    assert timeline.tasks[0].submitted_ns == 10


def test_numbers_used_again_belong_to_the_last_submission_before(
    parts: tuple[Timeline, TaskRecords, Process, Process],
) -> None:
    timeline, tasks, parent, worker = parts
    tasks.submitted(parent, EXECUTOR, 0, 10)
    tasks.submitted(parent, EXECUTOR, 0, 100)
    tasks.began(worker, 1, EXECUTOR, 0, "first", 20)
    tasks.began(worker, 2, EXECUTOR, 0, "second", 120)
    assert [task.submitted_ns for task in timeline.tasks] == [10, 100]


def test_a_pools_numbers_are_not_an_executors(parts: tuple[Timeline, TaskRecords, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    tasks.submitted(parent, EXECUTOR, 0, 10)
    tasks.began(worker, 1, POOL, 0, "square", 20)
    assert timeline.tasks[0].submitted_ns is None


def test_a_task_whose_worker_died_stays_open(parts: tuple[Timeline, TaskRecords, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    other = timeline.add_process("other", ProcessKind.POOL_WORKER, parent_id=parent.id)
    tasks.began(worker, 1, POOL, 0, "dies", 20)
    tasks.began(other, 1, POOL, 1, "lives", 21)
    tasks.ended(other, 1, 30, None)
    tasks.ended(other, 99, 31, None)
    assert [task.ended_ns for task in timeline.tasks] == [None, 30]


ORIGIN_NS = 1_000
TEXTS = {0: "", 1: "square", 2: "load", 3: "ValueError"}


def submission(at_ns: int, job: int, of: int) -> Record:
    """SUBMITTED, as a parent writes it."""
    return Record(Kind.SUBMITTED, of, 0, 0, ORIGIN_NS + at_ns, job, 0, 0, 0, 0, 0)


def task(began_ns: int, job: int, of: int, ended_ns: int | None, error: int) -> Record:
    """TASK, as a worker writes it, and again when it has ended."""
    over = ended_ns is not None
    flags = of | probe.TASK_OVER if over else of
    return Record(Kind.TASK, flags, 0, 1 + job % 2, ORIGIN_NS + began_ns, 0, job, -1, ORIGIN_NS + (ended_ns or 0),
                  error if over else 0, 0)  # fmt: skip


@st.composite
def journals(draw: st.DrawFn) -> tuple[list[Record], list[Record], list[Task]]:
    """What a parent and a worker wrote, in the order of reading it, and the tasks that this means."""
    parents, workers, meant = [], [], []
    submitted: dict[tuple[int, int], int] = {}
    at_ns = 0
    numbers = st.integers(0, 9) | st.sampled_from([-1, 5_000, 100_000, 2**62])  # nobody counts to the last ones
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
            workers.append(task(at_ns, job, of, None, 0))
        workers.append(task(at_ns, job, of, at_ns + 3, error))
    return parents, workers, meant


@given(journals(), st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=30), st.booleans())
def test_tasks_are_the_same_however_the_journals_are_cut(
    written: tuple[list[Record], list[Record], list[Task]], cuts: list[tuple[bool, int]], settled: bool
) -> None:
    parents, workers, meant = written
    timeline = Timeline()
    parent = timeline.add_process("program", ProcessKind.PROGRAM)
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=parent.id)
    tasks = TaskRecords(timeline)
    for of_parent, count in [*cuts, (True, len(parents)), (False, len(workers))]:
        mine = parents if of_parent else workers
        part, mine[:] = mine[:count], mine[count:]
        if part and of_parent:
            tasks.numbered(parent, Slots.of(part), ORIGIN_NS)
        elif part:
            tasks.told(worker, Slots.of(part), TEXTS, ORIGIN_NS)
            if settled:
                tasks.settle(ORIGIN_NS)
    tasks.settle(ORIGIN_NS)
    assert list(timeline.tasks) == meant
    assert worker.tasks == len(meant)


def test_a_task_that_is_told_of_leaves_all_but_the_tasks_as_it_is(
    parts: tuple[Timeline, TaskRecords, Process, Process],
) -> None:
    timeline, tasks, _, worker = parts
    tasks.told(worker, Slots.of([task(0, 0, POOL, 5, 0)]), TEXTS, ORIGIN_NS)
    tasks.settle(ORIGIN_NS)
    facts, lane = timeline.facts, timeline.lane(worker.id)
    tasks.told(worker, Slots.of([task(10, 1, POOL, 15, 0), task(20, 2, POOL, None, 0)]), TEXTS, ORIGIN_NS)
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
            tasks.numbered(parent, Slots.of(submission(job, job, of) for job in range(0, 61, 2)), ORIGIN_NS)
        for number, worker in enumerate(workers):
            mine = [task(100 + at, at, of, 300 + at, error) for of_whom, at, error in told if of_whom == number]
            if mine:
                tasks.told(worker, Slots.of(mine), TEXTS, ORIGIN_NS)
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
