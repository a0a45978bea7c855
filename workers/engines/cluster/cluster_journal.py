"""The journal of a watched cluster: takes what the plugins sent, and appends it as records. The bridge's process and thread.

Times stay as they came. Here each process gets its number and each text is written once.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.engines.cluster.key_names import key_parts, name_of_key
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
from workers.journal.codes import Watch
from workers.journal.run_files import CLUSTER
from workers.journal.slots import Record, packed
from workers.recorded.probe import LIMIT, Journal

_MOST_THREADS = 0xFFFF


@dataclass(slots=True)
class _SentWorker:
    """A worker process.

    open: attempts whose beginning is written, each with its key as it is written. batches: the numbers of those that came.
    """

    number: int
    pid: int
    nanny: str
    open: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    batches: set[int] = field(default_factory=set)
    last_batch: int = 0
    over: bool = False


class ClusterJournal:
    """`cluster.journal` in the run's folder. Raises OSError when it cannot be made."""

    def __init__(self, folder: Path) -> None:
        limit = folder / LIMIT
        self._journal = Journal(str(folder / CLUSTER), limit=str(limit) if limit.exists() else "")
        self._workers: list[_SentWorker] = []
        self._by_address: dict[str, _SentWorker] = {}
        self._dropped = 0
        self._nannies: set[str] = set()  # the addresses of those that tell how their workers end

    @property
    def failed(self) -> bool:
        """Whether there is no room left on the disk."""
        return self._journal.failed

    def state(self, state: Watch, text: str = "") -> None:
        """How far the watch is."""
        self._write(WatchState(state, self._text(text), _now()))

    def scheduler_clock(self, add_ns: int, within_ns: int) -> None:
        """What to add to the scheduler's clock for the run's."""
        self._write(ClockMeasured(_now(), 0, add_ns, within_ns))

    def scheduler_answers(self, answers: bool, since_ns: int) -> None:
        """The scheduler stopped answering, or answers again."""
        self._write(AnswersChanged(answers, _now(), 0, since_ns))

    def dropped(self, total: int) -> None:
        """How many entries the scheduler had no room for."""
        if total > self._dropped:
            self._write(BatchesMissed(_now(), 0, total - self._dropped))
            self._dropped = total

    def take(self, entry: Any) -> None:
        """An entry of the scheduler's side. One that is not as it should be raises ValueError, TypeError or KeyError."""
        match entry:
            case ["worker", at, address, pid, name, threads, nanny, host, before]:
                worker = _SentWorker(len(self._workers) + 1, int(pid), str(nanny))
                self._workers.append(worker)
                self._by_address[str(address)] = worker
                self._write(
                    WorkerKnown(
                        bool(before), self._text(address), _now(), worker.number, self._text(name), self._text(host),
                        int(pid), int(threads), int(at),
                    )
                )  # fmt: skip
                if worker.nanny in self._nannies:
                    self._write(NannyWatches(_now(), worker.number))
            case ["left", at, address, why]:
                gone = self._by_address.pop(str(address), None)
                if gone is not None:
                    self._write(WorkerLeft(self._text(_stimulus(why)), _now(), gone.number, int(at)))
            case ["clock", _, address, add_ns, within_ns] if address in self._by_address:
                self._write(ClockMeasured(_now(), self._by_address[address].number, int(add_ns), int(within_ns)))
            case ["silent" | "heard" as what, _, address, ago_ns] if address in self._by_address:
                since_ns = _now() - int(ago_ns)
                self._write(AnswersChanged(what == "heard", _now(), self._by_address[address].number, since_ns))
            case ["events", _, message]:
                self._take_message(message)

    def _take_message(self, message: dict[str, Any]) -> None:
        worker = self._worker_of(message)
        if "watches" in message:  # its worker may be still to come
            self._nannies.add(str(message["n"]))
            if worker is not None and not worker.over:
                self._write(NannyWatches(_now(), worker.number))
            return
        if worker is None:
            return
        number = message.get("seq")
        if number is not None:
            if number in worker.batches:
                return  # it came before its process died, and is among its last words as well
            worker.batches.add(number)
            worker.last_batch = max(worker.last_batch, number)
        if "joined" in message:
            self._write(WorkerBorn(_now(), worker.number, int(message["joined"])))
        self._take_events(worker, message["ev"])
        if "exit" in message and not worker.over:
            worker.over = True
            self._write(WorkerExited(_now(), worker.number, int(message["t"]), int(message["exit"])))
            self._count_missed(worker)

    def _worker_of(self, message: dict[str, Any]) -> _SentWorker | None:
        pid, nanny = int(message["pid"]), message.get("n")
        if nanny is None:
            worker = self._by_address.get(message["w"])
            if worker is not None and worker.pid == pid:
                return worker
            return next((one for one in reversed(self._workers) if one.pid == pid and not one.over), None)
        of_nanny = [one for one in self._workers if one.nanny == nanny and pid in (0, one.pid)]
        return of_nanny[-1] if of_nanny else None

    def _take_events(self, worker: _SentWorker, events: list[Any]) -> None:
        begun: dict[tuple[str, int], Any] = {}  # in this batch, and not ended so far
        for event in events:
            match event:
                case ["S", _, key, run, _]:
                    begun[key, run] = event
                case ["E", _, key, run, slot, _, t0, t1, error, size]:
                    announced = worker.open.pop((key, run), None)
                    begun.pop((key, run), None)
                    made = ClusterTaskEnded if announced else ClusterTaskRan
                    text, key_number = announced or self._key(key)
                    self._write(
                        made(
                            min(slot, _MOST_THREADS), self._text(name_of_key(key)), _now(), worker.number,
                            self._text(error), text, key_number, t0, t1, run, size,
                        )
                    )  # fmt: skip
                case ["T", t0, t1, sender, size, keys]:
                    other = self._by_address.get(sender)
                    self._write(TransferSeen(_now(), worker.number, other.number if other else 0, t0, t1, size, keys))
                case ["P", t0, t1, key, what]:
                    text = self._journal.text(key, keep=False)
                    self._write(TaskPrepared(what, text, _now(), worker.number, t0, t1))
                case ["D", at, *counts]:
                    self._write(DiskUsed(_now(), worker.number, at, *counts))
                case ["U", at, cpu_ns, rss]:
                    self._write(WorkerUsed(_now(), worker.number, at, cpu_ns, rss))
                case ["X", at]:
                    self._write(WorkerClosing(_now(), worker.number, at))
        for (key, run), (_, began, _, _, slot) in begun.items():
            name, written = self._text(name_of_key(key)), self._key(key)
            worker.open[key, run] = written
            self._write(ClusterTaskBegan(min(slot, _MOST_THREADS), name, _now(), worker.number, *written, began, run))

    def _count_missed(self, worker: _SentWorker) -> None:
        missed = worker.last_batch + 1 - len(worker.batches) if worker.batches else 0
        if 0 not in worker.batches:
            missed -= 1
        if missed > 0:
            self._write(BatchesMissed(_now(), worker.number, missed))

    def _key(self, key: str) -> tuple[int, int]:
        """A key as a record has it. Of the many keys that differ by their numbers alone the text is written once."""
        text, number = key_parts(key)
        return self._journal.text(text, keep=number > 0), number

    def _text(self, text: Any) -> int:
        return self._journal.text(str(text))

    def _write(self, record: Record) -> None:
        place = self._journal.place()
        if place is not None:
            memory, at = place
            slot = packed(record)
            memory[at + 1 : at + len(slot)] = slot[1:]
            memory[at] = slot[0]


def _stimulus(why: str) -> str:
    """What caused something, without the moment that Dask's scheduler writes behind it."""
    return why.rstrip("0123456789.").rstrip("-")


def _now() -> int:
    return time.perf_counter_ns()
