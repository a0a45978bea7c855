"""What goes wrong in a run, is meant to end something, or is left behind: exceptions, signals, shared memory.

Data only, any process.

Every `_ns` is nanoseconds from the program's start.
"""

from dataclasses import dataclass
from enum import IntEnum


class RaisedBy(IntEnum):
    """What an exception ended. The numbers are those of the probe."""

    TASK = 0
    TARGET = 1
    CALL = 2
    MAIN = 3
    THREAD = 4
    INITIALIZER = 5


@dataclass(frozen=True, slots=True)
class RaisedError:
    """An exception that ended something in a process, with its message and its place.

    at_ns: when that ended, as its own record has it. type: the name of the exception's class. message: as str() gives it where
        that is known; may be cut.
    file, line: of the innermost frame of the user's program; empty where it is not known.
    frames: a line for each frame, the innermost last: ``file:line function``.
    thread: the name of the thread; empty for the one that carries out the process's work, and where it is not known.
    """

    process: int
    at_ns: int
    by: RaisedBy
    type: str
    message: str = ""
    file: str = ""
    line: int = 0
    frames: tuple[str, ...] = ()
    thread: str = ""

    @property
    def text(self) -> str:
        """``ValueError: bad value``; without a message, the type."""
        return f"{self.type}: {self.message}" if self.message else self.type


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal that was sent to a process.

    by: the id of the process that sent it with os.kill(); None = the user sent it, from outside the program.
    file, line: of the program, where that process called os.kill() or what did so; empty where it is not known.
    """

    process: int
    at_ns: int
    signal: str
    by: int | None = None
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class GroupSignal:
    """A signal that the program sent to a process group with os.killpg() or os.kill().

    group: its id. own: it was the group of the sender. by: the id of the process that sent it. file, line: as Signalled.
    """

    at_ns: int
    signal: str
    group: int
    own: bool
    by: int
    file: str = ""
    line: int = 0


class ResourceKind(IntEnum):
    """What it is. The numbers are those of the probe."""

    SHARED_MEMORY = 0
    SEMAPHORE = 1
    POOL = 2


class ResourceEvent(IntEnum):
    """What happened to it. The numbers are those of the probe.

    UNLINKED: a process called unlink(), or of a Pool close() or terminate().
    REMOVED: Python's resource tracker removed it, as nobody had.
    """

    MADE = 0
    UNLINKED = 1
    REMOVED = 2


@dataclass(frozen=True, slots=True)
class ResourceNote:
    """One event of a resource.

    process: the id of the process that did it; of the resource tracker itself where that removed it.
    at_ns: nanoseconds from the program's start.
    file, line: of the program, where it was made; empty and 0 where that is not known. size_bytes: of a block that was made.
    """

    process: int
    at_ns: int
    event: ResourceEvent
    kind: ResourceKind
    name: str
    file: str = ""
    line: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class LostOutput:
    """Output in a buffer that os._exit() did not write. last_line: of it, or its end. size_bytes: what a fork inherited counts.

    process: its id. file, line: of the program, where it called os._exit(); empty and 0 where that is not known.
    """

    process: int
    at_ns: int
    last_line: str
    size_bytes: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class UnguardedChange:
    """The first time that a process changed a Value or an item of an Array at this line, which reads it, without any lock.

    process: its id. shared: names the Value or the item in all processes.
    """

    process: int
    at_ns: int
    shared: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class InheritedDraw:
    """A worker drew from a random generator that it inherited.

    process: its id. generator: the program's global variable, or ``numpy.random``. state: equal where the inherited states are.
    """

    process: int
    at_ns: int
    generator: str
    state: int


@dataclass(frozen=True, slots=True)
class InheritedRead:
    """The first time that a process read from a connection that a fork passed on.

    process: its id. connection: the inode of the socket. peer: to where; may be empty. made_file, made_line: where the
    connection was made. file, line: where it was read.
    """

    process: int
    at_ns: int
    connection: int
    peer: str
    made_file: str
    made_line: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class QueueCount:
    """What one process did with a JoinableQueue.

    puts: items that it put. task_dones: its calls of task_done(). joined_ns: when it called join() last; None = never.
    """

    puts: int
    task_dones: int
    joined_ns: int | None


Mistake = LostOutput | UnguardedChange | InheritedDraw | InheritedRead
"""What a process may have done wrong with what it shares or leaves; alone, none of them has to be a fault."""
