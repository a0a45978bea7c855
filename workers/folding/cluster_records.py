"""The records of the bridge to a cluster. Part of a Fold, which owns it.

Their times are readings of clocks elsewhere: each is moved to the run's clock by what was measured of its clock last. The
records of a worker wait until its clock was measured, which takes a moment. The tasks of many workers come mixed, and are added
many at once.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
    TransferSeen,
    WatchState,
    WorkerBorn,
    WorkerClosing,
    WorkerExited,
    WorkerKnown,
    WorkerLeft,
    WorkerUsed,
)
from workers.journal.codes import Watch
from workers.journal.follower import Entries
from workers.journal.kinds import Kind
from workers.journal.slot_layout import layout_of
from workers.journal.slots import Record, Slots
from workers.recorded.probe import SLOT
from workers.timeline.cluster.cluster_facts import ClusterFacts, DiskUse, Silence, Transfer
from workers.timeline.model import PoolThread, Process, ProcessKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline

_RAN_COLUMNS = columns_of(ClusterTaskRan)
_RAN = bytes((Kind.CLUSTER_TASK, layout_of(ClusterTaskRan).variant or 0))
_MOST_HELD = 1 << 17
_MUCH_WORSE = 2
_PATIENCE_NS = 3_000_000_000
"""How long a nanny's word of a worker's end is waited for, after the scheduler removed the worker."""
_OLD_NS = 120_000_000_000
_MOST_ATTEMPTS = 0xFFFF
_LONGEST_KEY = 1000


class _KnownWorker:
    """A worker. add_ns: to its clock for the scheduler's; None = not measured yet. held: records that wait for that."""

    __slots__ = ("add_ns", "clock_ns", "closing", "held", "known", "open", "process", "threads", "within_ns")

    def __init__(self, process: Process, known: WorkerKnown) -> None:
        self.process = process
        self.known = known
        self.add_ns: int | None = None
        self.within_ns = 0
        self.clock_ns = 0
        self.held: list[tuple[Record, str, str, str]] = []
        self.open: dict[tuple[str, int], int] = {}
        self.threads: dict[int, PoolThread] = {}
        self.closing = False


class ClusterRecords:
    """Adds workers of a cluster and their tasks to a timeline."""

    def __init__(self, timeline: Timeline, lifetimes: Lifetimes, clock: RunClock) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._workers: dict[int, _KnownWorker] = {}
        self._add_ns: int | None = None  # to the scheduler's clock for the run's
        self._within_ns = 0
        self._clock_ns = 0
        self._waiting: list[WorkerKnown | WorkerLeft] = []  # for the scheduler's clock
        self._silences: dict[int, Silence] = {}
        self._attempts: dict[str, int] = {}
        self._counted: dict[
            str, tuple[dict[str, int], str]
        ] = {}  # as what the last further attempt at a key was counted
        self._raised: set[str] = set()  # the keys of tasks of which an attempt raised
        self._columns: list[NDArray[np.int64]] = []  # of tasks to be added: see _hold
        self._held = 0
        self._left: dict[
            int, int
        ] = {}  # by number, when the scheduler removed workers of whose end nothing else is known

    def take(self, entries: Entries) -> None:
        """New records of the cluster's journal."""
        facts = self._facts
        slots, texts = entries.records, entries.texts
        data = slots.data
        at, count = 0, len(slots)
        while at < count:
            end = at
            while end < count and data[end * SLOT : end * SLOT + 2] == _RAN:
                end += 1
            if end - at > 1:
                self._take_ran(slots[at:end], texts)
                at = end
                continue
            self._take_one(facts, slots[at], texts)
            at += 1

    def settle(self, *, live: bool) -> None:
        """Add what was held. live: someone is looking; else only when it is a lot."""
        if self._held and (live or self._held > _MOST_HELD):
            self._add_held()
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
        self._add_held()
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
                key = texts.get(record.key_text, "?")[:_LONGEST_KEY]
                name = texts.get(record.name_text, "?")
                error = "" if isinstance(record, ClusterTaskBegan) else texts.get(record.error_text, "?")
                self._about(self._workers[record.worker], record, key, name, error)
            case WorkerBorn() | TransferSeen() | DiskUsed() | WorkerUsed() | WorkerExited() | WorkerClosing():
                if record.worker in self._workers:
                    self._about(self._workers[record.worker], record)

    def _about(self, worker: _KnownWorker, record: Record, key: str = "", name: str = "", error: str = "") -> None:
        """A record with a time of a worker's clock."""
        if worker.add_ns is None or self._add_ns is None:
            worker.held.append((record, key, name, error))
            return
        timeline, process = self._timeline, worker.process
        match record:
            case ClusterTaskBegan():
                began_ns = self._at(worker, record.began_raw_ns)
                task = timeline.begin_task(process.id, name, began_ns, self._thread(worker, record.slot))
                worker.open[key, record.run] = task
                self._note_key(task, key, name)
                self._lifetimes.wrote(process, began_ns)
            case ClusterTaskEnded():
                ended_ns = self._at(worker, record.ended_raw_ns)
                opened = worker.open.pop((key, record.run), None)
                if opened is None:  # its beginning is damaged
                    began_ns = self._at(worker, record.began_raw_ns)
                    opened = timeline.begin_task(process.id, name, began_ns, self._thread(worker, record.slot))
                    self._note_key(opened, key, name)
                timeline.finish_task(opened, ended_ns, error or None)
                if error:
                    self._raised.add(key)
                if record.result_bytes >= 0:
                    timeline.tasks.note(opened, TaskDetail.BYTES_OUT, record.result_bytes)
                self._lifetimes.wrote(process, ended_ns)
            case ClusterTaskRan():
                names = timeline.tasks.names
                row = [record.worker, record.slot, self._at(worker, record.began_raw_ns),
                       self._at(worker, record.ended_raw_ns), names.number(name), names.number(error) if error else 0,
                       names.number(key), self._attempt(key, name, error), record.result_bytes]  # fmt: skip
                self._hold(np.array([row], np.int64).T)
            case WorkerBorn():
                if record.born_raw_ns:
                    born_ns = self._at(worker, record.born_raw_ns)
                    self._lifetimes.born(process, born_ns, exactly=True)
                    if worker.known.before:  # when it joined is not known
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
            case WorkerUsed():
                at_ns = self._at(worker, record.at_raw_ns)
                process.cpu_s, process.rss_bytes = record.cpu_ns / 1e9, record.rss_bytes
                process.peak_rss_bytes = max(process.peak_rss_bytes or 0, record.rss_bytes) or None
                timeline.add_sample(process.id, at_ns, process.cpu_s, record.rss_bytes)
                self._lifetimes.wrote(process, at_ns)
            case WorkerExited():
                self._left.pop(worker.known.worker, None)
                process.lost, process.lost_ns = False, None
                exited_ns = self._at(worker, record.exited_raw_ns)
                self._lifetimes.exited(process, exited_ns, record.exit_code)
                self._lifetimes.reaped(process, exited_ns)  # by its nanny, which learned of the end by that
                self._cut_off(worker)
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
        names = self._timeline.tasks.names
        key_texts = [texts.get(text, "?")[:_LONGEST_KEY] for text in columns["key_text"].tolist()]
        attempts = [
            self._attempt(key, texts.get(name, "?"), texts.get(error, "?") if error else "")
            for key, name, error in zip(
                key_texts, columns["name_text"].tolist(), columns["error_text"].tolist(), strict=True
            )
        ]
        self._hold(
            np.stack(
                [
                    numbers.astype(np.int64),
                    columns["slot"].astype(np.int64),
                    columns["began_raw_ns"] + add,
                    columns["ended_raw_ns"] + add,
                    self._names_of(columns["name_text"], texts),
                    self._names_of(columns["error_text"], texts),
                    np.array([names.number(key) for key in key_texts], np.int64),
                    np.array(attempts, np.int64),
                    columns["result_bytes"],
                ]
            )
        )

    def _names_of(self, column: NDArray[np.uint32], texts: Mapping[int, str]) -> NDArray[np.int64]:
        """Numbers of texts as numbers in the timeline's table of names."""
        names = self._timeline.tasks.names
        numbers = {one: names.number(texts.get(one, "?")) if one else 0 for one in {*column.tolist()}}
        return np.array([numbers[one] for one in column.tolist()], np.int64)

    def _hold(self, columns: NDArray[np.int64]) -> None:
        """Attempts to be added: worker, slot, begin, end, name, error, key, attempt, bytes of the result; int64 (9, n)."""
        self._columns.append(columns)
        self._held += columns.shape[1]

    def _add_held(self) -> None:
        if not self._held:
            return
        columns = np.concatenate(self._columns, axis=1)
        self._columns, self._held = [], 0
        lane = columns[0] * (1 << 16) + columns[1]
        columns = columns[:, np.lexsort((columns[2], lane))]
        lane = columns[0] * (1 << 16) + columns[1]
        starts = [0, *(np.flatnonzero(np.diff(lane)) + 1).tolist(), columns.shape[1]]
        for low, high in pairwise(starts):
            number, slot, t0, t1, name, error, key, attempt, size = columns[:, low:high]
            worker = self._workers[int(number[0])]
            error = error.astype(np.uint32)
            self._timeline.add_tasks(
                worker.process.id, t0, t1, name.astype(np.uint32), error if error.any() else None,
                thread=self._thread(worker, int(slot[0])), ended=True, ascending=True,
                details={TaskDetail.KEY: key.astype(np.uint32), TaskDetail.ATTEMPT: attempt.astype(np.uint16),
                         TaskDetail.BYTES_OUT: size},
            )  # fmt: skip
            self._lifetimes.wrote(worker.process, int(t1.max()))

    def _worker_known(self, record: WorkerKnown, texts: Mapping[int, str]) -> None:
        address, name = texts.get(record.address_text, "?"), texts.get(record.name_text, "")
        process = self._timeline.add_process(_short(name or address), ProcessKind.CLUSTER_WORKER)
        process.pid = record.pid
        process.host, process.address = texts.get(record.host_text, ""), address
        process.threads = max(1, record.thread_count)
        process.clock_within_ns = None
        self._workers[record.worker] = _KnownWorker(process, record)
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

    def _worker_left(self, worker: _KnownWorker, record: WorkerLeft) -> None:
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
            self._cut_off(worker)
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

    def _worker_measured(self, worker: _KnownWorker, record: ClockMeasured) -> None:
        if worker.add_ns is None or self._is_better(record, worker.clock_ns, worker.within_ns):
            worker.add_ns, worker.within_ns, worker.clock_ns = record.add_ns, record.within_ns, record.clock_ns
            worker.process.clock_within_ns = record.within_ns + self._within_ns
        self._release(worker)

    def _is_better(self, record: ClockMeasured, clock_ns: int, within_ns: int) -> bool:
        """Whether a newer measurement replaces an older one: clocks drift apart, and on a busy network it is less exact."""
        return record.within_ns <= within_ns * _MUCH_WORSE or record.clock_ns - clock_ns > _OLD_NS

    def _release(self, worker: _KnownWorker) -> None:
        """Take what waited for a worker's clock."""
        if worker.add_ns is None or self._add_ns is None:
            return
        if worker.process.clock_within_ns is None and worker.clock_ns:
            worker.process.clock_within_ns = worker.within_ns + self._within_ns
        held, worker.held = worker.held, []
        for one in held:
            self._about(worker, *one)

    def _at(self, worker: _KnownWorker, raw_ns: int) -> int:
        """A reading of a worker's clock as a time of the timeline."""
        return self._clock.since_start(raw_ns + (worker.add_ns or 0) + (self._add_ns or 0))

    def _thread(self, worker: _KnownWorker, slot: int) -> int:
        """The id of the row of a slot; 0 = the worker's own, where it has one slot."""
        if slot <= 1 and worker.process.threads == 1:
            return 0
        thread = worker.threads.get(slot)
        if thread is None:
            thread = worker.threads[slot] = self._timeline.add_thread(worker.process.id, slot)
            thread.name = f"thread {slot}"
        return thread.id

    def _note_key(self, task: int, key: str, name: str) -> None:
        tasks = self._timeline.tasks
        tasks.note(task, TaskDetail.KEY, tasks.names.number(key))
        tasks.note(task, TaskDetail.ATTEMPT, self._attempt(key, name))

    def _attempt(self, key: str, name: str, error: str = "") -> int:
        """The number of this attempt at a task, from 1. error: what it raised, if it has ended."""
        attempt = self._attempts[key] = min(self._attempts.get(key, 0) + 1, _MOST_ATTEMPTS)
        if attempt > 1 and key not in self._facts.cut_off:
            again = self._facts.retried if key in self._raised else self._facts.recomputed
            again[name] = again.get(name, 0) + 1
            self._counted[key] = again, name
        if error:
            self._raised.add(key)
        return attempt

    def _cut_off(self, worker: _KnownWorker) -> None:
        """The attempts that ran when a worker ended."""
        for (key, _), task in worker.open.items():
            self._facts.cut_off.setdefault(key, []).append(task)
            counted = self._counted.pop(key, None)  # the next attempt was told before the end of this one
            if counted is not None and self._attempts[key] > 1:
                again, name = counted
                again[name] -= 1
        worker.open.clear()

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
