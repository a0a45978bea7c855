"""The records of the bridge to a cluster. Part of a Fold, which owns it.

Their times are readings of clocks elsewhere: each is moved to the run's clock by what was measured of its clock last. The
records of a worker wait until its clock was measured, which takes a moment.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workers.folding.cluster.cluster_attempts import ClusterAttempts
from workers.folding.cluster.known_worker import KnownWorker
from workers.folding.lifetimes import Lifetimes
from workers.folding.run_clock import RunClock
from workers.folding.slot_columns import columns_of
from workers.journal.cluster_kinds import (
    AnswersChanged,
    BatchesMissed,
    ClockMeasured,
    ClusterTaskBegan,
    ClusterTaskEnded,
    ClusterTaskRan,
    DiskUsed,
    NannyWatches,
    TaskPrepared,
    TransferSeen,
    WatchState,
    WorkerBorn,
    WorkerClosing,
    WorkerExited,
    WorkerKnown,
    WorkerLeft,
    WorkerUsed,
)
from workers.journal.codes import Preparing, Watch
from workers.journal.follower import Entries
from workers.journal.kinds import Kind
from workers.journal.slot_layout import layout_of
from workers.journal.slots import Record, Slots
from workers.recorded.probe import SLOT
from workers.timeline.cluster.cluster_facts import ClusterFacts, DiskUse, Preparation, Silence, Transfer
from workers.timeline.distinct import distinct
from workers.timeline.model import ProcessKind, SpanKind
from workers.timeline.tasks.task_details import TEXT_BITS, key_number
from workers.timeline.timeline import Timeline

_RAN_COLUMNS = columns_of(ClusterTaskRan)
_RAN = np.frombuffer(bytes((Kind.CLUSTER_TASK, layout_of(ClusterTaskRan).variant or 0)), np.uint16)[0]
_PREPARING: dict[int, SpanKind] = {
    Preparing.DISK_READ: SpanKind.DISK,
    Preparing.DISK_WRITE: SpanKind.DISK,
    Preparing.DESERIALIZE: SpanKind.DESERIALIZE,
}
"""What a worker did for a task, as it is drawn. A later version may know more."""
_MUCH_WORSE = 2
_PATIENCE_NS = 3_000_000_000
"""How long a nanny's word of a worker's end is waited for, after the scheduler removed the worker."""
_OLD_NS = 120_000_000_000
_LONGEST_KEY = 1000


class ClusterRecords:
    """Adds workers of a cluster and their tasks to a timeline."""

    def __init__(self, timeline: Timeline, lifetimes: Lifetimes, clock: RunClock) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._workers: dict[int, KnownWorker] = {}
        self._add_ns: int | None = None  # to the scheduler's clock for the run's
        self._within_ns = 0
        self._clock_ns = 0
        self._waiting: list[WorkerKnown | WorkerLeft] = []  # for the scheduler's clock
        self._silences: dict[int, Silence] = {}
        self._attempts = ClusterAttempts(timeline, lifetimes)
        self._left: dict[
            int, int
        ] = {}  # by number, when the scheduler removed workers of whose end nothing else is known

    def take(self, entries: Entries) -> None:
        """New records of the cluster's journal."""
        facts = self._facts
        slots, texts = entries.records, entries.texts
        ran = np.frombuffer(slots.data, np.uint16)[:: SLOT // 2] == _RAN
        edges = np.flatnonzero(ran[1:] != ran[:-1]) + 1
        for low, high in pairwise([0, *edges.tolist(), len(ran)]):
            if high - low > 1 and ran[low]:
                self._take_ran(slots[low:high], texts)
            else:
                for record in slots[low:high]:
                    self._take_one(facts, record, texts)

    def settle(self, *, live: bool) -> None:
        """Add what was held. live: someone is looking; else only when it is a lot."""
        self._attempts.settle(live=live)
        for number, left_ns in list(self._left.items()):
            if self._timeline.now_ns - left_ns > _PATIENCE_NS:
                self._end_without_word(number)

    def finish(self) -> None:
        """No more records come."""
        for worker in self._workers.values():
            if worker.add_ns is None and self._add_ns is not None and worker.held:
                worker.add_ns = 0  # its clock was never measured: taken for the scheduler's, and said to be unknown
                worker.process.clock_within_ns = None
                self._release(worker)
        self._attempts.settle(live=True)
        if self._timeline.cluster is not None:
            self._end_workers(self._timeline.cluster)
            self._warn_of_missed(self._timeline.cluster)

    @property
    def _facts(self) -> ClusterFacts:
        if self._timeline.cluster is None:
            self._timeline.cluster = ClusterFacts()
        return self._timeline.cluster

    def _take_one(self, facts: ClusterFacts, record: Record, texts: Mapping[int, str]) -> None:
        match record:
            case WorkerKnown():
                self._worker_known(record, texts)
            case ClockMeasured():
                self._clock_measured(facts, record)
            case WatchState():
                self._state_changed(facts, record, texts.get(record.text, ""))
            case AnswersChanged():
                self._answers_changed(facts, record)
            case BatchesMissed():
                who = self._workers.get(record.worker)
                of = who.process.id if who else 0
                facts.missed_batches[of] = facts.missed_batches.get(of, 0) + record.batches
            case NannyWatches() if record.worker in self._workers:
                facts.with_nanny.add(self._workers[record.worker].process.id)
            case WorkerLeft() if record.worker in self._workers:
                worker = self._workers[record.worker]
                facts.left[worker.process.id] = texts.get(record.why_text, "")
                self._worker_left(worker, record)
            case ClusterTaskBegan() | ClusterTaskRan() | ClusterTaskEnded() if record.worker in self._workers:
                number = self._timeline.tasks.names.number
                key = key_number(number(texts.get(record.key_text, "?")[:_LONGEST_KEY]), record.key_number)
                error = "" if isinstance(record, ClusterTaskBegan) else texts.get(record.error_text, "?")
                name = number(texts.get(record.name_text, "?"))
                self._about(self._workers[record.worker], record, key, name, number(error))
            case TaskPrepared() if record.worker in self._workers and record.what in _PREPARING:
                key = self._timeline.tasks.names.number(texts.get(record.key_text, "?")[:_LONGEST_KEY])
                self._about(self._workers[record.worker], record, key)
            case WorkerBorn() | TransferSeen() | DiskUsed() | WorkerUsed() | WorkerExited() | WorkerClosing():
                if record.worker in self._workers:
                    self._about(self._workers[record.worker], record)

    def _about(self, worker: KnownWorker, record: Record, key: int = 0, name: int = 0, error: int = 0) -> None:
        """A record with a time of a worker's clock. key, name, error: as the timeline's tasks have them."""
        if worker.add_ns is None or self._add_ns is None:
            worker.held.append((record, key, name, error))
            return
        timeline, process = self._timeline, worker.process
        match record:
            case ClusterTaskBegan():
                began_ns = self._at(worker, record.began_raw_ns)
                self._attempts.begin(worker, record.slot, key, record.run, name, began_ns)
            case ClusterTaskEnded():
                self._attempts.end(
                    worker, record.slot, key, record.run, name, error, self._at(worker, record.began_raw_ns),
                    self._at(worker, record.ended_raw_ns), record.result_bytes,
                )  # fmt: skip
            case ClusterTaskRan():
                row = [record.worker, record.slot, self._at(worker, record.began_raw_ns),
                       self._at(worker, record.ended_raw_ns), name, error, record.result_bytes]  # fmt: skip
                self._attempts.ran(self._workers, np.array([row], np.int64).T, np.array([key], np.uint64))
            case WorkerBorn():
                if record.born_raw_ns:
                    born_ns = self._at(worker, record.born_raw_ns)
                    self._lifetimes.born(process, born_ns, exactly=True)
                    if worker.before:  # when it joined is not known
                        self._lifetimes.began_by(process, born_ns)
                    timeline.touch(process.id)
            case TransferSeen():
                sender = self._workers.get(record.sender)
                self._facts.add_transfer(
                    Transfer(
                        process.id,
                        sender.process.id if sender else None,
                        self._at(worker, record.began_raw_ns),
                        self._at(worker, record.ended_raw_ns),
                        record.size_bytes,
                        record.keys,
                    )
                )
                timeline.touch(process.id)
            case DiskUsed():
                at_ns = self._at(worker, record.at_raw_ns)
                self._facts.add_disk(
                    DiskUse(
                        process.id,
                        at_ns,
                        record.writes,
                        record.written_bytes,
                        record.reads,
                        record.read_bytes,
                    )
                )
                timeline.touch(process.id)
            case TaskPrepared():
                self._facts.add_preparation(
                    Preparation(
                        process.id,
                        _PREPARING[record.what],
                        record.what == Preparing.DISK_WRITE,
                        self._at(worker, record.began_raw_ns),
                        self._at(worker, record.ended_raw_ns),
                        timeline.tasks.names[key],
                    )
                )
                timeline.touch(process.id)
            case WorkerUsed():
                at_ns = self._at(worker, record.at_raw_ns)
                process.cpu_s, process.rss_bytes = record.cpu_ns / 1e9, record.rss_bytes
                process.peak_rss_bytes = max(process.peak_rss_bytes or 0, record.rss_bytes) or None
                timeline.add_sample(process.id, at_ns, process.cpu_s, record.rss_bytes)
                self._lifetimes.wrote(process, at_ns)
            case WorkerExited():
                self._left.pop(worker.number, None)
                process.lost, process.lost_ns = False, None
                exited_ns = self._at(worker, record.exited_raw_ns)
                self._lifetimes.exited(process, exited_ns, record.exit_code)
                self._lifetimes.reaped(process, exited_ns)  # by its nanny, which learned of the end by that
                self._attempts.cut_off(worker, self._facts)
                timeline.touch(process.id)
            case WorkerClosing():
                worker.closing = True
                self._lifetimes.wrote(process, self._at(worker, record.at_raw_ns))

    def _take_ran(self, slots: Slots, texts: Mapping[int, str]) -> None:
        """Attempts of many workers that have ended."""
        columns = np.frombuffer(slots.data, _RAN_COLUMNS)
        numbers = columns["worker"]
        known = sorted({*numbers.tolist()})
        ready = {number: self._workers[number] for number in known if number in self._workers}
        if self._add_ns is None or len(ready) < len(known) or any(one.add_ns is None for one in ready.values()):
            facts = self._facts
            for record in slots:
                self._take_one(facts, record, texts)
            return
        places = np.searchsorted(known, numbers)
        add = np.array([ready[number].add_ns for number in known], np.int64)[places] + self._clock.since_start(
            self._add_ns
        )
        keys = self._names_of(columns["key_text"], texts).astype(np.uint64)
        keys |= columns["key_number"].astype(np.uint64) << np.uint64(TEXT_BITS)
        rows = [
            numbers.astype(np.int64), columns["slot"].astype(np.int64),
            columns["began_raw_ns"] + add, columns["ended_raw_ns"] + add,
            self._names_of(columns["name_text"], texts), self._names_of(columns["error_text"], texts),
            columns["result_bytes"],
        ]  # fmt: skip
        self._attempts.ran(self._workers, np.stack(rows), keys)

    def _names_of(self, column: NDArray[np.uint32], texts: Mapping[int, str]) -> NDArray[np.int64]:
        """Numbers of texts as numbers in the timeline's table of names."""
        names = self._timeline.tasks.names
        found = distinct(column)
        known = [names.number(texts.get(one, "?")[:_LONGEST_KEY]) if one else 0 for one in found.values.tolist()]
        return np.array(known, np.int64)[found.which]

    def _worker_known(self, record: WorkerKnown, texts: Mapping[int, str]) -> None:
        address, name = texts.get(record.address_text, "?"), texts.get(record.name_text, "")
        process = self._timeline.add_process(_short(name or address), ProcessKind.CLUSTER_WORKER)
        process.pid = record.pid
        process.host, process.address = texts.get(record.host_text, ""), address
        process.threads = max(1, record.thread_count)
        process.clock_within_ns = None
        self._workers[record.worker] = KnownWorker(process, record)
        self._joined(record)

    def _joined(self, record: WorkerKnown) -> None:
        if self._add_ns is None:
            self._waiting.append(record)
            return
        process = self._workers[record.worker].process
        at_ns = self._clock.since_start(record.joined_raw_ns + self._add_ns)
        self._lifetimes.born(process, at_ns)
        self._lifetimes.began_by(process, at_ns)
        self._timeline.touch(process.id)

    def _worker_left(self, worker: KnownWorker, record: WorkerLeft) -> None:
        if self._add_ns is None:
            self._waiting.append(record)
            return
        if worker.process.exited_ns is None:
            self._left[record.worker] = self._clock.since_start(record.left_raw_ns + self._add_ns)
        self._timeline.touch(worker.process.id)

    def _end_without_word(self, number: int) -> None:
        """No nanny tells how a worker ended: it did so in good order, or was lost from sight."""
        worker, left_ns = self._workers[number], self._left.pop(number)
        process = worker.process
        if worker.closing:
            self._lifetimes.reaped(process, left_ns)
            self._lifetimes.bracket(process)
        else:
            process.lost, process.lost_ns = True, left_ns
            self._attempts.cut_off(worker, self._facts)
        self._timeline.touch(process.id)

    def _clock_measured(self, facts: ClusterFacts, record: ClockMeasured) -> None:
        if not record.worker:
            if self._add_ns is None or self._is_better(record, self._clock_ns, self._within_ns):
                self._add_ns, self._within_ns, self._clock_ns = record.add_ns, record.within_ns, record.clock_ns
                facts.clock_within_ns = record.within_ns
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                if isinstance(one, WorkerKnown):
                    self._joined(one)
                else:
                    self._worker_left(self._workers[one.worker], one)
            for worker in self._workers.values():
                self._release(worker)
            return
        measured = self._workers.get(record.worker)
        if measured is not None:
            self._worker_measured(measured, record)

    def _worker_measured(self, worker: KnownWorker, record: ClockMeasured) -> None:
        if worker.add_ns is None or self._is_better(record, worker.clock_ns, worker.within_ns):
            worker.add_ns, worker.within_ns, worker.clock_ns = record.add_ns, record.within_ns, record.clock_ns
            worker.process.clock_within_ns = record.within_ns + self._within_ns
        self._release(worker)

    def _is_better(self, record: ClockMeasured, clock_ns: int, within_ns: int) -> bool:
        """Whether a newer measurement replaces an older one: clocks drift apart, and on a busy network it is less exact."""
        return record.within_ns <= within_ns * _MUCH_WORSE or record.clock_ns - clock_ns > _OLD_NS

    def _release(self, worker: KnownWorker) -> None:
        """Take what waited for a worker's clock."""
        if worker.add_ns is None or self._add_ns is None:
            return
        if worker.process.clock_within_ns is None and worker.clock_ns:
            worker.process.clock_within_ns = worker.within_ns + self._within_ns
        held, worker.held = worker.held, []
        for one in held:
            self._about(worker, *one)

    def _at(self, worker: KnownWorker, raw_ns: int) -> int:
        """A reading of a worker's clock as a time of the timeline."""
        return self._clock.since_start(raw_ns + (worker.add_ns or 0) + (self._add_ns or 0))

    def _state_changed(self, facts: ClusterFacts, record: WatchState, text: str) -> None:
        at_ns = self._clock.since_start(record.clock_ns)
        try:
            facts.state = Watch(record.state)
        except ValueError:
            return  # of a later version
        if facts.state is Watch.ATTACHED:
            facts.attached_ns, facts.version = at_ns, text
        else:
            facts.over_ns, facts.reason = at_ns, text
        self._timeline.touch(1)

    def _answers_changed(self, facts: ClusterFacts, record: AnswersChanged) -> None:
        at_ns = self._clock.since_start(record.since_clock_ns)
        worker = self._workers.get(record.worker)
        if record.worker and worker is None:
            return
        silence = self._silences.pop(record.worker, None)
        if silence is not None:
            silence.until_ns = max(at_ns, silence.since_ns)
        if not record.answers:
            silence = self._silences[record.worker] = Silence(worker.process.id if worker else None, at_ns)
            facts.silences.append(silence)
        self._timeline.touch(worker.process.id if worker else 1)

    def _end_workers(self, facts: ClusterFacts) -> None:
        """The watch is over, and the cluster may go on. What becomes of its workers is not known any more."""
        for number in list(self._left):
            self._end_without_word(number)
        gone = facts.state not in (Watch.LEFT, Watch.STAYS, Watch.CLOSED)
        for worker in self._workers.values():
            process = worker.process
            if not process.ended:
                process.lost, process.left = gone, not gone
                process.lost_ns = self._timeline.now_ns if facts.over_ns is None else facts.over_ns
                for lane in self._timeline.tasks.all_of(process.id):
                    lane.goes_on = process.left
                self._timeline.touch(process.id)

    def _warn_of_missed(self, facts: ClusterFacts) -> None:
        missed = sum(facts.missed_batches.values())
        if missed:
            batches, them = ("1 batch", "it") if missed == 1 else (f"{missed:,} batches", "them")
            self._timeline.warnings.append(
                f"{batches} of events from the cluster never came: the tasks in {them} are not shown."
            )


def _short(name: str) -> str:
    """A worker without a name of its own has its address for one: the scheme is not worth the room."""
    return name.partition("://")[2] or name
