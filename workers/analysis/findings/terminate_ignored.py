"""terminate_ignored: terminate() was called on a process, which lives on, because it handles or ignores the signal.

Pure functions on a timeline, any process.
"""

from collections.abc import Iterator

from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import Finding, Severity, capitalized, moment, names
from workers.plan.sizes import format_duration
from workers.timeline.model import Call, CallName, Disposition, Process
from workers.timeline.timeline import Timeline

_LONG_NS = 3_000_000_000
"""A handler may take so long to end its process in order."""


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for the processes on which one line called terminate() in vain, for one reason and with one outcome."""
    alike: dict[tuple[str, int, Disposition, bool], list[Call]] = {}
    seen: set[int] = set()
    terminate = CallName.TERMINATE  # to ask an enum for a member takes longer than what is done with it
    for call in timeline.calls:
        if call.name is not terminate or call.disposition is None or call.process is None:
            continue
        process = timeline.process(call.process)
        if call.error is None and process.id not in seen and _lives_on(timeline, process, call):
            seen.add(process.id)
            file, line = _place(call)
            alike.setdefault((file, line, call.disposition, _was_killed(timeline, process, call)), []).append(call)
    for (file, line, disposition, was_killed), calls in alike.items():
        processes = [timeline.process(call.process or 0) for call in calls]
        yield _finding(timeline, processes, calls, disposition, was_killed, file, line)


def _place(call: Call) -> tuple[str, int]:
    """The line of the program, rather than of the Pool that called terminate() for it."""
    return (call.program_file, call.program_line) if call.program_file else (call.file, call.line)


def _until_ns(timeline: Timeline, process: Process) -> int:
    """Up to when it lived, as far as the run was not being ended from outside."""
    until_ns = timeline.now_ns if process.last_ns is None else process.last_ns
    return until_ns if timeline.cut_ns is None else min(until_ns, timeline.cut_ns)


def _lives_on(timeline: Timeline, process: Process, call: Call) -> bool:
    """Whether terminate() did not end it, nor had it end itself."""
    until_ns = _until_ns(timeline, process)
    if until_ns - call.began_ns < _LONG_NS:
        return False
    if (
        process.exited_ns is None
        or process.lost
        or (timeline.cut_ns is not None and process.exited_ns >= timeline.cut_ns)
    ):
        return True
    return _was_killed(timeline, process, call)


def _was_killed(timeline: Timeline, process: Process, call: Call) -> bool:
    """Whether the program ended it by kill() later."""
    kills = (one for one in timeline.calls_on(process.id) if one.name is CallName.KILL and one.error is None)
    return process.signal_name == "SIGKILL" and any(one.began_ns > call.began_ns for one in kills)


def _is_joined(timeline: Timeline, process: Process) -> bool:
    """Whether a join() without a timeout waits for it."""
    joins = (call for call in timeline.calls_on(process.id) if call.name is CallName.JOIN)
    return any(call.ended_ns is None and call.timeout_s is None for call in joins)


def _finding(
    timeline: Timeline, processes: list[Process], calls: list[Call], disposition: Disposition, was_killed: bool,
    file: str, line: int,
) -> Finding:  # fmt: skip
    it, has = ("it", "has") if len(processes) == 1 else ("they", "have")
    why = f"{it} {has} a handler for SIGTERM, which did not end {'it' if it == 'it' else 'them'}"
    if disposition is Disposition.IGNORED:
        why = f"{it} {'ignores' if it == 'it' else 'ignore'} SIGTERM"
    if was_killed:
        lasted = format_duration(max(_until_ns(timeline, one) - call.began_ns
                                     for one, call in zip(processes, calls, strict=True)) / 1e9)  # fmt: skip
        outcome = f"ended only {lasted} later, by kill()"
    else:
        outcome = f"{'lives' if it == 'it' else 'live'} on"
    place = f" ({file}:{line})" if file else ""
    text = (f"terminate() was called on {names(processes)} at {moment(calls[0].began_ns)}{place}, and {it} {outcome}: "
            f"{why}.")  # fmt: skip
    stuck = not was_killed and any(_is_joined(timeline, process) for process in processes)
    severity = Severity.PROBLEM if stuck else Severity.ADVICE
    ids = tuple(process.id for process in processes)
    evidence = few(
        one for process, call in zip(processes, calls, strict=True) for one in of_life(process, call.began_ns)
    )
    return Finding(
        "terminate_ignored", severity, capitalized(text), ids, calls[0].id, calls[0].began_ns, file, line, evidence
    )
