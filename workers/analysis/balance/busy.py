"""When workers were busy: stretches of tasks, and how many workers were busy at each moment. Pure numpy on a timeline."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.analysis.balance.worker_columns import UNKNOWN, WorkerTimes, known_times
from workers.analysis.balance.worker_time import WorkerTime
from workers.timeline.timeline import Timeline

_GAP_NS = 1_000_000
"""Tasks of one worker that follow each other so soon are one stretch."""


def stretches(timeline: Timeline, worker: WorkerTime) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(begins, ends) of the stretches in which a worker had tasks; of a process without tasks, its target."""
    lane = timeline.tasks.of(worker.process)
    if lane is None or not len(lane):
        target = np.array(_target(timeline, worker), np.int64).reshape(-1, 2)
        return target[:, 0], target[:, 1]
    began = lane.t0
    ended = np.maximum(lane.ends(0, len(lane), worker.ended_ns), began)
    ended = np.maximum.accumulate(np.minimum(ended, max(worker.ended_ns, int(began[-1]))))
    apart = np.flatnonzero(began[1:] - ended[:-1] > _GAP_NS)
    return began[np.concatenate(([0], apart + 1))], ended[np.concatenate((apart, [len(ended) - 1]))]


def _target(timeline: Timeline, worker: WorkerTime) -> tuple[int, ...]:
    """(begin, end) of the target of a process without tasks; () where it was never busy."""
    process = timeline.process(worker.process)
    began_ns, over_ns = process.target_began_ns, process.target_ended_ns
    if not worker.busy_s or began_ns is None:
        return ()
    return began_ns, max(began_ns, worker.ended_ns if over_ns is None else over_ns)


def _targets(
    timeline: Timeline, workers: WorkerTimes, without: set[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(begins, ends) of the targets of all workers that were busy, as `_target` has one. without: those that are left out."""
    processes = [timeline.processes[number - 1] for number in workers.process.tolist()]
    began, ended = (
        known_times([one.target_began_ns for one in processes]),
        known_times([one.target_ended_ns for one in processes]),
    )
    ended = np.maximum(began, np.where(ended == UNKNOWN, workers.ended_ns, ended))
    busy = (workers.busy_s != 0) & (began != UNKNOWN) & np.array([one.id not in without for one in processes], np.bool_)
    return began[busy], ended[busy]


def busy_within(timeline: Timeline, worker: WorkerTime, t0_ns: int, t1_ns: int) -> float:
    """For how many seconds of [t0_ns, t1_ns] a worker had tasks."""
    began, ended = stretches(timeline, worker)
    return float(np.maximum(np.minimum(ended, t1_ns) - np.maximum(began, t0_ns), 0).sum()) / 1e9


class BusyWorkers:
    """How many workers were busy, as steps. at: int64 (n,) ns; count: from each moment on, int64 (n,)."""

    def __init__(self, timeline: Timeline, workers: Sequence[WorkerTime]) -> None:
        columns = workers if isinstance(workers, WorkerTimes) else WorkerTimes.of(workers)
        with_tasks = set(timeline.tasks.processes()) if len(timeline.tasks) else set()
        each = [stretches(timeline, worker) for worker in workers if worker.process in with_tasks] if with_tasks else []
        alone = _targets(timeline, columns, with_tasks)
        began = np.concatenate([alone[0], *(one[0] for one in each)])
        ended = np.concatenate([alone[1], *(one[1] for one in each)])
        at = np.concatenate((began, ended))
        step = np.concatenate((np.ones(len(began), np.int64), -np.ones(len(ended), np.int64)))
        order = np.lexsort((-step, at))
        self.at = at[order]
        self.count = np.cumsum(step[order])

    @property
    def any_s(self) -> float:
        """How long at least one worker was busy."""
        if not len(self.at):
            return 0.0
        return float(np.diff(self.at)[self.count[:-1] > 0].sum()) / 1e9


def last_one(timeline: Timeline, workers: Sequence[WorkerTime]) -> tuple[WorkerTime, int, int] | None:
    """(worker, from, to): who had the last task, and the time at the end in which no other one had any; None without tasks."""
    ends = [(int(ended[-1]), worker) for worker in workers if len(ended := stretches(timeline, worker)[1])]
    if not ends:
        return None
    last_ns, worker = max(ends, key=lambda one: one[0])
    others = [ended_ns for ended_ns, other in ends if other is not worker]
    return worker, max(others, default=int(stretches(timeline, worker)[0][0])), last_ns
