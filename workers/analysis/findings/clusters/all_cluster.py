"""Every kind of finding about a cluster that is watched. Pure functions on a timeline, any process."""

from collections.abc import Callable, Iterable, Iterator

from workers.analysis.findings.clusters import kills_workers, repeated, silent, traffic, uneven_hosts
from workers.analysis.findings.finding import Finding
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.timeline import Timeline

CLUSTER_KINDS: tuple[Callable[[Timeline, ClusterFacts], Iterable[Finding]], ...] = (
    silent.find,
    kills_workers.find,
    repeated.find,
    traffic.find,
    uneven_hosts.find,
)


def find(timeline: Timeline) -> Iterator[Finding]:
    """All of them, for a run that watched a cluster."""
    if timeline.cluster is not None:
        for kind in CLUSTER_KINDS:
            yield from kind(timeline, timeline.cluster)
