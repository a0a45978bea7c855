"""What the keeper writes into `keeper.journal`: the run as a whole, and what it sees of processes from outside.

Every `clock_ns`, and each field that ends in `_clock_ns`, is a reading of the machine's monotonic clock. `ticks` is a
process's start time in the kernel's clock ticks, which with the pid identifies it.
"""

from typing import Annotated, NamedTuple

from workers.journal.kinds import Kind
from workers.journal.slot_layout import FLAGS, HIGH_D, LOW_D, SMALL, WORD, A, B, C, ClockNs, D, E, F, written_as


@written_as(Kind.RUN)
class RunBegan(NamedTuple):
    """The first record of a run."""

    manifest_text: Annotated[int, WORD, "JSON"]
    clock_ns: ClockNs
    epoch_ns: Annotated[int, A, "the same moment as Unix time"]


@written_as(Kind.LAUNCHED)
class ProgramLaunched(NamedTuple):
    """The program was started. The times of a timeline count from here."""

    clock_ns: Annotated[ClockNs, "just before"]
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    returned_clock_ns: Annotated[int, C]
    born_clock_ns: Annotated[int, D, "the kernel's time of the birth, 0: not known"]


@written_as(Kind.FOUND, variant=0)
class JournalFound(NamedTuple):
    """The keeper found the journal of a process."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B, "-1: the process was gone already"]
    key: Annotated[int, C, "time of the journal's HELLO"]
    born_clock_ns: Annotated[int, D, "the kernel's time of the birth, 0: not known"]
    died_clock_ns: Annotated[int, E, "gone: the kernel's time of the death, 0: not known"]
    exit_code: Annotated[int, F, "gone, and the time of the death is known"]


@written_as(Kind.FOUND, variant=1)
class SubprocessFound(NamedTuple):
    """The keeper found a subprocess that its parent reported."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B, "-1: the process was gone already"]
    start_clock_ns: Annotated[int, C, "when the parent began to start it"]
    born_clock_ns: Annotated[int, D, "the kernel's time of the birth, 0: not known"]
    died_clock_ns: Annotated[int, E, "gone: the kernel's time of the death, 0: not known"]
    exit_code: Annotated[int, F, "gone, and the time of the death is known"]


@written_as(Kind.FOUND, variant=2)
class UnreportedFound(NamedTuple):
    """The keeper found a child of the program's family that no process reported."""

    command_text: Annotated[int, WORD]
    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B, "-1: the process was gone already"]
    born_clock_ns: Annotated[int, C, "the kernel's time of the birth, 0: not known"]
    parent_pid: Annotated[int, LOW_D]
    parent_thread: Annotated[int, HIGH_D, "the thread that started it, 0: not known"]
    died_clock_ns: Annotated[int, E, "gone: the kernel's time of the death, 0: not known"]
    exit_code: Annotated[int, F, "gone, and the time of the death is known"]


@written_as(Kind.EXITED)
class Exited(NamedTuple):
    """A process ended."""

    status_known: Annotated[int, FLAGS]
    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    exit_code: Annotated[int, C, "negative: the signal that ended it"]
    cpu_ns: Annotated[int, D, "CPU time used, -1: not known"]
    within_ns: Annotated[int, E, "the time is the middle of an interval of this length"]


@written_as(Kind.RELEASED)
class Released(NamedTuple):
    """The kernel released a process that had ended: its parent has reaped it."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]


@written_as(Kind.SAMPLE)
class UsageSampled(NamedTuple):
    """What a process uses, and what its first thread does."""

    doing: Annotated[int, FLAGS, "a workers.journal.codes.Doing"]
    threads: Annotated[int, SMALL, "0: not known"]
    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    cpu_ns: Annotated[int, C, "CPU time used so far"]
    rss_bytes: Annotated[int, D, "resident memory"]
    cpu_wait_ns: Annotated[int, E, "how long the first thread has waited for a core since its birth"]
    lock: Annotated[int, F, "the inode of the lock that it waits for, 0: of none"]


@written_as(Kind.MEMORY)
class MemoryParted(NamedTuple):
    """Which of the memory of a process is its own alone. Looked at seldom, in large processes."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    private_bytes: Annotated[int, C]
    shared_bytes: Annotated[int, D]


@written_as(Kind.CPU_LIMITS)
class CpuLimitsSeen(NamedTuple):
    """How much CPU time the run's control group allows: noted at the beginning and at the end of the run."""

    clock_ns: ClockNs
    millicores: Annotated[int, A, "0: no limit"]
    throttled_ns: Annotated[int, B, "how long the group has been held up since it was made"]
    throttled: Annotated[int, C, "in so many periods"]
    periods: Annotated[int, D]


@written_as(Kind.PAUSED)
class PauseChanged(NamedTuple):
    """A process was stopped by a signal, or continued."""

    paused: Annotated[int, FLAGS]
    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]


@written_as(Kind.REQUESTED)
class RequestPassed(NamedTuple):
    """The keeper passed a request of the user on to the program of a plan."""

    verb: Annotated[int, FLAGS, "index in workers.commands.VERBS"]
    request: Annotated[int, WORD, "number of the request"]
    clock_ns: ClockNs
    worker: Annotated[int, A, "0: not about one worker"]


@written_as(Kind.SIGNALLED)
class SignalSent(NamedTuple):
    """The keeper sent a process a signal."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    signal: Annotated[int, C]


@written_as(Kind.DROPPED)
class OutputDropped(NamedTuple):
    """Printed bytes could not be kept."""

    clock_ns: ClockNs
    total_bytes: Annotated[int, A, "since the run began"]


@written_as(Kind.ENDING)
class EndingBegan(NamedTuple):
    """The keeper began to end all processes of the run, or was asked to do so again."""

    clock_ns: ClockNs
    ended_by: Annotated[int, A, "EndedBy"]


@written_as(Kind.ENDED)
class RunEnded(NamedTuple):
    """The last record of a run."""

    status_known: Annotated[int, FLAGS]
    clock_ns: ClockNs
    exit_code: Annotated[int, A, "of the program"]


@written_as(Kind.LEFT_RUNNING)
class LeftRunning(NamedTuple):
    """A process was still running when the run was over."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]


@written_as(Kind.STANDSTILL)
class StandstillNoted(NamedTuple):
    """A process is on no core for a while, or is again. Written before ThreadWaitNoted existed."""

    clock_ns: Annotated[ClockNs, "since when"]
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    first_wait: Annotated[int, C, "Wait of the first thread"]
    waits: Annotated[int, D, "1 << Wait of each thread; 0: the process runs again"]


@written_as(Kind.THREAD_WAIT)
class ThreadWaitNoted(NamedTuple):
    """A thread is on no core for a while, or is again."""

    wait: Annotated[int, FLAGS, "Wait; 0: it runs again, or has ended"]
    threads: Annotated[int, SMALL, "how many threads the process has"]
    ends_text: Annotated[int, WORD, "inodes, with blanks between them, at which something has to happen"]
    clock_ns: Annotated[ClockNs, "since when; of a thread that runs again, when it was last seen to wait"]
    pid: Annotated[int, A]
    ticks: Annotated[int, B]
    thread: Annotated[int, C, "the kernel's number; that of the first is the pid"]
    object: Annotated[int, D, "inode of a pipe, socket or shared lock; address of an own lock; pid of a child"]
    signals: Annotated[int, E, "1 << signal - 1 for each signal that the process handles"]


@written_as(Kind.LOOKED)
class LookTaken(NamedTuple):
    """A look from outside into a process that does not move: its stacks, or who has the ends of pipes."""

    found_text: Annotated[int, WORD, "JSON; see workers.timeline.stacks"]
    clock_ns: ClockNs
    pid: Annotated[int, A, "0: about several processes"]
    ticks: Annotated[int, B]


@written_as(Kind.NO_MEMORY)
class OutOfMemory(NamedTuple):
    """A process was killed just when the kernel ended one for want of memory."""

    clock_ns: ClockNs
    pid: Annotated[int, A]
    ticks: Annotated[int, B]


@written_as(Kind.SUSPENDED)
class MachineSuspended(NamedTuple):
    """The machine was asleep just before, while the monotonic clock stood still."""

    clock_ns: ClockNs
    slept_ns: Annotated[int, A]
