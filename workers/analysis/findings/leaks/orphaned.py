"""orphaned: workers ran on after the process that had started them. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity, moment, names, start_of
from workers.plan.sizes import format_duration
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

_WORKERS = (ProcessKind.WORKER, ProcessKind.POOL_WORKER)
_LEAST_NS = 1_000_000_000
"""A worker that notices the end of its parent takes a moment to end."""


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for the workers of each process that they outlived.

    Python joins or ends its workers at exit: so that process was killed, or left with os._exit(). A child that the program
    forked by itself may be meant to outlive it, and is not told.
    """
    parents = {process.parent_id for process in timeline.processes if process.parent_id is not None}
    ends = [at_ns for at_ns in (timeline.process(parent).exited_ns for parent in parents) if at_ns is not None]
    if not ends:
        return
    orphans: dict[int, list[Process]] = {}
    first_ns = min(ends) + _LEAST_NS
    for process in timeline.processes:
        if process.exited_ns is not None and process.exited_ns < first_ns and not process.left:
            continue  # as nearly all of many
        if process.kind in _WORKERS and _outlived_ns(timeline, process) >= _LEAST_NS:
            orphans.setdefault(process.parent_id or 0, []).append(process)
    for parent_id, processes in orphans.items():
        yield _finding(timeline, timeline.process(parent_id), processes)


def _outlived_ns(timeline: Timeline, process: Process) -> int:
    """For how long it ran without its parent, as far as the run was not being ended from outside; 0 for not at all."""
    parent = None if process.parent_id is None else timeline.process(process.parent_id)
    if parent is None or parent.exited_ns is None or parent.lost or process.born_ns is None or process.lost:
        return 0
    until_ns = timeline.now_ns if process.last_ns is None else process.last_ns
    return (until_ns if timeline.cut_ns is None else min(until_ns, timeline.cut_ns)) - parent.exited_ns


def _finding(timeline: Timeline, parent: Process, processes: list[Process]) -> Finding:
    longest = format_duration(max(_outlived_ns(timeline, process) for process in processes) / 1e9)
    how = f"was killed by {parent.signal_name}" if parent.signal_name else f"ended with exit code {parent.exit_code}"
    if parent.exit_code is None:
        how = "ended"
    it, them = ("it", "it") if len(processes) == 1 else ("they", "them")
    lasted = f"ran on for {longest}, and nothing was left to join or end {them}"
    if not all(process.ended for process in processes) and timeline.cut_ns is None:
        lasted = f"{'runs' if it == 'it' else 'run'} on, and nothing is left to join or end {them}"
    text = (f"{names(processes)} outlived {names([parent])}, which had started {them} and {how} at "
            f"{moment(parent.exited_ns)}: {it} {lasted}.")  # fmt: skip
    start = start_of(timeline, processes[0])
    call, file, line = (None, "", 0) if start is None else (start.id, start.file, start.line)
    ids = (*(process.id for process in processes), parent.id)
    evidence = few(one for process in processes for one in of_life(process, parent.exited_ns))
    return Finding("orphaned", Severity.ADVICE, text, ids, call, parent.exited_ns, file, line, evidence)
