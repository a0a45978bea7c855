"""How many tasks had been submitted and not begun, at each moment of a run. Pure functions on a timeline, any process.

Only tasks whose submission is known count. A task of a Pool is submitted with its job. Those that have not begun yet are known
of executors of processes and, once one of its tasks has begun, of map(). A task of apply_async() counts once it has begun.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.timeline.task_store import UNKNOWN_NS, TaskDetail
from workers.timeline.timeline import Timeline

_EXACT = 200_000
"""Of more tasks the depth is taken at so many moments, evenly over the run."""
_MOMENTS = 1 << 16
_TIMES = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Steps. t: int64 (n,) ns, ascending. waiting: float64 (n,), so many tasks from t until the next t."""

    t: _TIMES
    waiting: NDArray[np.float64]

    @property
    def most(self) -> int:
        """The most tasks that waited at once."""
        return int(self.waiting.max()) if len(self.waiting) else 0

    def at(self, at_ns: int) -> int:
        """How many waited at a moment."""
        index = int(self.t.searchsorted(at_ns, "right")) - 1
        return int(self.waiting[index]) if index >= 0 else 0


def queue_depth(timeline: Timeline) -> QueueDepth:
    """The depth of the queues of all pools and executors together."""
    began, submitted = _begun(timeline)
    submitted.extend((_of_executors(timeline), _of_maps(timeline)))
    ups, downs = np.concatenate(submitted), np.concatenate([*began, np.empty(0, np.int64)])
    if len(ups) > _EXACT:
        return _at_moments(timeline, ups, downs)
    times = np.concatenate((ups, downs))
    steps = np.ones(len(times))
    steps[len(ups) :] = -1
    order = np.argsort(times, kind="stable")
    times = times[order]
    depth = np.cumsum(steps[order])
    last = np.append(times[1:] != times[:-1], True)[: len(times)]  # of several at the same moment the last one counts
    return QueueDepth(times[last], depth[last])


def _begun(timeline: Timeline) -> tuple[list[_TIMES], list[_TIMES]]:
    """When tasks began, and when the same tasks were submitted: parts."""
    began, submitted = [], []
    for _, lane in timeline.tasks.lanes():
        known = lane.submitted != UNKNOWN_NS
        began.append(lane.t0[known])
        submitted.append(np.minimum(lane.submitted[known], began[-1]))
    return began, submitted


def _of_executors(timeline: Timeline) -> _TIMES:
    """When those tasks of executors of processes were submitted that have not begun: the last ones, as the first come first."""
    counts: Counter[int] = Counter()
    for process, lane in timeline.tasks.lanes():
        parent, places = timeline.process(process).parent_id, lane.detail(TaskDetail.INDEX)
        if parent is not None and not lane.thread:
            known = lane.submitted != UNKNOWN_NS
            counts[parent] += int((known if places is None else known & (places == 0)).sum())
    parts = [np.empty(0, np.int64)]
    for parent, times in timeline.tasks.submissions.items():
        if len(times) > counts[parent]:
            parts.append(np.sort(times.view)[counts[parent] :])
    return np.concatenate(parts)


def _of_maps(timeline: Timeline) -> _TIMES:
    """The same for jobs that consist of several tasks, some of which have begun."""
    sizes = timeline.tasks.job_sizes.astype(np.int64)
    begun = np.zeros(len(sizes), np.int64)
    since = np.full(len(sizes), np.iinfo(np.int64).max)
    for _, lane in timeline.tasks.lanes():
        jobs = lane.detail(TaskDetail.JOB)
        if jobs is not None:
            begun += np.bincount(jobs, minlength=len(sizes))
            known = (jobs > 0) & (lane.submitted != UNKNOWN_NS)
            np.minimum.at(since, jobs[known], lane.submitted[known])
    left = np.where(since < np.iinfo(np.int64).max, np.maximum(sizes - begun, 0), 0)
    return np.repeat(since, left)


def _at_moments(timeline: Timeline, ups: _TIMES, downs: _TIMES) -> QueueDepth:
    step = max(1, -(-timeline.now_ns // _MOMENTS))

    def counted(times: _TIMES) -> NDArray[np.int64]:
        return np.bincount(np.clip(times // step, 0, _MOMENTS - 1), minlength=_MOMENTS)

    depth = np.cumsum(counted(ups) - counted(downs)).astype(np.float64)
    return QueueDepth((np.arange(_MOMENTS, dtype=np.int64) + 1) * step, depth)
