"""What one worker spent its life with. Pure functions on a timeline, any process and thread.

The parts of a life never overlap and add up to it: each is cut to what the ones before it left.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workers.analysis.measure import cpu_used
from workers.timeline.lane_tasks import LaneTasks
from workers.timeline.model import Process, ProcessKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.tasks.effort import Effort
from workers.timeline.timeline import Timeline

WORKERS = (ProcessKind.WORKER, ProcessKind.POOL_WORKER, ProcessKind.CLUSTER_WORKER)


class Part(StrEnum):
    """A part of a worker's life, in the order in which they are told.

    STARTING: from the call of start() until its target begins: the interpreter, the main module, imports.
    COMPUTING: on the CPU in a task; of a process without tasks, in its target. WAITING: off the CPU in the same.
    NO_TASK: a worker of a pool that has no task.
    TRANSFER: with a big message between tasks: reading, unpickling, pickling, sending.
    ENDING: from the end of its target to its exit. NOT_KNOWN: in a task or target whose CPU time nobody saw.
    """

    STARTING = "starting"
    COMPUTING = "computing"
    WAITING = "waiting"
    NO_TASK = "no_task"
    TRANSFER = "transfer"
    ENDING = "ending"
    NOT_KNOWN = "not_known"

    __hash__ = str.__hash__  # that of an enum is a function of Python, which is called for each part of each life


_PARTS = tuple(Part)
_POOL_WORKER = ProcessKind.POOL_WORKER  # to ask an enum for a member takes longer than what is done with it


@dataclass(frozen=True, slots=True)
class WorkerTime:
    """The life of one worker in seconds by part. busy_s: in tasks; of a process without tasks, in its target.

    began_ns, ended_ns: of that life.
    """

    process: int
    began_ns: int
    ended_ns: int
    parts: dict[Part, float]
    busy_s: float

    @property
    def life_s(self) -> float:
        """How long it lived."""
        return (self.ended_ns - self.began_ns) / 1e9


def worker_time(timeline: Timeline, process: Process) -> WorkerTime | None:
    """The life of a worker so far; None for a process that was not born, or of which that is not known."""
    began_ns, last_ns = process.life_began_ns, process.last_ns
    if began_ns is None or process.not_born or process.traced:
        return None
    end_ns = max(began_ns, timeline.now_ns if last_ns is None else last_ns)
    target_ns = end_ns if process.target_began_ns is None else min(max(began_ns, process.target_began_ns), end_ns)
    over_ns = end_ns if process.target_ended_ns is None else min(max(target_ns, process.target_ended_ns), end_ns)
    alive_s = (over_ns - target_ns) / 1e9
    lane = timeline.tasks.of(process.id)
    in_pool = lane is not None or process.kind is _POOL_WORKER
    effort = timeline.effort.get(process.id)
    transfer_s = 0.0 if effort is None else min(alive_s, _transfer_s(effort, lane, target_ns, over_ns))
    if in_pool:
        busy_s, known_cpu_s, known_s = _in_tasks(lane, target_ns, over_ns)
        busy_s = min(busy_s, alive_s - transfer_s)
    else:
        busy_s, known_cpu_s, known_s = alive_s - transfer_s, 0.0, 0.0
    used = cpu_used(timeline.samples.get(process.id), process, (began_ns, end_ns), target_ns, over_ns)
    known_s = min(known_s, busy_s)
    computing_s, left_s = min(known_cpu_s, known_s), busy_s - known_s
    if used is not None:
        # What is not in tasks whose CPU time was read is spread evenly over the rest of the time that it was alive.
        rest_s = max(1e-9, alive_s - known_s)
        computing_s += left_s * min(1.0, max(0.0, used[0] - known_cpu_s) / rest_s)
        left_s = 0.0
    waiting_s, no_task_s = max(0.0, busy_s - left_s - computing_s), alive_s - transfer_s - busy_s
    starting_s, ending_s = (target_ns - began_ns) / 1e9, (end_ns - over_ns) / 1e9
    in_order = starting_s, computing_s, waiting_s, no_task_s, transfer_s, ending_s, left_s
    return WorkerTime(process.id, began_ns, end_ns, dict(zip(_PARTS, in_order, strict=True)), busy_s)


def _in_tasks(lane: LaneTasks | None, t0_ns: int, t1_ns: int) -> tuple[float, float, float]:
    """(seconds in tasks, CPU seconds of those whose CPU time was read, seconds in these) within [t0_ns, t1_ns]."""
    if lane is None or not len(lane):
        return 0.0, 0.0, 0.0
    began = np.clip(lane.t0, t0_ns, t1_ns)
    ended = np.clip(lane.ends(0, len(lane), t1_ns), began, t1_ns)
    length = (ended - began) / 1e9
    cpu = lane.detail(TaskDetail.CPU_S)
    if cpu is None:
        return float(length.sum()), 0.0, 0.0
    known = ~np.isnan(cpu)
    known_s = float(length[known].sum())
    return float(length.sum()), min(float(cpu[known].sum(dtype=np.float64)), known_s), known_s


def _transfer_s(effort: Effort, lane: LaneTasks | None, t0_ns: int, t1_ns: int) -> float:
    """Seconds with big messages in the thread of its work, outside its tasks."""
    if not len(effort.messages):
        return 0.0
    rows = effort.messages.rows
    rows = rows[(rows[:, 5] == 0) & (rows[:, 1] >= t0_ns) & (rows[:, 1] <= t1_ns)]
    began, ended = rows[:, 1], np.minimum(rows[:, 3], t1_ns)
    if lane is not None and len(lane):
        outside = ~_within(began, lane, t1_ns)
        began, ended = began[outside], ended[outside]
    return float(np.maximum(ended - began, 0).sum()) / 1e9


def _within(at: NDArray[np.int64], lane: LaneTasks, cut_ns: int) -> NDArray[np.bool_]:
    """Whether each of these moments is in a task."""
    before = lane.t0.searchsorted(at, side="right") - 1
    ends = lane.ends(0, len(lane), cut_ns)
    return (before >= 0) & (ends[np.maximum(before, 0)] > at)
