"""one_task, stragglers: all but one worker of a pool have nothing to do. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.busy import busy_within, last_one
from workers.analysis.balance.worker_time import WorkerTime
from workers.analysis.findings.finding import Evidence, Finding, Severity, moment
from workers.analysis.findings.slow.slow_words import seconds, share
from workers.analysis.measure import cpu_used
from workers.timeline.model import Task
from workers.timeline.tasks.effort import Doing
from workers.timeline.timeline import Timeline

_LEAST_SHARE, _LEAST_S = 0.2, 1.0
"""Of the run in which one worker alone was busy, and in seconds; as much has to be gained by a better balance."""
_MUCH_LONGER, _LONG_S = 10, 5.0
"""A task that has not ended runs for so many times as long as any other, and for so long."""
_CHUNK_SHARE, _LEAST_CHUNK_S = 0.05, 0.002
"""Of a run in balance, that a proposed chunk takes at the most; and seconds that it takes at least, as messages cost time."""
_ALONE = 0.9
"""The share of the time at the end in which that worker was busy: workers that take turns, or wait, are no straggler."""
_COMPUTES, _LEAST_LOOKS = 0.8, 5
"""The share of the looks since its begin in which it was on a core, or waited for one: what waits is no endless loop."""
_LEAST_CORE = 0.25
"""Of a core that it has had since: on a machine so busy that it gets less, a short task is a long one."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """A task that goes on while the others have ended; else a time at the end with one worker busy."""
    if not len(timeline.tasks):
        return
    workers = [one for one in balance.workers if timeline.tasks.of(one.process) is not None]
    idle = [one for one in balance.workers if timeline.process(one.process).parent_id is not None]
    if len(idle) < 2 or balance.at_once < 2 or not workers:
        return
    open_tasks = [task for one in workers for task in timeline.open_tasks(one.process)]
    if len(open_tasks) == 1:
        yield from _endless(timeline, balance, open_tasks[0])
    elif not open_tasks and timeline.ended:
        yield from _stragglers(timeline, balance)


def _endless(timeline: Timeline, balance: Balance, task: Task) -> Iterator[Finding]:
    process = timeline.process(task.process)
    end_ns = min(timeline.now_ns, process.last_ns or timeline.now_ns, timeline.cut_ns or timeline.now_ns)
    lasted_s = (end_ns - task.began_ns) / 1e9
    others = [
        (lane.t1 - lane.t0)[lane.id != task.id]
        for lane in (timeline.tasks.of(one.process) for one in balance.workers)
        if lane is not None
    ]
    lengths = np.concatenate(others) if others else np.empty(0, np.int64)
    if not len(lengths) or lasted_s < max(_LONG_S, _MUCH_LONGER * float(lengths.max()) / 1e9):
        return
    began_ns = process.life_began_ns or task.began_ns
    life = (began_ns, max(began_ns + 1, process.last_ns or timeline.now_ns))
    used = cpu_used(timeline.samples.get(process.id), process, life, task.began_ns, end_ns)
    effort = timeline.effort.get(process.id)
    looks = np.empty((0, 5), np.int64) if effort is None else effort.looks.rows
    looks = looks[(looks[:, 0] > task.began_ns) & (looks[:, 0] <= end_ns)]
    if used is None or used[0] < _LEAST_CORE * lasted_s:
        return
    if len(looks) < _LEAST_LOOKS or (looks[:, 1] == Doing.RUNS).mean() < _COMPUTES:
        return
    which = f", the {ordinal(task.index)} of {task.of}," if task.index and task.of else ""
    text = (
        f"The run waits for one task: {task.name}{which} in {process.name}, which began at {moment(task.began_ns)} and "
        f"computes ({share(used[0] / lasted_s)} of a core since); the {len(lengths):,} other tasks took "
        f"{seconds(float(lengths.max()) / 1e9)} at the most. Its input may send it into an endless loop."
    )
    evidence = (Evidence(process.id, task.began_ns, end_ns, task.id),)
    yield Finding("one_task", Severity.ADVICE, text, (process.id,), at_ns=task.began_ns, evidence=evidence)


def _stragglers(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    workers = [
        one for one in balance.workers if timeline.tasks.of(one.process) is not None or _in_pool(timeline, one.process)
    ]
    found = last_one(timeline, workers)
    if found is None or len(workers) < 2:
        return
    alone, tail = found[0], found[1:]
    alone_s = (tail[1] - tail[0]) / 1e9
    gained_s = balance.duration_s - balance.balanced_s
    least_s = max(_LEAST_S, _LEAST_SHARE * balance.duration_s)
    there = [one for one in workers if one.began_ns <= tail[0] and one.ended_ns >= tail[1]]
    last = _last(timeline, alone, tail[0])
    if alone_s < least_s or last is None or len(there) < 2:
        return
    task, lasted_s = last
    process = timeline.process(alone.process)
    if busy_within(timeline, alone, tail[0], tail[1]) < _ALONE * alone_s:
        return
    many = f"one of {len(there)} workers was busy, {process.name}"
    if gained_s >= max(_LEAST_S, _LEAST_SHARE / 2 * balance.duration_s):
        text = (
            f"For the last {seconds(alone_s)} {many}. In balance the run would have taken {seconds(balance.balanced_s)} "
            f"instead of {seconds(balance.duration_s)}. {_even(timeline, balance, task, lasted_s)}"
        )
    elif lasted_s >= _LEAST_SHARE * balance.duration_s:
        text = (
            f"For the last {seconds(alone_s)} {many}, with one task of {task.name} that took {seconds(lasted_s)} of the "
            f"{seconds(balance.duration_s)}. {_divide(timeline, task)}"
        )
    else:
        return
    evidence = (Evidence(process.id, tail[0], tail[1], task.id),)
    ids = (process.id, *(one.process for one in there if one.process != process.id))
    yield Finding("stragglers", Severity.ADVICE, text, ids, at_ns=tail[0], evidence=evidence)


def _even(timeline: Timeline, balance: Balance, task: Task, lasted_s: float) -> str:
    """What to do about tasks that are not spread evenly. lasted_s: the longest of those at the end."""
    calls = timeline.tasks.calls_in(task.id)
    if calls < 2:
        return "Use a smaller chunksize, or begin the longest tasks first."
    each_s = lasted_s / calls
    smaller = max(1, round(_LEAST_CHUNK_S / each_s), int(_CHUNK_SHARE * balance.balanced_s / each_s))
    if smaller >= calls or lasted_s < _LEAST_SHARE / 2 * balance.duration_s:
        return f"It had chunks of up to {calls:,} calls of {task.name}: begin the longest ones first."
    what = f"a chunk of up to {calls:,} calls of {task.name}, which took {seconds(lasted_s)}"
    return f"It had {what}: use a smaller chunksize, such as {smaller:,}."


def _divide(timeline: Timeline, task: Task) -> str:
    calls = timeline.tasks.calls_in(task.id)
    if calls > 1:
        return f"It is a chunk of up to {calls:,} calls: use a smaller chunksize, or divide the longest of these calls."
    if task.index:
        return "No other order helps with that: divide the task."
    return "No other order helps with that: divide the task, or use a smaller chunksize where it is a chunk of map()."


def _in_pool(timeline: Timeline, process: int) -> bool:
    return timeline.process(process).tasks > 0


def _last(timeline: Timeline, worker: WorkerTime, from_ns: int) -> tuple[Task, float] | None:
    """The longest task of a worker that ended after a moment, and how long it took."""
    lane = timeline.tasks.of(worker.process)
    if lane is None or not len(lane):
        return None
    ends = lane.ends(0, len(lane), worker.ended_ns)
    within = np.flatnonzero(ends > from_ns)
    if not len(within):
        return None
    at = int(within[np.argmax((ends - lane.t0)[within])])
    return timeline.task(int(lane.id[at])), float(ends[at] - lane.t0[at]) / 1e9


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``4th``, ``11th``."""
    if number % 100 in (11, 12, 13):
        return f"{number:,}th"
    return f"{number:,}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"
