"""What the keeper finds out about one process, as plain data. Made in `watching`, noted by `keeper_journal`."""

from typing import NamedTuple

from workers.journal.codes import Wait


class Death(NamedTuple):
    """When a process ended by the kernel's monotonic clock, and its exit code as Python gives it."""

    at_ns: int
    code: int


class Exit(NamedTuple):
    """The end of a process that was watched.

    at_ns: when it ended, or the middle of the interval in which it ended.
    code: as Python gives it; None = not known.
    cpu_ns: CPU time of its whole life; -1 = not known.
    within_ns: length of the interval around at_ns; 0 = the moment is exact.
    """

    pid: int
    ticks: int
    at_ns: int
    code: int | None
    cpu_ns: int
    within_ns: int = 0


class UnreportedChild(NamedTuple):
    """A child that neither it nor its parent reported.

    ticks: when it started; -1 = it is gone.
    name: its command in short; empty when it is gone.
    parent, thread: the process that made it, and in which of its threads; thread 0 = not known.
    born_ns: 0 = not known.
    death: when it is gone and its end is known.
    """

    pid: int
    ticks: int
    name: str
    parent: int
    thread: int = 0
    born_ns: int = 0
    death: Death | None = None


class SeenWait(NamedTuple):
    """What a thread that does not move waits in.

    object: what it waits for, as a number: the inode of a pipe, of a socket or of a lock that processes share, the address of
        a lock of the process itself, or the pid of a child; 0 = not known, or any.
    ends: the inodes of the ends at which something has to happen, where these are not the object itself.
    """

    wait: Wait
    object: int = 0
    ends: tuple[int, ...] = ()


class WaitChange(NamedTuple):
    """A thread that did not move for a while, or that moves again.

    since_ns: since when; when it moves again, or has ended, the last moment at which it was seen to wait.
    seen: what it waits in; None when it moves again, or has ended.
    """

    thread: int
    since_ns: int
    seen: SeenWait | None
