"""The files of a run's folder: their names, and how one is opened. Any process and thread.

Each process writes a journal of its own, `<pid>-<time>.journal`. That of a forked process begins in its parent's
`<pid>-<time>.nursery.journal`, and continues in `<pid>-<time>.more.journal` when its room there is full. Empty files
announce children to the keeper: `<pid>-<time>.child` a subprocess, `<pid>-<time>.look` one whose parent cannot name its
pid. `limit` is what the run may take of the disk (`recorded.probe.claim`).
"""

import os
from io import FileIO
from pathlib import Path

from workers.journal.nurseries import is_nursery, pid_and_time

KEEPER = "keeper.journal"
PROGRAM = "program.journal"
CLUSTER = "cluster.journal"
OUTPUT = "output.bin"
CHECKSUMS = "checksums"

_OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NAME, _MORE, _CHILD, _LOOK = ".journal", ".more.journal", ".child", ".look"


def open_part(path: Path) -> FileIO:
    """Open a file of a run's folder for unbuffered reading.

    A link is not followed, and a pipe is not waited for: a stranger may have put it there. Raises OSError for either,
    here or when it is read at a position.
    """
    return FileIO(path, opener=lambda name, flags: os.open(name, flags | _OPEN_FLAGS))


def is_journal(name: str) -> bool:
    """Whether a file of this name is a process's journal, or part of one."""
    return pid_and_time(name, _NAME) is not None or is_nursery(name) or pid_and_time(name, _MORE) is not None


def key_of(name: str) -> tuple[int, int] | None:
    """(pid, time of its HELLO) from the name of a process's journal; None for other files."""
    return pid_and_time(name, _NAME)


def child_of_name(name: str) -> tuple[int, int] | None:
    """(pid, time at which its start began) from the name of the file that announces a subprocess;

    None for other files.
    """
    return pid_and_time(name, _CHILD)


def parent_of_name(name: str) -> int | None:
    """The pid of the process that asks, by a file of this name, for its newest child to be found;

    None for other files.
    """
    found = pid_and_time(name, _LOOK)
    return found[0] if found else None
