"""What the bridge to a cluster writes into `cluster.journal` (`workers.engines.cluster.cluster_journal`).

`clock_ns` is when the bridge noted it. A field that ends in `_raw_ns` is a reading of the monotonic clock of the process that
it is about, as it came: `ClockMeasured` says how that clock and the scheduler's are related to the run's. Workers are numbered
from 1 as they became known; 0 is the scheduler.
"""

from typing import Annotated, NamedTuple

from workers.journal.kinds import Kind
from workers.journal.slot_layout import (
    FLAGS,
    HIGH_A,
    HIGH_B,
    LOW_A,
    LOW_B,
    SMALL,
    WORD,
    A,
    B,
    C,
    ClockNs,
    D,
    E,
    F,
    written_as,
)


@written_as(Kind.CLUSTER_WORKER)
class WorkerKnown(NamedTuple):
    """A worker joined the cluster, or was there before."""

    before: Annotated[int, FLAGS, "it was there before the watch"]
    address_text: Annotated[int, WORD]
    clock_ns: ClockNs
    worker: Annotated[int, A]
    name_text: Annotated[int, B]
    host_text: Annotated[int, C]
    pid: Annotated[int, D]
    thread_count: Annotated[int, E]
    joined_raw_ns: Annotated[int, F, "by the scheduler's clock"]


@written_as(Kind.CLUSTER_BORN)
class WorkerBorn(NamedTuple):
    """A worker said when its process began."""

    clock_ns: ClockNs
    worker: Annotated[int, A]
    born_raw_ns: Annotated[int, B, "0: not known"]


@written_as(Kind.CLUSTER_CLOCK)
class ClockMeasured(NamedTuple):
    """How far a clock is from another one: the scheduler's from the run's, a worker's from the scheduler's."""

    clock_ns: ClockNs
    worker: Annotated[int, A]
    add_ns: Annotated[int, B, "to a reading of the clock, for that of the other"]
    within_ns: Annotated[int, C, "at most so wrong"]


@written_as(Kind.CLUSTER_TASK, variant=0)
class ClusterTaskBegan(NamedTuple):
    """A worker began an attempt at a task, and has not ended it."""

    slot: Annotated[int, SMALL, "which of its threads, from 1"]
    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    worker: Annotated[int, LOW_A]
    key_text: Annotated[int, LOW_B]
    key_number: Annotated[int, HIGH_B, "plus one, in the place of a zero character in that text; 0: it has none"]
    began_raw_ns: Annotated[int, C]
    run: Annotated[int, E, "which attempt: no other at this key has it"]


@written_as(Kind.CLUSTER_TASK, variant=1)
class ClusterTaskRan(NamedTuple):
    """A worker began and ended an attempt at a task."""

    slot: Annotated[int, SMALL, "which of its threads, from 1"]
    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    worker: Annotated[int, LOW_A]
    error_text: Annotated[int, HIGH_A, "the exception's type, 0: none"]
    key_text: Annotated[int, LOW_B]
    key_number: Annotated[int, HIGH_B, "plus one, in the place of a zero character in that text; 0: it has none"]
    began_raw_ns: Annotated[int, C]
    ended_raw_ns: Annotated[int, D]
    run: Annotated[int, E, "which attempt: no other at this key has it"]
    result_bytes: Annotated[int, F, "-1: not known"]


@written_as(Kind.CLUSTER_TASK, variant=2)
class ClusterTaskEnded(NamedTuple):
    """An attempt ended whose beginning is a record of its own."""

    slot: Annotated[int, SMALL, "which of its threads, from 1"]
    name_text: Annotated[int, WORD]
    clock_ns: ClockNs
    worker: Annotated[int, LOW_A]
    error_text: Annotated[int, HIGH_A, "the exception's type, 0: none"]
    key_text: Annotated[int, LOW_B]
    key_number: Annotated[int, HIGH_B, "plus one, in the place of a zero character in that text; 0: it has none"]
    began_raw_ns: Annotated[int, C, "as first told"]
    ended_raw_ns: Annotated[int, D]
    run: Annotated[int, E, "which attempt: no other at this key has it"]
    result_bytes: Annotated[int, F, "-1: not known"]


@written_as(Kind.CLUSTER_TRANSFER)
class TransferSeen(NamedTuple):
    """A worker fetched results from another one."""

    clock_ns: ClockNs
    worker: Annotated[int, A, "the one that fetched"]
    sender: Annotated[int, B, "0: not known"]
    began_raw_ns: Annotated[int, C, "by the clock of the one that fetched"]
    ended_raw_ns: Annotated[int, D]
    size_bytes: Annotated[int, E]
    keys: Annotated[int, F]


@written_as(Kind.CLUSTER_DISK)
class DiskUsed(NamedTuple):
    """A worker wrote results to its disk, or read them back, since the record before."""

    clock_ns: ClockNs
    worker: Annotated[int, A]
    at_raw_ns: Annotated[int, B, "by then"]
    writes: Annotated[int, C]
    written_bytes: Annotated[int, D]
    reads: Annotated[int, E]
    read_bytes: Annotated[int, F]


@written_as(Kind.CLUSTER_USAGE)
class WorkerUsed(NamedTuple):
    """CPU time and memory of a worker."""

    clock_ns: ClockNs
    worker: Annotated[int, A]
    at_raw_ns: Annotated[int, B]
    cpu_ns: Annotated[int, C]
    rss_bytes: Annotated[int, D]


@written_as(Kind.CLUSTER_END, variant=0)
class WorkerExited(NamedTuple):
    """The nanny of a worker saw its process end."""

    clock_ns: ClockNs
    worker: Annotated[int, A]
    exited_raw_ns: Annotated[int, B, "by the worker's clock, which its nanny has too"]
    exit_code: Annotated[int, C]


@written_as(Kind.CLUSTER_END, variant=1)
class WorkerLeft(NamedTuple):
    """The scheduler removed a worker."""

    why_text: Annotated[int, WORD, "what made it do so, in the scheduler's words"]
    clock_ns: ClockNs
    worker: Annotated[int, A]
    left_raw_ns: Annotated[int, B, "by the scheduler's clock"]


@written_as(Kind.CLUSTER_END, variant=2)
class WorkerClosing(NamedTuple):
    """A worker said that it ends in good order."""

    clock_ns: ClockNs
    worker: Annotated[int, A]
    at_raw_ns: Annotated[int, B]


@written_as(Kind.CLUSTER_ANSWERS)
class AnswersChanged(NamedTuple):
    """The scheduler, or a worker, stopped answering, or answers again."""

    answers: Annotated[int, FLAGS]
    clock_ns: ClockNs
    worker: Annotated[int, A, "0: the scheduler"]
    since_clock_ns: Annotated[int, B, "when it was last heard"]


@written_as(Kind.CLUSTER_STATE)
class WatchState(NamedTuple):
    """How far the watch is."""

    state: Annotated[int, FLAGS, "codes.Watch"]
    text: Annotated[int, WORD]
    clock_ns: ClockNs


@written_as(Kind.CLUSTER_MISSED)
class BatchesMissed(NamedTuple):
    """Batches of a worker's events never came."""

    clock_ns: ClockNs
    worker: Annotated[int, A, "0: of any worker, since the scheduler had no room for them"]
    batches: Annotated[int, B]


@written_as(Kind.CLUSTER_NANNY)
class NannyWatches(NamedTuple):
    """The nanny of a worker is going to tell how its process ends."""

    clock_ns: ClockNs
    worker: Annotated[int, A]


@written_as(Kind.CLUSTER_PREPARED)
class TaskPrepared(NamedTuple):
    """A worker used its disk for a task for a while, or opened the pickle of one."""

    what: Annotated[int, SMALL, "codes.Preparing"]
    key_text: Annotated[int, WORD]
    clock_ns: ClockNs
    worker: Annotated[int, A]
    began_raw_ns: Annotated[int, B]
    ended_raw_ns: Annotated[int, C]
