"""A comparison in words: the sentences, their order, and that nothing is said that was not seen."""

import json

import pytest
from support.builders import MS, SECOND, joined_run, running_run, traced_run

from workers.analysis.comparison import compare
from workers.analysis.figures import Figure, Group, Quantity
from workers.plan.plan import Plan, StartMethod, Workload
from workers.report.comparison_sentences import NOTE, sentences
from workers.report.comparison_text import data, text
from workers.report.figure_text import difference_text, ratio_text
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


def spawned(workers: int = 4) -> Timeline:
    """The joined run as spawn might make it: later at work, with a resource tracker."""
    timeline = joined_run(workers)
    assert timeline.plan is not None
    timeline.plan = Plan.make(timeline.plan.sizes, Workload.SORT, StartMethod.SPAWN)
    for process in timeline.processes[1:]:
        assert process.target_began_ns is not None
        process.target_began_ns += 93 * MS
    tracker = timeline.add_process("resource tracker", ProcessKind.HELPER, parent_id=1)
    tracker.born_ns = 40 * MS
    program = timeline.process(1)
    assert program.exited_ns is not None
    program.exited_ns += 5 * SECOND
    return timeline


def test_spawn_against_fork_is_said_with_the_most_important_first() -> None:
    said = sentences(compare(joined_run(4), spawned()))
    assert said == [
        "Run B took 9.095 s, 2.2 times as long as A (4.096 s).",
        "Under spawn (B) a worker took 95 ms from start() until its work began, under fork (A) 2 ms (medians of 4).",
        "Among the processes, worker 1 differs most: from start() until its work began 95 ms in B, 2 ms in A.",
        "Only in B: resource tracker.",
        "About the same: time at work, ending, time until reaped, time in join().",
    ]


def test_the_other_way_round_the_shorter_run_is_named_first() -> None:
    assert sentences(compare(spawned(), joined_run(4)))[0] == "Run B took 4.096 s; A took 2.2 times as long (9.095 s)."


def test_two_runs_that_are_alike() -> None:
    said = sentences(compare(joined_run(3), joined_run(3)))
    assert said[0].startswith("Both took about the same time: run A 3.0")
    assert said[1:] == ["About the same: start-up, time at work, ending, time until reaped, time in join()."]


def test_what_ended_differently_comes_before_everything() -> None:
    said = sentences(compare(joined_run(3), joined_run(3, exit_codes={3: -9})))
    assert said[0] == "Worker 3 ended with SIGKILL in B; in A it ended with 0."
    said = sentences(compare(joined_run(9), joined_run(9, exit_codes=dict.fromkeys(range(1, 10), 1))))
    assert said[4] == "5 more processes ended differently in A and B."


def test_a_run_that_goes_on_is_said_to() -> None:
    said = sentences(compare(running_run(2), joined_run(2)))
    assert said[0] == "Run A is still running: the comparison covers its first 500 ms."
    assert "Not known for A: time at work, ending, time until reaped, duration." in said
    cut = joined_run(2)
    cut.cut_off = True
    assert "The recorder of run B was cut off" in sentences(compare(joined_run(2), cut))[0]


def test_a_trace_says_what_is_not_known_of_it() -> None:
    said = sentences(compare(joined_run(2), traced_run(2)))
    assert said[0] == "Trace B lasts 9.000 s, 4.3 times as long as A (2.075 s)."
    assert "No process of A could be matched with one of B: their names differ." in said
    assert any(sentence.startswith("Not known for B: start-up, time at work") for sentence in said)
    assert not any(sentence.startswith("Only in") and "worker" in sentence for sentence in said)


def test_tasks_are_compared_by_name() -> None:
    a, b = joined_run(1), joined_run(1)
    for timeline, lasted in ((a, 10), (b, 25)):
        for _ in range(3):
            timeline.finish_task(timeline.begin_task(2, "load", 50 * MS), (50 + lasted) * MS, None)
    b.finish_task(b.begin_task(2, "store", 50 * MS), 51 * MS, None)
    said = sentences(compare(a, b))
    assert "Task load took 25 ms in B, 10 ms in A (medians of 3; 95 % were over within 25 ms and 10 ms)." in said, said
    assert "Only in B: tasks called store." in said
    assert "B had 4 tasks, A 3." in said


def test_other_work_another_python_and_another_machine_are_named() -> None:
    a, b = joined_run(2), joined_run(2)
    b.plan = Plan.make([500_000], Workload.SLEEP, StartMethod.FORK)
    a.python, b.python, a.host, b.host = "3.11.7", "3.12.1", "here", "there"
    said = sentences(compare(a, b))
    assert "Python was different: 3.12.1 in B, 3.11.7 in A." in said
    assert "The machine was different: there in B, here in A." in said
    assert ("The plans ask for different work: sleep 1 × 500 ms · start all, then join all in B, "
            "sort 10k, 20k · start all, then join all in A.") in said  # fmt: skip


@pytest.mark.parametrize(("a", "b", "difference", "ratio"), [
    (1.0, 2.5, "+1.500 s", "2.5 ×"), (2.5, 1.0, "-1.500 s", "0.4 ×"), (1.0, 1.01, "≈ +10 ms", "–"), (1.0, 1.0, "same", "–"),
    (None, 1.0, "–", "–"), (0.0, 1.0, "+1.000 s", "–"), (0.001, 1.0, "+999 ms", "1,000 ×"),
])  # fmt: skip
def test_differences_in_the_table(a: float | None, b: float, difference: str, ratio: str) -> None:
    figure = Figure(Group.RUN, Quantity.DURATION, a, b)
    assert (difference_text(figure), ratio_text(figure)) == (difference, ratio)


def test_the_text_and_the_data_say_the_same() -> None:
    comparison = compare(joined_run(2), spawned(2))
    lines = text(comparison).splitlines()
    said = sentences(comparison)
    assert lines[: len(said) + 2] == [*said, NOTE, ""]
    assert lines[len(said) + 2].split() == ["of", "figure", "A", "B", "difference"]
    assert len(lines) == len(said) + 3 + len(comparison.figures)
    read = json.loads(json.dumps(data(comparison)))
    assert read["sentences"] == said
    assert read["figures"][0] == {
        "group": "run", "of": None, "figure": "duration", "unit": "s", "a": 2.0755, "b": 7.0755, "difference": 5.0,
        "alike": False,
    }  # fmt: skip
    assert [pair["by"] for pair in read["pairs"]] == ["the program", "worker number", "worker number", None]


def test_names_are_on_one_line_and_cut() -> None:
    a, b = joined_run(1), joined_run(1)
    for timeline in (a, b):
        timeline.plan = None
        timeline.process(2).worker = None
        timeline.process(2).name = "a\x1b[31m\n" + "x" * 200
    b.process(2).exit_code = 1
    said = sentences(compare(a, b))[0]
    assert said.startswith("a\ufffd[31m\ufffdxxx")
    assert len(said) < 120
