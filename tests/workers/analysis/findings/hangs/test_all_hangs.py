"""Findings about waits that cannot end, over built timelines."""

import pytest
from support.builders import MS, SECOND, running_run
from support.finding_runs import killed, only, said, still, waiting

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.model import CallName, ProcessKind, Wait
from workers.timeline.timeline import Timeline


def test_join_before_the_queue_is_drained() -> None:
    timeline = waiting()
    worker = timeline.process(2)
    worker.target_ended_ns = 550 * MS
    still(worker, Wait.LOCK, Wait.PIPE_WRITE)
    assert only(timeline) == Finding(
        "undrained", Severity.PROBLEM,
        "The program waits in join() for Process-1, which cannot end before the data that it put into a Queue is read: get "
        "everything from the Queue before join().", (2, 1), timeline.calls[-1].id, 500 * MS, "plan.py", 40,
    )  # fmt: skip
    worker.target_ended_ns = None
    still(worker, Wait.PIPE_WRITE)
    assert "waits for room in a full pipe" in only(timeline).text
    timeline.now_ns = 3 * SECOND
    assert findings(timeline) == []  # too early to say


def test_what_hung_is_said_after_stop_as_well() -> None:
    timeline = waiting()
    worker = timeline.process(2)
    worker.target_ended_ns = 550 * MS
    still(worker, Wait.LOCK, Wait.PIPE_WRITE)
    timeline.cut_ns = 8 * SECOND
    for process in timeline.processes:
        process.exited_ns, process.exit_code = 8 * SECOND + 5 * MS, -15
        for wait in process.waits:
            wait.until_ns = 8 * SECOND + 2 * MS
    timeline.ended = True
    assert only(timeline).code == "undrained"
    timeline.cut_ns = None
    assert {code for code, _ in said(timeline)} == {"killed"}


def test_a_keeper_that_is_late_loses_no_hang_and_finds_none_too_many() -> None:
    """On a busy machine the last look before the end may be seconds old: what is known of waits ends there."""
    timeline = waiting()
    still(timeline.process(2), Wait.PIPE_WRITE)
    timeline.cut_ns, looked_ns = 8 * SECOND, 6 * SECOND
    for process in timeline.processes:
        for at_ns in range(SECOND, looked_ns + 1, 200 * MS):
            timeline.add_sample(process.id, at_ns, 0.1, 1)
        process.exited_ns, process.exit_code = 8 * SECOND + 5 * MS, -15
        for wait in process.waits:
            wait.until_ns = looked_ns - 400 * MS
    timeline.ended = True
    assert only(timeline).code == "undrained"
    for wait in timeline.process(2).waits:  # that one had moved by the last look
        wait.until_ns = looked_ns - 900 * MS
    assert "undrained" not in dict(said(timeline))


def test_a_thread_that_made_a_call_since_does_not_wait() -> None:
    """The keeper of a busy machine looks seldom: what a process recorded may be newer than what was seen from outside."""
    timeline = waiting()
    worker = timeline.process(2)
    still(worker, Wait.PIPE_WRITE)
    assert "undrained" in dict(said(timeline))
    call = timeline.add_call(2, CallName.TERMINATE, None, 9 * SECOND)
    call.thread = "Thread-1"
    assert "undrained" in dict(said(timeline))  # another thread of that process
    call.thread = ""
    assert "undrained" not in dict(said(timeline))
    timeline.cut_ns = 8 * SECOND  # the program was being ended by then, and went on for that
    assert "undrained" in dict(said(timeline))
    call.began_ns = 4 * SECOND
    assert "undrained" not in dict(said(timeline))


def test_a_wait_for_what_the_dead_may_have_held() -> None:
    timeline = waiting(2)
    killed(timeline, 2)
    still(timeline.process(2), Wait.LOCK)
    hang = findings(timeline)[1]
    assert hang.text == (
        "Process-1 waits forever for a lock, semaphore or event: Process-2, which was killed by SIGKILL, may have held it."
    )
    assert (hang.code, hang.processes, hang.line) == ("dead_holder", (2, 3), 40)
    still(timeline.process(2), Wait.PIPE_READ)
    assert findings(timeline)[1].text == (
        "Process-1 waits forever for data from a Queue or Connection: Process-2, which was killed by SIGKILL, may have "
        "been the one to send it."
    )


@pytest.mark.parametrize(
    ("codes", "who"),
    [
        ({2: 0}, "Process-2, which exited in the middle of its work,"),
        ({2: 3}, "Process-2, which ended with exit code 3,"),
        ({2: -9, 3: -9}, "Process-2 and Process-3, which were killed by SIGKILL,"),
        ({2: -9, 3: 1}, "Process-2 and Process-3, which were killed by SIGKILL or ended with exit code 1,"),
    ],
)
def test_a_process_that_was_cut_short_may_have_held_a_lock(codes: dict[int, int], who: str) -> None:
    timeline = waiting(3)
    for number, code in codes.items():
        killed(timeline, number).exit_code = code
    if len(codes) == 1:
        done = timeline.process(4)  # one that came to its end holds nothing
        done.target_ended_ns, done.exited_ns, done.exit_code = 300 * MS, 301 * MS, 0
    still(timeline.process(2), Wait.LOCK)
    hang = next(one for one in findings(timeline) if one.code == "dead_holder")
    assert hang.text == f"Process-1 waits forever for a lock, semaphore or event: {who} may have held it."


@pytest.mark.parametrize(
    ("what", "way_out"),
    [
        (Wait.PIPE_READ, "Process-1 waits for data from a Queue or Connection. No process is left to send it: send the data, "
                         "or the value that ends the waiting loop, before join()."),
        (Wait.LOCK, "Process-1 waits for a lock, semaphore or event. No process is left to release or set it."),
        (Wait.OWN_LOCK, "Process-1 waits for a lock between its own threads. If another thread of its parent held that lock "
                        "when Process-1 was forked, it stays locked forever."),
    ],
)  # fmt: skip
def test_everybody_waits_for_another(what: Wait, way_out: str) -> None:
    timeline = waiting()
    timeline.process(2).start_method = "fork"
    still(timeline.process(2), what)
    assert only(timeline) == Finding(
        "deadlock", Severity.PROBLEM, f"Nothing makes progress any more: the program waits in join() for Process-1; {way_out}",
        (1, 2), timeline.calls[-1].id, 600 * MS, "plan.py", 40,
    )  # fmt: skip


def test_no_held_lock_is_suspected_in_a_process_that_was_not_forked() -> None:
    timeline = waiting()
    timeline.process(2).start_method = "spawn"
    still(timeline.process(2), Wait.OWN_LOCK)
    assert only(timeline).text.endswith("Process-1 waits for a lock between its own threads.")


def alone(what: Wait) -> Timeline:
    """Ten seconds in: the one worker has ended, and the program stands."""
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    worker = timeline.process(2)
    worker.target_ended_ns, worker.exited_ns, worker.exit_code = 300 * MS, 301 * MS, 0
    still(timeline.process(1), what, Wait.OWN_LOCK)
    return timeline


def test_the_last_one_waits_for_what_only_another_could_give() -> None:
    timeline = alone(Wait.PIPE_READ)
    start = timeline.calls_on(2)[0]
    assert only(timeline) == Finding(
        "last_one", Severity.PROBLEM,
        "The program waits for data from a Queue or Connection, and no other process is left to send it: Process-1 "
        "ended at 301 ms.", (1, 2), start.id, 600 * MS, start.file, start.line,
    )  # fmt: skip
    timeline = alone(Wait.LOCK)
    timeline.process(2).exit_code, timeline.process(2).error = 1, "ValueError"
    assert findings(timeline)[1].text == (
        "The program waits for a lock, semaphore or event, and no other process is left to release or set it: "
        "Process-1 ended with exit code 1 (ValueError) at 301 ms."
    )


def test_a_program_that_waits_on_its_own_is_no_finding() -> None:
    assert findings(alone(Wait.OWN_LOCK)) == []  # as for a thread of its own, or for Ctrl-C
    assert findings(alone(Wait.OTHER)) == []
    timeline = alone(Wait.PIPE_READ)
    timeline.now_ns = 3 * SECOND
    assert findings(timeline) == []  # too early to say
    timeline = Timeline()
    program = timeline.add_process("alone.py", ProcessKind.PROGRAM)
    program.born_ns, timeline.now_ns = 0, 10 * SECOND
    still(program, Wait.PIPE_READ)
    assert findings(timeline) == []


def test_a_stopped_process_that_is_waited_for() -> None:
    timeline = waiting(2)
    timeline.process(2).paused, timeline.process(2).paused_ns = True, 2 * SECOND
    assert said(timeline) == [
        (
            "stopped",
            "The program waits in join() for Process-1, which is stopped by a signal and continues only after SIGCONT.",
        )
    ]
    timeline.process(2).resumed_ns = 9 * SECOND
    assert findings(timeline) == []
    timeline.process(3).paused_ns = 2 * SECOND
    finding = only(timeline)
    assert (finding.severity, finding.at_ns) == (Severity.ADVICE, 2 * SECOND)
    timeline.begin_task(3, "work", SECOND)
    finding = only(timeline)
    assert (finding.severity, finding.text) == (
        Severity.PROBLEM,
        "Process-2 has been stopped by a signal since 2.000 s, in the middle of the task work: it continues only after "
        "SIGCONT.",
    )


def test_a_process_that_the_kernel_does_not_let_go() -> None:
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    still(timeline.process(3), Wait.KERNEL)
    assert said(timeline) == [
        ("not_responding", "Process-2 has not responded since 600 ms: it waits inside the kernel, for a disk or a network "
                           "file system for example, and no signal reaches it there.")
    ]  # fmt: skip


def test_where_the_system_does_not_show_waits() -> None:
    timeline = waiting()
    timeline.process(1).waits = []
    timeline.process(2).target_ended_ns = 550 * MS
    for at in range(1, 12):
        timeline.add_sample(2, at * SECOND, 0.25, 1)
    assert findings(timeline) == []
    timeline.now_ns = 12 * SECOND
    assert "which probably cannot end before the data" in only(timeline).text
    timeline.add_sample(2, 12 * SECOND, 0.26, 1)
    assert findings(timeline) == []


def test_a_pool_that_waits_for_what_a_dead_worker_took_along() -> None:
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    timeline.begin_task(2, "work", 300 * MS)
    for worker in timeline.processes[1:]:
        worker.kind = ProcessKind.POOL_WORKER
    killed(timeline, 1)
    still(timeline.process(1), Wait.LOCK, Wait.OTHER, Wait.PIPE_READ)
    first, second = said(timeline)
    assert first[0] == "killed"
    assert first[1].startswith(
        "Process-1 was killed by SIGKILL at 400 ms, not by a recorded call, and the result of work was lost: "
    )
    assert second == ("lost_result", "The program waits for the result of work, which will never come: Process-1 ended with "
                      "SIGKILL while running it.")  # fmt: skip
    timeline.process(2).exit_code = 0  # as where the task calls sys.exit()
    assert said(timeline) == [("lost_result", second[1].replace("SIGKILL", "exit code 0"))]
    timeline.process(2).exit_code = -9
    timeline.begin_task(3, "work", 450 * MS)
    assert [code for code, _ in said(timeline)] == ["killed"]  # the parent may be waiting for that one


def test_what_has_only_just_ended_leaves_nobody_behind() -> None:
    """The keeper sees a little later that a thread moves again: until then it only seems to wait for the one that has ended."""
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    still(timeline.process(1), Wait.PIPE_READ)
    gone = killed(timeline, at_ns=10 * SECOND - 300 * MS)
    assert findings(timeline) == []  # nor is it known yet who sent the signal
    gone.exited_ns = 8 * SECOND
    assert {one.code for one in findings(timeline)} == {"killed", "last_one"}
