"""Where the worker-seconds of a run went, and what a better balance could gain. Pure functions on a timeline, any thread."""

from dataclasses import dataclass

import numpy as np

from workers.analysis.balance.busy import BusyWorkers
from workers.analysis.balance.worker_columns import WorkerTimes, worker_times
from workers.analysis.balance.worker_time import Part, WorkerTime
from workers.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Balance:
    """The time of all workers of a run, in seconds.

    parts: by part; their sum is the sum of the workers' lives. workers: each for itself.
    duration_s: of the run so far. cores: how many were used on average, None = not known. allowed: how many cores the program
        may use, by its affinity and the quota of its control group; None = not known.
    at_once: how many workers lived at the same time at the most.
    balanced_s: how long the run would have taken, if the same work had been spread evenly over these workers and cores. A task
        cannot be split.
    """

    parts: dict[Part, float]
    workers: WorkerTimes
    duration_s: float
    cores: float | None
    allowed: float | None
    at_once: int
    balanced_s: float

    @property
    def worker_s(self) -> float:
        """The lives of all workers together."""
        return sum(self.parts.values())

    @property
    def busy_s(self) -> float:
        """The time in tasks and targets together."""
        return float(sum(self.workers.busy_s.tolist()))

    @property
    def speed_up_bound(self) -> float:
        """How many times faster the run could have been with the same work in perfect balance."""
        return self.duration_s / self.balanced_s if self.balanced_s > 0 else 1.0

    def share(self, part: Part) -> float:
        """A part's share of the workers' time."""
        return self.parts[part] / self.worker_s if self.worker_s else 0.0


def balance_of(timeline: Timeline) -> Balance | None:
    """The balance of a run so far; None for one without workers, for a trace of another program, and for a
    cluster: what the threads of its workers wait for is not known."""
    if timeline.imported is not None or timeline.cluster is not None or not timeline.processes:
        return None
    workers = worker_times(timeline)
    if not workers:
        return None
    parts = {part: sum(spent) for part, spent in zip(Part, workers.parts_s.tolist(), strict=True)}
    program = timeline.processes[0]
    end_ns = timeline.now_ns if program.last_ns is None else program.last_ns
    duration_s = max(end_ns, 1) / 1e9
    allowed = allowed_cores(timeline)
    at_once = _at_once(workers)
    return Balance(parts, workers, duration_s, _cores_used(timeline, duration_s), allowed, at_once,
                   _balanced_s(timeline, workers, parts, duration_s, at_once, allowed))  # fmt: skip


def allowed_cores(timeline: Timeline) -> float | None:
    """How many cores the program may use."""
    limits = [float(one) for one in (timeline.cores, timeline.cpu_limits.quota) if one]
    return min(limits) if limits else None


def _cores_used(timeline: Timeline, duration_s: float) -> float | None:
    known = [process.cpu_s for process in timeline.processes if process.cpu_s is not None]
    return sum(known) / duration_s if known else None


def _at_once(workers: WorkerTimes) -> int:
    at = np.concatenate((workers.began_ns, workers.ended_ns))
    step = np.array([1, -1]).repeat(len(workers))
    order = np.lexsort((step, at))
    return max(1, int(np.cumsum(step[order]).max()))


def _balanced_s(
    timeline: Timeline, workers: WorkerTimes, parts: dict[Part, float], duration_s: float, at_once: int,
    allowed: float | None,
) -> float:  # fmt: skip
    """The run's duration, with the time in which any worker was busy as short as it can be."""
    stretch_s = BusyWorkers(timeline, workers).any_s
    busy_s = float(sum(workers.busy_s.tolist()))
    least_s = max(busy_s / at_once, parts[Part.COMPUTING] / allowed if allowed else 0.0)
    if len(timeline.tasks):
        least_s = max([least_s, *(_longest_task_s(timeline, worker) for worker in workers)])
    return max(duration_s - stretch_s + min(least_s, stretch_s), 1e-9)


def _longest_task_s(timeline: Timeline, worker: WorkerTime) -> float:
    lane = timeline.tasks.of(worker.process)
    if lane is None or not len(lane):
        return 0.0
    lengths = lane.ends(0, len(lane), worker.ended_ns) - lane.t0
    at = int(lengths.argmax())
    return float(lengths[at]) / 1e9 / timeline.tasks.calls_in(int(lane.id[at]))  # a chunk can be divided
