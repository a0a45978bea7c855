"""start_failed: start() raised before there was a process. Pure functions on a timeline, any process."""

from dataclasses import replace

from workers.analysis.findings.finding import Severity, error_words
from workers.analysis.findings.process_ends import EndFinding, end_finding
from workers.timeline.model import CallName, Process, RaisedError
from workers.timeline.timeline import Timeline

_FRESH = frozenset(("spawn", "forkserver"))
"""The start methods with which a worker imports the main module before its own work begins."""


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that could not be started."""
    cut_ns = timeline.cut_ns
    if not process.not_born or (cut_ns is not None and (process.start_returned_ns or 0) >= cut_ns):
        return None  # a fork server that was ended with the run, for example, starts no more
    error = _raised(timeline, process)
    starter = _importing_main(timeline, process, error)
    if starter is not None:
        return _without_guard(timeline, process, starter, error)
    why = process.error or "start() raised"
    words = why if error is None else f"start() raised {error_words(error)}"
    text = f"{process.name} could not be started: {words}."
    finding = end_finding(timeline, process, "start_failed", Severity.PROBLEM, text, process.start_returned_ns)
    if error is not None and error.file and not finding.file:
        finding = replace(finding, file=error.file, line=error.line)
    return EndFinding(finding, process, f"could not be started, {why}")


def _raised(timeline: Timeline, process: Process) -> RaisedError | None:
    """What start() raised; None where only its type is known."""
    start = next((call for call in timeline.calls_on(process.id) if call.name is CallName.START and call.error), None)
    return None if start is None else timeline.error_at(start.by, start.ended_ns)


def _importing_main(timeline: Timeline, process: Process, error: RaisedError | None) -> Process | None:
    """The worker that tried to start this process before its own work began; None where that is not what happened.

    Such a worker imports the main module first, and multiprocessing refuses with a RuntimeError what it starts then.
    """
    if process.parent_id is None or "raised RuntimeError" not in (process.error or ""):
        return None
    if error is not None and "bootstrapping phase" not in error.message:
        return None
    starter = timeline.process(process.parent_id)
    return starter if starter.start_method in _FRESH and starter.target_began_ns is None else None


def _without_guard(timeline: Timeline, process: Process, starter: Process, error: RaisedError | None) -> EndFinding:
    finding = end_finding(timeline, process, "start_failed", Severity.PROBLEM, "", process.start_returned_ns)
    if error is not None and error.file and not finding.file:
        finding = replace(finding, file=error.file, line=error.line)
    place = f"{finding.file}:{finding.line}" if finding.file else "what starts it"
    text = (f"{starter.name} tried to start a process while it imported the main module, as each worker does that is "
            f'started by {starter.start_method}: {place} is not below if __name__ == "__main__".')  # fmt: skip
    return EndFinding(
        replace(finding, text=text, processes=(starter.id, process.id)), process,
        'could not be started, because start() is not below if __name__ == "__main__"',
    )  # fmt: skip
