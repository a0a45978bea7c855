"""What is known of a cluster that was watched, beside its workers and their tasks. Data only, any process.

Every `_ns` is nanoseconds from the beginning of the watch, which is the program's start. Workers are ids of processes.
"""

from dataclasses import dataclass, field

from workers.journal.codes import Watch
from workers.timeline.cluster.worker_traffic import DiskUse, Preparation, Traffic, Transfer

__all__ = ["ClusterFacts", "DiskUse", "Preparation", "Silence", "Transfer"]


@dataclass(slots=True)
class Silence:
    """A worker or the scheduler did not answer.

    worker: None for the scheduler. until_ns: when it answered again; None = it did not.
    """

    worker: int | None
    since_ns: int
    until_ns: int | None = None


@dataclass(slots=True)
class ClusterFacts:
    """The cluster.

    version: of Dask and Python there. state: how far the watch is; None before it is attached. reason: of that state.
    attached_ns: what came before is not known, but for tasks that ran then. over_ns: when the watch ended.
    left: why the scheduler removed workers, by worker, in its words.
    with_nanny: the workers whose nannies tell how they end. Of any other no exit code becomes known.
    missed_batches: of events, by worker; 0 = of any.
    retried: how many further attempts followed one that had raised, by the task's name. recomputed: how many followed one that
        had returned, and whose result was lost; by name.
    cut_off: by key, the ids of attempts that ran when their workers ended.
    preparations: what took a while before or after tasks. traffic: by worker, what is drawn on its lane beside its tasks.
    transfer_ns, transfer_bytes: of all transfers together. written_bytes: to disks, by worker.
    clock_within_ns: how wrong the scheduler's times may be beside those of this machine.
    """

    version: str = ""
    state: Watch | None = None
    reason: str = ""
    attached_ns: int | None = None
    over_ns: int | None = None
    clock_within_ns: int | None = None
    transfers: list[Transfer] = field(default_factory=list)
    disk: list[DiskUse] = field(default_factory=list)
    preparations: list[Preparation] = field(default_factory=list)
    traffic: dict[int, Traffic] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)
    with_nanny: set[int] = field(default_factory=set)
    missed_batches: dict[int, int] = field(default_factory=dict)
    retried: dict[str, int] = field(default_factory=dict)
    recomputed: dict[str, int] = field(default_factory=dict)
    cut_off: dict[str, list[int]] = field(default_factory=dict)
    transfer_ns: int = 0
    transfer_bytes: int = 0
    written_bytes: dict[int, int] = field(default_factory=dict)

    def add_transfer(self, transfer: Transfer) -> None:
        """Add a transfer."""
        self.transfers.append(transfer)
        self.traffic_of(transfer.worker).add_transfer(transfer)
        self.transfer_ns += transfer.ended_ns - transfer.began_ns
        self.transfer_bytes += transfer.size_bytes

    def add_disk(self, use: DiskUse) -> None:
        """Add a use of a worker's disk."""
        self.disk.append(use)
        self.traffic_of(use.worker).add_disk(use)
        self.written_bytes[use.worker] = self.written_bytes.get(use.worker, 0) + use.written_bytes

    def add_preparation(self, one: Preparation) -> None:
        """Add what took a while before or after a task."""
        self.preparations.append(one)
        self.traffic_of(one.worker).add_preparation(one)

    def traffic_of(self, worker: int) -> Traffic:
        """What is drawn on the lane of this worker beside its tasks; to be added to."""
        found = self.traffic.get(worker)
        if found is None:
            found = self.traffic[worker] = Traffic()
        return found
