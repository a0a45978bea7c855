"""What ended a process on purpose, and that findings and the status sentence agree on it."""

import pytest
from support.builders import MS, joined_run

from workers.analysis.deliberate_ends import BY_EXIT, BY_OS_KILL, BY_USER, deliberate_end
from workers.analysis.findings.all_findings import findings
from workers.analysis.status import sentence
from workers.timeline.model import CallName, GroupSignal, Process, ProcessKind, RaisedBy, RaisedError, Signalled
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
    timeline.add_sent_signal(Signalled(worker.id, (worker.exited_ns or 0) - MS, "SIGKILL"))
    assert deliberate_end(timeline, worker) == BY_USER
    assert both_say(timeline) == ([], "1 of 1 was ended by the user (Process-1).")


def test_another_signal_of_the_user_is_not_what_ended_the_process() -> None:
    timeline, worker = ended_worker(SIGKILL)
    timeline.add_sent_signal(Signalled(worker.id, (worker.exited_ns or 0) - 300 * MS, "SIGTERM"))
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


def os_kill(timeline: Timeline, worker: Process, signal: str, *, by: int = 1, file: str = "app.py") -> None:
    """A process of the run sends the worker a signal with os.kill(), just before its end."""
    timeline.add_sent_signal(Signalled(worker.id, (worker.exited_ns or 0) - MS, signal, by, file, 40 if file else 0))


def test_os_kill_of_the_program_ended_the_process_and_the_finding_says_where() -> None:
    timeline, worker = ended_worker(SIGTERM)
    os_kill(timeline, worker, "SIGTERM")
    assert deliberate_end(timeline, worker) == BY_OS_KILL
    (finding,) = findings(timeline)
    assert (finding.code, finding.severity.value, finding.file, finding.line) == ("killed", "info", "app.py", 40)
    assert finding.text.endswith(
        "was killed by SIGTERM at 1.044 s: the program sent the signal with os.kill() at app.py:40."
    )
    assert sentence(timeline).endswith("1 of 1 was ended by os.kill() (Process-1).")


@pytest.mark.parametrize(
    ("signal", "exit_code", "severity"),
    [("SIGKILL", SIGKILL, "advice"), ("SIGABRT", -6, "advice"), ("SIGINT", SIGINT, "info")],
)
def test_a_hard_signal_of_the_program_is_worth_a_look(signal: str, exit_code: int, severity: str) -> None:
    timeline, worker = ended_worker(exit_code)
    os_kill(timeline, worker, signal)
    assert [(found.code, found.severity.value) for found in findings(timeline)] == [("killed", severity)]


def test_a_worker_of_a_pool_that_the_program_kills_is_missed_by_the_pool() -> None:
    timeline, worker = ended_worker(SIGTERM)
    worker.kind = ProcessKind.POOL_WORKER
    os_kill(timeline, worker, "SIGTERM")
    assert deliberate_end(timeline, worker) is None
    assert [(found.code, found.severity.value) for found in findings(timeline)] == [("killed", "problem")]


def test_a_process_that_kills_itself_failed() -> None:
    timeline, worker = ended_worker(SIGKILL)
    os_kill(timeline, worker, "SIGKILL", by=worker.id)
    assert deliberate_end(timeline, worker) is None
    (finding,) = findings(timeline)
    assert finding.severity.value == "problem"
    assert finding.text.endswith("it sent the signal to itself with os.kill() at app.py:40.")


def test_what_a_library_kills_of_its_own_accord_is_no_finding() -> None:
    timeline, worker = ended_worker(SIGKILL)
    os_kill(timeline, worker, "SIGKILL", file="")
    assert deliberate_end(timeline, worker) == BY_OS_KILL
    assert findings(timeline) == []


def test_a_daemon_that_python_ends_at_exit_is_ended_by_the_exit() -> None:
    timeline, worker = ended_worker(SIGTERM)
    worker.daemon, timeline.process(1).target_ended_ns = True, (worker.exited_ns or 0) - MS
    os_kill(timeline, worker, "SIGTERM", file="")
    assert deliberate_end(timeline, worker) == BY_EXIT


def test_os_kill_with_another_signal_does_not_explain_the_end() -> None:
    timeline, worker = ended_worker(SIGKILL)
    os_kill(timeline, worker, "SIGTERM")
    assert deliberate_end(timeline, worker) is None
    assert "not by a recorded call" in findings(timeline)[0].text


@pytest.mark.parametrize(("group", "own", "explains"), [(1000, True, True), (1001, False, True), (77, False, False)])
def test_a_signal_to_a_process_group_probably_reached_its_members(group: int, own: bool, explains: bool) -> None:
    timeline, worker = ended_worker(SIGTERM)
    at_ns = (worker.exited_ns or 0) - MS
    timeline.group_signals.append(GroupSignal(at_ns, "SIGTERM", group, own, 1, "app.py", 40))
    assert deliberate_end(timeline, worker) == (BY_OS_KILL if explains else None)
    assert (
        "probably because the program sent the signal to its process group" in findings(timeline)[0].text
    ) is explains


def test_a_group_signal_long_before_does_not_explain_the_end() -> None:
    timeline, worker = ended_worker(SIGTERM)
    timeline.group_signals.append(
        GroupSignal((worker.exited_ns or 0) - 900 * MS, "SIGTERM", 1000, True, 1, "app.py", 40)
    )
    assert deliberate_end(timeline, worker) is None


@pytest.mark.parametrize(("after_ns", "way"), [(-5 * MS, BY_USER), (5 * MS, BY_USER), (-900 * MS, None)])
def test_who_is_interrupted_together_with_the_program_was_ended_by_the_user(after_ns: int, way: str | None) -> None:
    timeline, worker = interrupted_worker()
    timeline.add_sent_signal(Signalled(1, (worker.target_ended_ns or 0) + after_ns, "SIGINT"))
    assert deliberate_end(timeline, worker) == way


def test_the_users_own_interrupt_is_no_failure_of_the_program() -> None:
    timeline, _ = ended_worker(0)
    program = timeline.process(1)
    timeline.exit_code = program.exit_code = -2
    timeline.add_error(RaisedError(1, program.exited_ns or 0, RaisedBy.MAIN, "KeyboardInterrupt"))
    assert "KeyboardInterrupt" not in sentence(timeline)
    assert not sentence(timeline).startswith("Failed")


@pytest.mark.parametrize(("signal", "exit_code", "codes"), [("SIGTERM", SIGTERM, []), ("SIGKILL", SIGKILL, ["killed"])])
def test_another_program_that_the_program_ends_is_no_problem(signal: str, exit_code: int, codes: list[str]) -> None:
    timeline, worker = ended_worker(exit_code)
    worker.kind = ProcessKind.SUBPROCESS
    os_kill(timeline, worker, signal)
    found = findings(timeline)
    assert [one.code for one in found] == codes
    assert all(one.severity.value == "info" for one in found)


def test_an_interrupt_that_the_program_sends_to_its_pool_is_as_ctrl_c() -> None:
    timeline, worker = ended_worker(SIGINT)
    worker.kind = ProcessKind.POOL_WORKER
    os_kill(timeline, worker, "SIGINT")
    assert deliberate_end(timeline, worker) == BY_OS_KILL
    assert [found.severity.value for found in findings(timeline)] == ["info"]
