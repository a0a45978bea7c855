"""A worker of a cluster that is watched, as far as it is known. Part of a Fold, which owns it."""

from workers.journal.cluster_kinds import WorkerKnown
from workers.journal.slots import Record
from workers.timeline.model import PoolThread, Process


class KnownWorker:
    """A worker. add_ns: to its clock for the scheduler's; None = not measured yet. held: records that wait for that.

    number: in the journal. before: it was there before the watch. threads: its rows, by slot.
    open: the ids of attempts that have not ended, by key and run.
    """

    __slots__ = ("add_ns", "before", "clock_ns", "closing", "held", "number", "open", "process", "threads", "within_ns")

    def __init__(self, process: Process, known: WorkerKnown) -> None:
        self.process = process
        self.number, self.before = known.worker, bool(known.before)
        self.add_ns: int | None = None
        self.within_ns = 0
        self.clock_ns = 0
        self.held: list[tuple[Record, int, int, int]] = []
        self.open: dict[tuple[int, int], int] = {}
        self.threads: dict[int, PoolThread] = {}
        self.closing = False
