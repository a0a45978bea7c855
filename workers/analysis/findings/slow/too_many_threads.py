"""too_many_threads: workers that each start threads for all cores, as numeric libraries do. Pure functions, any process.

A thread that only exists costs nothing: it counts that other threads than those of the tasks used the CPU.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.worker_time import WorkerTime
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity
from workers.analysis.findings.slow.slow_words import seconds
from workers.analysis.measure import cpu_used
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline

_PER_CORE = 1.5
"""Threads of all workers together for each core that the run may use."""
_OTHERS = 1.5
"""What the workers used, in what the threads of their tasks used."""
_FULL = 0.7
"""Of the cores, which were used while there were tasks."""
_LEAST_S, _LEAST_SHARE = 2.0, 0.3
"""CPU time of the other threads; the same of the run's duration in one core."""
_KNOWN = 0.8
"""Of the time in tasks, whose CPU time is known."""


class _Used(NamedTuple):
    """One worker. cpu_s: of all of its threads, from its first task to its last; task_cpu_s: of the threads of its tasks."""

    process: int
    threads: int
    began_ns: int
    ended_ns: int
    cpu_s: float
    task_cpu_s: float


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for all workers of pools and executors."""
    cores = balance.allowed
    if cores is None or not len(timeline.tasks):
        return
    used = [one for worker in balance.workers if (one := _used(timeline, worker)) is not None and one.threads > 1]
    if not used:
        return
    workers = min(len(used), balance.at_once)
    each = int(np.median([one.threads for one in used]))
    cpu_s = sum(one.cpu_s for one in used)
    others_s = cpu_s - sum(one.task_cpu_s for one in used)
    began_ns, ended_ns = min(one.began_ns for one in used), max(one.ended_ns for one in used)
    if workers < 2 or workers * each < _PER_CORE * cores or cpu_s < _OTHERS * (cpu_s - others_s):
        return
    if (
        others_s < max(_LEAST_S, _LEAST_SHARE * balance.duration_s)
        or cpu_s < _FULL * cores * (ended_ns - began_ns) / 1e9
    ):
        return
    text = (
        f"{workers} workers had {each} threads each: {workers * each} threads for {cores:.3g} cores. While they had tasks they "
        f"used {seconds(cpu_s)} of CPU time, {seconds(others_s)} of it in other threads than those of the tasks. BLAS and "
        f"OpenMP start such threads for NumPy, SciPy and PyTorch, as many as there are cores. If these are theirs, set "
        f"OMP_NUM_THREADS, OPENBLAS_NUM_THREADS and MKL_NUM_THREADS to {max(1, int(cores // workers))} before the package is "
        f"imported."
    )
    evidence = few(Evidence(one.process, one.began_ns, one.ended_ns) for one in used)
    ids = tuple(one.process for one in used)
    yield Finding("too_many_threads", Severity.ADVICE, text, ids, at_ns=began_ns, evidence=evidence)


def _used(timeline: Timeline, worker: WorkerTime) -> _Used | None:
    lane, effort = timeline.tasks.of(worker.process), timeline.effort.get(worker.process)
    task_cpu = None if lane is None else lane.detail(TaskDetail.CPU_S)
    if lane is None or task_cpu is None or effort is None or not len(effort.looks):
        return None
    process = timeline.process(worker.process)
    ends = lane.ends(0, len(lane), worker.ended_ns)
    began_ns, ended_ns = int(lane.t0[0]), int(ends.max())
    known = ~np.isnan(task_cpu)
    lengths = ends - lane.t0
    if float(lengths[known].sum()) < _KNOWN * float(lengths.sum()):
        return None
    life = worker.began_ns, max(ended_ns, worker.ended_ns)
    used = cpu_used(timeline.samples.get(worker.process), process, life, began_ns, ended_ns)
    threads = [look.threads for look in effort.looks if began_ns <= look.at_ns <= ended_ns and look.threads]
    if used is None or not threads:
        return None
    task_cpu_s = float(task_cpu[known].sum(dtype=np.float64))
    return _Used(worker.process, int(np.median(threads)), began_ns, ended_ns, used[0], task_cpu_s)
