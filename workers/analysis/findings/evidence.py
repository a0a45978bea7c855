"""The evidence of findings: the intervals and tasks that show them. Pure functions on a timeline, any process."""

from collections.abc import Iterable, Sequence

from workers.analysis.findings.finding import MOST_EVIDENCE, Evidence
from workers.timeline.model import Call, Process
from workers.timeline.timeline import Timeline


def few(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The first of these, each once; as many as a finding may have."""
    found: dict[Evidence, None] = {}
    for one in evidence:  # the others are not even made: there can be very many
        found[one] = None
        if len(found) == MOST_EVIDENCE:
            break
    return tuple(found)


def of_end(timeline: Timeline, process: Process) -> tuple[Evidence, ...]:
    """How a process ended: the tasks that its end cut off, else the moment of the end. Of start() that raised, that call."""
    if process.not_born:
        called_ns, returned_ns = process.start_called_ns, process.start_returned_ns
        return () if returned_ns is None else (Evidence(process.id, called_ns or returned_ns, returned_ns),)
    ended_ns = process.last_ns
    if ended_ns is None:
        return ()
    cut_off = [Evidence(process.id, task.began_ns, ended_ns, task.id) for task in timeline.open_tasks(process.id)]
    return tuple(cut_off[:MOST_EVIDENCE]) or (Evidence(process.id, ended_ns - process.exited_within_ns // 2, ended_ns),)


def of_ends(timeline: Timeline, processes: Sequence[Process]) -> tuple[Evidence, ...]:
    """The ends of several processes."""
    return few(one for process in processes[:MOST_EVIDENCE] for one in of_end(timeline, process))


def of_life(process: Process, from_ns: int | None = None) -> tuple[Evidence, ...]:
    """The life of a process, or what is left of it from a moment on."""
    began_ns = process.life_began_ns if from_ns is None else from_ns
    return () if began_ns is None else (Evidence(process.id, began_ns, process.last_ns),)


def of_call(timeline: Timeline, call: Call) -> Evidence:
    """The time that a call took, on the process that made it."""
    return Evidence(call.by, call.began_ns, timeline.end_of(call))


def at_moment(process: int, at_ns: int) -> tuple[Evidence, ...]:
    """One moment of a process."""
    return (Evidence(process, at_ns, at_ns),)
