"""The status sentence of a watched cluster: what it does, or how the watch ended. Pure functions on a timeline, any process."""

from workers.analysis.findings.finding import names
from workers.journal.codes import Watch
from workers.plan.sizes import format_duration
from workers.timeline.cluster.cluster_facts import ClusterFacts
from workers.timeline.model import LIVING, ProcessKind
from workers.timeline.timeline import Timeline

_ENDS = {
    Watch.LEFT: "The watch ended after {}, and left nothing in the cluster",
    Watch.STAYS: "The watch ended after {}, and the scheduler has not confirmed yet that it took our part out",
    Watch.CLOSED: "The cluster ended after {}",
    Watch.GONE: "The connection to the scheduler broke after {}",
    Watch.REFUSED: "The cluster could not be watched",
    Watch.ATTACHED: "The watch broke off after {}",
}


def watch_sentence(timeline: Timeline, facts: ClusterFacts, *, stopping: bool) -> str:
    """``3 of 4 workers alive on 2 machines; 12 tasks are running; 1,204 have ended.``"""
    workers = [process for process in timeline.processes if process.kind is ProcessKind.CLUSTER_WORKER]
    if timeline.ended:
        took = format_duration((facts.over_ns if facts.over_ns is not None else timeline.now_ns) / 1e9)
        ended = _ENDS.get(facts.state or Watch.ATTACHED, _ENDS[Watch.ATTACHED]).format(took)
        parts = [ended, *_killed(timeline), f"{len(timeline.tasks):,} attempts at tasks were seen"]
        return "; ".join(parts if workers else parts[:1]) + "."
    alive = sum(process.state in LIVING for process in workers)
    hosts = len({process.host for process in workers})
    noun, machines = "worker" if len(workers) == 1 else "workers", "machine" if hosts == 1 else "machines"
    there = f"{alive:,} of {len(workers):,} {noun} alive on {hosts:,} {machines}"
    if stopping:
        return f"Leaving the cluster: {there}."
    if facts.attached_ns is None:
        return "The cluster is being asked."
    if any(silence.worker is None and silence.until_ns is None for silence in facts.silences):
        return f"The scheduler does not answer. {there}, when it last did."
    running = sum(lane.open for process in workers if not process.ended for lane in timeline.tasks.all_of(process.id))
    tasks = (
        f"{running:,} {'task is' if running == 1 else 'tasks are'} running, of {len(timeline.tasks):,} that were seen"
    )
    return "; ".join([there, *_killed(timeline), tasks]) + "."


def _killed(timeline: Timeline) -> list[str]:
    killed = [one for one in timeline.processes
              if one.kind is ProcessKind.CLUSTER_WORKER and one.exit_code not in (None, 0)]  # fmt: skip
    if not killed:
        return []
    if len(killed) == 1:
        return [f"{killed[0].name} failed ({killed[0].exit_text})"]
    return [f"{len(killed):,} workers failed ({names(killed)})"]
