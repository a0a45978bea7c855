"""The facts of a process and of its phases."""

from support.builders import MS, joined_run, running_run
from support.facts import cell, facts_of

from desktop.facts.selection import PhaseSelection, ProcessSelection
from workers.timeline.model import SpanKind


def test_the_uncertainty_of_an_exit_is_shown() -> None:
    timeline = joined_run(1)
    timeline.process(2).exited_within_ns = 2 * MS
    assert facts_of(timeline, ProcessSelection(2))["Exited"].endswith("± 1 ms")


def test_a_process_that_was_lost() -> None:
    timeline = running_run(1)
    worker = timeline.process(2)
    worker.lost, worker.lost_ns, worker.error = True, 300 * MS, "the keeper died"
    assert cell(timeline, worker, "Exit code") == "lost"
    known = facts_of(timeline, ProcessSelection(2))
    assert known["Error"] == "the keeper died"
    assert known["Lifetime"] == "260 ms"


def test_a_phase_has_begin_and_duration() -> None:
    timeline = joined_run(1)
    known = facts_of(timeline, PhaseSelection(2, 0, phase=SpanKind.ALIVE))
    assert (known["Phase"], known["Phase began"], known["Phase lasted"]) == ("alive", "0.042 s", "1.000 s")
    assert known["Name"] == "Process-1"
