"""What the keeper finds out about one process, as plain data. Made in `watching`, noted by `keeper_journal`."""

from dataclasses import dataclass

from workers.journal.codes import Wait


@dataclass(frozen=True, slots=True)
class Death:
    """When a process ended by the kernel's monotonic clock, and its exit code as Python gives it."""

    at_ns: int
    code: int


@dataclass(frozen=True, slots=True)
class Exit:
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


@dataclass(frozen=True, slots=True)
class UnreportedChild:
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


@dataclass(frozen=True, slots=True)
class Stall:
    """What the threads of a process that does not move wait in.

    main: its first thread's wait.
    waits: a bit 1 << Wait for each thread's.
    """

    main: Wait
    waits: int
