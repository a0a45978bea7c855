"""Two runs in figures: what is known, what is alike, and what stays unknown."""

import pytest
from support.builders import MS, SECOND, joined_run, running_run, traced_run

from workers.analysis.comparison import Comparison, Figure, Group, Quantity, compare
from workers.analysis.status import sentence
from workers.plan.plan import Plan, StartMethod, Workload
from workers.plan.sizes import format_duration
from workers.timeline.model import CallName, ProcessKind
from workers.timeline.timeline import Timeline


def figure(comparison: Comparison, group: Group, what: Quantity, of: str = "") -> Figure:
    found = [one for one in comparison.of(group) if one.what is what and one.of == of]
    assert len(found) == 1, (what, of, len(found))
    return found[0]


def test_a_run_has_one_duration_wherever_it_is_said() -> None:
    run = joined_run(2)
    run.now_ns += 21 * MS  # the recorder goes on for a moment
    took = figure(compare(run, run), Group.RUN, Quantity.DURATION).a
    assert took is not None
    assert sentence(run) == f"Done after {format_duration(took)}: every process ended with exit code 0."


def later_start(workers: int, by_ms: int) -> Timeline:
    """The joined run, whose workers need so much longer from start() to their work, and that much less for it."""
    timeline = joined_run(workers)
    timeline.plan = Plan.make([10_000 * (n + 1) for n in range(workers)], Workload.SORT, StartMethod.SPAWN)
    for process in timeline.processes[1:]:
        assert process.target_began_ns is not None
        process.target_began_ns += by_ms * MS
        process.start_method = "spawn"
    return timeline


def test_the_figures_of_runs_and_workers() -> None:
    comparison = compare(joined_run(3), later_start(3, 95))
    start_up = figure(comparison, Group.WORKERS, Quantity.START_UP)
    assert (start_up.a, start_up.b, start_up.count_a) == (pytest.approx(0.002), pytest.approx(0.097), 3)
    assert start_up.difference == pytest.approx(0.095)
    assert start_up.ratio == pytest.approx(48.5)
    assert not start_up.alike
    duration = figure(comparison, Group.RUN, Quantity.DURATION)
    assert duration.a == pytest.approx(3.085, abs=0.001)
    assert duration.alike
    alone = figure(comparison, Group.PROCESS, Quantity.ALIVE, "worker 2")
    assert (alone.a, alone.b) == (pytest.approx(2.0), pytest.approx(1.905))
    assert figure(comparison, Group.PROCESS, Quantity.ENDING, "worker 1").a == pytest.approx(0.002)
    assert comparison.pairs[alone.pair or 0].label == "worker 2"
    assert (comparison.a.start_method, comparison.b.start_method) == ("fork", "spawn")
    assert comparison.a.work == comparison.b.work


def test_what_is_not_known_stays_unknown_and_is_never_alike() -> None:
    a, b = joined_run(2), joined_run(2)
    for process in b.processes:
        process.target_began_ns = process.cpu_s = None
    a.process(1).cpu_s = 1.0  # of its workers nothing is known: the sum would say too little
    comparison = compare(a, b)
    start_up = figure(comparison, Group.WORKERS, Quantity.START_UP)
    assert (start_up.b, start_up.difference, start_up.ratio, start_up.alike) == (None, None, None, False)
    assert not [one for one in comparison.of(Group.RUN) if one.what in (Quantity.CPU, Quantity.MEMORY, Quantity.TASKS)]
    alone = figure(comparison, Group.PROCESS, Quantity.CPU, "the program")
    assert (alone.a, alone.b) == (1.0, None)


def test_waits_that_overlap_count_once_and_one_that_goes_on_counts_so_far() -> None:
    timeline = running_run(2)
    for began, ended in ((100, 200), (150, 250), (300, None)):
        call = timeline.add_call(1, CallName.JOIN, 2, began * MS)
        call.ended_ns = None if ended is None else ended * MS
    waited = figure(compare(timeline, joined_run(2)), Group.RUN, Quantity.WAITED)
    assert waited.a == pytest.approx(0.150 + 0.200)
    assert figure(compare(timeline, joined_run(2)), Group.RUN, Quantity.DURATION).a is None


@pytest.mark.parametrize(("what", "a", "b", "alike"), [
    (Quantity.DURATION, 1.0, 1.14, True), (Quantity.DURATION, 1.0, 1.3, False), (Quantity.START_UP, 0.001, 0.0035, True),
    (Quantity.START_UP, 0.001, 0.0045, False), (Quantity.CPU, 0.01, 0.03, True), (Quantity.MEMORY, 1e6, 1.9e6, True),
    (Quantity.MEMORY, 1e7, 2e7, False), (Quantity.PROCESSES, 100, 101, False), (Quantity.PROCESSES, 5, 5, True),
    (Quantity.DURATION, 0.0, 0.0, True),
])  # fmt: skip
def test_small_differences_count_as_none(what: Quantity, a: float, b: float, alike: bool) -> None:
    for one, other in ((a, b), (b, a)):
        assert Figure(Group.RUN, what, one, other).alike is alike


def test_an_exit_that_was_not_seen_directly_is_no_finer_than_its_bracket() -> None:
    a, b = joined_run(1), joined_run(1)
    b.process(2).exited_ns = SECOND + 82 * MS
    assert not figure(compare(a, b), Group.PROCESS, Quantity.ENDING, "worker 1").alike
    b.process(2).exited_within_ns = 80 * MS
    assert figure(compare(a, b), Group.PROCESS, Quantity.ENDING, "worker 1").alike


def test_ends_that_differ_and_the_greatest_difference() -> None:
    a, b = joined_run(4), joined_run(4, exit_codes={3: -9, 2: 1})
    process = b.process(5)
    assert process.exited_ns is not None
    process.exited_ns += 2 * SECOND
    comparison = compare(a, b)
    assert [(end.label, end.a, end.b) for end in comparison.ends] == [
        ("worker 2", "ended with 0", "ended with 1"), ("worker 3", "ended with 0", "ended with SIGKILL"),
    ]  # fmt: skip
    assert comparison.greatest is not None
    assert (comparison.greatest.of, comparison.greatest.what) == ("worker 4", Quantity.ENDING)
    assert compare(a, joined_run(4)).greatest is None


def test_one_that_goes_on_has_not_ended_differently() -> None:
    assert compare(running_run(2), joined_run(2, exit_codes={1: 1})).ends == ()


def test_a_run_and_a_trace_share_no_figures_but_those_that_both_have() -> None:
    comparison = compare(joined_run(2), traced_run(2))
    assert figure(comparison, Group.RUN, Quantity.DURATION).b == 9.0
    assert figure(comparison, Group.RUN, Quantity.WAITED).b is None
    assert comparison.unpaired == (("program", "worker 1", "worker 2"), ("process 1", "process 2"))
    assert figure(comparison, Group.TASK, Quantity.MEDIAN, "load").b == pytest.approx(4.0)
    assert figure(comparison, Group.TASK, Quantity.TIMES, "load").a == 0


def test_the_names_that_took_most_time_are_compared_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.analysis.comparison.MOST_NAMES", 2)
    timeline = joined_run(1)
    for name, lasted in (("a", 1), ("b", 3), ("c", 2)):
        timeline.finish_task(timeline.begin_task(2, name, 50 * MS), (50 + lasted) * MS, None)
    comparison = compare(timeline, timeline)
    assert [one.of for one in comparison.of(Group.TASK)][::3] == ["b", "c"]
    assert comparison.names_left_out == 1


def test_runs_of_which_nothing_is_known_can_be_compared() -> None:
    comparison = compare(Timeline(), Timeline())
    assert (comparison.pairs, comparison.ends, comparison.greatest) == ((), (), None)
    assert figure(comparison, Group.RUN, Quantity.PROCESSES).alike


def test_commands_that_a_cluster_runs_are_none_of_its_workers() -> None:
    local, cluster = joined_run(2), joined_run(2)
    cluster.plan = Plan.make([10_000, 20_000], engine="dask")
    for process in cluster.processes[1:]:
        process.kind, process.worker = ProcessKind.CLUSTER_WORKER, None
    for at in range(9):
        command = cluster.add_process("uname", ProcessKind.SUBPROCESS, parent_id=2)
        command.pid, command.start_called_ns, command.born_ns, command.target_began_ns = 9000 + at, MS, MS, MS
        command.exited_ns = command.reaped_ns = 2 * MS
        command.exit_code = 0
    at_work = figure(compare(local, cluster), Group.WORKERS, Quantity.ALIVE)
    assert (at_work.count_a, at_work.count_b) == (2, 2)
    assert at_work.b == at_work.a
    cluster.plan = None  # of a script nothing says which processes do its work
    assert figure(compare(local, cluster), Group.WORKERS, Quantity.ALIVE).count_b == 11
