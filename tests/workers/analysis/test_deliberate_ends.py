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
        (CallName.INTERRUPT, SIGINT, "interrupt()"),
    ],
)
def test_a_call_that_sent_the_signal_ended_the_process(name: CallName, exit_code: int, way: str) -> None:
    timeline, worker = ended_worker(exit_code)
    call(timeline, worker, name)
    assert deliberate_end(timeline, worker) == way
    assert both_say(timeline) == ([], f"1 of 1 was ended by {way} (Process-1).")


def interrupted_worker(error: str = "KeyboardInterrupt", exit_code: int = 1) -> tuple[Timeline, Process]:
    timeline, worker = ended_worker(exit_code)
    worker.error = error
    return timeline, worker


def test_a_keyboard_interrupt_is_how_a_process_takes_interrupt() -> None:
    timeline, worker = interrupted_worker()
    call(timeline, worker, CallName.INTERRUPT, after_ns=-5 * MS)
    assert deliberate_end(timeline, worker) == "interrupt()"
    assert both_say(timeline) == ([], "1 of 1 was ended by interrupt() (Process-1).")


@pytest.mark.parametrize(
    ("error", "exit_code", "name", "after_ns"),
    [
        ("KeyboardInterrupt", 1, CallName.TERMINATE, -5 * MS),
        ("KeyboardInterrupt", 1, CallName.INTERRUPT, -MS),  # after the target had ended, 2 ms before
        ("ValueError", 1, CallName.INTERRUPT, -5 * MS),
        ("KeyboardInterrupt", 3, CallName.INTERRUPT, -5 * MS),
    ],
)
def test_what_interrupt_does_not_explain_is_a_failure(
    error: str, exit_code: int, name: CallName, after_ns: int
) -> None:
    timeline, worker = interrupted_worker(error, exit_code)
    call(timeline, worker, name, after_ns=after_ns)
    assert deliberate_end(timeline, worker) is None
    assert both_say(timeline)[0] == ["exit_code"]


@pytest.mark.parametrize(
    ("name", "exit_code", "error", "way"),
    [
        (CallName.TERMINATE_WORKERS, SIGTERM, None, "terminate_workers()"),
        (CallName.KILL_WORKERS, SIGKILL, None, "kill_workers()"),
        (
            CallName.KILL_WORKERS,
            SIGKILL,
            "PermissionError",
            "kill_workers()",
        ),  # another worker had another user by then
        (CallName.TERMINATE_WORKERS, SIGKILL, None, None),
    ],
)
def test_a_call_on_an_executor_ended_the_workers_it_signalled(
    name: CallName, exit_code: int, error: str | None, way: str | None
) -> None:
    timeline = joined_run(2, exit_codes={1: exit_code, 2: exit_code})
    made = timeline.add_call(1, name, None, 500 * MS)
    made.error = error
    timeline.add_signalled(made, 2)
    assert [deliberate_end(timeline, timeline.process(worker)) for worker in (2, 3)] == [way, None]
    assert both_say(timeline)[0] == ["killed"] * (1 if way else 2)


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
