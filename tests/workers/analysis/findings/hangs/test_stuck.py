"""Findings about processes that wait for locks that others hold, over built timelines."""

from dataclasses import replace

import pytest
from support.finding_runs import only, still, waiting, with_lock

from workers.timeline.model import Wait
from workers.timeline.stacks import CodeFrame, ThreadStack, WithStatement
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
