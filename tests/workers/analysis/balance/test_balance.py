"""Where the time of workers went: the parts of every timeline add up, and say what it was built from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import MS, SECOND, joined_run, traced_run

from workers.analysis.balance.balance import Balance, balance_of
from workers.analysis.balance.busy import BusyWorkers, busy_within, last_one
from workers.analysis.balance.worker_time import WORKERS, Part
from workers.report.balance_text import balance_text
from workers.report.report import report
from workers.timeline.lanes import OPEN
from workers.timeline.model import ProcessKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.tasks.effort import Way
from workers.timeline.timeline import Timeline

TIMES = st.integers(-SECOND, 10 * SECOND)
MAYBE = st.none() | TIMES


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Runs whose moments are known or not, and may contradict each other."""
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM).born_ns = 0
    timeline.now_ns = draw(st.integers(1, 8 * SECOND))
    timeline.cores = draw(st.none() | st.integers(1, 4))
    for number in range(draw(st.integers(1, 4))):
        process = timeline.add_process(f"w{number}", draw(st.sampled_from(WORKERS)), parent_id=1)
        (
            process.start_called_ns,
            process.born_ns,
            process.target_began_ns,
            process.target_ended_ns,
            process.exited_ns,
        ) = (draw(MAYBE) for _ in range(5))
        process.cpu_s = draw(st.none() | st.floats(0, 20))
        process.cpu_whole = process.cpu_s is not None and draw(st.booleans())
        if draw(st.booleans()):
            lengths = draw(st.lists(st.tuples(st.integers(0, SECOND), st.integers(0, SECOND)), max_size=6))
            ends = np.cumsum(np.array([gap + length for gap, length in lengths], np.int64)) + draw(TIMES)
            began = ends - np.array([length for _, length in lengths], np.int64)
            if len(ends) and draw(st.booleans()):
                ends[-1] = OPEN
            cpu = np.array([draw(st.just(np.nan) | st.floats(0, 2, width=32)) for _ in lengths], np.float32)
            timeline.add_tasks(process.id, began, ends, 0, details={TaskDetail.CPU_S: cpu})
        for _ in range(draw(st.integers(0, 2))):
            first, more, last = sorted(draw(st.lists(TIMES, min_size=3, max_size=3)))
            timeline.effort_of(process.id).messages.append((draw(st.sampled_from(Way)), first, more, last, 10**6, 0))
        for at_ns in sorted(draw(st.lists(TIMES, max_size=3))):
            timeline.add_sample(process.id, at_ns, draw(st.floats(0, 20)), 1)
    return timeline


@given(timelines())
@settings(max_examples=150, deadline=None)
def test_the_parts_add_up_to_the_lives_of_the_workers(timeline: Timeline) -> None:
    balance = balance_of(timeline)
    if balance is None:
        return
    lives_s = sum(worker.life_s for worker in balance.workers)
    assert balance.worker_s == pytest.approx(lives_s, rel=0.001, abs=1e-6)
    for worker in balance.workers:
        assert min(worker.parts.values()) >= -1e-9
        assert sum(worker.parts.values()) == pytest.approx(worker.life_s, rel=0.001, abs=1e-6)
        assert worker.busy_s <= worker.life_s + 1e-9
    assert balance.speed_up_bound >= 1 - 1e-6
    told = report(timeline)["balance"]["worker_seconds"]
    assert sum(told.values()) == pytest.approx(lives_s, rel=0.01, abs=1e-4)


def pool_run() -> Timeline:
    """Two workers, each 1 s of starting, 6 s alive and 1 s of ending; one has five tasks of 1 s at half a core and a message of
    half a second, the other one task of 1 s."""
    timeline = joined_run(2)
    timeline.cores = 2
    for number, tasks in ((2, 5), (3, 1)):
        process = timeline.process(number)
        process.kind, process.start_called_ns = ProcessKind.POOL_WORKER, 0
        process.target_began_ns, process.target_ended_ns, process.exited_ns = SECOND, 7 * SECOND, 8 * SECOND
        process.cpu_s, process.cpu_whole = 3.0, True
        began = SECOND + np.arange(tasks, dtype=np.int64) * SECOND
        timeline.add_tasks(
            number, began, began + SECOND, timeline.tasks.names.number("work"),
            details={TaskDetail.CPU_S: np.full(tasks, 0.5, np.float32)},
        )  # fmt: skip
    timeline.effort_of(2).messages.append((Way.SENT, 6_200 * MS, 6_300 * MS, 6_700 * MS, 10**6, 0))
    timeline.effort_of(2).messages.append((Way.SENT, 2_200 * MS, 2_300 * MS, 2_700 * MS, 10**6, 0))  # in a task
    timeline.processes[0].exited_ns = timeline.now_ns = 8 * SECOND
    return timeline


def balanced(timeline: Timeline) -> Balance:
    """Its balance, which is there."""
    found = balance_of(timeline)
    assert found is not None
    return found


def test_each_part_of_a_pool() -> None:
    balance = balanced(pool_run())
    assert {part: round(spent, 6) for part, spent in balance.parts.items()} == {
        Part.STARTING: 2.0, Part.COMPUTING: 3.0, Part.WAITING: 3.0, Part.NO_TASK: 5.5, Part.TRANSFER: 0.5, Part.ENDING: 2.0,
        Part.NOT_KNOWN: 0.0,
    }  # fmt: skip
    # Six seconds of tasks on two workers take three instead of five.
    assert balance.balanced_s == pytest.approx(6.0)
    assert balance.speed_up_bound == pytest.approx(8 / 6)


def test_a_task_that_cannot_be_divided_bounds_the_gain() -> None:
    timeline = pool_run()
    timeline.finish_task(1, 6 * SECOND, None)  # that one took five seconds
    assert balanced(timeline).balanced_s > 7.9


def test_a_quota_bounds_the_cores() -> None:
    timeline = pool_run()
    timeline.cpu_limits.quota = 0.75
    balance = balanced(timeline)
    assert balance.allowed == 0.75
    assert balance.balanced_s == pytest.approx(3 + 3.0 / 0.75)


def test_without_workers_and_of_traces_there_is_none() -> None:
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM).born_ns = 0
    assert balance_of(timeline) is None
    assert report(timeline)["balance"] is None
    assert balance_of(traced_run()) is None
    assert balance_text(timeline) == ""


def test_the_time_in_which_one_worker_alone_was_busy() -> None:
    timeline = pool_run()
    workers = balanced(timeline).workers
    found = last_one(timeline, workers)
    assert found is not None
    assert found[1:] == (2 * SECOND, 6 * SECOND)
    assert busy_within(timeline, found[0], 0, 10 * SECOND) == pytest.approx(found[0].busy_s)
    assert BusyWorkers(timeline, workers).any_s == pytest.approx(5.0)


def test_words() -> None:
    text = balance_text(pool_run())
    assert text.startswith("2 workers lived 16.000 s together: starting 12 % (2.000 s), computing 19 % (3.000 s)")
    assert "0.75 of 2 cores used on average." in text
