"""What went on in an interval, against runs whose every moment is known."""

import random

import pytest
from support.builders import MS, SECOND, joined_run, running_run, threaded_run, traced_run

from workers.analysis.measure import cpu_used, measure
from workers.timeline.model import ProcessKind
from workers.timeline.samples import Samples


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
    first = run.begin_task(2, "square", 100 * MS)
    run.finish_task(first, 200 * MS, None)
    run.finish_task(run.begin_task(2, "square", 300 * MS), 400 * MS, "ValueError")
    run.begin_task(2, "square", 500 * MS)  # never ended: its worker did, after a second
    assert (measure(run, 0, 250 * MS).tasks_begun, measure(run, 0, 250 * MS).tasks_ended) == (1, 1)
    assert (measure(run, 250 * MS, 600 * MS).tasks_begun, measure(run, 250 * MS, 600 * MS).tasks_ended) == (2, 1)
    assert measure(run, 600 * MS, run.now_ns).tasks_ended == 1
    inside = measure(run, 520 * MS, 530 * MS)
    assert (inside.tasks_begun, inside.tasks_running, inside.tasks_ended) == (0, 1, 0)


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


def test_without_samples_cpu_time_is_what_interpolation_gives() -> None:
    run = joined_run(1)
    worker, some = run.process(2), random.Random(5)
    for _ in range(2000):
        worker.cpu_s, worker.cpu_whole = some.choice((0.0, some.random(), some.random() * 1e4)), True
        life = some.randrange(10**15), some.randrange(10**15)
        life = some.choice((life, (min(life), max(life)), (life[0], life[0]), (life[0], life[0] + 1)))
        ends = sorted(some.choice((*life, some.randrange(10**15), some.randint(*sorted(life)))) for _ in range(2))
        assert cpu_used(None, worker, life, *ends) == cpu_used(Samples(), worker, life, *ends)
    worker.cpu_whole = False
    assert cpu_used(None, worker, life, *ends) is None


def test_nothing_is_said_of_cpu_time_after_the_last_sample_of_who_still_lives() -> None:
    run = running_run(1)
    began = run.process(2).born_ns
    assert began is not None
    run.add_sample(2, began + 100 * MS, 0.1, 1)
    assert measure(run, began + 150 * MS, run.now_ns).cpu_s is None
    assert measure(run, began, run.now_ns).cpu_s == pytest.approx(0.1)
    assert measure(run, began, run.now_ns).cpu_least
    assert not measure(run, began, began + 100 * MS).cpu_least


@pytest.mark.parametrize("whole", [True, False])
def test_cpu_time_between_the_last_sample_and_an_end_is_known_only_where_the_end_has_it(whole: bool) -> None:
    run = joined_run(1)
    worker = run.process(2)
    assert worker.born_ns is not None
    run.add_sample(2, worker.born_ns + 800 * MS, 0.4, 1)
    worker.cpu_s, worker.cpu_whole = (0.6 if whole else 0.4), whole
    found = measure(run, 0, run.now_ns)
    assert found.cpu_s == pytest.approx(worker.cpu_s)
    assert found.cpu_least is not whole
    after = measure(run, worker.born_ns + 900 * MS, run.now_ns)
    assert (after.cpu_s is not None) is whole
    assert not measure(run, 0, worker.born_ns + 700 * MS).cpu_least


def test_a_trace_tells_of_spans_and_not_of_who_was_alive() -> None:
    run = traced_run(2)  # of each process: main 0-9, load 1-5, wait 6-, request 0-4, request 2-6
    found = measure(run, 3 * SECOND, 5 * SECOND + 1)
    assert (found.alive, found.with_spans, found.spans_begun, found.spans_ended) == (0, 2, 0, 4)
    assert measure(run, 8 * SECOND, 9 * SECOND).spans_ended == 2
    assert measure(joined_run(1), 0, SECOND).with_spans is None


def test_tasks_of_threads_count_in_an_interval() -> None:
    run = threaded_run(threads=3, tasks=6)
    measured = measure(run, 0, 320 * MS)
    assert (measured.tasks_begun, measured.tasks_ended) == (15 + 2, 12 + 1)
