"""Findings about what processes share by mistake, over built timelines."""

from support.builders import MS, SECOND, joined_run
from support.finding_runs import only, said

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.timeline.incidents import InheritedDraw, InheritedRead, Mistake, RaisedBy, RaisedError, UnguardedChange
from workers.timeline.timeline import Timeline


def run_with(*mistakes: Mistake, workers: int = 3) -> Timeline:
    """A finished run of three workers, which lived at the same time, with these mistakes."""
    timeline = joined_run(workers)
    timeline.plan = None
    timeline.mistakes += mistakes
    return timeline


def read(process: int, at_ns: int, connection: int = 77, line: int = 28) -> InheritedRead:
    return InheritedRead(process, at_ns, connection, "127.0.0.1:5432", "plan.py", 12, "plan.py", line)


def drawn(process: int, state: int, generator: str = "rng") -> InheritedDraw:
    return InheritedDraw(process, SECOND, generator, state)


def changed(process: int, shared: str = "140001", line: int = 8) -> UnguardedChange:
    return UnguardedChange(process, 200 * MS * process, shared, "plan.py", line)


def test_two_workers_that_read_from_one_connection() -> None:
    timeline = run_with(read(3, 300 * MS), read(2, 200 * MS))
    found = only(timeline)
    assert found.text == ("Process-1 and Process-2 read from one connection to 127.0.0.1:5432, made at plan.py:12, which was "
                          "inherited by fork: what is meant for one of them may come to another. Open a connection in each "
                          "process.")  # fmt: skip
    assert (found.code, found.severity, found.processes, found.line) == ("shared_socket", Severity.ADVICE, (2, 3), 28)
    assert [(one.process, one.from_ns) for one in found.evidence] == [(3, 300 * MS), (2, 200 * MS)]
    timeline.add_error(RaisedError(2, SECOND, RaisedBy.TASK, "ValueError"))
    assert [one.severity for one in findings(timeline) if one.code == "shared_socket"] == [Severity.PROBLEM]


def test_a_connection_that_only_one_process_reads_from_is_no_mistake() -> None:
    assert said(run_with(read(2, 200 * MS), read(3, 300 * MS, connection=78))) == []


def test_workers_that_drew_from_one_inherited_state() -> None:
    found = only(run_with(drawn(2, 5), drawn(4, 5), drawn(3, 6)))
    assert found.text == ("Process-1 and Process-3 drew from the random generator rng in the state that they inherited "
                          "when they were forked: all of them got the same random numbers. Seed a generator in each "
                          "process.")  # fmt: skip
    assert (found.code, found.severity, found.processes, found.line) == ("same_random", Severity.ADVICE, (2, 4), 21)
    assert (
        "the global generator of numpy.random"
        in only(run_with(drawn(2, 5, "numpy.random"), drawn(3, 5, "numpy.random"))).text
    )


def test_other_states_and_other_generators_are_no_mistake() -> None:
    assert said(run_with(drawn(2, 5), drawn(3, 6), drawn(4, 5, "other"))) == []


def test_workers_that_change_one_value_without_a_lock() -> None:
    found = only(run_with(changed(2), changed(3), changed(4)))
    assert found.text == ("Process-1, Process-2 and Process-3 change one shared Value or item of an Array at plan.py:8 "
                          "without a lock of multiprocessing: the statement reads it and then writes it, and what another "
                          "process writes in between is lost. Hold its get_lock() around the statement.")  # fmt: skip
    assert (found.code, found.severity, found.processes, found.line) == ("value_race", Severity.ADVICE, (2, 3, 4), 8)


def test_values_that_one_process_changes_or_one_after_another_are_no_mistake() -> None:
    assert said(run_with(changed(2), changed(3, "140002"))) == []
    after = run_with(changed(2), changed(3))
    after.process(3).start_called_ns = (after.process(2).exited_ns or 0) + MS
    assert "value_race" not in dict(said(after))
