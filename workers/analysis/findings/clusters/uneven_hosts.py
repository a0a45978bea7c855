"""uneven_hosts: the threads of one machine worked, while those of another had little to do. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.clusters.traffic import computed_ns_of
from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.timeline import Timeline

_LEAST_NS = 5_000_000_000
_BUSY, _TIMES = 0.5, 2.0


def find(timeline: Timeline, facts: ClusterFacts) -> Iterator[Finding]:
    """One finding if the busiest machine was busy for half of its time, and twice as much as the least busy one."""
    used: dict[str, list[int]] = {}
    for process in timeline.processes:
        if process.host:
            until_ns = timeline.now_ns if process.last_ns is None else process.last_ns
            here_ns = until_ns - max(process.life_began_ns or 0, facts.attached_ns or 0)
            one = used.setdefault(process.host, [0, 0])
            one[0] += computed_ns_of(timeline, process.id)
            one[1] += max(0, here_ns) * (process.threads or 1)
    shares = sorted((busy / there, host) for host, (busy, there) in used.items() if there >= _LEAST_NS)
    if len(shares) < 2:
        return
    (least, idle), (most, busy) = shares[0], shares[-1]
    if most >= _BUSY and most >= _TIMES * least:
        text = (f"The threads of {busy} were in tasks for {most:.0%} of their time, and those of {idle} for {least:.0%}: "
                "the work is not spread evenly over the machines.")  # fmt: skip
        workers = tuple(process.id for process in timeline.processes if process.host in (busy, idle))[:100]
        yield Finding("uneven_hosts", Severity.ADVICE, text, workers)
