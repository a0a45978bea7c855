"""scheduler_silent, scheduler_lost, worker_silent, not_watched: who did not answer. Pure functions, any process.

A worker sends heartbeats from the thread that also talks to the others. One whose interpreter is held, or that is stopped,
sends none.
"""

from collections.abc import Iterator

import numpy as np

from workers.analysis.findings.finding import Evidence, Finding, Severity, moment
from workers.journal.codes import Watch
from workers.plan.sizes import format_duration
from workers.timeline.cluster.cluster_facts import ClusterFacts, Silence
from workers.timeline.timeline import Timeline

_MOST_NAMES, _MOST_LOOKED_AT = 3, 1000


def find(timeline: Timeline, facts: ClusterFacts) -> Iterator[Finding]:
    """One finding for each silence, and for a watch that did not begin or broke off."""
    if facts.state is Watch.REFUSED:
        text = f"The cluster could not be watched: {facts.reason.rstrip('.')}."
        yield Finding("not_watched", Severity.PROBLEM, text, (1,), at_ns=facts.over_ns)
    if facts.state is Watch.GONE:
        text = f"The connection to the scheduler broke at {moment(facts.over_ns)}: what came after is not known."
        yield Finding("scheduler_lost", Severity.PROBLEM, text, (1,), at_ns=facts.over_ns)
    for silence in facts.silences:
        yield (
            _of_scheduler(timeline, silence)
            if silence.worker is None
            else _of_worker(timeline, silence, silence.worker)
        )


def _of_scheduler(timeline: Timeline, silence: Silence) -> Finding:
    text = f"The scheduler did not answer {_how_long(timeline, silence)}: no task was given out."
    severity = Severity.PROBLEM if silence.until_ns is None else Severity.ADVICE
    return Finding("scheduler_silent", severity, text, (1,), at_ns=silence.since_ns)


def _of_worker(timeline: Timeline, silence: Silence, worker: int) -> Finding:
    process = timeline.process(worker)
    during = ", ".join(_names_during(timeline, silence, worker))
    text = (f"{process.name} sent no heartbeat {_how_long(timeline, silence)}{', while it ran ' if during else ''}{during}: "
            "it may be stopped, or a task may hold its interpreter.")  # fmt: skip
    severity = Severity.PROBLEM if silence.until_ns is None and not process.ended else Severity.ADVICE
    evidence = (Evidence(worker, silence.since_ns, silence.until_ns),)
    return Finding("worker_silent", severity, text, (worker,), at_ns=silence.since_ns, evidence=evidence)


def _names_during(timeline: Timeline, silence: Silence, worker: int) -> list[str]:
    """The names of attempts that ran for most of a silence, three at the most."""
    until_ns = timeline.now_ns if silence.until_ns is None else silence.until_ns
    found = set()
    for lane in timeline.tasks.all_of(worker):
        low = max(0, int(np.searchsorted(lane.t0, silence.since_ns)) - 1)
        high = min(int(np.searchsorted(lane.t0, until_ns)), low + _MOST_LOOKED_AT)
        inside = np.minimum(lane.t1[low:high], until_ns) - np.maximum(lane.t0[low:high], silence.since_ns)
        for at in np.flatnonzero(inside * 2 > until_ns - silence.since_ns).tolist():
            found.add(timeline.tasks.names[int(lane.name[low + at])])
    return sorted(found)[:_MOST_NAMES]


def _how_long(timeline: Timeline, silence: Silence) -> str:
    if silence.until_ns is None:
        return f"from {moment(silence.since_ns)} on"
    return f"for {format_duration((silence.until_ns - silence.since_ns) / 1e9)}, from {moment(silence.since_ns)} on"
