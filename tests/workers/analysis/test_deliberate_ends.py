"""What ended a process on purpose, and that findings and the status sentence agree on it."""

import pytest
from support.builders import MS, joined_run

from workers.analysis.deliberate_ends import BY_EXIT, BY_USER, deliberate_end
from workers.analysis.findings.all_findings import findings
from workers.analysis.status import sentence
from workers.timeline.model import CallName, Process, Signalled
from workers.timeline.timeline import Timeline

SIGTERM, SIGKILL, SIGINT = -15, -9, -2


def ended_worker(exit_code: int) -> tuple[Timeline, Process]:
    """A run of one worker that ended with this exit code."""
    timeline = joined_run(1, exit_codes={1: exit_code})
    return timeline, timeline.process(2)


def call(
    timeline: Timeline, process: Process, name: CallName, *, after_ns: int = -MS, error: str | None = None
) -> None:
    """The program calls a method of the process, this long after the process's end."""
    made = timeline.add_call(1, name, process.id, (process.exited_ns or 0) + after_ns)
    made.ended_ns, made.error = made.began_ns + MS // 2, error


def both_say(timeline: Timeline) -> tuple[list[str], str]:
    """The codes of the findings, and the status sentence after its duration."""
    return [finding.code for finding in findings(timeline)], sentence(timeline).partition(": ")[2]


@pytest.mark.parametrize(
    ("name", "exit_code", "way"),
    [
        (CallName.TERMINATE, SIGTERM, "terminate()"),
        (CallName.KILL, SIGKILL, "kill()"),
        (CallName.KILL, SIGTERM, "kill()"),  # as on Windows, where kill() is terminate()
    ],
)
def test_a_call_that_sent_the_signal_ended_the_process(name: CallName, exit_code: int, way: str) -> None:
    timeline, worker = ended_worker(exit_code)
    call(timeline, worker, name)
    assert deliberate_end(timeline, worker) == way
    assert both_say(timeline) == ([], f"1 of 1 was ended by {way} (Process-1).")


@pytest.mark.parametrize("exit_code", [SIGKILL, SIGINT])
def test_a_process_that_survived_terminate_was_not_ended_by_it(exit_code: int) -> None:
    timeline, worker = ended_worker(exit_code)
    call(timeline, worker, CallName.TERMINATE, after_ns=-300 * MS)
    assert deliberate_end(timeline, worker) is None
    codes, status = both_say(timeline)
    assert codes == ["killed"]
    assert status.startswith("1 of 1 failed (Process-1: SIG")


def test_a_call_that_raised_or_came_too_late_ended_nothing() -> None:
    for after_ns, error in ((-MS, "ValueError"), (MS, None)):
        timeline, worker = ended_worker(SIGTERM)
        call(timeline, worker, CallName.TERMINATE, after_ns=after_ns, error=error)
        assert deliberate_end(timeline, worker) is None
        assert both_say(timeline)[0] == ["killed"]


def test_a_call_within_the_uncertainty_of_the_end_counts() -> None:
    timeline, worker = ended_worker(SIGTERM)
    worker.exited_within_ns = 2 * MS
    call(timeline, worker, CallName.TERMINATE, after_ns=MS)
    assert deliberate_end(timeline, worker) == "terminate()"


def test_a_signal_that_the_user_sent_from_the_window() -> None:
    timeline, worker = ended_worker(SIGKILL)
    timeline.signalled.append(Signalled(worker.id, (worker.exited_ns or 0) - MS, "SIGKILL"))
    assert deliberate_end(timeline, worker) == BY_USER
    assert both_say(timeline) == ([], "1 of 1 was ended by the user (Process-1).")


def test_another_signal_of_the_user_is_not_what_ended_the_process() -> None:
    timeline, worker = ended_worker(SIGKILL)
    timeline.signalled.append(Signalled(worker.id, (worker.exited_ns or 0) - 300 * MS, "SIGTERM"))
    assert deliberate_end(timeline, worker) is None
    assert both_say(timeline) == (["killed"], "1 of 1 failed (Process-1: SIGKILL (exit code -9)).")


def test_a_daemon_that_the_end_of_its_parent_ended() -> None:
    timeline, daemon = ended_worker(SIGTERM)
    daemon.daemon = True
    timeline.process(1).target_ended_ns = (daemon.exited_ns or 0) - MS
    assert deliberate_end(timeline, daemon) == BY_EXIT
    assert both_say(timeline) == (["daemon_cut_off"], "1 of 1 was ended by the end of the parent (Process-1).")
    call(timeline, daemon, CallName.TERMINATE)
    assert both_say(timeline) == ([], "1 of 1 was ended by terminate() (Process-1).")


@pytest.mark.parametrize("exit_code", [0, 1])
def test_an_exit_by_itself_is_no_deliberate_end(exit_code: int) -> None:
    timeline, worker = ended_worker(exit_code)
    call(timeline, worker, CallName.TERMINATE)
    assert deliberate_end(timeline, worker) is None
