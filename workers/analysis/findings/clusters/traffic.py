"""transfers_dominate, spilled: data that moves instead of being computed with. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.findings.finding import MOST_EVIDENCE, Evidence, Finding, Severity, names
from workers.plan.sizes import format_bytes, format_duration
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.timeline import Timeline

_LEAST_NS = 1_000_000_000
_SHARE = 0.5
_LEAST_WRITTEN = 10_000_000


def find(timeline: Timeline, facts: ClusterFacts) -> Iterator[Finding]:
    """One finding if workers fetched for half as long as they computed, and one if they wrote results to disk."""
    if facts.transfer_ns >= _LEAST_NS:
        computed_ns = sum(computed_ns_of(timeline, process) for process in timeline.tasks.processes())
        if facts.transfer_ns >= _SHARE * computed_ns:
            yield _transfers(facts, computed_ns)
    written = sum(facts.written_bytes.values())
    if written >= _LEAST_WRITTEN:
        workers = [timeline.process(one) for one, size in facts.written_bytes.items() if size]
        text = (f"{names(workers)} wrote {format_bytes(written)} of results to disk, since memory was short: more memory, or "
                "smaller pieces, would spare that.")  # fmt: skip
        evidence = tuple(Evidence(one.worker, one.at_ns, one.at_ns) for one in facts.disk if one.writes)[:MOST_EVIDENCE]
        yield Finding("spilled", Severity.ADVICE, text, tuple(process.id for process in workers),
                      at_ns=evidence[0].from_ns if evidence else None, evidence=evidence)  # fmt: skip


def computed_ns_of(timeline: Timeline, process: int) -> int:
    """How long the attempts of a worker took together, as far as they have ended."""
    return sum(int((np.minimum(lane.t1, timeline.now_ns) - np.minimum(lane.t0, timeline.now_ns)).sum())
               for lane in timeline.tasks.all_of(process))  # fmt: skip


def _transfers(facts: ClusterFacts, computed_ns: int) -> Finding:
    longest = sorted(facts.transfers, key=lambda one: one.began_ns - one.ended_ns)[:MOST_EVIDENCE]
    text = (f"Workers fetched {format_bytes(facts.transfer_bytes)} from each other, which took "
            f"{format_duration(facts.transfer_ns / 1e9)} together, and their tasks {format_duration(computed_ns / 1e9)}: "
            "larger tasks, or tasks beside their data, would move less.")  # fmt: skip
    evidence = tuple(Evidence(one.worker, one.began_ns, one.ended_ns) for one in longest)
    workers = tuple(dict.fromkeys(one.worker for one in longest))
    return Finding("transfers_dominate", Severity.ADVICE, text, workers, at_ns=longest[0].began_ns, evidence=evidence)
