"""What the details say about a wait that was seen from outside."""

import pytest
from support import builders
from support.builders import MS, SECOND
from support.hanging_runs import LIBRARY, script_run, two_locks, wait_in

from desktop.facts.fact import CodePlace
from desktop.facts.process_columns import waits_text
from desktop.facts.selection import ProcessSelection, WaitSelection
from desktop.facts.sheets import describe, sheet_text
from desktop.facts.wait_facts import wait_labels
from workers.analysis.findings.all_findings import findings
from workers.timeline.model import ProcessKind, Wait
from workers.timeline.stacks import CodeFrame, EndHolder, ThreadWait
from workers.timeline.timeline import Timeline

SCRIPT = "/home/me/plan.py"


def test_for_what_at_which_line_since_when_and_on_whom() -> None:
    timeline = two_locks(SCRIPT)
    sheet = describe(timeline, WaitSelection(2, 700_000_000))
    assert sheet is not None
    assert sheet.title == "Process-1 waits in a with statement"
    assert [(fact.label, fact.text) for fact in sheet.facts] == [
        ("Process", "Process-1 (pid 1001)"),
        ("Waits for", "a lock, semaphore or event"),
        ("In", "a with statement"),
        ("At line", f"{SCRIPT}:12"),
        ("Shared with", "program (pid 1000)"),
        ("Shared with", "Process-2 (pid 1002)"),
        ("Seen since", "0.700 s"),
        ("Until", "it waits still"),
        ("Duration", "9.300 s so far"),
        ("Stack", "SemLock.__enter__  synchronize.py:95"),
        ("", "one  plan.py:12"),
    ]
    links = {fact.label: fact.link for fact in sheet.facts}
    assert links["At line"] == CodePlace(SCRIPT, 12)
    assert links["Process"] == ProcessSelection(2)
    tip = sheet_text(timeline, WaitSelection(2, 700_000_000))
    assert "At line" in tip
    assert "Stack" not in tip


@pytest.mark.parametrize(
    ("frame", "wait", "label"),
    [
        (CodeFrame("Queue.get", LIBRARY + "queues.py", 103), Wait.LOCK, "Queue.get()"),
        (CodeFrame("SemLock.__enter__", LIBRARY + "synchronize.py", 95), Wait.LOCK, "waits for a lock"),
        (CodeFrame("ApplyResult.get", LIBRARY + "pool.py", 768), Wait.OWN_LOCK, "ApplyResult.get()"),
        (CodeFrame("Pool.map", LIBRARY + "pool.py", 367), Wait.OWN_LOCK, "Pool.map()"),
        (CodeFrame("Future.result", "/usr/lib/python3.11/concurrent/futures/_base.py", 451), Wait.OWN_LOCK, "Future.result()"),
        (CodeFrame("Connection.recv", LIBRARY + "connection.py", 250), Wait.PIPE_READ, "Connection.recv()"),
    ],
)  # fmt: skip
def test_a_bar_has_the_call(frame: CodeFrame, wait: Wait, label: str) -> None:
    timeline = script_run(SCRIPT)
    worker = timeline.process(2)
    one = wait_in(timeline, worker, frame, CodeFrame("work", SCRIPT, 41), wait, SECOND)
    assert wait_labels(timeline, worker, one) == (label, "plan.py:41")


def test_without_a_stack_it_is_what_the_kernel_tells() -> None:
    timeline = script_run(SCRIPT)
    worker = timeline.process(2)
    worker.stacks_problem = "Reading stacks needs permission: sysctl kernel.yama.ptrace_scope=0."
    timeline.add_wait(2, ThreadWait(1001, True, Wait.SOCKET, SECOND, 3 * SECOND))
    assert wait_labels(timeline, worker, worker.waits[0]) == ("waits for a socket", "")
    sheet = describe(timeline, WaitSelection(2, SECOND))
    assert sheet is not None
    facts = {fact.label: fact.text for fact in sheet.facts}
    assert facts["Waits for"] == "a socket"
    assert facts["Until"] == "3.000 s"
    assert "ptrace_scope" in facts["Stack"]
    assert "At line" not in facts


def test_a_wait_for_a_signal_has_the_line_of_the_call() -> None:
    """The call is one of C, which has no frame."""
    timeline = script_run(SCRIPT)
    worker = timeline.process(2)
    timeline.add_wait(2, ThreadWait(1001, True, Wait.SIGNAL, SECOND, frames=(CodeFrame("serve", SCRIPT, 41),)))
    assert wait_labels(timeline, worker, worker.waits[0]) == ("waits for a signal", "plan.py:41")
    assert sheet_text(timeline, WaitSelection(2, SECOND)).startswith("Process-1 waits for a signal")
    assert [one.code for one in findings(timeline)] == []  # one may come from outside of the run


def test_a_worker_that_waits_for_a_task_does_nothing_wrong() -> None:
    timeline = script_run(SCRIPT)
    worker = timeline.process(2)
    get = CodeFrame("SimpleQueue.get", LIBRARY + "queues.py", 365)
    frames = (get, CodeFrame("worker", LIBRARY + "pool.py", 114))
    timeline.add_wait(2, ThreadWait(1001, True, Wait.LOCK, SECOND, frames=frames))
    assert wait_labels(timeline, worker, worker.waits[0]) == ("waits for a task", "")


def test_the_other_end_of_a_pipe_may_be_another_program() -> None:
    timeline = script_run(SCRIPT)
    timeline.add_wait(2, ThreadWait(1001, True, Wait.PIPE_READ, SECOND, None, 11, (12,)))
    timeline.holders[12] = (EndHolder(None, 77, "cat", False, True), EndHolder(3, 1002, "", True, False))
    sheet = describe(timeline, WaitSelection(2, SECOND))
    assert sheet is not None
    assert [fact.text for fact in sheet.facts if fact.label == "Other end"] == ["cat, pid 77, which is not of the run"]
    timeline.holders[12] = ()
    sheet = describe(timeline, WaitSelection(2, SECOND))
    assert sheet is not None
    assert [fact.text for fact in sheet.facts if fact.label == "Other end"] == ["open in no other process"]


def test_a_wait_that_is_not_kept_has_no_sheet() -> None:
    assert describe(two_locks(SCRIPT), WaitSelection(2, 5)) is None


def unread(timeline: Timeline, number: int, wait: Wait, since_ns: int) -> tuple[str, str]:
    """The label of a wait without a stack, and what the table of processes says of it."""
    process = timeline.process(number)
    timeline.add_wait(number, ThreadWait(1000 + number, True, wait, since_ns))
    timeline.now_ns = since_ns + SECOND
    return wait_labels(timeline, process, process.waits[-1])[0], waits_text(timeline, process)


@pytest.mark.parametrize("wait", [Wait.LOCK, Wait.PIPE_READ])
def test_without_a_stack_an_idle_worker_of_a_pool_probably_waits_for_a_task(wait: Wait) -> None:
    timeline = builders.pooled_run(ended=False)
    lane = timeline.tasks.of(2)
    assert lane is not None
    running_ns, before_ns = int(lane.t0[-1]), int(lane.t0[0]) - 1
    probably = "probably something to do (no task of it was running)"
    assert unread(timeline, 2, wait, before_ns) == ("probably waits for a task", probably)
    assert "task" not in unread(timeline, 2, wait, running_ns + 1)[0]
    timeline.left_out_tasks = 1  # then it may have run one that is not known
    assert "task" not in unread(timeline, 2, wait, before_ns)[0]


def test_without_a_stack_the_owner_of_a_pool_probably_waits_for_it() -> None:
    timeline = builders.pooled_run(ended=False)
    assert unread(timeline, 1, Wait.OWN_LOCK, 90 * MS) == (
        "probably waits for its pool", "probably its pool (that has workers, and its stack was not read)",
    )  # fmt: skip
    assert unread(timeline, 1, Wait.LOCK, 90 * MS)[0] == "waits for a lock"
    for worker in timeline.processes[1:]:
        worker.kind = ProcessKind.WORKER
    assert unread(timeline, 1, Wait.OWN_LOCK, 90 * MS)[0] == "waits for a lock of its own"


def test_without_a_stack_what_waits_after_its_work_waits_at_its_exit() -> None:
    timeline = script_run(SCRIPT)
    timeline.process(2).target_ended_ns = SECOND
    assert unread(timeline, 2, Wait.OWN_LOCK, SECOND) == ("waits at its exit", "its threads, before it ends")
    assert unread(timeline, 3, Wait.OWN_LOCK, SECOND)[0] == "waits for a lock of its own"
