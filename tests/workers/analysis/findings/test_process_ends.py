"""Findings about how processes ended, over built timelines."""

import pytest
from support.builders import MS, SECOND, joined_run, running_run
from support.finding_runs import killed, only, said, still

from workers.analysis.findings import never_joined
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity
from workers.journal.kinds import LEFT_ALONE
from workers.timeline.model import Call, CallName, ProcessKind, Wait
from workers.timeline.timeline import Timeline

GB = 1_000_000_000


def test_killed_with_little_memory_used() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.memory_bytes, timeline.process(3).peak_rss_bytes = 16 * GB, GB // 50
    timeline.add_sample(3, 900 * MS, 0.1, GB // 50)
    finding = only(timeline)
    assert finding == Finding(
        "killed", Severity.PROBLEM,
        "Process-2 was killed by SIGKILL at 2.054 s, not by a recorded call: the signal came from outside the program or from "
        "native code, and memory is an unlikely reason (it used 20 MB at its peak).",
        (3,), 2, timeline.process(3).exited_ns, "plan.py", 22,
    )  # fmt: skip


def test_killed_when_a_process_used_most_of_the_memory() -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    timeline.memory_bytes, timeline.process(3).peak_rss_bytes = 16 * GB, 11 * GB
    for process, used in ((3, 11 * GB), (1, 5 * GB)):
        timeline.add_sample(process, 900 * MS, 0.1, used)
    assert only(timeline).text.endswith(
        "not by a recorded call: probably for lack of memory, since a single process used 11 GB of the 16 GB that were "
        "available."
    )


def test_memory_that_processes_share_is_not_added_up() -> None:
    """Each of ten workers shows the two gigabytes that the program made before it forked them."""
    timeline = joined_run(10, exit_codes={10: -9})
    timeline.memory_bytes = 16 * GB
    for process in timeline.processes:
        process.peak_rss_bytes = 2 * GB
        timeline.add_sample(process.id, 900 * MS, 0.1, 2 * GB)
    assert only(timeline).text.endswith(
        "not by a recorded call: the signal came from outside the program, from native code, or from the kernel for lack of "
        "memory (it used 2 GB at its peak)."
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
        "Process-1 was killed by SIGTERM at 1.044 s, not by a recorded call."
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
        ("exit_code", "15 processes ended with non-zero exit codes: Process-1, Process-2, Process-3 and 12 more.")
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


def test_never_joined_is_found_only_at_the_end() -> None:
    timeline = running_run(1)
    child, program = timeline.process(2), timeline.process(1)
    child.target_ended_ns, child.exited_ns, child.exit_code = 600 * MS, 601 * MS, 0
    timeline.now_ns = 9 * SECOND
    assert findings(timeline) == []
    child.reaped_ns = 8 * SECOND
    program.target_ended_ns, program.exited_ns, program.exit_code = 8 * SECOND + MS, 8 * SECOND + 2 * MS, 0
    assert said(timeline) == [
        ("never_joined", "Process-1 ended at 601 ms and was never joined: it stayed a zombie for 7.399 s, until its parent "
                         "ended.")
    ]  # fmt: skip
    child.reaped_ns = 700 * MS  # is_alive() or the next start() collected it soon
    assert findings(timeline) == []
    child.reaped_ns = child.joined_ns = 8 * SECOND
    assert findings(timeline) == []
    exit_join(timeline, 2, 8 * SECOND - MS)
    assert [code for code, _ in said(timeline)] == ["never_joined"]


class Counting(Timeline):
    """Counts the looks at the calls of a process."""

    looks = 0

    def calls_by(self, process_id: int) -> list[Call]:
        self.looks += len(super().calls_by(process_id))
        return super().calls_by(process_id)


def test_the_work_for_zombies_grows_with_them_and_no_faster() -> None:
    def looks(workers: int) -> int:
        timeline = Counting()
        program = timeline.add_process("parent", ProcessKind.PROGRAM)
        program.target_ended_ns, program.exited_ns, program.exit_code = 8 * SECOND, 8 * SECOND + MS, 0
        for number in range(workers):
            timeline.add_call(1, CallName.START, None, number)
            child = timeline.add_process(f"Process-{number + 1}", ProcessKind.WORKER, parent_id=1)
            child.target_ended_ns, child.exited_ns, child.exit_code = 600 * MS, 601 * MS, 0
        found = list(never_joined.find(timeline))
        assert [len(one.processes) for one in found] == [workers]
        return timeline.looks

    assert looks(400) <= 2 * looks(200)


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
    assert said(timeline)[0][1].startswith(
        "Process-1 ended at 2.000 s and was never joined: it stayed a zombie for 2.000 s"
    )


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
            "Process-1 is a daemon and was ended at 2.000 s, before it had finished, because the program ended.",
        )
    ]
    still(child, Wait.PIPE_READ, since_ns=SECOND)
    assert findings(timeline) == []  # it had nothing to do
    child.waits = []
    child.target_ended_ns = SECOND
    assert findings(timeline) == []


def test_lost_from_sight_and_left_alone_are_two_things() -> None:
    timeline = running_run(1)
    timeline.process(2).lost, timeline.process(2).lost_ns = True, SECOND
    assert said(timeline) == [("lost", "Process-1 was lost from sight: how it ended was not seen.")]
    never_seen = running_run(1).process(2)  # its parent was ended in start()
    never_seen.lost, never_seen.lost_ns, never_seen.pid, never_seen.start_returned_ns = True, SECOND, None, None
    assert never_seen.never_seen
    assert not never_seen.failed
    unseen = running_run(1)
    unseen.processes[1] = never_seen
    assert "lost" not in dict(said(unseen))
    timeline.process(2).lost, timeline.process(2).left = False, True
    timeline.warnings.append(f"{LEFT_ALONE}: python (pid 7).")
    assert only(timeline) == Finding("left_running", Severity.ADVICE, f"{LEFT_ALONE}: python (pid 7).", (2,))


@pytest.mark.parametrize(("method", "result", "told"), [("fork", True, 1), ("fork", False, 0), ("forkserver", True, 0)])
def test_a_process_that_is_said_to_be_alive_long_after_its_end(method: str, result: bool, told: int) -> None:
    timeline = running_run(1)
    worker = timeline.process(2)
    worker.start_method = method
    worker.target_ended_ns, worker.exited_ns, worker.reaped_ns, worker.exit_code = 300 * MS, 301 * MS, 302 * MS, 0
    for at_ns in (400 * MS, 3 * SECOND):  # the first answer may be a late one
        call = timeline.add_call(1, CallName.IS_ALIVE, 2, at_ns)
        call.ended_ns, call.result, call.file, call.line = at_ns + MS, result, "plan.py", 16
    found = [one for one in findings(timeline) if one.code == "still_alive"]
    assert [(one.processes, one.line) for one in found] == [((1, 2), 16)] * told


def test_who_sent_a_signal_is_judged_half_a_second_later_or_once_the_run_is_over() -> None:
    """The kernel reports an end at once; what the sender recorded may be read after it."""
    timeline = running_run(2)
    killed(timeline)
    timeline.now_ns = 700 * MS
    assert findings(timeline) == []
    timeline.now_ns = 950 * MS
    assert [one.code for one in findings(timeline)] == ["killed"]
    timeline.now_ns, timeline.ended = 700 * MS, True
    assert [one.code for one in findings(timeline)] == ["killed"]
