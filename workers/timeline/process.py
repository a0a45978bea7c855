"""One process of a run: every fact known about it, and where it is in its life. Data only, any process.

Every `_ns` is nanoseconds from the program's start on the machine's monotonic clock; None = did not happen, or is not known.
"""

import signal
from dataclasses import dataclass, field
from enum import StrEnum

from workers.journal.codes import Wait
from workers.timeline.stacks import ThreadStack, ThreadWait

__all__ = ["LIVING", "Process", "ProcessKind", "State", "Wait", "signal_name"]


class ProcessKind(StrEnum):
    """What a process is to the program. The values are part of the report, so that none is ever taken away.

    CLUSTER_WORKER is reserved there for workers of a cluster such as Dask's; a local run has none.
    """

    PROGRAM = "program"
    WORKER = "worker"
    POOL_WORKER = "pool_worker"
    HELPER = "helper"
    FORKED = "forked"
    SUBPROCESS = "subprocess"
    CLUSTER_WORKER = "cluster_worker"


class State(StrEnum):
    """Where a process is in its life, in the words of its lane's header."""

    PLANNED = "not started"
    STARTING = "starting"
    ALIVE = "alive"
    PAUSED = "paused"
    ENDING = "ending"
    ZOMBIE = "exited, not joined"
    REAPED = "reaped"
    JOINED = "joined"
    EXITED = "exited"
    LOST = "lost"
    LEFT = "still running"
    NOT_BORN = "start() failed"
    TRACED = "in a trace"


LIVING = frozenset((State.STARTING, State.ALIVE, State.PAUSED, State.ENDING))


@dataclass(slots=True)
class Process:
    """One process of a run, with every fact known about it so far.

    id: its place in `Timeline.processes`, from 1. parent_id: the parent's id.
    worker: its number in the plan, from 1; None if it is no worker of a plan.
    exited_ns: seen from outside. exited_within_ns: where the exit was not seen directly, the width of the bracket between two
        records in which it happened; exited_ns is then the bracket's middle.
    exit_code: as Python gives it, negative for a signal.
    lost: how it ended was not seen. left: it was still running when its run was over.
    lost_ns: when a lost or a left process was last seen.
    traced: known only from another program's trace, which has its threads but not when it began and ended.
    paused_ns, resumed_ns: of the last time that a signal stopped it.
    waits: the times in which a thread of it did not run at all, seen from outside, in the order in which they were seen.
    threads: how many it had when a wait was last noted. handled_signals: 1 << signal - 1 for each that it then handled.
    threads_at_fork: how many threads its parent had beside the one that forked it; None = not known.
    stacks, stacks_ns: of all threads, and when they were last read. stacks_problem: why they could not be.
    stacks_before: what these two were before the run was being ended, where the stacks were read again after that.
    pool_ended_ns: when its own Pool called terminate() on it.
    out_of_memory: the kernel ended a process for lack of memory at the moment when this one was killed.
    host, address: of a worker of a cluster: its machine, and where it listens; empty for a process of this machine.
    clock_within_ns: how wrong its times may be beside those of this machine, in either direction; 0 for a process of this
        machine, None where its clock was not measured.
    cpu_s: CPU time used, as last seen. cpu_whole: that is the CPU time of its whole life, seen at its end.
    """

    id: int
    name: str
    kind: ProcessKind
    pid: int | None = None
    ppid: int | None = None
    parent_id: int | None = None
    worker: int | None = None
    start_method: str | None = None
    daemon: bool = False
    start_called_ns: int | None = None
    start_returned_ns: int | None = None
    born_ns: int | None = None
    target_began_ns: int | None = None
    target_ended_ns: int | None = None
    exited_ns: int | None = None
    exited_within_ns: int = 0
    reaped_ns: int | None = None
    joined_ns: int | None = None
    exit_code: int | None = None
    lost: bool = False
    left: bool = False
    lost_ns: int | None = None
    traced: bool = False
    paused: bool = False
    paused_ns: int | None = None
    resumed_ns: int | None = None
    waits: list[ThreadWait] = field(default_factory=list)
    threads: int | None = None
    threads_at_fork: int | None = None
    handled_signals: int = 0
    stacks: tuple[ThreadStack, ...] = ()
    stacks_ns: int | None = None
    stacks_before: tuple[tuple[ThreadStack, ...], int | None] | None = None
    stacks_problem: str = ""
    pool_ended_ns: int | None = None
    out_of_memory: bool = False
    error: str | None = None
    tasks: int = 0
    output_lines: int = 0
    cpu_s: float | None = None
    cpu_whole: bool = False
    rss_bytes: int | None = None
    peak_rss_bytes: int | None = None
    host: str = ""
    address: str = ""
    clock_within_ns: int | None = 0

    @property
    def hang_stacks(self) -> tuple[ThreadStack, ...]:
        """The stacks as they were last read before the run was being ended: what it hung in."""
        return self.stacks if self.stacks_before is None else self.stacks_before[0]

    @property
    def hang_stacks_ns(self) -> int | None:
        """When those were read."""
        return self.stacks_ns if self.stacks_before is None else self.stacks_before[1]

    @property
    def began(self) -> bool:
        """Whether anything of its life is known to have happened."""
        return self.start_called_ns is not None or self.born_ns is not None or self.traced

    @property
    def not_born(self) -> bool:
        """Whether start() raised before there was a process."""
        return self.error is not None and self.pid is None and self.start_returned_ns is not None

    @property
    def never_seen(self) -> bool:
        """Whether start() was called and did not return, as when its parent was ended in it, and no process of it was seen."""
        return self.start_called_ns is not None and self.start_returned_ns is None and self.pid is None

    @property
    def ended(self) -> bool:
        """Whether nothing more of its life can become known: it ended, was lost or left running, or never was a process."""
        return self.exited_ns is not None or self.lost or self.left or self.not_born or self.traced

    @property
    def last_ns(self) -> int | None:
        """When it ended or, if its end was not seen, was last known to live; None while it lives."""
        return self.lost_ns if self.lost or self.left else self.exited_ns

    @property
    def failed(self) -> bool:
        """Whether it could not be started, was lost from sight, or ended with a non-zero exit code or by a signal."""
        if self.lost:
            return not self.never_seen
        return self.not_born or self.exit_code not in (None, 0)

    @property
    def ended_by_pool(self) -> bool:
        """Whether its own Pool ended it, as at the end of a with statement: no failure, though a signal did it."""
        asked_ns, ended_ns = self.pool_ended_ns, self.exited_ns
        if asked_ns is None or ended_ns is None or self.lost:
            return False
        return self.signal_name == "SIGTERM" and asked_ns <= ended_ns + self.exited_within_ns

    @property
    def ended_badly(self) -> bool:
        """Whether it failed, and not because its own Pool ended it."""
        return self.failed and not self.ended_by_pool

    @property
    def signal_name(self) -> str | None:
        """``SIGKILL`` for exit code -9; None when no signal ended it."""
        return None if self.exit_code is None or self.exit_code >= 0 else signal_name(-self.exit_code)

    @property
    def exit_short(self) -> str:
        """How it ended, as short as a lane's header: ``exit 0``, ``SIGKILL``, ``lost``; empty while it lives."""
        if self.lost:
            return "lost"
        return "" if self.exit_code is None else self.signal_name or f"exit {self.exit_code}"

    @property
    def exit_text(self) -> str:
        """How it ended: ``exit code 0``, ``SIGKILL (exit code -9)``, ``lost: …``; empty while it lives."""
        if self.lost:
            return "lost: its end was not seen"
        if self.left:
            return "still running when the program had ended"
        if self.exit_code is None:
            return "" if self.exited_ns is None else "exit code unknown"
        name = self.signal_name
        return f"{name} (exit code {self.exit_code})" if name else f"exit code {self.exit_code}"

    @property
    def state(self) -> State:
        """Where it is in its life now."""
        if self.traced:
            return State.TRACED
        if self.lost:
            return State.LOST
        if self.left:
            return State.LEFT
        if self.exited_ns is not None:
            if self.joined_ns is not None:
                return State.JOINED
            if self.kind is ProcessKind.PROGRAM:
                return State.EXITED
            return State.REAPED if self.reaped_ns is not None else State.ZOMBIE
        if not self.began:
            return State.PLANNED
        if self.not_born:
            return State.NOT_BORN
        if self.paused:
            return State.PAUSED
        if self.target_ended_ns is not None:
            return State.ENDING
        return State.STARTING if self.target_began_ns is None else State.ALIVE

    def waiting(self, at_ns: int) -> list[ThreadWait]:
        """The waits that its threads were in at a moment."""
        return [one for one in self.waits if one.since_ns <= at_ns and (one.until_ns is None or one.until_ns >= at_ns)]

    @property
    def life_began_ns(self) -> int | None:
        """Where its bar begins: at the call of start(), else at its birth."""
        return self.born_ns if self.start_called_ns is None else self.start_called_ns


def signal_name(number: int) -> str:
    """``SIGKILL`` for 9; ``signal 77`` for a number without a name on this system."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
