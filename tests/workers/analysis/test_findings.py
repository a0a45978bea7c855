"""What a timeline means, over built timelines: every finding where it belongs, and none where all is well."""

import pytest
from support.builders import MS, SECOND, joined_run, running_run

from workers.analysis.finding import Finding, Severity
from workers.analysis.findings import beyond_ends, findings
from workers.journal.kinds import LEFT_ALONE
from workers.timeline.model import Call, CallName, Process, ProcessKind, Signalled, Standstill, Wait
from workers.timeline.timeline import Timeline

GB = 1_000_000_000


def said(timeline: Timeline) -> list[tuple[str, str]]:
    """(code, text) of all there is to say."""
    return [(finding.code, finding.text) for finding in findings(timeline)]


def only(timeline: Timeline) -> Finding:
    """The one finding."""
    found = findings(timeline)
    assert len(found) == 1, found
    return found[0]


def still(process: Process, main: Wait, *others: Wait, since_ns: int = 600 * MS) -> None:
    process.standstill = Standstill(since_ns, main, frozenset((main, *others)))


def waiting(workers: int = 1) -> Timeline:
    """Ten seconds in: the parent waits in join() for the first worker."""
    timeline = running_run(workers)
    timeline.now_ns = 10 * SECOND
    join = timeline.add_call(1, CallName.JOIN, 2, 500 * MS)
    join.file, join.line = "plan.py", 40
    still(timeline.process(1), Wait.CHILD)
    return timeline


def killed(timeline: Timeline, number: int = 1, at_ns: int = 400 * MS) -> Process:
    process = timeline.process(number + 1)
    process.target_ended_ns, process.exited_ns, process.exit_code = None, at_ns, -9
    process.reaped_ns = process.joined_ns = at_ns + MS
    return process


# Nothing


def test_all_is_well() -> None:
    for timeline in (joined_run(4), running_run(4), Timeline(), Timeline.planned(running_run().plan)):  # type: ignore[arg-type]
        assert findings(timeline) == []


def test_a_long_wait_for_workers_that_move_or_sleep_is_no_finding() -> None:
    timeline = waiting(2)
    timeline.now_ns = 3600 * SECOND
    assert findings(timeline) == []
    for worker in timeline.processes[1:]:
        still(worker, Wait.OTHER)
    assert findings(timeline) == []
    still(timeline.process(2), Wait.LOCK)
    assert findings(timeline) == []  # the other one may release it


def test_what_its_person_ended_is_no_finding() -> None:
    timeline = joined_run(2, exit_codes={1: -15, 2: -9})
    timeline.cut_ns = 300 * MS
    assert findings(timeline) == []
    timeline = joined_run(1, exit_codes={1: -9})
    timeline.signalled.append(Signalled(2, 900 * MS, "SIGKILL"))
    assert findings(timeline) == []


@pytest.mark.parametrize("name", [CallName.TERMINATE, CallName.KILL])
def test_terminate_and_kill_are_what_the_program_wanted(name: CallName) -> None:
    timeline = joined_run(2, exit_codes={2: -15})
    timeline.add_call(1, name, 3, 500 * MS)
    assert findings(timeline) == []


# How processes ended


def test_killed_with_little_memory_used() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.memory_bytes, timeline.process(3).peak_rss_bytes = 16 * GB, GB // 50
    timeline.add_sample(3, 900 * MS, 0.1, GB // 50)
    finding = only(timeline)
    assert finding == Finding(
        "killed", Severity.PROBLEM,
        "Process-2 was killed by SIGKILL at 2.054 s, by no call of kill(): from outside or by itself, and hardly for want "
        "of memory, of which it used 20 MB.", (3,), 2, timeline.process(3).exited_ns, "plan.py", 22,
    )  # fmt: skip


def test_killed_when_the_run_used_most_of_the_memory() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.memory_bytes, timeline.process(3).peak_rss_bytes = 16 * GB, 6 * GB
    for process, used in ((3, 6 * GB), (1, 5 * GB), (2, 9 * GB)):
        timeline.add_sample(process, 900 * MS, 0.1, used)
    assert only(timeline).text.endswith(
        "probably out of memory, since the run used 11 GB of the 16 GB that were available."
    )


def test_killed_by_the_kernel_for_want_of_memory() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.process(3).peak_rss_bytes, timeline.process(3).out_of_memory = 6 * GB, True
    assert only(timeline).text == (
        "Process-2 was killed by SIGKILL at 2.054 s: the kernel had run out of memory (it used 6 GB at its peak)."
    )


def test_other_signals_are_not_blamed_on_memory() -> None:
    assert only(joined_run(2, exit_codes={1: -11})).text == (
        "Process-1 crashed with SIGSEGV at 1.044 s: in native code, or by abort()."
    )
    assert only(joined_run(2, exit_codes={1: -15})).text == (
        "Process-1 was killed by SIGTERM at 1.044 s, by no call of terminate()."
    )


def test_an_exit_code_with_what_was_raised() -> None:
    timeline = joined_run(2, exit_codes={1: 1})
    timeline.process(2).error = "ValueError"
    assert said(timeline) == [("exit_code", "Process-1 ended with exit code 1 at 1.044 s: ValueError.")]
    timeline.process(1).exit_code = timeline.exit_code = 3
    assert said(timeline)[1] == ("exit_code", "The program ended with exit code 3 at 2.075 s.")


def test_a_subprocess_may_answer_with_its_exit_code() -> None:
    timeline = joined_run(1, exit_codes={1: 1})
    timeline.process(2).kind = ProcessKind.SUBPROCESS
    assert only(timeline).severity is Severity.INFO
    timeline.process(2).exit_code = -15
    assert findings(timeline) == []  # as by Popen.terminate(), which is not recorded
    timeline.process(2).exit_code = -9
    assert (only(timeline).severity, only(timeline).text) == (
        Severity.INFO,
        "Process-1 was killed by SIGKILL at 1.044 s.",
    )
    timeline.process(2).exit_code = -11
    assert only(timeline).severity is Severity.PROBLEM


def test_many_alike_are_one() -> None:
    timeline = joined_run(9, exit_codes=dict.fromkeys(range(1, 8), -9))
    finding = only(timeline)
    assert finding.text == "7 processes were killed by SIGKILL: Process-1, Process-2, Process-3 and 4 more."
    assert finding.processes == (2, 3, 4, 5, 6, 7, 8)


def test_many_of_a_kind_are_one_though_each_has_another_code() -> None:
    timeline = joined_run(20, exit_codes={number: number for number in range(1, 16)})
    assert said(timeline) == [
        ("exit_code", "15 processes ended with other exit codes than 0: Process-1, Process-2, Process-3 and 12 more.")
    ]


def test_a_start_that_failed_with_its_line() -> None:
    timeline = joined_run(2)
    child = timeline.process(3)
    start = next(call for call in timeline.calls_on(3) if call.name is CallName.START)
    start.error, start.line = "OSError", 17
    for name in (
        "pid",
        "born_ns",
        "target_began_ns",
        "target_ended_ns",
        "exited_ns",
        "exit_code",
        "reaped_ns",
        "joined_ns",
    ):
        setattr(child, name, None)
    child.error = "start() raised OSError"
    finding = only(timeline)
    assert finding.text == "Process-2 could not be started: start() raised OSError."
    assert (finding.call, finding.file, finding.line) == (start.id, "plan.py", 17)


def exit_join(timeline: Timeline, process: int, at_ns: int) -> Call:
    join = timeline.add_call(1, CallName.JOIN, process, at_ns)
    join.file = "/usr/lib/python3.11/multiprocessing/util.py"
    join.ended_ns, join.result = at_ns + MS, True
    return join


def test_never_joined_is_told_at_the_end_alone() -> None:
    timeline = running_run(1)
    child, program = timeline.process(2), timeline.process(1)
    child.target_ended_ns, child.exited_ns, child.exit_code = 600 * MS, 601 * MS, 0
    timeline.now_ns = 9 * SECOND
    assert findings(timeline) == []
    child.reaped_ns = 8 * SECOND
    program.target_ended_ns, program.exited_ns, program.exit_code = 8 * SECOND + MS, 8 * SECOND + 2 * MS, 0
    assert said(timeline) == [
        ("never_joined", "Process-1 ended at 601 ms and nobody joined it: for 7.399 s, until its parent's end, it stayed a "
                         "zombie.")
    ]  # fmt: skip
    child.reaped_ns = 700 * MS  # is_alive() or the next start() collected it soon
    assert findings(timeline) == []
    child.reaped_ns = child.joined_ns = 8 * SECOND
    assert findings(timeline) == []
    exit_join(timeline, 2, 8 * SECOND - MS)
    assert [code for code, _ in said(timeline)] == ["never_joined"]


def test_a_child_that_ends_while_the_program_waits_for_another_at_exit_was_not_forgotten() -> None:
    timeline = running_run(2)
    one, other, program = timeline.process(2), timeline.process(3), timeline.process(1)
    join = exit_join(timeline, 3, 500 * MS)
    for child, at_ns in ((one, 2 * SECOND), (other, 5 * SECOND)):
        child.target_ended_ns, child.exited_ns, child.exit_code = at_ns - MS, at_ns, 0
        child.reaped_ns = child.joined_ns = 5 * SECOND + MS
    join.ended_ns = 5 * SECOND
    exit_join(timeline, 2, 5 * SECOND)
    program.target_ended_ns, program.exited_ns, program.exit_code = 5 * SECOND + MS, 5 * SECOND + 2 * MS, 0
    assert findings(timeline) == []
    join.began_ns = 4 * SECOND  # until then it had done something else
    assert said(timeline)[0][1].startswith("Process-1 ended at 2.000 s and nobody joined it: for 2.000 s")


def test_a_daemon_that_the_end_of_the_program_cut_off() -> None:
    timeline = running_run(1)
    child, program = timeline.process(2), timeline.process(1)
    child.daemon, child.exited_ns, child.exit_code = True, 2 * SECOND, -15
    join = exit_join(timeline, 2, 2 * SECOND - MS)
    child.reaped_ns = child.joined_ns = join.ended_ns
    program.target_ended_ns, program.exited_ns, program.exit_code = 3 * SECOND, 3 * SECOND + MS, 0
    assert said(timeline) == [
        (
            "daemon_cut_off",
            "Process-1 is a daemon and was cut off at 2.000 s, before its own end, when the program ended.",
        )
    ]
    still(child, Wait.PIPE_READ, since_ns=SECOND)
    assert findings(timeline) == []  # it had nothing to do
    child.standstill = None
    child.target_ended_ns = SECOND
    assert findings(timeline) == []


def test_lost_from_sight_and_left_alone_are_two_things() -> None:
    timeline = running_run(1)
    timeline.process(2).lost, timeline.process(2).lost_ns = True, SECOND
    assert said(timeline) == [("lost", "Process-1 was lost from sight: nobody saw how it ended.")]
    timeline.process(2).lost, timeline.process(2).left = False, True
    timeline.warnings.append(f"{LEFT_ALONE}: python (pid 7).")
    assert only(timeline) == Finding("left_running", Severity.ADVICE, f"{LEFT_ALONE}: python (pid 7).", (2,))


def test_what_is_missing_from_the_recording() -> None:
    timeline = joined_run(1)
    timeline.torn_records, timeline.dropped_output_bytes = 2, 5_000_000
    timeline.warnings.append("Something.")
    assert said(timeline) == [
        ("torn", "2 records were begun and never finished: what they were to say is not known."),
        ("dropped_output", "5 MB of what was printed are not kept."),
        ("recording", "Something."),
    ]
    timeline.skipped_output_bytes = 5_000_000
    assert said(timeline)[-1] == (
        "skipped_output", "5 MB of what was printed came too fast to show; a saved run has it."
    )  # fmt: skip
    assert len(findings(timeline)) == 3


# Tasks


def test_tasks_that_raised_are_counted_by_what_and_why() -> None:
    timeline = joined_run(2)
    for number in range(1_500):
        task = timeline.add_task(2 + number % 2, "work", SECOND)
        timeline.end_task(task, SECOND + MS, "ValueError" if number % 3 == 0 else None)
    assert said(timeline) == [("task_raised", "500 tasks work raised ValueError.")]
    assert findings(timeline)[0].processes == (2, 3)


def test_a_pool_that_waits_for_what_a_dead_worker_took_along() -> None:
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    timeline.add_task(2, "work", 300 * MS)
    for worker in timeline.processes[1:]:
        worker.kind = ProcessKind.POOL_WORKER
    killed(timeline, 1)
    still(timeline.process(1), Wait.LOCK, Wait.OTHER, Wait.PIPE_READ)
    first, second = said(timeline)
    assert first[0] == "killed"
    assert first[1].startswith("Process-1 was killed by SIGKILL at 400 ms, and with it the result of work, by no call")
    assert second == ("lost_result", "The program waits for the result of work, which will never come: Process-1 ended with "
                      "SIGKILL while it ran it.")  # fmt: skip
    timeline.add_task(3, "work", 450 * MS)
    assert [code for code, _ in said(timeline)] == ["killed"]  # the parent may be waiting for that one


def test_a_pool_whose_workers_never_come_to_a_task() -> None:
    timeline = running_run(12)
    for number in range(1, 13):
        worker = killed(timeline, number)
        worker.kind, worker.exit_code, worker.error = ProcessKind.POOL_WORKER, 1, "RuntimeError"
    found = {one.code: one for one in findings(timeline)}
    assert found["never_ready"].text == (
        "A Pool of the program replaces its workers over and over: 12 have ended with RuntimeError before their first task. "
        "What fails is its initializer, or what a worker does to import the program."
    )
    assert found["never_ready"].processes[:2] == (1, 2)
    timeline.add_task(3, "work", SECOND)
    assert "never_ready" not in {one.code for one in findings(timeline)}


# Waits without an end


def test_join_before_the_queue_is_drained() -> None:
    timeline = waiting()
    worker = timeline.process(2)
    worker.target_ended_ns = 550 * MS
    still(worker, Wait.LOCK, Wait.PIPE_WRITE)
    assert only(timeline) == Finding(
        "undrained", Severity.PROBLEM,
        "The program waits in join() for Process-1, which cannot end before somebody reads what it put into a Queue: get "
        "everything from the Queue before join().", (2, 1), timeline.calls[-1].id, 500 * MS, "plan.py", 40,
    )  # fmt: skip
    worker.target_ended_ns = None
    still(worker, Wait.PIPE_WRITE)
    assert "waits for somebody to read from a full pipe" in only(timeline).text
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
        assert process.standstill is not None
        process.standstill.until_ns = 8 * SECOND + 2 * MS
    timeline.ended = True
    assert only(timeline).code == "undrained"
    timeline.cut_ns = None
    assert {code for code, _ in said(timeline)} == {"killed"}


def test_a_wait_for_what_the_dead_may_have_held() -> None:
    timeline = waiting(2)
    killed(timeline, 2)
    still(timeline.process(2), Wait.LOCK)
    hang = findings(timeline)[1]
    assert hang.text == (
        "Process-1 waits without end for a lock, semaphore or event: Process-2, which was killed by SIGKILL, may have held it."
    )
    assert (hang.code, hang.processes, hang.line) == ("dead_holder", (2, 3), 40)
    still(timeline.process(2), Wait.PIPE_READ)
    assert findings(timeline)[1].text == (
        "Process-1 waits without end for data from a Queue or Connection: Process-2, which was killed by SIGKILL, may have "
        "been the one to send it."
    )


@pytest.mark.parametrize(
    ("codes", "who"),
    [
        ({2: 0}, "Process-2, which left in the middle of its work,"),
        ({2: 3}, "Process-2, which ended with exit code 3,"),
        ({2: -9, 3: -9}, "Process-2 and Process-3, which were killed by SIGKILL,"),
        ({2: -9, 3: 1}, "Process-2 and Process-3, which were killed by SIGKILL or ended with exit code 1,"),
    ],
)
def test_whoever_was_cut_short_may_have_held_a_lock(codes: dict[int, int], who: str) -> None:
    timeline = waiting(3)
    for number, code in codes.items():
        killed(timeline, number).exit_code = code
    if len(codes) == 1:
        done = timeline.process(4)  # one that came to its end holds nothing
        done.target_ended_ns, done.exited_ns, done.exit_code = 300 * MS, 301 * MS, 0
    still(timeline.process(2), Wait.LOCK)
    hang = next(one for one in findings(timeline) if one.code == "dead_holder")
    assert hang.text == f"Process-1 waits without end for a lock, semaphore or event: {who} may have held it."


@pytest.mark.parametrize(
    ("what", "way_out"),
    [
        (Wait.PIPE_READ, "Process-1 waits for data from a Queue or Connection. Nobody is left who could send it: send what is "
                         "waited for, or what ends the loop that waits, before join()."),
        (Wait.LOCK, "Process-1 waits for a lock, semaphore or event. Nobody is left who could release or set it."),
        (Wait.OWN_LOCK, "Process-1 waits for a lock of its own threads. If another thread of its parent held that lock when "
                        "Process-1 was forked, it stays locked for ever."),
    ],
)  # fmt: skip
def test_everybody_waits_for_another(what: Wait, way_out: str) -> None:
    timeline = waiting()
    timeline.process(2).start_method = "fork"
    still(timeline.process(2), what)
    assert only(timeline) == Finding(
        "deadlock", Severity.PROBLEM, f"Nothing moves any more: the program waits in join() for Process-1; {way_out}",
        (1, 2), timeline.calls[-1].id, 600 * MS, "plan.py", 40,
    )  # fmt: skip


def test_nobody_knows_of_a_held_lock_in_a_process_that_was_not_forked() -> None:
    timeline = waiting()
    timeline.process(2).start_method = "spawn"
    still(timeline.process(2), Wait.OWN_LOCK)
    assert only(timeline).text.endswith("Process-1 waits for a lock of its own threads.")


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
        "The program waits for data from a Queue or Connection, and no other process is left that could send it: Process-1 "
        "ended at 301 ms.", (1, 2), start.id, 600 * MS, start.file, start.line,
    )  # fmt: skip
    timeline = alone(Wait.LOCK)
    timeline.process(2).exit_code, timeline.process(2).error = 1, "ValueError"
    assert findings(timeline)[1].text == (
        "The program waits for a lock, semaphore or event, and no other process is left that could release or set it: "
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
            "The program waits in join() for Process-1, which is stopped by a signal and goes on only after SIGCONT.",
        )
    ]
    timeline.process(2).resumed_ns = 9 * SECOND
    assert findings(timeline) == []
    timeline.process(3).paused_ns = 2 * SECOND
    finding = only(timeline)
    assert (finding.severity, finding.at_ns) == (Severity.ADVICE, 2 * SECOND)
    timeline.add_task(3, "work", SECOND)
    finding = only(timeline)
    assert (finding.severity, finding.text) == (
        Severity.PROBLEM,
        "Process-2, and with it the task work, has been stopped by a signal since 2.000 s: it goes on only after SIGCONT.",
    )


def test_a_process_that_the_kernel_does_not_let_go() -> None:
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    still(timeline.process(3), Wait.KERNEL)
    assert said(timeline) == [
        ("not_responding", "Process-2 does not respond since 600 ms: it waits inside the kernel, as for a disk or a network "
                           "file system, and no signal reaches it there.")
    ]  # fmt: skip


def test_where_nobody_sees_what_is_waited_for() -> None:
    timeline = waiting()
    timeline.process(1).standstill = None
    timeline.process(2).target_ended_ns = 550 * MS
    for at in range(1, 12):
        timeline.add_sample(2, at * SECOND, 0.25, 1)
    assert findings(timeline) == []
    timeline.now_ns = 12 * SECOND
    assert "which probably cannot end before somebody reads" in only(timeline).text
    timeline.add_sample(2, 12 * SECOND, 0.26, 1)
    assert findings(timeline) == []


def test_what_a_sentence_on_the_ends_does_not_tell() -> None:
    timeline = waiting(2)
    killed(timeline, 2)
    still(timeline.process(2), Wait.LOCK)
    assert [one.code for one in beyond_ends(findings(timeline))] == ["dead_holder"]


def test_problems_come_first() -> None:
    timeline = joined_run(3, exit_codes={3: -9})
    timeline.torn_records = 1
    assert [finding.severity for finding in findings(timeline)] == [Severity.PROBLEM, Severity.ADVICE]
