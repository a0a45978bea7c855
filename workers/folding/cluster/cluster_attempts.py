"""The attempts at the tasks of a cluster. Part of a Fold, which owns it.

Keys, names and errors are numbers here, as the tasks of a timeline have them. Most attempts have ended when they are read.
These are held and added many at once, since those of many workers come mixed.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workers.folding.cluster.attempt_numbers import AttemptNumbers
from workers.folding.cluster.known_worker import KnownWorker
from workers.folding.lifetimes import Lifetimes
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.task_store import TaskDetail
from workers.timeline.tasks.task_details import key_of
from workers.timeline.timeline import Timeline

_MOST_HELD = 1 << 17
_SLOT_BITS = 16


class ClusterAttempts:
    """Adds attempts to a timeline, and numbers them."""

    def __init__(self, timeline: Timeline, lifetimes: Lifetimes) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._numbers = AttemptNumbers()
        self._counted: dict[
            int, tuple[dict[str, int], str]
        ] = {}  # by key, as what its last further attempt was counted
        self._raised: set[int] = set()  # the keys of tasks of which an attempt raised
        self._cut_off: set[int] = set()
        self._columns: list[NDArray[np.int64]] = []
        self._held = 0
        self._workers: dict[int, KnownWorker] = {}  # of what is held

    def begin(self, worker: KnownWorker, slot: int, key: int, run: int, name: int, began_ns: int) -> None:
        """An attempt began."""
        worker.open[key, run] = self._begun(worker, slot, key, name, began_ns)
        self._lifetimes.wrote(worker.process, began_ns)

    def end(self, worker: KnownWorker, slot: int, key: int, run: int, name: int, error: int,
            began_ns: int, ended_ns: int, result_bytes: int) -> None:  # fmt: skip
        """An attempt ended that had begun."""
        task = worker.open.pop((key, run), None)
        if task is None:  # its beginning is damaged
            task = self._begun(worker, slot, key, name, began_ns)
        self._timeline.finish_task(task, ended_ns, self._timeline.tasks.names[error] or None)
        if error:
            self._raised.add(key)
        if result_bytes >= 0:
            self._timeline.tasks.note(task, TaskDetail.BYTES_OUT, result_bytes)
        self._lifetimes.wrote(worker.process, ended_ns)

    def ran(self, workers: dict[int, KnownWorker], columns: NDArray[np.int64], keys: NDArray[np.uint64]) -> None:
        """Attempts that have ended, in the order in which they were told.

        columns: int64 (7, n): number of the worker, slot, begin, end, name, error, bytes of the result.
        """
        if not columns[5].any() and self._numbers.are_first(keys):
            attempts = np.ones(len(keys), np.int64)
        else:
            numbered = map(self._number, keys.tolist(), columns[4].tolist(), columns[5].tolist())
            attempts = np.fromiter(numbered, np.int64, len(keys))
        self._columns.append(np.concatenate((columns, keys.view(np.int64)[None], attempts[None])))
        self._held += len(keys)
        self._workers = workers

    def cut_off(self, worker: KnownWorker, facts: ClusterFacts) -> None:
        """A worker ended, and with it the attempts that ran there."""
        process = worker.process
        for (key, _), task in worker.open.items():
            self._cut_off.add(key)
            facts.traffic_of(process.id).add_lost(process.last_ns or self._timeline.now_ns, task)
            facts.cut_off.setdefault(key_of(self._timeline.tasks.names, key), []).append(task)
            counted = self._counted.pop(key, None)  # the next attempt was told before the end of this one
            if counted is not None:
                again, name = counted
                again[name] -= 1
        worker.open.clear()

    def settle(self, *, live: bool) -> None:
        """Add what is held. live: someone is looking; else only when it is a lot."""
        if not self._held or not (live or self._held > _MOST_HELD):
            return
        columns = np.concatenate(self._columns, axis=1)
        self._columns, self._held = [], 0
        lane = columns[0] << _SLOT_BITS | columns[1]
        order = np.lexsort((columns[2], lane))
        columns, lane = columns[:, order], lane[order]
        starts = [0, *(np.flatnonzero(np.diff(lane)) + 1).tolist(), columns.shape[1]]
        names, errors = columns[4].astype(np.uint32), columns[5].astype(np.uint32)
        keys, attempts = columns[7].view(np.uint64), columns[8].astype(np.uint16)
        failed, again = bool(errors.any()), attempts > 1
        repeated = bool(again.any())
        for low, high in pairwise(starts):
            worker = self._workers[int(columns[0, low])]
            t1 = columns[3, low:high]
            if repeated:
                self._mark_attempts(worker, columns[2, low:high], np.flatnonzero(again[low:high]))
            self._timeline.add_tasks(
                worker.process.id, columns[2, low:high], t1, names[low:high], errors[low:high] if failed else None,
                thread=self._thread(worker, int(columns[1, low])), ended=True, ascending=True,
                details={TaskDetail.KEY: keys[low:high], TaskDetail.ATTEMPT: attempts[low:high],
                         TaskDetail.BYTES_OUT: columns[6, low:high]},
            )  # fmt: skip
            self._lifetimes.wrote(worker.process, int(t1.max()))

    def _begun(self, worker: KnownWorker, slot: int, key: int, name: int, began_ns: int) -> int:
        tasks = self._timeline.tasks
        thread = self._thread(worker, slot)
        task = self._timeline.begin_task(worker.process.id, tasks.names[name], began_ns, thread)
        tasks.note(task, TaskDetail.KEY, key)
        attempt = self._number(key, name, 0)
        tasks.note(task, TaskDetail.ATTEMPT, attempt)
        if attempt > 1 and self._timeline.cluster is not None:
            self._timeline.cluster.traffic_of(worker.process.id).add_attempt(began_ns, task)
            self._timeline.touch(worker.process.id)
        return task

    def _mark_attempts(self, worker: KnownWorker, began_ns: NDArray[np.int64], again: NDArray[np.int64]) -> None:
        """Mark further attempts among those that are about to be added to a worker. again: their places."""
        facts, first = self._timeline.cluster, len(self._timeline.tasks) + 1
        if len(again) and facts is not None:
            facts.traffic_of(worker.process.id).add_attempts(began_ns[again], again + first)
            self._timeline.touch(worker.process.id)

    def _number(self, key: int, name: int, error: int) -> int:
        """The number of this attempt at a task, from 1. error: what it raised, if it has ended."""
        attempt = self._numbers.next(key)
        if attempt > 1 and key not in self._cut_off:
            facts, text = self._timeline.cluster, self._timeline.tasks.names[name]
            assert facts is not None  # records came from a cluster
            again = facts.retried if key in self._raised else facts.recomputed
            again[text] = again.get(text, 0) + 1
            self._counted[key] = again, text
        if error:
            self._raised.add(key)
        return attempt

    def _thread(self, worker: KnownWorker, slot: int) -> int:
        """The id of the row of a slot; 0 = the worker's own, where it has one slot."""
        if slot <= 1 and worker.process.threads == 1:
            return 0
        thread = worker.threads.get(slot)
        if thread is None:
            thread = worker.threads[slot] = self._timeline.add_thread(worker.process.id, slot)
            thread.name = f"thread {slot}"
        return thread.id
