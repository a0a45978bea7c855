"""What the threads of a process wait in, and their stacks, as seen from outside. Data only, any process.

A look of the keeper comes as JSON. For one process ``{"threads": [{"thread", "name", "frames": [[function, file, line], …],
"may_call": […], "withs": [[file, line, text, in its body], …], "takes": [[file, line, lock, acquire() is over], …],
"unreleased": [[function, file, line], …], "unguarded": [[function, file, taken, released, left], …], "asks_ends": [file, line,
text] or null, "asked_empty": [file, line, queue] or null, "missed": [file, line,
call, following line] or null}]}``, innermost frames and with statements first;
``{"problem": sentence}`` where its stacks could not be read; and for the run ``{"ends": {inode: [[pid, reads, writes], …]}}``,
with the command of a process that is not of the run behind.
"""

import re
from dataclasses import dataclass
from typing import Any

from workers.journal.codes import Wait

ANYTHING = "?"
"""Among the calls that a thread may make: its source does not say which."""

_LIBRARY = re.compile(r"(^|[/\\])(lib(64)?[/\\]python3[^/\\]*|site-packages|dist-packages)[/\\]|^<frozen")
_MOST_THREADS, _MOST_FRAMES, _MOST_ENDS = 1000, 500, 10_000


@dataclass(frozen=True, slots=True)
class CodeFrame:
    """One function of a stack, and the line that it is at."""

    function: str
    file: str
    line: int

    @property
    def is_library(self) -> bool:
        """Whether it is code of Python or of an installed package, and not the user's own."""
        return _LIBRARY.search(self.file) is not None


@dataclass(frozen=True, slots=True)
class WithStatement:
    """A with statement that a thread is in.

    text: what it enters, as it is written. inside: the thread is in its body, and not still entering.
    by_call: a call of acquire() in place of a with statement; inside: it is over, and no release() is before the present line.
    """

    file: str
    line: int
    text: str
    inside: bool
    by_call: bool = False


@dataclass(frozen=True, slots=True)
class UnguardedLock:
    """A function that has taken a lock with acquire() from one line to another, and releases it only if it gets there.

    left: the line of a return statement in between; 0 = there is none.
    """

    function: str
    file: str
    taken: int
    released: int
    left: int


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of the user's code. text: a part of it."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class MissedSignal:
    """A call of set() or notify() that wakes only those who wait already. after: the line of clear() after set(); else 0."""

    file: str
    line: int
    call: str
    after: int


@dataclass(frozen=True, slots=True)
class ThreadStack:
    """The stack of one thread.

    thread: the kernel's number. frames, withs: innermost first. may_call: see ANYTHING.
    unreleased: where the lock that it waits for is taken, in functions that do not release it.
    unguarded: where that lock may be left locked.
    asks_ends: the loop that it is in, which asks whether processes have ended, and which nothing else ends.
    missed: it waits for an Event or a Condition, and may have come too late for this.
    asked_empty: it takes from this queue (`text`), and asked before whether that is empty.
    """

    thread: int
    name: str
    frames: tuple[CodeFrame, ...]
    may_call: frozenset[str] = frozenset((ANYTHING,))
    withs: tuple[WithStatement, ...] = ()
    unreleased: tuple[CodeFrame, ...] = ()
    unguarded: tuple[UnguardedLock, ...] = ()
    asks_ends: SourceLine | None = None
    asked_empty: SourceLine | None = None
    missed: MissedSignal | None = None


@dataclass(slots=True)
class ThreadWait:
    """A time in which a thread did not run at all.

    thread: the kernel's number. main: it is the first thread of its process.
    until_ns: when it was last seen to wait; None = it was not found to move again.
    object: as the keeper's record has it: an inode, an address or a pid; 0 = not known.
    ends: the inodes of the ends at which something has to happen.
    frames: its stack while it waited, innermost first; empty where none was read.
    """

    thread: int
    main: bool
    wait: Wait
    since_ns: int
    until_ns: int | None = None
    object: int = 0
    ends: tuple[int, ...] = ()
    frames: tuple[CodeFrame, ...] = ()


@dataclass(frozen=True, slots=True)
class EndHolder:
    """A process that has the end of a pipe or socket open, or a lock mapped.

    process: its id; None for one that is not of the run. name: the command of such a one.
    """

    process: int | None
    pid: int
    name: str
    reads: bool
    writes: bool


def stacks_of(found: Any) -> tuple[ThreadStack, ...]:
    """The stacks in one look; nothing where it makes no sense."""
    threads = found.get("threads") if isinstance(found, dict) else None
    stacks = []
    for one in threads[:_MOST_THREADS] if isinstance(threads, list) else ():
        try:
            frames = tuple(CodeFrame(str(f[0]), str(f[1]), int(f[2])) for f in one["frames"][:_MOST_FRAMES])
            may_call = frozenset(map(str, one.get("may_call", (ANYTHING,))))
            withs = tuple(
                WithStatement(str(w[0]), int(w[1]), str(w[2]), bool(w[3]), by_call)
                for what, by_call in (("withs", False), ("takes", True))
                for w in one.get(what, ())[:_MOST_FRAMES]
            )
            taken = one.get("unreleased", ())[:_MOST_FRAMES]
            unreleased = tuple(CodeFrame(str(f[0]), str(f[1]), int(f[2])) for f in taken)
            unguarded = tuple(
                UnguardedLock(str(f[0]), str(f[1]), int(f[2]), int(f[3]), int(f[4]))
                for f in one.get("unguarded", ())[:_MOST_FRAMES]
            )
            asks, asked = _source_line(one.get("asks_ends")), _source_line(one.get("asked_empty"))
            thread, name, late = int(one["thread"]), str(one["name"]), one.get("missed")
            missed = None if late is None else MissedSignal(str(late[0]), int(late[1]), str(late[2]), int(late[3]))
            stacks.append(
                ThreadStack(thread, name, frames, may_call, withs, unreleased, unguarded, asks, asked, missed)
            )
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
            continue
    return tuple(stacks)


def _source_line(found: Any) -> SourceLine | None:
    return None if found is None else SourceLine(str(found[0]), int(found[1]), str(found[2]))


def problem_of(found: Any) -> str:
    """Why one look could not read the stacks; empty where it could."""
    problem = found.get("problem") if isinstance(found, dict) else None
    return problem if isinstance(problem, str) else ""


def ends_of(found: Any) -> dict[int, list[tuple[int, bool, bool, str]]]:
    """By inode: (pid, reads, writes, command of one that is not of the run) of each process that has it."""
    ends = found.get("ends") if isinstance(found, dict) else None
    held: dict[int, list[tuple[int, bool, bool, str]]] = {}
    for inode, holders in list(ends.items())[:_MOST_ENDS] if isinstance(ends, dict) else ():
        try:
            held[int(inode)] = [
                (int(one[0]), bool(one[1]), bool(one[2]), str(one[3]) if len(one) > 3 else "")
                for one in holders[:_MOST_ENDS]
            ]
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
    return held
