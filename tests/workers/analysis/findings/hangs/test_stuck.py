"""Findings about processes that wait for locks that others hold, over built timelines."""

from dataclasses import replace

import pytest
from support.builders import MS, SECOND, running_run
from support.finding_runs import only, said, still, waiting, with_lock

from workers.analysis.findings.all_findings import findings
from workers.timeline.model import RaisedBy, RaisedError, Wait
from workers.timeline.stacks import CodeFrame, MissedSignal, SourceLine, ThreadStack, UnguardedLock, WithStatement
from workers.timeline.timeline import Timeline


def two_that_wait_for_locks() -> Timeline:
    timeline = waiting(2)
    for process, lock in zip(timeline.processes[1:], (71, 72), strict=True):
        still(process, Wait.LOCK)
        with_lock(process, lock, 10 + process.id)
    return timeline


def test_two_locks_in_opposite_order() -> None:
    timeline = two_that_wait_for_locks()
    assert only(timeline).text.endswith(
        "Process-1 waits for a lock, semaphore or event in a with statement (plan.py:12); Process-2 waits for a lock, "
        "semaphore or event in a with statement (plan.py:13). These are different locks: probably each "
        "holds one that another waits for. Take locks in the same order everywhere."
    )
    timeline.process(3).waits[0].frames = (CodeFrame("work", "plan.py", 13),)  # acquire() is written in C
    assert "probably each holds one" in only(timeline).text


def test_waits_that_say_nothing_about_the_order_of_locks() -> None:
    timeline = two_that_wait_for_locks()
    with_lock(timeline.process(3), 71, 13)  # both for the same lock
    assert "probably each holds" not in only(timeline).text
    timeline = two_that_wait_for_locks()
    with_lock(timeline.process(3), 72, 13, "wait", "wait")
    assert "probably each holds" not in only(timeline).text


def one_that_holds(*, line: int = 41, text: str = "lock", inside: bool = True) -> Timeline:
    """Process-1 enters ``with lock:`` at line 41, and Process-2 waits for a Queue in a with statement."""
    timeline = waiting(2)
    first, second = timeline.processes[1:]
    still(first, Wait.LOCK)
    with_lock(first, 71, 41)
    still(second, Wait.PIPE_READ)
    second.waits[0].frames = (CodeFrame("work", "plan.py", 43),)
    for process, block in ((first, WithStatement("plan.py", 41, "lock", False)),
                           (second, WithStatement("plan.py", line, text, inside))):  # fmt: skip
        process.stacks = (ThreadStack(process.pid or 0, "MainThread", process.waits[0].frames, frozenset(), (block,)),)
    return timeline


@pytest.mark.parametrize(("line", "text"), [(41, "lock"), (41, "self.lock"), (60, "lock")])
def test_who_is_inside_the_with_statement_probably_holds_the_lock(line: int, text: str) -> None:
    assert only(one_that_holds(line=line, text=text)).text.endswith(
        "Process-2 waits for data from a Queue or Connection (plan.py:43). Process-2 probably holds the lock that "
        f"Process-1 waits for: it is inside the with statement at plan.py:{line}. It has been held since 600 ms at the latest."
    )


def test_who_took_it_with_acquire_probably_holds_the_lock() -> None:
    timeline = one_that_holds()
    for process, inside in zip(timeline.processes[1:], (False, True), strict=True):
        (stack,) = process.stacks
        block = WithStatement("plan.py", 41, "lock", inside, by_call=True)
        process.stacks = (replace(stack, withs=(block,)),)
    assert (
        "Process-2 probably holds the lock that Process-1 waits for: it took it with acquire() at plan.py:41. "
        in only(timeline).text
    )


@pytest.mark.parametrize("functions", [(), ("once",), ("once", "twice")])
def test_a_function_that_takes_the_lock_and_never_releases_it(functions: tuple[str, ...]) -> None:
    """Where there are several, any of them may be the one."""
    timeline = one_that_holds(inside=False)
    process = timeline.process(2)
    (stack,) = process.stacks
    process.stacks = (replace(stack, unreleased=tuple(CodeFrame(one, "plan.py", 7) for one in functions)),)
    told = " The lock was probably never released: once() takes it with acquire() at plan.py:7 and has no release()."
    assert (told in only(timeline).text) == (functions == ("once",))


def test_nobody_is_said_to_hold_a_lock_who_may_not() -> None:
    for timeline in (one_that_holds(line=60, text="other"), one_that_holds(inside=False)):
        assert "probably holds" not in only(timeline).text
    timeline = one_that_holds()
    timeline.process(3).waits[0].frames = (CodeFrame("other", "plan.py", 99),)  # it moved after its stack was read
    assert "probably holds" not in only(timeline).text


def asking(timeline: Timeline, *, asks: bool = True) -> None:
    """Let the program, which moves, ask in a loop at line 40 whether its processes have ended."""
    program = timeline.process(1)
    program.pid, program.threads, program.waits, program.stacks_ns = 1001, None, [], 4 * SECOND
    loop = SourceLine("plan.py", 40, "p.exitcode is None") if asks else None
    frames = (CodeFrame("main", "plan.py", 41),)
    program.stacks = (ThreadStack(1001, "MainThread", frames, frozenset(("get",)), asks_ends=loop),)
    timeline.calls.clear()


def test_a_loop_that_asks_whether_processes_have_ended_waits_for_them() -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    still(timeline.process(2), Wait.PIPE_READ)
    asking(timeline)
    found = only(timeline)
    assert (found.code, found.call, found.line) == ("deadlock", None, 40)
    assert found.text.startswith(
        "Nothing makes progress any more: the program asks again and again whether Process-1 has ended (p.exitcode is None, "
        "plan.py:40); Process-1 waits for data"
    )
    assert "join()" not in found.text
    still(timeline.process(2), Wait.PIPE_WRITE, since_ns=700 * MS)
    assert only(timeline).text.startswith("The program asks again and again whether Process-1 has ended")
    still(timeline.process(2), Wait.TIME)  # it may go on
    assert said(timeline) == []
    still(timeline.process(2), Wait.PIPE_READ)
    asking(timeline, asks=False)
    assert said(timeline) == []


def test_one_child_that_may_go_on_lets_the_loop_go_on() -> None:
    timeline = running_run(2)
    timeline.now_ns = 10 * SECOND
    still(timeline.process(2), Wait.PIPE_READ)
    still(timeline.process(3), Wait.SOCKET)
    asking(timeline)
    assert said(timeline) == []


def left_locked(**lines: int) -> Timeline:
    timeline = one_that_holds(inside=False)
    program, process = timeline.processes[:2]
    program.stacks = (ThreadStack(program.pid or 0, "MainThread", program.waits[0].frames, frozenset()),)
    (stack,) = process.stacks
    lock = UnguardedLock("save", "/x/plan.py", **{"taken": 41, "released": 50, "left": 0} | lines)
    process.stacks = (replace(stack, unguarded=(lock,)),)
    return timeline


@pytest.mark.parametrize(
    ("line", "function", "told"), [(45, "save", True), (50, "save", True), (55, "save", False), (45, "load", False)]
)
def test_an_exception_between_acquire_and_release_leaves_the_lock_locked(line: int, function: str, told: bool) -> None:
    timeline = left_locked()
    trace = (f"/x/plan.py:{line} {function}", "/x/other.py:3 parse")
    timeline.add_error(RaisedError(3, 300 * MS, RaisedBy.TASK, "ValueError", "bad row", "/x/other.py", 3, trace))
    text = next(found.text for found in findings(timeline) if found.code == "deadlock")
    assert ("left locked by Process-2: save() took it with acquire() at plan.py:41 and was ended by ValueError: bad row "
            "(other.py:3) before release() at line 50." in text) == told  # fmt: skip
    assert told or "probably left locked: save() takes it" in text


def test_a_lock_that_another_thread_holds_was_not_left_locked() -> None:
    timeline = left_locked(left=44)
    (main,) = timeline.process(3).stacks
    held = WithStatement("plan.py", 80, "lock", inside=True)
    timeline.process(3).stacks = (main, ThreadStack(7, "saver", (), frozenset(), (held,)))
    assert "left locked" not in only(timeline).text
    timeline = left_locked(left=44)
    timeline.process(3).stacks = ()  # nobody knows what it is in
    assert "left locked" not in only(timeline).text


def test_a_return_between_acquire_and_release_leaves_the_lock_locked() -> None:
    assert (
        "takes it with acquire() at plan.py:41, and returns at line 44 without release()."
        in only(left_locked(left=44)).text
    )


@pytest.mark.parametrize("consumers", [1, 2])
def test_a_get_after_empty_waits_because_another_process_took_the_last_item(consumers: int) -> None:
    timeline = waiting(consumers)
    for process in timeline.processes[1:]:
        still(process, Wait.PIPE_READ)
        asked = SourceLine("plan.py", 5, "jobs")
        process.stacks = (ThreadStack(process.pid or 0, "MainThread", (), frozenset(), asked_empty=asked),)
    told = "Process-1 had asked whether jobs is empty (plan.py:5). Probably another process took the last item"
    assert (told in only(timeline).text) == (consumers == 2)


@pytest.mark.parametrize(
    ("call", "after", "told"),
    [
        ("notify", 0, "notify() at plan.py:13 was probably called before Process-1 waited: nobody is woken by it later."),
        ("set", 14, "The Event is set at plan.py:13 and cleared at line 14: who comes to wait() after that has missed it, as "
                    "Process-1 probably has."),
    ],
)  # fmt: skip
def test_what_a_process_has_probably_missed(call: str, after: int, told: str) -> None:
    timeline = waiting()
    process = timeline.process(2)
    still(process, Wait.LOCK)
    with_lock(process, 71, 9, "Event.wait" if call == "set" else "Condition.wait")
    late = MissedSignal("plan.py", 13, call, after)
    process.stacks = (ThreadStack(process.pid or 0, "MainThread", process.waits[0].frames, frozenset(), missed=late),)
    assert told in only(timeline).text
    program = timeline.process(1)
    later = frozenset(("notify_all" if call == "notify" else call,))
    program.stacks = (ThreadStack(program.pid or 0, "MainThread", program.waits[0].frames, later),)
    does = "set it" if call == "set" else "notify it"
    assert told not in only(timeline).text
    assert only(timeline).text.endswith(
        f" Probably the program would {does} only after what it waits for itself: let it do so before."
    )
    leaves = CodeFrame("Executor.__exit__", "/usr/lib/python3.11/concurrent/futures/_base.py", 647)
    program.waits[0].frames = (leaves, CodeFrame("<module>", "plan.py", 8))
    program.stacks = (ThreadStack(program.pid or 0, "MainThread", program.waits[0].frames, later),)
    assert "would" not in only(timeline).text


@pytest.mark.parametrize("leaves", [True, False])
def test_the_end_of_a_with_statement_may_keep_an_exception_back(leaves: bool) -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    program, worker = timeline.processes
    still(program, Wait.OWN_LOCK)
    still(worker, Wait.LOCK)
    with_lock(worker, 71, 9, "Event.wait")
    function = "Executor.__exit__" if leaves else "Future.result"
    library = CodeFrame(function, "/usr/lib/python3.11/concurrent/futures/_base.py", 647)
    program.waits[0].frames = (library, CodeFrame("<module>", "plan.py", 8))
    told = (" The program is at the end of the with statement: if an exception has ended its body, that is told only after "
            "this wait.")  # fmt: skip
    assert only(timeline).text.endswith(told) == leaves
