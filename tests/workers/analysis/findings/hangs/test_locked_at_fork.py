"""Findings about a lock that a thread of the parent held at fork, over built timelines."""

from support.builders import MS, SECOND
from support.finding_runs import only, still, waiting, with_lock

from workers.timeline.model import Wait


def test_a_lock_that_a_thread_of_the_parent_held_at_fork() -> None:
    timeline = waiting()
    worker = timeline.process(2)
    worker.start_method, worker.threads_at_fork = "fork", 2
    still(worker, Wait.OWN_LOCK)
    with_lock(worker, 0, 16)
    worker.waits[0].since_ns = (worker.target_began_ns or 0) + 5 * MS
    found = only(timeline)
    assert found.text == (
        "Process-1 has waited since its first moment for a lock of its own in a with statement (plan.py:16), which nobody can "
        "release: the program, the parent, had 3 threads when it forked, and another one of them probably held it. Threads are "
        "not copied by fork: start processes before threads, or use spawn."
    )
    assert (found.code, found.processes, found.line) == ("locked_at_fork", (2, 1), 16)
    worker.waits[0].since_ns = SECOND * 5
    assert "has waited since 5.000 s for a lock" in only(timeline).text
    worker.threads_at_fork = 0  # nobody else can have held it
    assert only(timeline).code == "deadlock"
