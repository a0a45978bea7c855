"""The evidence of every kind of finding, over built timelines: where a finding can be seen."""

from collections.abc import Callable, Iterator

import pytest
from support.builders import MS, SECOND, joined_run, running_run
from support.finding_runs import killed, still, waiting

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import MOST_EVIDENCE, Evidence
from workers.journal.kinds import LEFT_ALONE
from workers.timeline.incidents import ResourceEvent, ResourceKind, ResourceNote
from workers.timeline.model import CallName, Disposition, ProcessKind, RaisedBy, RaisedError, Suspend, Wait
from workers.timeline.stacks import CodeFrame
from workers.timeline.timeline import Timeline


def a_bad_end() -> Timeline:
    return joined_run(2, exit_codes={2: 3})


def a_worker_killed_in_a_task() -> Timeline:
    timeline = joined_run(1, exit_codes={1: -9})
    worker = timeline.process(2)
    worker.kind = ProcessKind.POOL_WORKER
    timeline.begin_task(2, "load", 300 * MS)
    return timeline


def a_start_that_raised() -> Timeline:
    timeline = joined_run(1)
    child = timeline.add_process("Process-9", ProcessKind.WORKER, parent_id=1)
    child.start_called_ns, child.start_returned_ns, child.error = SECOND, SECOND + 2 * MS, "start() raised ValueError"
    timeline.touch(child.id)
    return timeline


def a_task_that_raised() -> Timeline:
    timeline = joined_run(2)
    for worker in (2, 3):
        for number in range(3):
            task = timeline.begin_task(worker, "load", (300 + 20 * number + worker) * MS)
            timeline.finish_task(task, (310 + 20 * number + worker) * MS, "ValueError" if number else None)
    return timeline


def a_thread_that_raised() -> Timeline:
    timeline = joined_run(1)
    timeline.add_error(RaisedError(2, 700 * MS, RaisedBy.THREAD, "ValueError", thread="Thread-1"))
    return timeline


def a_deadlock() -> Timeline:
    timeline = waiting(2)
    for number in (2, 3):
        still(timeline.process(number), Wait.LOCK, since_ns=(500 + 100 * number) * MS)
    return timeline


def the_dead_held_a_lock() -> Timeline:
    timeline = waiting(2)
    killed(timeline, 2)
    still(timeline.process(2), Wait.LOCK)
    return timeline


def a_stopped_process() -> Timeline:
    timeline = waiting(1)
    timeline.process(2).paused, timeline.process(2).paused_ns = True, 2 * SECOND
    return timeline


def a_zombie() -> Timeline:
    timeline = joined_run(1)
    worker, program = timeline.process(2), timeline.process(1)
    worker.joined_ns = None
    program.exited_ns = program.target_ended_ns = worker.reaped_ns = timeline.now_ns = 9 * SECOND
    timeline.calls[-1].result = None
    timeline.calls[-1].timeout_s, timeline.calls[-1].name = 0.0, CallName.IS_ALIVE
    return timeline


def terminate_in_vain() -> Timeline:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    call = timeline.add_call(1, CallName.TERMINATE, 2, SECOND)
    call.ended_ns, call.disposition = SECOND + MS, Disposition.IGNORED
    return timeline


def orphans() -> Timeline:
    timeline = running_run(1)
    program = timeline.process(1)
    program.exited_ns, program.exit_code = SECOND, -9
    timeline.now_ns = 4 * SECOND
    return timeline


def a_leak() -> Timeline:
    timeline = joined_run(1)
    made = ResourceNote(1, 200 * MS, ResourceEvent.MADE, ResourceKind.SHARED_MEMORY, "/psm", "plan.py", 7, 4096)
    timeline.resources.append(made)
    return timeline


def a_pool_left_open() -> Timeline:
    timeline = joined_run(1)
    timeline.resources.append(ResourceNote(1, 200 * MS, ResourceEvent.MADE, ResourceKind.POOL, "1", "plan.py", 7))
    return timeline


def started_again_and_again() -> Timeline:
    timeline = joined_run(6, exit_codes=dict.fromkeys(range(1, 7), 1))
    at_ns = 10 * SECOND
    for process in timeline.processes[1:]:
        start = timeline.calls_on(process.id)[0]
        start.line = 20
        process.start_called_ns = process.born_ns = start.began_ns = at_ns
        process.exited_ns = at_ns + 5 * MS
        at_ns += 20 * MS
    return timeline


def the_end_ns(timeline: Timeline, number: int) -> int:
    ended_ns = timeline.process(number).exited_ns
    assert ended_ns is not None
    return ended_ns


KINDS: dict[str, tuple[Callable[[], Timeline], Callable[[Timeline], list[Evidence]]]] = {
    "exit_code": (a_bad_end, lambda t: [Evidence(3, the_end_ns(t, 3), the_end_ns(t, 3))]),
    "killed": (a_worker_killed_in_a_task, lambda t: [Evidence(2, 300 * MS, the_end_ns(t, 2), 1)]),
    "start_failed": (a_start_that_raised, lambda t: [Evidence(3, SECOND, SECOND + 2 * MS)]),
    "task_raised": (
        a_task_that_raised,
        lambda t: [Evidence(2, 322 * MS, 332 * MS, 2), Evidence(3, 323 * MS, 333 * MS, 5)],
    ),
    "thread_raised": (a_thread_that_raised, lambda t: [Evidence(2, 700 * MS, 700 * MS)]),
    "deadlock": (
        a_deadlock,
        lambda t: [Evidence(2, 700 * MS, None), Evidence(3, 800 * MS, None), Evidence(1, 500 * MS, None)],
    ),
    "dead_holder": (the_dead_held_a_lock, lambda t: [Evidence(2, 600 * MS, None), Evidence(3, 400 * MS, 400 * MS)]),
    "stopped": (a_stopped_process, lambda t: [Evidence(2, 2 * SECOND, None), Evidence(1, 500 * MS, None)]),
    "never_joined": (a_zombie, lambda t: [Evidence(2, the_end_ns(t, 2), 9 * SECOND)]),
    "terminate_ignored": (terminate_in_vain, lambda t: [Evidence(2, SECOND, None)]),
    "orphaned": (orphans, lambda t: [Evidence(2, SECOND, None)]),
    "leaked": (a_leak, lambda t: [Evidence(1, 200 * MS, the_end_ns(t, 1))]),
    "never_closed": (a_pool_left_open, lambda t: [Evidence(1, 200 * MS, the_end_ns(t, 1))]),
}


@pytest.mark.parametrize("code", KINDS)
def test_a_finding_shows_where_it_can_be_seen(code: str) -> None:
    make, expected = KINDS[code]
    timeline = make()
    found = [finding for finding in findings(timeline) if finding.code == code]
    assert len(found) == 1, findings(timeline)
    assert list(found[0].evidence) == expected(timeline)


def test_a_wait_that_ended_has_its_end() -> None:
    timeline = a_deadlock()
    timeline.cut_ns = timeline.now_ns
    for process in timeline.processes:
        process.exited_ns, process.exit_code = timeline.now_ns + 5 * MS, -15
        for wait in process.waits:
            wait.until_ns = timeline.now_ns + MS
    timeline.ended = True
    (found,) = (finding for finding in findings(timeline) if finding.code == "deadlock")
    assert [one.until_ns for one in found.evidence] == [10_001 * MS, 10_001 * MS, 10_005 * MS]


def test_processes_started_again_and_again_are_shown_one_after_another() -> None:
    timeline = started_again_and_again()
    (found,) = (finding for finding in findings(timeline) if finding.code == "restarted")
    assert [one.process for one in found.evidence] == [2, 3, 4, 5, 6, 7]
    assert found.evidence[0] == Evidence(2, 10 * SECOND, 10 * SECOND + 5 * MS)


def test_many_alike_have_a_bounded_number() -> None:
    timeline, workers = joined_run(1), MOST_EVIDENCE + 20
    for number in range(workers):
        worker = timeline.add_process(f"Worker-{number}", ProcessKind.WORKER, parent_id=1)
        worker.born_ns, worker.exited_ns, worker.exit_code = SECOND, (2000 + number) * MS, 3
        worker.reaped_ns = worker.joined_ns = worker.exited_ns
    (found,) = (finding for finding in findings(timeline) if finding.code == "exit_code")
    assert len(found.processes) == workers
    assert [one.process for one in found.evidence] == list(range(3, MOST_EVIDENCE + 3))


def test_what_no_process_shows_has_none() -> None:
    timeline = joined_run(1)
    timeline.torn_records = 2
    timeline.suspends.append(Suspend(SECOND, 3600 * SECOND))
    timeline.warnings.append("Something was not recorded.")
    assert [(one.code, one.evidence) for one in findings(timeline)] == [
        ("torn", ()),
        ("recording", ()),
        ("suspended", ()),
    ]
    timeline.process(2).left = True
    timeline.warnings.append(f"{LEFT_ALONE}: python (pid 7).")
    (found,) = (one for one in findings(timeline) if one.code == "left_running")
    assert [one.process for one in found.evidence] == [2]


def test_the_wait_counts_even_beside_a_stack() -> None:
    timeline = a_deadlock()
    frames = (CodeFrame("Lock.__enter__", "/usr/lib/python3.11/multiprocessing/synchronize.py", 95),
              CodeFrame("work", "/home/me/plan.py", 12))  # fmt: skip
    timeline.process(2).waits[0].frames = frames
    (found,) = findings(timeline)
    assert found.evidence[0] == Evidence(2, 700 * MS, None)


def test_no_more_evidence_is_made_than_a_finding_may_have() -> None:
    asked = 0

    def evidence() -> Iterator[Evidence]:
        nonlocal asked
        for asked in range(1, 100 * MOST_EVIDENCE):
            yield Evidence(2, asked // 2, None)  # each comes twice

    assert few(evidence()) == tuple(Evidence(2, at, None) for at in range(MOST_EVIDENCE))
    assert asked <= 2 * MOST_EVIDENCE
    assert few([Evidence(2, 1, None)] * 3) == (Evidence(2, 1, None),)
