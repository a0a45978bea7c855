"""program_bound: workers that have nothing to do, as the program computes itself. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.busy import busy_within
from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.analysis.findings.slow.slow_words import counted, main_name, seconds, share
from workers.analysis.measure import cpu_used
from workers.timeline.timeline import Timeline

_LEAST_SHARE, _LEAST_S = 0.4, 1.0
"""Of the run's duration that the program computed while it had workers, and in seconds."""
_OF_CPU = 0.6
"""Of what the program and its workers computed meanwhile: on a busy machine both get less."""
_MOST_BUSY = 0.4
"""The share of their time in which the workers had tasks."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for each process whose pool waits for it."""
    if not len(timeline.tasks):
        return
    parents = {timeline.process(one.process).parent_id for one in balance.workers if timeline.tasks.of(one.process)}
    for parent in sorted(one for one in parents if one is not None):
        process = timeline.process(parent)
        workers = [one for one in balance.workers if timeline.process(one.process).parent_id == parent]
        began_ns = min(timeline.process(one.process).target_began_ns or one.ended_ns for one in workers)
        lanes = [(one, lane) for one in workers if (lane := timeline.tasks.of(one.process)) is not None]
        ended_ns = max(int(lane.ends(0, len(lane), one.ended_ns).max()) for one, lane in lanes)
        stretch_s, life_ns = (
            (ended_ns - began_ns) / 1e9,
            (process.life_began_ns or 0, process.last_ns or timeline.now_ns),
        )
        used = cpu_used(timeline.samples.get(parent), process, life_ns, began_ns, ended_ns)
        if used is None or used[0] < max(_LEAST_S, _LEAST_SHARE * balance.duration_s) or stretch_s <= 0:
            continue
        alive_s = sum(max(0, min(one.ended_ns, ended_ns) - max(one.began_ns, began_ns)) for one in workers) / 1e9
        busy_s = sum(busy_within(timeline, one, began_ns, ended_ns) for one in workers)
        theirs = [
            cpu_used(timeline.samples.get(one.process), timeline.process(one.process), (one.began_ns, one.ended_ns),
                     began_ns, ended_ns) for one in workers
        ]  # fmt: skip
        theirs_s = float(np.sum([one[0] for one in theirs if one is not None]))
        if busy_s > _MOST_BUSY * alive_s or used[0] < _OF_CPU * (used[0] + theirs_s):
            continue
        who = names([process])
        text = (
            f"{who} computed for {seconds(used[0])} in the {seconds(stretch_s)} in which its {counted(len(workers), 'worker')} "
            f"were there for tasks of {main_name(timeline, workers)}; they had one in {share(busy_s / alive_s)} of their time. "
            f"More workers make this no faster: leave more to them, of what makes the tasks, or of what is done with their "
            f"results."
        )
        evidence = (Evidence(parent, began_ns, ended_ns),)
        ids = (parent, *(one.process for one in workers))
        yield Finding("program_bound", Severity.ADVICE, capitalized(text), ids, at_ns=began_ns, evidence=evidence)
