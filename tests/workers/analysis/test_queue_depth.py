"""How many tasks waited, against counting them at each moment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.analysis import queue_depth as module
from workers.analysis.queue_depth import queue_depth
from workers.timeline.model import ProcessKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline


def timeline_of(workers: int = 2) -> Timeline:
    """A program and its workers, without tasks."""
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM)
    for number in range(workers):
        timeline.add_process(f"worker-{number}", ProcessKind.POOL_WORKER, parent_id=1)
    timeline.now_ns = 1_000
    return timeline


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 90), st.integers(0, 30) | st.none()), max_size=40))
def test_it_is_what_counting_gives(tasks: list[tuple[int, int, int | None]]) -> None:
    """Tasks are (worker, submitted, how much later it began), or of unknown submission."""
    timeline = timeline_of()
    for worker, submitted, later in tasks:
        task = timeline.begin_task(2 + worker, "work", submitted + (later or 0))
        if later is not None:
            timeline.submit_task(task, submitted)
    depth = queue_depth(timeline)
    for at in range(125):
        expected = sum(later is not None and submitted <= at < submitted + later for _, submitted, later in tasks)
        assert depth.at(at) == expected
    assert (np.diff(depth.t) > 0).all()


def test_what_has_not_begun_waits_still() -> None:
    """Of an executor the tasks that were submitted last; of map() as many as it has left."""
    timeline = timeline_of()
    timeline.tasks.add_submissions(1, np.array([10, 30, 20, 40]))
    timeline.submit_task(timeline.begin_task(2, "work", 15), 10)
    timeline.submit_task(timeline.begin_task(3, "work", 25), 20)
    assert [queue_depth(timeline).at(at) for at in (9, 10, 15, 20, 25, 30, 40, 900)] == [0, 1, 0, 1, 0, 1, 2, 2]
    job = timeline.tasks.add_job(5)
    for began in (50, 60):
        task = timeline.begin_task(2, "square", began)
        timeline.submit_task(task, 45)
        timeline.tasks.note(task, TaskDetail.INDEX, began // 10)
        timeline.tasks.note(task, TaskDetail.JOB, job)
    depth = queue_depth(timeline)
    assert [depth.at(at) for at in (44, 45, 50, 60, 900)] == [2, 7, 6, 5, 5]
    assert depth.most == 7


def test_of_very_many_tasks_it_is_taken_at_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = timeline_of(1)
    timeline.now_ns = 10_000_000
    began = np.arange(100, 10_000_000, 100, dtype=np.int64)
    timeline.add_tasks(2, began, began + 50, 0, None, np.zeros(len(began), np.int64), ended=True)
    exact = queue_depth(timeline)
    monkeypatch.setattr(module, "_EXACT", 10)
    rough = queue_depth(timeline)
    assert exact.most == len(began)
    for at in range(200_000, 10_000_000, 777_777):
        assert rough.at(at) == pytest.approx(exact.at(at), abs=4)
