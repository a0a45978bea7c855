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


class Stall(NamedTuple):
    """What the threads of a process that does not move wait in.

    main: its first thread's wait.
    waits: a bit 1 << Wait for each thread's.
    """

    main: Wait
    waits: int
