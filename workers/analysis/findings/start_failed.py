"""start_failed: start() raised before there was a process. Pure functions on a timeline, any process."""

from dataclasses import replace

from workers.analysis.findings.finding import Severity, error_words
from workers.analysis.findings.process_ends import EndFinding, end_finding
from workers.timeline.model import CallName, Process, RaisedError
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that could not be started."""
    if not process.not_born:
        return None
    why = process.error or "start() raised"
    error = _raised(timeline, process)
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
