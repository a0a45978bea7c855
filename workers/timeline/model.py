"""The records that a timeline holds beside its processes: calls, tasks, printed lines, values and more. Data only, any process.

Every `_ns` is nanoseconds from the program's start on the machine's monotonic clock; None = did not happen, or is not
known. Ids are dense and count from 1: a call's id is its place in `Timeline.calls` plus one.
What concerns one process is in `workers.timeline.process`, exceptions and signals are in `workers.timeline.incidents`. Their
names can be imported from here as well.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from workers.journal.codes import EndedBy
from workers.timeline.incidents import GroupSignal, RaisedBy, RaisedError, Signalled
from workers.timeline.process import LIVING, Process, ProcessKind, State, Wait, signal_name

__all__ = [
    "LIVING",
    "WAITING",
    "Bookmark",
    "Call",
    "CallName",
    "Disposition",
    "EndedBy",
    "GroupSignal",
    "Link",
    "LinkKind",
    "MarkKind",
    "OutputLine",
    "PoolThread",
    "Process",
    "ProcessKind",
    "RaisedBy",
    "RaisedError",
    "Request",
    "Sample",
    "Signalled",
    "SpanKind",
    "State",
    "Suspend",
    "Task",
    "Wait",
    "Watched",
    "signal_name",
]


class CallName(StrEnum):
    """The calls that are recorded: on a Process object, those that end all workers of an executor, and those of a plan's
    program on the future of a cluster's task, whose status is no call but is asked for like one."""

    START = "start"
    JOIN = "join"
    IS_ALIVE = "is_alive"
    TERMINATE = "terminate"
    KILL = "kill"
    CLOSE = "close"
    INTERRUPT = "interrupt"
    TERMINATE_WORKERS = "terminate_workers"
    KILL_WORKERS = "kill_workers"
    SUBMIT = "submit"
    RESULT = "result"
    STATUS = "status"
    CANCEL = "cancel"

    __hash__ = str.__hash__  # that of an enum is a function of Python, which is called for each call of a run

    @property
    def waits(self) -> bool:
        """Whether it returns when something else is over."""
        return self in WAITING

    @property
    def sends_signal(self) -> bool:
        """Whether it sends a signal to one or more processes."""
        return self in _SENDING

    @property
    def ends_workers(self) -> bool:
        """Whether it is a call on an executor, which ends all its workers."""
        return self in (CallName.TERMINATE_WORKERS, CallName.KILL_WORKERS)


WAITING = frozenset((CallName.JOIN, CallName.RESULT))
"""The calls that return when something else is over."""
_SENDING = frozenset(
    (CallName.TERMINATE, CallName.KILL, CallName.INTERRUPT, CallName.TERMINATE_WORKERS, CallName.KILL_WORKERS)
)


class SpanKind(IntEnum):
    """What an interval on a lane shows. Where two share a pixel, the greater number matters more."""

    STARTING = 1
    """From the call of start(), or the birth, until the target function begins."""
    ALIVE = 2
    """From the beginning of the target function to its end."""
    ENDING = 3
    """From the end of the target function to the exit of the process."""
    ZOMBIE = 4
    """From the exit until the parent reaps the process."""
    JOIN = 5
    """In the lane of the process that waits: a call of join()."""
    WAITING = 6
    """Seen from outside: the first thread of the process did not run at all. It waited for a lock, a queue or the like."""
    PAUSED = 7
    """Stopped by a signal, until another one continues it."""
    DESERIALIZE = 8
    """A worker of a cluster opened the pickle of a task."""
    DISK = 9
    """A worker of a cluster read what a task needs from its disk, or wrote its result there."""
    TRANSFER = 10
    """A worker of a cluster fetched results from another one."""
    TASK = 11
    """A task of a pool or executor; of an imported trace, any span."""
    FAILED = 12
    """A task that raised an exception, or whose worker died while running it."""


class MarkKind(IntEnum):
    """What an instant on a lane shows."""

    OUTPUT = 1
    """The process printed a line."""
    START = 2
    """start() was called on the process."""
    ALIVE_TRUE = 3
    """is_alive() returned True for the process."""
    ALIVE_FALSE = 4
    """is_alive() returned False for the process."""
    EXIT_OK = 5
    """The process ended with exit code 0, or one that is not known."""
    EXIT_BY_POOL = 6
    """The process was ended by its own Pool: see `Process.ended_by_pool`."""
    JOINED = 7
    """The first join() that found the process ended returned."""
    SIGNALLED = 8
    """A call such as terminate() or kill(), or the user, sent the process a signal."""
    EXIT_BAD = 9
    """The process failed: see `Process.failed`."""
    SPILLED = 10
    """A worker of a cluster wrote results to its disk, since its memory was short."""
    RETRIED = 11
    """A further attempt at a task of a cluster began."""
    LOST = 12
    """A worker of a cluster ended while it ran a task."""


class LinkKind(StrEnum):
    """What an arrow between two lanes means."""

    START = "start"
    JOIN = "join"
    TRANSFER = "transfer"


class Disposition(StrEnum):
    """What a process does with a signal that would end it otherwise."""

    HANDLED = "handled"
    IGNORED = "ignored"


@dataclass(slots=True)
class Call:
    """One call on a Process object, or on an executor to end all its workers.

    by, process: the ids of the process that called and of the one it was called on; process None = not known which, or on an
        executor.
    workers: of a call on an executor, the ids of the processes that it sent a signal.
    result: the answer of is_alive(), or whether join() found the process ended.
    file, line: where it was called. thread: the name of the thread that called; empty for the one that carries out the work of
        the process, and where it is not known.
    program_file, program_line: the line of the program for which a library made the call; empty where the program made it, and
        where that is not known. Known for calls that send a signal.
    task: of a call on a future, the key of the task, as far as it is the plan's own.
    watches: a thread of a library waits in it for the end of what the library started; that is no wait of the process.
    disposition: of a call that sends one process a signal, whether that handled or ignored it; None = neither, or not known.
    step: the plan's step that it carried out, from 0.
    request: the id of the user's request that it answers.
    times: how many calls this stands for, where the same question had the same answer again and again.
    """

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
    workers: tuple[int, ...] = ()
    thread: str = ""
    program_file: str = ""
    program_line: int = 0
    disposition: Disposition | None = None
    task: str = ""
    watches: bool = False


@dataclass(slots=True)
class PoolThread:
    """A thread that ran tasks of a pool of threads or interpreters.

    id: its place in `Timeline.threads`, from 1. number: counts the threads of its process, from 1.
    native_id: the kernel's number for it. interpreter: the id of the interpreter that its tasks ran in; None = the main one.
    """

    id: int
    process: int
    number: int
    name: str = ""
    native_id: int | None = None
    interpreter: int | None = None
    tasks: int = 0


@dataclass(slots=True)
class Task:
    """One task of a pool or executor, on the worker that ran it.

    name: the function in the user's program.
    ended_ns: None = it is still running, or its worker died while running it.
    error: the name of the exception that it raised.
    thread: the id of the `PoolThread` that ran it; 0 = the thread that carries out the work of the process.
    cpu_s: CPU time that its thread used meanwhile. bytes_in, bytes_out: of the pickles of the task and of its result.
    index, of: it is the index-th of so many tasks of one call of map(), starmap() or imap(), counted from 1.
    arguments: a short repr of plain values, where they are recorded.
    key: what a cluster calls it. attempt: its number among the attempts at that, from 1.
    """

    id: int
    process: int
    name: str
    began_ns: int
    submitted_ns: int | None = None
    ended_ns: int | None = None
    error: str | None = None
    thread: int = 0
    cpu_s: float | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None
    index: int | None = None
    of: int | None = None
    arguments: str | None = None
    key: str | None = None
    attempt: int | None = None

    @property
    def waited_ns(self) -> int | None:
        """How long it waited in the queue, from its submission to its begin; None = not known."""
        return None if self.submitted_ns is None else max(0, self.began_ns - self.submitted_ns)


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
    """The value of a global in one process when its work began or ended (`when`), as a bounded repr."""

    process: int
    name: str
    at_ns: int
    when: str
    value: str


@dataclass(slots=True)
class Request:
    """Something that the user asked the running parent to do to a worker. answered_ns: when the parent began to do it."""

    id: int
    verb: str
    worker: int
    at_ns: int
    answered_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Suspend:
    """The machine slept. at_ns: when it woke; since the clock of a run stands still meanwhile, also when it fell asleep."""

    at_ns: int
    lasted_ns: int


@dataclass(frozen=True, slots=True, order=True)
class Bookmark:
    """A moment that the user marked, with the user's label."""

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
