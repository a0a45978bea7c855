"""What a run consists of, as a timeline holds it: processes, calls, printed lines, watched values. Data only, any process.

Every `_ns` is nanoseconds from the program's start on the machine's monotonic clock; None = did not happen, or is not
known. Ids are dense and count from 1: a process's id is its index in `Timeline.processes` plus one, a call's likewise.
"""

import signal
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from workers.journal.codes import EndedBy as EndedBy
from workers.journal.codes import Wait as Wait


class ProcessKind(StrEnum):
    """What a process is to the program."""

    PROGRAM = "program"
    WORKER = "worker"
    POOL_WORKER = "pool_worker"
    HELPER = "helper"
    FORKED = "forked"
    SUBPROCESS = "subprocess"
    CLUSTER_WORKER = "cluster_worker"


class State(StrEnum):
    """Where a process is in its life, in the words of its lane header."""

    PLANNED = "not started"
    STARTING = "starting"
    ALIVE = "alive"
    PAUSED = "paused"
    ENDING = "ending"
    ZOMBIE = "exited, not joined"
    REAPED = "collected"
    JOINED = "joined"
    EXITED = "exited"
    LOST = "lost"
    LEFT = "still running"
    NOT_BORN = "start() failed"
    TRACED = "in a trace"


LIVING = frozenset((State.STARTING, State.ALIVE, State.PAUSED, State.ENDING))


class CallName(StrEnum):
    """The calls on a Process object that are recorded."""

    START = "start"
    JOIN = "join"
    IS_ALIVE = "is_alive"
    TERMINATE = "terminate"
    KILL = "kill"
    CLOSE = "close"


class SpanKind(IntEnum):
    """What an interval on a lane shows; higher kinds matter more where two share a pixel."""

    STARTING = 1
    ALIVE = 2
    ENDING = 3
    ZOMBIE = 4
    JOIN = 5
    PAUSED = 6
    TASK = 7
    FAILED = 8


class MarkKind(IntEnum):
    """What an instant on a lane shows."""

    OUTPUT = 1
    START = 2
    ALIVE_TRUE = 3
    ALIVE_FALSE = 4
    EXIT_OK = 5
    JOINED = 6
    SIGNALLED = 7
    EXIT_BAD = 8


class LinkKind(StrEnum):
    """What an arrow between two lanes means."""

    START = "start"
    JOIN = "join"


@dataclass(slots=True)
class Standstill:
    """A process that did not run at all since `since_ns`, seen from outside. main: what its first thread waits in; waits:
    what any of its threads do. until_ns: when it was found to move again, None = it has not."""

    since_ns: int
    main: Wait
    waits: frozenset[Wait]
    until_ns: int | None = None


@dataclass(slots=True)
class Process:
    """One process of a run, with every fact known of it so far.

    worker: its number in the plan, from 1, else None. exited_ns: seen from outside; `exited_within_ns` is the width of
    the bracket when it was not seen directly but lies between two records (then `exited_ns` is the bracket's middle).
    exit_code: as Python gives it, negative for a signal. lost: nobody could see how it ended. left: it was still
    running when its run was over; lost_ns is when a lost or a left one was last known of. traced: known only from another
    program's trace, which has its threads but not when it began and ended. paused_ns, resumed_ns: of the last time that it was
    stopped by a signal. out_of_memory: the kernel said that it ended a process for want of memory just when this one was
    killed. cpu_s: CPU time used so far, as last seen; cpu_whole: whether that was at its end, of its whole life.
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
    standstill: Standstill | None = None
    out_of_memory: bool = False
    error: str | None = None
    tasks: int = 0
    output_lines: int = 0
    cpu_s: float | None = None
    cpu_whole: bool = False
    rss_bytes: int | None = None
    peak_rss_bytes: int | None = None

    @property
    def began(self) -> bool:
        """Whether anything of it happened at all."""
        return self.start_called_ns is not None or self.born_ns is not None or self.traced

    @property
    def not_born(self) -> bool:
        """Whether start() raised before there was a process."""
        return self.error is not None and self.pid is None and self.start_returned_ns is not None

    @property
    def ended(self) -> bool:
        """Whether its end is known, known to be unknowable, or it never was a process."""
        return self.exited_ns is not None or self.lost or self.left or self.not_born or self.traced

    @property
    def last_ns(self) -> int | None:
        """When it ended, or was last known of where nobody saw it end; None while it lives."""
        return self.lost_ns if self.lost or self.left else self.exited_ns

    @property
    def failed(self) -> bool:
        """Whether it ended badly: a non-zero exit code, a signal, or out of sight."""
        return self.lost or self.not_born or self.exit_code not in (None, 0)

    @property
    def signal_name(self) -> str | None:
        """``SIGKILL`` for exit code -9; None when no signal ended it."""
        return None if self.exit_code is None or self.exit_code >= 0 else signal_name(-self.exit_code)

    @property
    def exit_short(self) -> str:
        """How it ended, as short as a lane's header: ``exit 0``, ``SIGKILL``, ``lost``, empty while it lives."""
        if self.lost:
            return "lost"
        return "" if self.exit_code is None else self.signal_name or f"exit {self.exit_code}"

    @property
    def exit_text(self) -> str:
        """How it ended, short: ``exit code 0``, ``SIGKILL (exit code -9)``, ``lost``, empty while it lives."""
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

    @property
    def life_began_ns(self) -> int | None:
        """Where its bar begins: start() called, else its birth."""
        return self.born_ns if self.start_called_ns is None else self.start_called_ns


@dataclass(slots=True)
class Call:
    """One call on a Process object. by, process: process ids (process None = not matched). result: is_alive's answer,
    or whether join() found it dead. step: the plan's step it carried out, from 0. file, line: who called.
    request: the number of what a person asked the running parent, when this is its answer. times: how many calls this
    stands for, when the same question had the same answer again and again."""

    id: int
    by: int
    name: CallName
    process: int | None
    began_ns: int
    ended_ns: int | None = None
    timeout_s: float | None = None
    result: bool | None = None
    error: str | None = None
    file: str = ""
    line: int = 0
    step: int | None = None
    request: int | None = None
    times: int = 1


@dataclass(slots=True)
class Task:
    """One task of a pool or executor, on the worker that ran it. ended_ns None: it goes on, or its worker took it to the
    grave. name: the function that a person wrote."""

    id: int
    process: int
    name: str
    began_ns: int
    submitted_ns: int | None = None
    ended_ns: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class OutputLine:
    """One printed line. number: counts from 1 over the run. process: None when its writer is not known."""

    number: int
    process: int | None
    stream: str
    at_ns: int
    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """A global's value in one process when its work began or ended (`when`), as a bounded repr."""

    process: int
    name: str
    at_ns: int
    when: str
    value: str


@dataclass(slots=True)
class Request:
    """Something the person asked the running parent to do: verb and worker number; answered when the step began."""

    id: int
    verb: str
    worker: int
    at_ns: int
    answered_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal that was sent from outside the program, at a person's word."""

    process: int
    at_ns: int
    signal: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """The machine slept. at_ns: when it woke, which is also when it fell asleep: the clock of a run stands still meanwhile."""

    at_ns: int
    lasted_ns: int


@dataclass(frozen=True, slots=True, order=True)
class Bookmark:
    """A moment that a person marked, with a label of theirs."""

    at_ns: int
    label: str


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow: from one lane at one moment to another lane at another."""

    kind: LinkKind
    from_process: int
    from_ns: int
    to_process: int
    to_ns: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What one process used, seen from outside: CPU seconds since its birth, resident bytes."""

    at_ns: int
    cpu_s: float
    rss_bytes: int


def signal_name(number: int) -> str:
    """``SIGKILL`` for 9; ``signal 77`` for one without a name here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
