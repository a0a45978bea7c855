"""Which threads of a run can never go on, as far as is seen. Pure functions on a timeline, any process.

A thread is stuck when it has not moved for a while and every thread that could end its wait is stuck as well: those of the
processes that have the other end of the pipe, that have the lock mapped, that it waits for to end, or of its own process. A
thread that moves now and then, as a heartbeat does, could end a wait only if its code still makes a call that does such a
thing (`workers.system.reachable_calls`). Where its code is not known, it could.
"""

import signal
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from workers.analysis.findings.hangs.user_calls import is_in, user_call
from workers.timeline.model import Call, CallName, Process, ProcessKind, Wait
from workers.timeline.stacks import ANYTHING, ThreadWait
from workers.timeline.timeline import Timeline

ENDLESS = frozenset((Wait.LOCK, Wait.OWN_LOCK, Wait.PIPE_READ, Wait.PIPE_WRITE, Wait.CHILD, Wait.SEVERAL))
"""The waits that end only by what another thread or process of the run does."""

_STARTS = frozenset(("submit", "map", "apply", "apply_async", "imap", "set_result", "cancel"))
_ENDS = frozenset(("close", "terminate", "kill", "abort"))
_FEEDS = frozenset(("put", "put_nowait", "send", "send_bytes")) | _STARTS | _ENDS
_WRITES = frozenset(("write", "writelines", "communicate"))
_DRAINS = frozenset(("get", "get_nowait", "recv", "recv_bytes", "communicate", "poll", "drain", "result")) | _ENDS
_READS = frozenset(("read", "readline"))
_RELEASES = frozenset(("set", "notify", "notify_all", "release", "task_done", "put", "put_nowait", "get", "get_nowait"))
_UNKNOWN = frozenset((ANYTHING,))
_FROM_OUTSIDE = ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM")
_MAY_SET = tuple(getattr(signal, name) for name in _FROM_OUTSIDE if hasattr(signal, name))
_WAITS_FOR_SIGNALS = ("Event.wait()", "wait()", "Condition.wait()", "pause()")
_TERM = getattr(signal, "SIGTERM", None)


class ThreadKey(NamedTuple):
    """A thread: its process's id, and the kernel's number."""

    process: int
    thread: int


class _Agent(NamedTuple):
    """A thread that may do something, as one that moves. key: None for threads that are not known one by one."""

    key: ThreadKey | None
    may_call: frozenset[str]


def stuck_threads(
    timeline: Timeline, living: Collection[Process], still: Mapping[ThreadKey, ThreadWait], joins: Mapping[int, Call]
) -> set[ThreadKey]:
    """The threads that are stuck.

    living: the processes that could do something. still: the waits of the threads that have not moved for a while.
    joins: by process id, the join() without a timeout that it is in.
    """
    stuck = {key for key, wait in still.items() if wait.wait in ENDLESS or (wait.main and key.process in joins)}
    search = _Search(timeline, living, still, joins)
    while freed := {key for key in stuck if search.may_go_on(key, stuck)}:
        stuck -= freed
    return stuck


class _Search:
    def __init__(
        self,
        timeline: Timeline,
        living: Collection[Process],
        still: Mapping[ThreadKey, ThreadWait],
        joins: Mapping[int, Call],
    ) -> None:
        self._timeline = timeline
        self._living = {process.id: process for process in living}
        self._still = still
        self._joins = joins
        self._moving = {process.id: list(self._moving_of(process)) for process in living}

    def may_go_on(self, key: ThreadKey, stuck: Collection[ThreadKey]) -> bool:
        """Whether something that is not stuck could end this thread's wait."""
        wait = self._still[key]
        process = self._living[key.process]
        if self._handler_may_end(process, wait):
            return True
        join = self._joins.get(process.id) if wait.main else None
        if join is not None and join.name is CallName.IS_ALIVE:  # of any of them
            return any(one.parent_id == process.id and one.kind is ProcessKind.WORKER and not self._is_stuck_main(number, stuck)
                       for number, one in self._living.items())  # fmt: skip
        if join is not None:
            return join.process is None or not self._is_stuck_main(join.process, stuck)
        match wait.wait:
            case Wait.CHILD:
                return self._child_may_end(process, wait.object, stuck)
            case Wait.OWN_LOCK:
                return self._may(process.id, key, stuck, _RELEASES | _STARTS)
            case Wait.LOCK:
                others = self._holders(wait.object, reads=True, writes=True)
                return others is None or any(self._may(one, key, stuck, _RELEASES) for one in others)
            case Wait.PIPE_WRITE:
                library = is_in(wait.frames, "queues.py", "put", "_feed") or is_in(
                    wait.frames, "connection.py", "_send"
                )
                calls = _DRAINS if library else _DRAINS | _READS
                return self._ends_may(wait, key, stuck, calls, reads=True)
            case Wait.PIPE_READ:
                library = is_in(wait.frames, "connection.py", "_recv")
                return self._ends_may(wait, key, stuck, _FEEDS if library else _FEEDS | _WRITES, writes=True)
        return self._ends_may(wait, key, stuck, None, writes=True)

    def _handler_may_end(self, process: Process, wait: ThreadWait) -> bool:
        """A handler of the program may end the wait, if a signal comes. One for SIGTERM usually sets an Event."""
        if (
            process.kind is ProcessKind.SUBPROCESS
            and not process.hang_stacks
            and wait.wait in (Wait.PIPE_READ, Wait.PIPE_WRITE)
        ):
            return False  # it is no Python: what it has for its end brings no data
        handled = process.handled_signals
        if any(handled >> number - 1 & 1 for number in _MAY_SET):
            return True
        if not wait.main or wait.wait is Wait.CHILD or not _TERM or not handled >> _TERM - 1 & 1:
            return False
        call = user_call(wait.frames)
        if call is None:
            return not wait.frames
        if not call.call:  # a lock, or a pipe that the handler writes to
            return wait.wait not in (Wait.LOCK, Wait.OWN_LOCK)
        return call.call in _WAITS_FOR_SIGNALS

    def _child_may_end(self, process: Process, pid: int, stuck: Collection[ThreadKey]) -> bool:
        children = [one for one in self._living.values() if one.parent_id == process.id and pid in (0, one.pid)]
        return not children or not all(self._is_stuck_main(child.id, stuck) for child in children)

    def _is_stuck_main(self, process: int, stuck: Collection[ThreadKey]) -> bool:
        """A process ends only once its first thread does."""
        found = self._living.get(process)
        return found is not None and ThreadKey(process, found.pid or 0) in stuck

    def _ends_may(self, wait: ThreadWait, key: ThreadKey, stuck: Collection[ThreadKey], calls: frozenset[str] | None,
                  *, reads: bool = False, writes: bool = False) -> bool:  # fmt: skip
        """Whether a process that has one of the ends could do something there. calls None: whatever it does."""
        if not wait.ends:
            return any(self._may(one, key, stuck, calls) for one in self._living)
        for end in wait.ends:
            others = self._holders(end, reads=reads, writes=writes)
            if others is None or any(self._may(one, key, stuck, calls) for one in others):
                return True
        return False

    def _holders(self, inode: int, *, reads: bool, writes: bool) -> list[int] | None:
        """The living processes of the run that have this open for reading or writing. None: one outside of the run does."""
        holders = self._timeline.holders.get(inode)
        if holders is None:
            return list(self._living)
        wanted = [one for one in holders if (reads and one.reads) or (writes and one.writes)]
        if any(one.process is None for one in wanted):
            return None
        return [one.process for one in wanted if one.process in self._living]

    def _may(
        self, process: int, waiting: ThreadKey, stuck: Collection[ThreadKey], calls: frozenset[str] | None
    ) -> bool:
        """Whether any thread of this process that is not stuck could make one of these calls."""
        agents = self._moving[process] + [
            _Agent(key, self._may_call(key)) for key in self._still if key.process == process and key not in stuck
        ]
        return any(
            calls is None or ANYTHING in agent.may_call or not calls.isdisjoint(agent.may_call)
            for agent in agents
            if agent.key != waiting
        )

    def _moving_of(self, process: Process) -> Iterator[_Agent]:
        """The threads of a process that are not still."""
        still = sum(key.process == process.id for key in self._still)
        known = [stack for stack in process.hang_stacks if ThreadKey(process.id, stack.thread) not in self._still]
        for stack in known:
            ends = stack.thread == process.pid and any(
                wait.main and wait.wait not in ENDLESS and wait.frames == stack.frames for wait in process.waits
            )
            # Of one that moves, and was only read for what it asks, nobody knows what it does next.
            asked = stack.thread == process.pid and all(wait.frames != stack.frames for wait in process.waits)
            yield _Agent(ThreadKey(process.id, stack.thread), _UNKNOWN if ends or asked else stack.may_call)
        threads = len(process.hang_stacks) if process.threads is None else process.threads
        if not threads or still + len(known) < threads:
            yield _Agent(None, _UNKNOWN)

    def _may_call(self, key: ThreadKey) -> frozenset[str]:
        process = self._living[key.process]
        wait = self._still[key]
        # A first thread whose wait ends by itself goes on with its program, as to a Barrier that the others wait at.
        if wait.main and wait.wait not in ENDLESS:
            return _UNKNOWN
        if process.kind is ProcessKind.SUBPROCESS and not process.hang_stacks:
            return _UNKNOWN
        for stack in process.hang_stacks:
            if stack.thread == wait.thread and wait.frames == stack.frames:
                return stack.may_call
        return _UNKNOWN
