"""Timelines built by hand, for the tests of everything that reads one."""

from workers.model import CallName, Process, ProcessKind
from workers.plan import Order, Plan, StartMethod, Workload
from workers.timeline import Timeline

MS = 1_000_000
SECOND = 1_000 * MS


def plan(workers: int = 4, order: Order = Order.START_THEN_JOIN) -> Plan:
    """A small sorting plan."""
    return Plan.make([10_000 * (n + 1) for n in range(workers)], Workload.SORT, StartMethod.FORK, order)


def joined_run(workers: int = 4, *, exit_codes: dict[int, int] | None = None) -> Timeline:
    """A finished run: worker n is alive for n seconds, started 10 ms after the one before, joined in order.

    exit_codes: by worker number; 0 where not given.
    """
    timeline = running_run(workers)
    program = timeline.process(1)
    free_ns = (workers * 10 + 100) * MS
    for number in range(1, workers + 1):
        child = timeline.process(number + 1)
        assert child.target_began_ns is not None
        join = timeline.add_call(1, CallName.JOIN, child.id, free_ns)
        child.exit_code = (exit_codes or {}).get(number, 0)
        ends = child.target_began_ns + number * SECOND
        child.target_ended_ns = ends if child.exit_code >= 0 else None
        child.exited_ns = ends + 2 * MS
        join.ended_ns = child.joined_ns = child.reaped_ns = max(child.exited_ns, free_ns) + MS
        join.result = True
        free_ns = join.ended_ns + MS // 2
        timeline.add_line(child.id, "stdout", ends, f"Function idx:  {number} {number * 10_000}")
        timeline.touch(child.id)
    program.target_ended_ns = free_ns
    program.exited_ns = timeline.now_ns = free_ns + 20 * MS
    program.exit_code = timeline.exit_code = 0
    timeline.ended = True
    timeline.touch(1)
    return timeline


def running_run(workers: int = 4) -> Timeline:
    """A run half a second in: every worker alive, nothing joined yet."""
    timeline = Timeline(plan(workers))
    program = timeline.add_process("program", ProcessKind.PROGRAM)
    program.pid, program.born_ns, program.start_called_ns, program.target_began_ns = 1000, 1 * MS, 0, 25 * MS
    for number in range(1, workers + 1):
        _start(timeline, number)
    timeline.now_ns = 500 * MS
    return timeline


def _start(timeline: Timeline, number: int) -> Process:
    child = timeline.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=1)
    called = (30 + number * 10) * MS
    child.worker, child.pid, child.ppid, child.start_method = number, 1000 + number, 1000, "fork"
    child.start_called_ns, child.start_returned_ns = called, called + MS
    child.born_ns, child.target_began_ns = called + MS // 2, called + 2 * MS
    start = timeline.add_call(1, CallName.START, child.id, called)
    start.ended_ns, start.file, start.line = called + MS, "plan.py", 20 + number
    timeline.add_line(child.id, "stdout", called + 3 * MS, f"Started with n: {number * 10_000}")
    timeline.touch(child.id)
    return child
