"""kills_workers: several workers ended while they ran the same task. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import MOST_EVIDENCE, Evidence, Finding, Severity, names
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, facts: ClusterFacts) -> Iterator[Finding]:
    """One finding for each task that ran when two or more workers ended."""
    for key, ids in facts.cut_off.items():
        attempts = [timeline.tasks[one - 1] for one in ids]
        workers = [timeline.process(one) for one in dict.fromkeys(task.process for task in attempts)]
        if len(workers) < 2:
            continue
        name = attempts[0].name if attempts[0].name == key else f"{attempts[0].name} ({key})"
        signals = sorted({process.signal_name or "an unknown cause" for process in workers})
        text = (f"{len(workers)} workers ended by {' or '.join(signals)} while they ran the task {name}: {names(workers)}. "
                "The task probably ends them.")  # fmt: skip
        evidence = tuple(Evidence(task.process, task.began_ns, timeline.process(task.process).last_ns, task.id)
                         for task in attempts[:MOST_EVIDENCE])  # fmt: skip
        ids_of = tuple(process.id for process in workers)
        yield Finding("kills_workers", Severity.PROBLEM, text, ids_of, at_ns=attempts[0].began_ns, evidence=evidence)
