"""throttled, gil_bound: more work at once than there are cores for. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.analysis.findings.slow.slow_words import seconds, share
from workers.analysis.measure import cpu_used
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline

_LEAST_THROTTLED = 0.1
"""Of the run's duration for which its control group was held up."""
_LEAST_S = 2.0
_AT_ONCE = 1.6
"""So many tasks of threads ran at the same time on average."""
_ONE_CORE = (0.85, 1.15)
"""What all tasks of threads together used, in cores, where the GIL lets one run at a time."""


def find(timeline: Timeline, duration_s: float, workers: int) -> Iterator[Finding]:
    """A quota that holds the run up; pools of threads that compute under one GIL."""
    yield from _throttled(timeline, duration_s, workers)
    for number in sorted({thread.process for thread in timeline.threads}):
        yield from _gil(timeline, number, duration_s)


def _throttled(timeline: Timeline, duration_s: float, workers: int) -> Iterator[Finding]:
    limits = timeline.cpu_limits
    held_s = limits.throttled_ns / 1e9
    if limits.quota is None or held_s < max(_LEAST_THROTTLED * duration_s, _LEAST_S / 4):
        return
    text = (
        f"The control group allows this run {limits.quota:.3g} cores, and held it up for {seconds(held_s)} of "
        f"{seconds(duration_s)}, in {limits.throttled_periods:,} of {limits.periods:,} periods. More workers than that make it "
        f"no faster{f': there were {workers}' if workers > limits.quota else ''}. os.cpu_count() does not know of this limit."
    )
    yield Finding("throttled", Severity.ADVICE, text, (1,), at_ns=0)


def _gil(timeline: Timeline, number: int, duration_s: float) -> Iterator[Finding]:
    threads = [thread for thread in timeline.threads if thread.process == number and thread.interpreter is None]
    if len(threads) < 2:
        return
    began, ended, cpu_s, known_s = [], [], 0.0, 0.0
    process = timeline.process(number)
    for thread in threads:
        lane = timeline.tasks.of_thread(thread.id)
        column = None if lane is None else lane.detail(TaskDetail.CPU_S)
        if lane is None or column is None:
            continue
        ends = lane.ends(0, len(lane), process.last_ns or timeline.now_ns)
        known = ~np.isnan(column)
        cpu_s += float(column[known].sum(dtype=np.float64))
        known_s += float((ends - lane.t0)[known].sum()) / 1e9
        began.append(lane.t0)
        ended.append(ends)
    if not began:
        return
    t0, t1 = np.concatenate(began), np.concatenate(ended)
    first, last = int(t0.min()), int(t1.max())
    stretch_s, in_tasks_s = (last - first) / 1e9, float((t1 - t0).sum()) / 1e9
    if stretch_s < max(_LEAST_S, 0.3 * duration_s) or in_tasks_s < _AT_ONCE * stretch_s or known_s < 0.8 * in_tasks_s:
        return
    life = (process.life_began_ns or 0, max(last, process.last_ns or timeline.now_ns))
    used = cpu_used(timeline.samples.get(number), process, life, first, last)
    cores = cpu_s / stretch_s
    if not _ONE_CORE[0] <= cores <= _ONE_CORE[1] or used is None or used[0] > _ONE_CORE[1] * stretch_s:
        return
    if (timeline.cores or 2) < 2:
        return
    text = (
        f"{len(threads)} threads of {names([process])} had tasks for {seconds(stretch_s)}, {in_tasks_s / stretch_s:.1f} at a "
        f"time, and used {cores:.1f} cores together: each task computed for {share(cpu_s / known_s)} of its time and waited "
        f"for the GIL. Python code runs in one thread of a process at a time: use a pool of processes."
    )
    evidence = (Evidence(number, first, last),)
    yield Finding("gil_bound", Severity.ADVICE, capitalized(text), (number,), at_ns=first, evidence=evidence)
