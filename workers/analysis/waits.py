"""What a thread waited for, since when, at which line of the user's code and on whom; and equal stacks together.

Pure functions on a timeline, any process.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from workers.analysis.findings.hangs.user_calls import UserCall, is_in, user_call
from workers.timeline.model import CallName, Process, ProcessKind, Wait
from workers.timeline.stacks import CodeFrame, ThreadStack, ThreadWait
from workers.timeline.timeline import Timeline

WAIT_KINDS = {
    Wait.LOCK: "lock",
    Wait.OWN_LOCK: "lock",
    Wait.PIPE_READ: "pipe",
    Wait.PIPE_WRITE: "pipe",
    Wait.CHILD: "join",
    Wait.OTHER: "other",
    Wait.KERNEL: "kernel",
    Wait.SEVERAL: "several",
    Wait.SOCKET: "socket",
    Wait.TIME: "time",
    Wait.INPUT: "input",
    Wait.SIGNAL: "signal",
}
"""The word for each kind of wait where the stack says no more. The values are part of the report."""

_BY_CALL = (
    ("queues.py", ("get", "put", "join"), "queue"),
    ("queue.py", ("get", "put", "join"), "queue"),
    ("pool.py", ("get", "wait", "next", "join"), "result"),
    ("_base.py", ("result", "wait", "exception"), "result"),
    ("util.py", ("_exit_function", "_finalize_join"), "exit"),
    ("threading.py", ("_shutdown",), "exit"),
    ("process.py", ("join",), "join"),
    ("connection.py", ("_recv", "_send", "wait", "poll"), "pipe"),
)

_LATEST_CALLS = 64


class Likely(StrEnum):
    """What a wait is probably for, where no stack says it."""

    EXIT = "exit"
    """The work of the process had ended: it waits for its own threads before it exits."""
    TASK = "task"
    """It is a worker of a pool, and no task of it was running."""
    POOL = "pool"
    """A pool of its own has workers, and it waits for one of its own threads, as Pool.map() and join() do."""


@dataclass(frozen=True, slots=True)
class DescribedWait:
    """One wait of the first thread of a process.

    kind: one word. call: the call in the user's code; None where the stack is not known. of: the process that it waits for.
    likely: what it is probably for; None where the stack is known, or nothing points to it.
    """

    wait: ThreadWait
    kind: str
    call: UserCall | None
    of: int | None
    likely: Likely | None = None


def described_waits(timeline: Timeline, process: Process) -> list[DescribedWait]:
    """The waits of a process's first thread, in order."""
    return [described(timeline, process, wait) for wait in process.waits if wait.main]


def described(timeline: Timeline, process: Process, wait: ThreadWait) -> DescribedWait:
    """One wait in words that a user knows."""
    of = _child_of(timeline, process, wait)
    kind = next((kind for file, functions, kind in _BY_CALL if is_in(wait.frames, file, *functions)), None)
    if kind is None:
        kind = "join" if of is not None else WAIT_KINDS[wait.wait]
    likely = None if wait.frames or of is not None else _likely(timeline, process, wait)
    return DescribedWait(wait, kind, user_call(wait.frames), of, likely)


def idle_without_task(timeline: Timeline, process: Process) -> bool:
    """Whether a worker is idle wherever no task of it is known: it serves a pool, and the run has all its tasks."""
    if process.kind is not ProcessKind.POOL_WORKER or timeline.imported is not None:
        return False
    return len(timeline.tasks) > 0 and not timeline.left_out_tasks


def _likely(timeline: Timeline, process: Process, wait: ThreadWait) -> Likely | None:
    since_ns = wait.since_ns
    if process.target_ended_ns is not None and since_ns >= process.target_ended_ns:
        return Likely.EXIT if wait.wait is Wait.OWN_LOCK else None
    if wait.wait in (Wait.LOCK, Wait.PIPE_READ) and idle_without_task(timeline, process):
        lane = timeline.tasks.of(process.id)
        last = -1 if lane is None else int(lane.t0.searchsorted(since_ns, "right")) - 1
        busy = lane is not None and last >= 0 and bool(lane.t1[last] > since_ns)
        return None if busy else Likely.TASK
    if wait.wait is Wait.OWN_LOCK and any(
        _serves(timeline, child, since_ns) for child in timeline.children_of(process.id)
    ):
        return Likely.POOL
    return None


def _serves(timeline: Timeline, process_id: int, at_ns: int) -> bool:
    """Whether it was a worker of a pool, alive at that moment."""
    process = timeline.process(process_id)
    born_ns, last_ns = process.start_called_ns, process.last_ns
    alive = born_ns is not None and born_ns <= at_ns and (last_ns is None or last_ns > at_ns)
    return alive and process.kind is ProcessKind.POOL_WORKER


def _child_of(timeline: Timeline, process: Process, wait: ThreadWait) -> int | None:
    """The process that is waited for: the child with that pid, or the one of the join() that is under way."""
    if wait.wait is Wait.CHILD and wait.object:
        for child in timeline.children_of(process.id):
            if timeline.process(child).pid == wait.object:
                return child
    for call in reversed(timeline.calls_by(process.id)[-_LATEST_CALLS:]):
        if call.name is CallName.JOIN and call.began_ns <= wait.since_ns:
            return call.process if call.ended_ns is None or call.ended_ns > wait.since_ns else None
    return None


@dataclass(frozen=True, slots=True)
class StackGroup:
    """Threads with equal stacks. threads: the process and the name of each."""

    frames: tuple[CodeFrame, ...]
    threads: tuple[tuple[str, str], ...]

    def head(self, of: int) -> str:
        """``6 of 8 threads wait in Queue.get() (worker.py:41)``. of: how many threads there are in all."""
        count = len(self.threads)
        who = f"{count} of {of} threads {'is' if count == 1 else 'are'}"
        call = user_call(self.frames)
        if call is not None:
            return f"{who}{call.place if call.call else f' at {call.where}'}"
        if not self.frames:
            return f"{who} in no Python code"
        last = self.frames[-1] if len(self.frames) == 1 else self.frames[0]
        return f"{who} in {last.function}() ({os.path.basename(last.file)}:{last.line})"


def grouped(stacks: Iterable[tuple[str, ThreadStack]]) -> list[StackGroup]:
    """Equal stacks together, the most frequent first. stacks: with the name of the process of each."""
    found: dict[tuple[CodeFrame, ...], list[tuple[str, str]]] = {}
    for process, stack in stacks:
        found.setdefault(stack.frames, []).append((process, stack.name))
    groups = [StackGroup(frames, tuple(threads)) for frames, threads in found.items()]
    return sorted(groups, key=lambda group: -len(group.threads))
