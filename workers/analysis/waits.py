"""What a thread waited for, since when, at which line of the user's code and on whom; and equal stacks together.

Pure functions on a timeline, any process.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from workers.analysis.findings.hangs.user_calls import UserCall, is_in, user_call
from workers.timeline.model import CallName, Process, Wait
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


@dataclass(frozen=True, slots=True)
class DescribedWait:
    """One wait of the first thread of a process.

    kind: one word. call: the call in the user's code; None where the stack is not known. of: the process that it waits for.
    """

    wait: ThreadWait
    kind: str
    call: UserCall | None
    of: int | None


def described_waits(timeline: Timeline, process: Process) -> list[DescribedWait]:
    """The waits of a process's first thread, in order."""
    return [described(timeline, process, wait) for wait in process.waits if wait.main]


def described(timeline: Timeline, process: Process, wait: ThreadWait) -> DescribedWait:
    """One wait in words that a user knows."""
    of = _child_of(timeline, process, wait)
    kind = next((kind for file, functions, kind in _BY_CALL if is_in(wait.frames, file, *functions)), None)
    if kind is None:
        kind = "join" if of is not None else WAIT_KINDS[wait.wait]
    return DescribedWait(wait, kind, user_call(wait.frames), of)


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
