"""The stages of a plan's run, to compare one on a cluster with one without: until it is ready, its work, its end.

Pure functions on a timeline, any process. What is not known is None.
"""

from dataclasses import dataclass

from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Stages:
    """ready_s: from the program's start until the first work was handed over. work_s: from the first beginning of the work to
    its last end. ending_s: from there to the program's exit.

    workers, hosts: that did some of the work, and the machines that they are on.
    cluster: the work was tasks of a cluster. made: the cluster was made for this run, on this machine.
    """

    ready_s: float | None
    work_s: float | None
    ending_s: float | None
    workers: int
    hosts: int
    cluster: bool
    made: bool


def cluster_stages(a: Timeline, b: Timeline) -> tuple[Stages, Stages] | None:
    """The stages of both runs, where the same work was done on a cluster in one of them alone; otherwise None."""
    if a.plan is None or b.plan is None or a.plan.on_cluster == b.plan.on_cluster:
        return None
    if (a.plan.workload, a.plan.sizes) != (b.plan.workload, b.plan.sizes):
        return None
    return stages_of(a), stages_of(b)


def stages_of(timeline: Timeline) -> Stages:
    """The stages of the run of a plan, as far as it has come."""
    plan, program = timeline.plan, timeline.program
    on_cluster = plan is not None and plan.on_cluster
    first = CallName.SUBMIT if on_cluster else CallName.START
    handed_ns = min((call.began_ns for call in timeline.calls_by(1) if call.name is first), default=None)
    spans, ran = _tasks(timeline) if on_cluster else _targets(timeline)
    began_ns = min((began for began, _ in spans), default=None)
    ends = [ended for _, ended in spans if ended is not None]
    ended_ns = max(ends) if ends and len(ends) == len(spans) else None
    exited_ns = None if program is None else program.exited_ns
    return Stages(
        None if handed_ns is None else handed_ns / 1e9,
        None if began_ns is None or ended_ns is None else (ended_ns - began_ns) / 1e9,
        None if exited_ns is None or ended_ns is None or exited_ns < ended_ns else (exited_ns - ended_ns) / 1e9,
        len({process.id for process in ran}),
        len({process.host for process in ran}),
        on_cluster,
        on_cluster and all(not process.host for process in ran),
    )


def _targets(timeline: Timeline) -> tuple[list[tuple[int, int | None]], list[Process]]:
    ran = [
        process for process in timeline.processes if process.worker is not None and process.target_began_ns is not None
    ]
    ends = (one.exited_ns if one.target_ended_ns is None else one.target_ended_ns for one in ran)
    return [(one.target_began_ns or 0, ended) for one, ended in zip(ran, ends, strict=True)], ran


def _tasks(timeline: Timeline) -> tuple[list[tuple[int, int | None]], list[Process]]:
    """The plan's own tasks: a cluster may have others of that name, with other keys."""
    program = timeline.program
    name = "" if timeline.plan is None else timeline.plan.workload.function
    own_key = f"-{0 if program is None else program.pid}"
    spans, ran = [], []
    for task in timeline.tasks:
        worker = timeline.process(task.process)
        if task.name != name or worker.kind is not ProcessKind.CLUSTER_WORKER:
            continue
        if task.key is None or task.key.endswith(own_key):
            spans.append((task.began_ns, worker.last_ns if task.ended_ns is None else task.ended_ns))
            ran.append(worker)
    return spans, ran
