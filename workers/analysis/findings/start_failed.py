"""start_failed: start() raised before there was a process. Pure functions on a timeline, any process."""

from workers.analysis.findings.finding import Severity
from workers.analysis.findings.process_ends import EndFinding, end_finding
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that could not be started."""
    if not process.not_born:
        return None
    why = process.error or "start() raised"
    text = f"{process.name} could not be started: {why}."
    finding = end_finding(timeline, process, "start_failed", Severity.PROBLEM, text, process.start_returned_ns)
    return EndFinding(finding, process, f"could not be started, {why}")
