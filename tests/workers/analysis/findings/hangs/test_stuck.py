"""Findings about processes that wait for locks that others hold, over built timelines."""

from support.finding_runs import only, still, waiting, with_lock

from workers.timeline.model import Wait
from workers.timeline.stacks import CodeFrame
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
        "semaphore or event in a with statement (plan.py:13). These are different locks: probably each holds one that another waits for. "
        "Take locks in the same order everywhere."
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
