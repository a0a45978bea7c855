"""lost: the end of a process was not seen. Pure functions on a timeline, any process."""

from workers.analysis.findings.finding import Severity, capitalized, names
from workers.analysis.findings.process_ends import EndFinding, end_finding
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that is lost from sight. One that nobody has seen was perhaps never born."""
    if not process.lost or process.not_born or process.never_seen:
        return None
    text = capitalized(f"{names([process])} was lost from sight: how it ended was not seen.")
    finding = end_finding(timeline, process, "lost", Severity.PROBLEM, text, process.lost_ns)
    return EndFinding(finding, process, "were lost from sight")
