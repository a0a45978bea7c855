"""What is known of a watched cluster as data for scripts. Pure functions, any process.

Times are seconds from the beginning of the watch, None = not known.
"""

from typing import Any

from workers.report.seconds import seconds
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.model import SpanKind


def cluster_data(facts: ClusterFacts) -> dict[str, Any]:
    """The cluster for `json.dumps`. Workers are ids of processes; a worker of None in a silence is the scheduler."""
    return {
        "version": facts.version or None,
        "state": None if facts.state is None else facts.state.name.lower(),
        "reason": facts.reason or None,
        "attached_s": seconds(facts.attached_ns),
        "over_s": seconds(facts.over_ns),
        "clock_within_s": seconds(facts.clock_within_ns),
        "transfers": [
            {"to": one.worker, "from": one.sender, "began_s": seconds(one.began_ns), "ended_s": seconds(one.ended_ns),
             "bytes": one.size_bytes, "keys": one.keys} for one in facts.transfers
        ],
        "disk": [
            {"process": one.worker, "at_s": seconds(one.at_ns), "writes": one.writes, "written_bytes": one.written_bytes,
             "reads": one.reads, "read_bytes": one.read_bytes} for one in facts.disk
        ],
        "silences": [
            {"process": one.worker, "since_s": seconds(one.since_ns), "until_s": seconds(one.until_ns)}
            for one in facts.silences
        ],
        "preparations": [
            {"process": one.worker, "what": "deserialize" if one.what is SpanKind.DESERIALIZE else
             "disk_write" if one.writes else "disk_read", "began_s": seconds(one.began_ns), "ended_s": seconds(one.ended_ns),
             "key": one.key} for one in facts.preparations
        ],
        "missed_batches": sum(facts.missed_batches.values()),
    }  # fmt: skip
