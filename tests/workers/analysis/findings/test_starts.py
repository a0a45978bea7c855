"""Findings about processes that a program starts in vain, over built timelines."""

import pytest
from support.builders import MS, SECOND, running_run
from support.finding_runs import said

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline


def one_after_another(codes: list[int], lived_ns: int = 30 * MS, every_ns: int = 100 * MS) -> Timeline:
    """A program that starts a process at line 18 every 100 ms; each ends with the next one of these codes."""
    timeline = running_run(len(codes))
    timeline.plan = None
    timeline.now_ns = 20 * SECOND
    for at, code in enumerate(codes):
        child, start = timeline.process(at + 2), timeline.calls_on(at + 2)[0]
        start.file, start.line, start.began_ns = "serve.py", 18, SECOND + at * every_ns
        child.start_called_ns, child.born_ns = start.began_ns, start.began_ns + MS
        child.target_began_ns, child.target_ended_ns = start.began_ns + 2 * MS, None
        child.exited_ns, child.exit_code = child.born_ns + lived_ns, code
    return timeline


def restarts(timeline: Timeline) -> list[Finding]:
    return [found for found in findings(timeline) if found.code == "restarted"]


def test_a_process_is_started_again_whenever_it_fails() -> None:
    [found] = restarts(one_after_another([3] * 8))
    assert (found.severity, found.text) == (
        Severity.PROBLEM,
        "The program started 8 processes at serve.py:18, one after another; each ended with exit code 3 within 30 ms.",
    )
    assert (found.processes[:3], found.file, found.line) == ((1, 2, 3), "serve.py", 18)
    [found] = restarts(one_after_another([-11] * 5))
    assert found.text.endswith("one after another; each ended by SIGSEGV within 30 ms.")


def test_only_those_of_one_row_count() -> None:
    assert restarts(one_after_another([3, 3, 3, 0, 3, 3, 3, 3])) == []
    [found] = restarts(one_after_another([3, 0, 4, 4, 4, 4, 4]))
    assert found.text.startswith("The program started 5 processes")


@pytest.mark.parametrize(
    "timeline",
    [
        one_after_another([0] * 8),
        one_after_another([3] * 4),
        one_after_another([3] * 8, lived_ns=2 * SECOND, every_ns=3 * SECOND),  # each had begun its work
        one_after_another([3] * 8, lived_ns=300 * MS),  # side by side
    ],
    ids=["well", "few", "long", "side by side"],
)
def test_other_failures_are_no_restarts(timeline: Timeline) -> None:
    assert restarts(timeline) == []


def test_what_terminate_ends_each_time_is_no_restart() -> None:
    timeline = one_after_another([-15] * 8)
    for child in timeline.processes[1:]:
        timeline.add_call(1, CallName.TERMINATE, child.id, (child.exited_ns or 0) - MS)
    assert findings(timeline) == []


def nested_start(error: str) -> tuple[Timeline, Process]:
    """Process-1, which was spawned, calls start() at line 12 before its own work began; that raises. Process-1."""
    timeline = running_run(1)
    worker = timeline.process(2)
    worker.start_method, worker.target_began_ns = "spawn", None
    inner = timeline.add_process("Process-1", ProcessKind.WORKER, parent_id=2)
    inner.start_called_ns, inner.start_returned_ns = 300 * MS, 301 * MS
    inner.error = f"start() raised {error}"
    start = timeline.add_call(2, CallName.START, inner.id, 300 * MS)
    start.ended_ns, start.error, start.file, start.line = 301 * MS, error, "main.py", 12
    return timeline, worker


def test_a_start_below_no_guard() -> None:
    timeline, worker = nested_start("RuntimeError")
    assert said(timeline) == [
        ("start_failed", "Process-1 tried to start a process while it imported the main module, as each worker does that is "
                         'started by spawn: main.py:12 is not below if __name__ == "__main__".')
    ]  # fmt: skip
    [found] = findings(timeline)
    assert (found.processes, found.file, found.line) == ((2, 3), "main.py", 12)
    worker.target_began_ns = 200 * MS  # it was in its work, and may well start processes
    assert said(timeline) == [("start_failed", "Process-1 could not be started: start() raised RuntimeError.")]


def test_another_error_of_a_start_is_not_for_want_of_a_guard() -> None:
    timeline, _ = nested_start("OSError")
    assert said(timeline) == [("start_failed", "Process-1 could not be started: start() raised OSError.")]


def test_a_start_that_fails_when_the_run_is_being_ended_is_no_fault() -> None:
    timeline, _ = nested_start("BrokenPipeError")  # as where the fork server was ended before its program
    timeline.cut_ns = timeline.processes[-1].start_returned_ns
    assert said(timeline) == []


def outlived(by_ns: int, kind: ProcessKind = ProcessKind.WORKER, code: int = -9) -> Timeline:
    """The program is killed at one second; two workers run on for so long."""
    timeline = running_run(2)
    timeline.now_ns = 20 * SECOND
    program = timeline.process(1)
    program.exited_ns, program.exit_code = SECOND, code
    for worker in timeline.processes[1:]:
        worker.kind, worker.exited_ns, worker.exit_code = kind, SECOND + by_ns, 0
    return timeline


def orphaned(timeline: Timeline) -> list[str]:
    return [found.text for found in findings(timeline) if found.code == "orphaned"]


def test_workers_that_outlive_the_program() -> None:
    timeline = outlived(5 * SECOND)
    assert orphaned(timeline) == [
        "Process-1 and Process-2 outlived the program, which had started them and was killed by SIGKILL at 1.000 s: they ran "
        "on for 5.000 s, and nothing was left to join or end them."
    ]
    [found] = [found for found in findings(timeline) if found.code == "orphaned"]
    assert (found.severity, found.processes, found.line) == (Severity.ADVICE, (2, 3, 1), 21)
    timeline.process(3).exited_ns = 900 * MS
    timeline.process(2).exited_ns = timeline.process(2).exit_code = None  # it still runs
    assert orphaned(timeline) == [
        "Process-1 outlived the program, which had started it and was killed by SIGKILL at 1.000 s: it runs on, and "
        "nothing is left to join or end it."
    ]


def test_a_worker_that_outlives_another_one() -> None:
    timeline = outlived(5 * SECOND)
    program, parent, child = timeline.processes[:3]
    program.exited_ns = timeline.now_ns = 100 * SECOND
    parent.exited_ns, child.parent_id = SECOND, parent.id
    assert orphaned(timeline) == [
        "Process-2 outlived Process-1, which had started it and ended with exit code 0 at 1.000 s: it ran on for 5.000 s, and "
        "nothing was left to join or end it."
    ]
    child.exited_ns, child.left, child.lost_ns = SECOND, True, 6 * SECOND
    assert len(orphaned(timeline)) == 1


def test_a_child_that_is_meant_to_outlive_the_program_or_ends_with_it_is_no_orphan() -> None:
    assert orphaned(outlived(5 * SECOND, ProcessKind.FORKED, 0)) == []
    assert orphaned(outlived(SECOND // 2)) == []
    timeline = outlived(5 * SECOND)
    timeline.cut_ns = SECOND  # the run was being ended from outside
    assert orphaned(timeline) == []
