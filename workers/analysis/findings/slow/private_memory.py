"""private_memory: workers that have most of the machine's memory, each a copy of its own. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.balance.balance import Balance
from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity
from workers.plan.sizes import format_bytes
from workers.timeline.timeline import Timeline

_LEAST_SHARE = 0.5
"""Of the memory that was there when the run began."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding, if the private memory of workers that lived at the same time is much of what there was."""
    known = [
        (worker, private_bytes)
        for worker in balance.workers.among(timeline.effort)
        if (private_bytes := timeline.effort[worker.process].private_bytes)
    ]
    if len(known) < 2 or not timeline.memory_bytes:
        return
    # Those that lived at the end of the first one lived at the same time.
    at_ns = min(worker.ended_ns for worker, _ in known)
    together = [(worker, size) for worker, size in known if worker.began_ns < at_ns]
    total = sum(size for _, size in together)
    if len(together) < 2 or total < _LEAST_SHARE * timeline.memory_bytes:
        return
    most = max(size for _, size in together)
    text = (
        f"{len(together)} workers had {format_bytes(total)} of memory that they do not share, up to {format_bytes(most)} each; "
        f"{format_bytes(timeline.memory_bytes)} were available. Start fewer workers, or share what they all read "
        f"(multiprocessing.shared_memory, numpy.memmap)."
    )
    processes = [timeline.process(worker.process) for worker, _ in together]
    evidence = few(one for process in processes for one in of_life(process))
    ids = tuple(process.id for process in processes)
    yield Finding("private_memory", Severity.ADVICE, text, ids, at_ns=together[0][0].began_ns, evidence=evidence)
