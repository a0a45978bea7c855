"""What goes wrong or is meant to end something in a run: exceptions raised and signals sent. Data only, any process.

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
