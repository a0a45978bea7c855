"""What each worker of a run spent its life with. Workers without tasks, of which a run can have forty thousand, are computed as
columns; the result of each is that of `worker_time`. Pure numpy on a timeline, any process and thread.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.analysis.balance.worker_time import WORKERS, Part, WorkerTime, worker_time
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_WORKER = ProcessKind.WORKER
_PARTS = tuple(Part)
_UNKNOWN = -(1 << 62)
"""In columns of times: not known."""
_FEW = 64
"""For so many workers columns cost more than they save."""


def worker_times(timeline: Timeline) -> tuple[WorkerTime, ...]:
    """The life of each worker so far, without those that were not born or of which that is not known."""
    plain = _plain_workers(timeline)
    if len(plain) < _FEW:
        plain = []
    by_id = {one.process: one for one in _plain_times(plain, timeline.now_ns)}
    found = (
        by_id.get(process.id) or worker_time(timeline, process)
        for process in timeline.processes
        if process.kind in WORKERS
    )
    return tuple(one for one in found if one is not None)


def _plain_workers(timeline: Timeline) -> list[Process]:
    """Those that were born, and of which nothing is known but the moments of their life and its CPU time."""
    special = timeline.samples.keys() | timeline.effort.keys() | set(timeline.tasks.processes())
    return [
        process
        for process in timeline.processes
        if process.kind is _WORKER
        and process.id not in special
        and process.error is None  # as those have that were not born
        and (process.start_called_ns is not None or process.born_ns is not None)
        and not process.traced
    ]


def _plain_times(workers: Sequence[Process], now_ns: int) -> list[WorkerTime]:
    began = _times([one.born_ns if one.start_called_ns is None else one.start_called_ns for one in workers])
    last = _times([one.lost_ns if one.lost or one.left else one.exited_ns for one in workers])
    target, over = _times([one.target_began_ns for one in workers]), _times([one.target_ended_ns for one in workers])
    cpu_s = np.array([one.cpu_s if one.cpu_whole and one.ended else None for one in workers], np.float64)
    ended = np.maximum(began, np.where(last == _UNKNOWN, now_ns, last))
    target = np.where(target == _UNKNOWN, ended, np.minimum(np.maximum(began, target), ended))
    over = np.where(over == _UNKNOWN, ended, np.minimum(np.maximum(target, over), ended))
    alive_s = (over - target) / 1e9
    # CPU time is spread evenly over the life: a part of it was used while the target ran.
    share = np.minimum(1.0, np.maximum(0.0, _evenly(cpu_s, began, ended, target, over)) / np.maximum(1e-9, alive_s))
    known = ~np.isnan(cpu_s)
    computing_s = np.where(known, alive_s * share, 0.0)
    not_known_s = np.where(known, 0.0, alive_s)
    waiting_s = np.maximum(0.0, alive_s - not_known_s - computing_s)
    nothing = np.zeros(len(workers))
    parts = (target - began) / 1e9, computing_s, waiting_s, nothing, nothing, (ended - over) / 1e9, not_known_s
    rows = zip(*(column.tolist() for column in parts), strict=True)
    return [
        WorkerTime(one.id, began_ns, ended_ns, dict(zip(_PARTS, row, strict=True)), busy_s)
        for one, began_ns, ended_ns, row, busy_s in zip(
            workers, began.tolist(), ended.tolist(), rows, alive_s.tolist(), strict=True
        )
    ]


def _times(moments: Sequence[int | None]) -> NDArray[np.int64]:
    return np.array([_UNKNOWN if one is None else one for one in moments], np.int64)


def _evenly(all_s: NDArray[np.float64], began_ns: NDArray[np.int64], ended_ns: NDArray[np.int64],
            t0_ns: NDArray[np.int64], t1_ns: NDArray[np.int64]) -> NDArray[np.float64]:  # fmt: skip
    """What each used in [t0_ns, t1_ns], a part of its life, of all that it used: as `measure.cpu_used` has it for one."""
    began, ended = began_ns.astype(np.float64), ended_ns.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = all_s / (ended - began)
        before, after = (np.where(at >= ended, all_s, rate * (at - began)) for at in map(np.float64, (t0_ns, t1_ns)))
    return after - before
