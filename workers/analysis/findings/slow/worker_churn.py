"""worker_churn: a new worker for each task or two. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.worker_columns import WorkerTimes
from workers.analysis.balance.worker_time import Part
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity
from workers.analysis.findings.slow.slow_words import counted, seconds, tasks_of
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

_POOL_WORKER = ProcessKind.POOL_WORKER  # an enum takes its time to give a member
_LEAST_WORKERS = 12
_MOST_TASKS_EACH = 3
_LEAST_SHARE = 0.3
"""Of the workers' time that starting and ending takes; and of the run's duration, for those that live at once."""
_LEAST_S = 0.5
_WAVES = 0.8
"""The share of the workers, as many as live at once, that were started when no other one lived: a new pool each time."""


def _at_once(most: int) -> str:
    return "one after another" if most == 1 else f"at most {most} at once"


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding, if the run consisted of starting workers that did little."""
    workers = balance.workers
    if len(workers) < max(_LEAST_WORKERS, 3 * balance.at_once):
        return
    around_s = balance.parts[Part.STARTING] + balance.parts[Part.ENDING]
    of_run_s = around_s / balance.at_once
    if around_s < _LEAST_SHARE * balance.worker_s or around_s < balance.busy_s:
        return
    if of_run_s < max(_LEAST_S, _LEAST_SHARE * balance.duration_s):
        return
    ids = tuple(workers.process.tolist())
    processes = [timeline.process(number) for number in ids]
    tasks, waves = tasks_of(timeline.tasks, ids), _waves(workers)
    in_waves = waves >= _WAVES * len(workers) / balance.at_once
    # Those that a pool replaces end by themselves, as do those of an executor.
    by_pool = 2 * sum(one.pool_ended_ns is not None for one in processes) > len(workers)
    if tasks > _MOST_TASKS_EACH * len(workers) and not (in_waves and by_pool):
        return
    pool = any(one.kind is _POOL_WORKER for one in processes)
    if pool:
        what, work = f"{len(workers):,} workers were started for {counted(tasks, 'task')}", "tasks"
        more = "et a worker carry out more tasks (maxtasksperchild, max_tasks_per_child)."
        advice = f"L{more}"
        if in_waves:
            advice = "Make the Pool or executor once, before the loop, and use it each time."
        if in_waves and not by_pool:
            advice += f" If it is made once, l{more}"
    else:
        what, work = f"{len(workers):,} processes were started, {_at_once(balance.at_once)}", "work"
        advice = "A Pool or an executor starts its workers once, and gives them one piece of work after another."
    text = (
        f"{what}: {seconds(around_s)} of starting and ending for {seconds(balance.busy_s)} of {work}, in all workers "
        f"together. {advice}"
    )
    lives = zip(ids, workers.began_ns.tolist(), workers.ended_ns.tolist(), strict=True)
    evidence = few(Evidence(*life) for life in lives)
    yield Finding("worker_churn", Severity.ADVICE, text, ids, at_ns=int(workers.began_ns[0]), evidence=evidence)


def _waves(workers: WorkerTimes) -> int:
    """How often a worker was started when no other one lived."""
    order = workers.began_ns.argsort(kind="stable")
    until_ns = np.maximum.accumulate(np.concatenate(([-1], workers.ended_ns[order])))[:-1]
    return int(np.count_nonzero(workers.began_ns[order] >= until_ns))
