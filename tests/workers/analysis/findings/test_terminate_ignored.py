"""The finding about a process that terminate() does not end, over built timelines."""

import pytest
from support.builders import MS, SECOND, running_run
from support.finding_runs import said

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.timeline.model import Call, CallName, Disposition
from workers.timeline.timeline import Timeline


def terminated(disposition: Disposition | None, workers: int = 1) -> Timeline:
    """Five seconds in: terminate() was called at one second on each worker, and all live."""
    timeline = running_run(workers)
    timeline.now_ns = 5 * SECOND
    for number in range(1, workers + 1):
        call = timeline.add_call(1, CallName.TERMINATE, number + 1, SECOND)
        call.ended_ns, call.disposition = SECOND + MS, disposition
        call.file, call.line = "/usr/lib/python3.11/multiprocessing/pool.py", 716
        call.program_file, call.program_line = "main.py", 22
    return timeline


def joined(timeline: Timeline, timeout_s: float | None = None) -> Call:
    join = timeline.add_call(1, CallName.JOIN, 2, SECOND + 2 * MS)
    join.timeout_s = timeout_s
    return join


def test_workers_with_a_handler_live_on() -> None:
    timeline = terminated(Disposition.HANDLED, 2)
    joined(timeline)
    assert said(timeline) == [
        ("terminate_ignored", "terminate() was called on Process-1 and Process-2 at 1.000 s (main.py:22), and they live on: "
                              "they have a handler for SIGTERM, which did not end them.")
    ]  # fmt: skip
    [found] = findings(timeline)
    assert (found.severity, found.processes, found.file, found.line) == (Severity.PROBLEM, (2, 3), "main.py", 22)


def test_a_process_that_ignores_the_signal_and_for_which_nothing_waits_for_ever() -> None:
    timeline = terminated(Disposition.IGNORED)
    joined(timeline, timeout_s=10.0)
    [found] = findings(timeline)
    assert (found.severity, found.text) == (
        Severity.ADVICE,
        "terminate() was called on Process-1 at 1.000 s (main.py:22), and it lives on: it ignores SIGTERM.",
    )


def test_the_end_of_the_run_from_outside_changes_nothing() -> None:
    timeline = terminated(Disposition.HANDLED)
    joined(timeline)
    before = said(timeline)
    timeline.cut_ns = 5 * SECOND
    timeline.process(2).exited_ns, timeline.process(2).exit_code = 5 * SECOND + MS, -9
    timeline.process(1).exited_ns, timeline.process(1).exit_code = 5 * SECOND + MS, -9
    timeline.now_ns, timeline.ended = 6 * SECOND, True
    assert said(timeline) == before


def test_a_process_that_kill_ended_later() -> None:
    timeline = terminated(Disposition.IGNORED)
    timeline.add_call(1, CallName.KILL, 2, 5 * SECOND)
    timeline.process(2).exited_ns, timeline.process(2).exit_code = 5 * SECOND + MS, -9
    [found] = findings(timeline)
    assert (found.severity, found.text) == (
        Severity.ADVICE,
        "terminate() was called on Process-1 at 1.000 s (main.py:22), and it ended only 4.001 s later, by kill(): it ignores "
        "SIGTERM.",
    )


@pytest.mark.parametrize(
    ("disposition", "now_ns", "exited_ns", "exit_code"),
    [
        (None, 9 * SECOND, None, None),  # what it did with the signal is not known
        (Disposition.HANDLED, 2 * SECOND, None, None),  # its handler may still be at work
        (Disposition.HANDLED, 9 * SECOND, 6 * SECOND, 0),  # it ended in order, if slowly
        (Disposition.HANDLED, 9 * SECOND, SECOND + 5 * MS, -15),
    ],
    ids=["unknown", "soon", "slowly", "at once"],
)
def test_no_finding(disposition: Disposition | None, now_ns: int, exited_ns: int | None, exit_code: int | None) -> None:
    timeline = terminated(disposition)
    timeline.now_ns = now_ns
    timeline.process(2).exited_ns, timeline.process(2).exit_code = exited_ns, exit_code
    if exited_ns is None:
        timeline.process(2).target_ended_ns = None
    assert [code for code, _ in said(timeline) if code == "terminate_ignored"] == []
