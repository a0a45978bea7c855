"""never_ready: the workers of a Pool or an executor end before any runs a task. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import at_moment, few, of_ends
from workers.analysis.findings.finding import Finding, Severity, error_words, names
from workers.timeline.model import Process, ProcessKind, RaisedBy, RaisedError
from workers.timeline.timeline import Timeline

_LEAST_RESTARTS = 10
_POOL_WORKER = ProcessKind.POOL_WORKER


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each process whose Pool or executor does so."""
    yield from _initializers(timeline)
    pools: dict[int, list[Process]] = {}
    for process in timeline.processes:
        if process.kind is _POOL_WORKER and process.failed and process.parent_id is not None:
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


def _initializers(timeline: Timeline) -> Iterator[Finding]:
    """The initializer of an executor raised: its worker logs that and ends, and the executor is broken."""
    raised: dict[int, list[RaisedError]] = {}
    for error in timeline.errors:
        if error.by is RaisedBy.INITIALIZER and (timeline.cut_ns is None or error.at_ns < timeline.cut_ns):
            raised.setdefault(timeline.process(error.process).parent_id or 0, []).append(error)
    for errors in raised.values():
        workers = [timeline.process(number) for number in dict.fromkeys(error.process for error in errors)]
        text = (f"The initializer of an executor raised {error_words(errors[0])} in {names(workers)}: a worker that "
                "cannot begin ends, and the executor then gives up all tasks (BrokenProcessPool).")  # fmt: skip
        ids = tuple(worker.id for worker in workers)
        evidence = few(one for error in errors for one in at_moment(error.process, error.at_ns))
        yield Finding(
            "never_ready", Severity.PROBLEM, text, ids, None, errors[0].at_ns, errors[0].file, errors[0].line, evidence
        )
