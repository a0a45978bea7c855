"""Timelines built by hand, for the tests of everything that reads one."""

import numpy as np

from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.timeline.lanes import OPEN
from workers.timeline.model import CallName, Process, ProcessKind, SpanKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Counter, Flows, Imported, Track, TrackKind, TrackSpans

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


def threaded_run(threads: int = 4, tasks: int = 6) -> Timeline:
    """A finished run of a program with threads that run `tasks` tasks each, 40 ms of every 50, the second of each raising; and
    with a worker of a pool that runs a task itself and another one in a thread of its own."""
    timeline = joined_run(1)
    timeline.process(2).kind = ProcessKind.POOL_WORKER
    fetch, crunch, error = (timeline.tasks.names.number(name) for name in ("fetch", "crunch", "ValueError"))
    for number in range(1, threads + 1):
        thread = timeline.add_thread(1, number)
        thread.name, thread.native_id = f"pool_{number - 1}", 5000 + number
        t0 = (np.arange(tasks, dtype=np.int64) * 50 + 100 + number) * MS
        errors = np.where(np.arange(tasks) == 1, error, 0).astype(np.uint32)
        timeline.add_tasks(1, t0, t0 + 40 * MS, fetch, errors, t0 - 5 * MS, thread=thread.id)
    timeline.add_tasks(2, np.array([200 * MS]), np.array([400 * MS]), crunch)
    inner = timeline.add_thread(2, 1)
    inner.name, inner.native_id, inner.interpreter = "inner_0", 5001, 3
    timeline.add_tasks(2, np.array([250 * MS]), np.array([300 * MS]), crunch, thread=inner.id)
    return timeline


def traced_run(processes: int = 2) -> Timeline:
    """A trace of another program's: per process a thread with three nested spans, one never closed, and a mark, and an
    asynchronous track; a counter, and an arrow from each thread to the next."""
    timeline = Timeline()
    timeline.names = ["main", "load", "wait", "request", "mark"]
    for number in range(1, processes + 1):
        process = timeline.add_process(f"process {number}", ProcessKind.PROGRAM)
        process.traced, process.pid = True, 100 + number
        for kind, name, rows in (
            (TrackKind.THREAD, "MainThread", [(0, 9, 0, 0), (1, 5, 1, 1), (6, None, 2, 1)]),
            (TrackKind.ASYNC, "network", [(0, 4, 3, 0), (2, 6, 3, 1)]),
        ):
            began, ended, names, depths = zip(*rows, strict=True)
            spans = TrackSpans(
                np.array(began, np.int64) * SECOND,
                np.array([OPEN if at is None else at * SECOND for at in ended], np.int64),
                np.full(len(rows), SpanKind.TASK, np.uint8),
                np.array(names, np.uint32),
                np.array(depths, np.uint16),
            )
            marks = np.array([3 * SECOND] if kind is TrackKind.THREAD else [], np.int64)
            timeline.tracks.append(
                Track(len(timeline.tracks) + 1, process.id, name, kind, spans, marks, np.full(len(marks), 4, np.uint32))
            )
        times = np.array([0, 5 * SECOND], np.int64)
        timeline.counters.append(Counter(process.id, "memory", "bytes", times, np.array([10.0, 20.0])))
    ids = np.arange(1, 2 * processes - 1, 2, dtype=np.int32)
    timeline.flows = Flows(ids, np.full(len(ids), SECOND), ids + np.int32(2), np.full(len(ids), 6 * SECOND),
                           np.zeros(len(ids), np.uint32))  # fmt: skip
    timeline.now_ns, timeline.ended = 9 * SECOND, True
    timeline.imported = Imported("chrome", 14 * processes, processes, 5 * processes, processes, len(ids), 2 * processes)
    return timeline


def pooled_run(tasks: int = 20, workers: int = 2, *, ended: bool = True) -> Timeline:
    """A run of map() over `tasks` items by the workers of a Pool, in turn: task n of it takes n ms, waited n ms, and used half
    of its time of CPU. Every seventh raises ValueError; odd ones are `square`, even ones `load`.

    ended: else the last task of each worker is still running.
    """
    timeline = joined_run(workers)
    names = timeline.tasks.names
    numbers = np.array([names.number("load"), names.number("square")], np.uint32)
    error, job = names.number("ValueError"), timeline.tasks.add_job(tasks)
    for worker in range(workers):
        process = timeline.process(worker + 2)
        process.name, process.kind = f"ForkPoolWorker-{worker + 1}", ProcessKind.POOL_WORKER
        index = np.arange(worker + 1, tasks + 1, workers, dtype=np.uint32)
        lasted = index.astype(np.int64) * MS
        t0 = 100 * MS + np.cumsum(lasted) - lasted
        t1 = t0 + lasted
        if not ended:
            t1[-1] = OPEN
        timeline.add_tasks(
            process.id, t0, t1, numbers[index % 2], np.where(index % 7 == 0, error, 0).astype(np.uint32), t0 - lasted,
            details={
                TaskDetail.INDEX: index, TaskDetail.JOB: np.full(len(index), job, np.uint32),
                TaskDetail.CPU_S: (lasted / 2e9).astype(np.float32),
                TaskDetail.ARGUMENTS: np.array([names.number(f"({one},)") for one in index], np.uint32),
            },
        )  # fmt: skip
    if not ended:
        timeline.ended = False
        for process in timeline.processes:
            process.exited_ns = process.joined_ns = process.reaped_ns = process.exit_code = None
            timeline.touch(process.id)
    return timeline
