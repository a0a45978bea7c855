"""one_by_one: tasks of a pool of several workers that run one after another. Pure functions on a timeline, any process.

Each was submitted when the one before had ended, as by apply(), or by result() or get() right after the submission.
"""

from collections.abc import Iterator

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.busy import BusyWorkers
from workers.analysis.findings.finding import Evidence, Finding, Severity
from workers.analysis.findings.slow.slow_words import counted, main_name, seconds
from workers.timeline.task_store import UNKNOWN_NS
from workers.timeline.timeline import Timeline

_LEAST_TASKS = 5
_AFTER = 0.95
"""The share of the tasks, from the second on, that were submitted when the one before had ended."""
_LEAST_SHARE, _LEAST_S = 0.3, 1.0
"""Of the run in which a worker was busy, and in seconds."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for all workers of one process."""
    if len(timeline.tasks) < _LEAST_TASKS:
        return
    parents = {timeline.process(worker.process).parent_id for worker in balance.workers}
    for parent in sorted(one for one in parents if one is not None):
        workers = [one for one in balance.workers if timeline.process(one.process).parent_id == parent]
        lanes = [(one, lane) for one in workers if (lane := timeline.tasks.of(one.process)) is not None and len(lane)]
        if not lanes or balance.at_once < 2 or len(workers) < 2 or (balance.allowed or 2) < 2:
            continue
        began = np.concatenate([lane.t0 for _, lane in lanes])
        ended = np.concatenate([lane.ends(0, len(lane), one.ended_ns) for one, lane in lanes])
        submitted = np.concatenate([lane.submitted for _, lane in lanes])
        order = np.argsort(began, kind="stable")
        began, ended, submitted = began[order], ended[order], submitted[order]
        if len(began) < _LEAST_TASKS or (submitted == UNKNOWN_NS).any():
            continue
        busy_s = BusyWorkers(timeline, [one for one, _ in lanes]).any_s
        after = submitted[1:] >= np.maximum.accumulate(ended)[:-1]
        if after.mean() < _AFTER or busy_s < max(_LEAST_S, _LEAST_SHARE * balance.duration_s):
            continue
        text = (
            f"The {counted(len(began), 'task')} of {main_name(timeline, workers)} ran one at a time, though there were "
            f"{len(workers)} workers, and took {seconds(busy_s)} together: each was submitted when the one before had ended. "
            f"apply() waits for its task, and so does result() or get() right after a submission. Where no task needs the "
            f"result of another one, submit all of them first, or use map()."
        )
        evidence = (Evidence(parent, int(began[0]), int(ended.max())),)
        ids = (parent, *(one.process for one in workers))
        yield Finding("one_by_one", Severity.ADVICE, text, ids, at_ns=int(began[0]), evidence=evidence)
