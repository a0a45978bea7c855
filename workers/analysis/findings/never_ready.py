"""never_ready: a Pool replaces worker after worker before any runs a task. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import of_ends
from workers.analysis.findings.finding import Finding, Severity, names
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_LEAST_RESTARTS = 10


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each process whose Pool does so."""
    pools: dict[int, list[Process]] = {}
    for process in timeline.processes:
        if process.kind is ProcessKind.POOL_WORKER and process.failed and process.parent_id is not None:
            pools.setdefault(process.parent_id, []).append(process)
    for parent, failed in pools.items():
        cut_ns = timeline.cut_ns
        failed = [p for p in failed if cut_ns is None or (p.exited_ns or 0) < cut_ns]
        children = [timeline.process(child) for child in timeline.children_of(parent)]
        if len(failed) >= _LEAST_RESTARTS and not any(child.tasks for child in children):
            why = f" with {failed[0].error}" if failed[0].error else ""
            text = (f"A Pool of {names([timeline.process(parent)])} replaces its workers over and over: {len(failed):,} ended"
                    f"{why} before their first task. Either the Pool's initializer fails, or a worker's import of the program "
                    "does.")  # fmt: skip
            ids = (parent, *(p.id for p in failed))
            evidence = of_ends(timeline, failed)
            yield Finding("never_ready", Severity.PROBLEM, text, ids, None, failed[0].exited_ns, evidence=evidence)
