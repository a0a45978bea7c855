"""What went on in an interval, against runs whose every moment is known."""

import pytest
from builders import MS, SECOND, joined_run, running_run

from workers.measure import measure
from workers.model import ProcessKind


def test_alive_started_and_ended_are_those_of_the_interval() -> None:
    run = joined_run(4)  # worker n ends n seconds after it began, at 42, 52, 62 and 72 ms
    found = measure(run, SECOND + 500 * MS, 3 * SECOND + 500 * MS)
    assert (found.alive, found.throughout, found.started, found.exited) == (4, 2, 0, 2)
    assert found.duration_ns == 2 * SECOND
    whole = measure(run, 0, run.now_ns)
    assert (whole.alive, whole.throughout, whole.started, whole.exited, whole.lines) == (5, 0, 5, 5, 8)


def test_helpers_and_what_never_lived_do_not_count() -> None:
    run = running_run(1)
    run.add_process("tracker", ProcessKind.HELPER, 1).born_ns = 0
    run.add_process("planned", ProcessKind.WORKER, 1)
    assert measure(run, 100 * MS, 200 * MS).alive == 2


def test_tasks_begun_and_ended_and_one_cut_off_by_a_death() -> None:
    run = joined_run(1)
    first = run.add_task(2, "square", 100 * MS)
    run.end_task(first, 200 * MS, None)
    run.end_task(run.add_task(2, "square", 300 * MS), 400 * MS, "ValueError")
    run.add_task(2, "square", 500 * MS)  # never ended: its worker did, after a second
    assert (measure(run, 0, 250 * MS).tasks_begun, measure(run, 0, 250 * MS).tasks_ended) == (1, 1)
    assert (measure(run, 250 * MS, 600 * MS).tasks_begun, measure(run, 250 * MS, 600 * MS).tasks_ended) == (2, 1)
    assert measure(run, 600 * MS, run.now_ns).tasks_ended == 1


def test_cpu_time_is_even_between_samples_and_unknown_without_any() -> None:
    run = joined_run(2)
    assert measure(run, 0, SECOND).cpu_s is None
    began = run.process(2).born_ns
    assert began is not None
    run.add_sample(2, began + 500 * MS, 0.4, 1)
    run.add_sample(2, began + 900 * MS, 0.8, 1)
    found = measure(run, began, began + 700 * MS)
    assert found.cpu_s == pytest.approx(0.6)
    assert found.cpu_of == 1
    assert measure(run, 3 * SECOND, 4 * SECOND).cpu_s is None  # worker 1 was gone then


def test_nothing_is_said_of_cpu_time_after_the_last_sample_of_who_still_lives() -> None:
    run = running_run(1)
    began = run.process(2).born_ns
    assert began is not None
    run.add_sample(2, began + 100 * MS, 0.1, 1)
    assert measure(run, began + 150 * MS, run.now_ns).cpu_s is None
    assert measure(run, began, run.now_ns).cpu_s == pytest.approx(0.1)
