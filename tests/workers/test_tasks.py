"""Tasks come together whatever order the records of parents and workers are read in."""

import pytest

from workers.model import Process, ProcessKind
from workers.tasks import Tasks
from workers.timeline import Timeline

POOL, EXECUTOR = 0, 1


@pytest.fixture
def parts() -> tuple[Timeline, Tasks, Process, Process]:
    """A timeline, what adds tasks to it, a parent and its worker."""
    timeline = Timeline()
    parent = timeline.add_process("program", ProcessKind.PROGRAM)
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER, parent_id=parent.id)
    return timeline, Tasks(timeline), parent, worker


def test_submitted_began_ended(parts: tuple[Timeline, Tasks, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    tasks.submitted(parent, POOL, 7, 10)
    tasks.began(worker, 1, POOL, 7, "square", 20)
    tasks.ended(worker, 1, 30, "ValueError")
    (task,) = timeline.tasks
    assert (task.process, task.name) == (worker.id, "square")
    assert (task.submitted_ns, task.began_ns, task.ended_ns, task.error) == (10, 20, 30, "ValueError")
    assert worker.tasks == 1


def test_the_worker_is_read_before_its_parent(parts: tuple[Timeline, Tasks, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    tasks.began(worker, 1, POOL, 0, "square", 20)
    tasks.ended(worker, 1, 30, None)
    assert timeline.tasks[0].submitted_ns is None
    tasks.submitted(parent, POOL, 0, 10)
    assert timeline.tasks[0].submitted_ns == 10


def test_numbers_used_again_belong_to_the_last_submission_before(
    parts: tuple[Timeline, Tasks, Process, Process],
) -> None:
    timeline, tasks, parent, worker = parts
    tasks.submitted(parent, EXECUTOR, 0, 10)
    tasks.submitted(parent, EXECUTOR, 0, 100)
    tasks.began(worker, 1, EXECUTOR, 0, "first", 20)
    tasks.began(worker, 2, EXECUTOR, 0, "second", 120)
    assert [task.submitted_ns for task in timeline.tasks] == [10, 100]


def test_a_pools_numbers_are_not_an_executors(parts: tuple[Timeline, Tasks, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    tasks.submitted(parent, EXECUTOR, 0, 10)
    tasks.began(worker, 1, POOL, 0, "square", 20)
    assert timeline.tasks[0].submitted_ns is None


def test_a_task_whose_worker_died_stays_open(parts: tuple[Timeline, Tasks, Process, Process]) -> None:
    timeline, tasks, parent, worker = parts
    other = timeline.add_process("other", ProcessKind.POOL_WORKER, parent_id=parent.id)
    tasks.began(worker, 1, POOL, 0, "dies", 20)
    tasks.began(other, 1, POOL, 1, "lives", 21)
    tasks.ended(other, 1, 30, None)
    tasks.ended(other, 99, 31, None)
    assert [task.ended_ns for task in timeline.tasks] == [None, 30]
