"""daemon_cut_off: a daemon was ended by the end of its parent before it had finished. Pure functions, any process."""

from workers.analysis.deliberate_ends import BY_EXIT, deliberate_end
from workers.analysis.findings.finding import Severity, moment
from workers.analysis.findings.process_ends import EndFinding, end_finding, seen_end
from workers.timeline.model import Process, Wait
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a daemon that was still at work."""
    if not process.daemon or process.target_ended_ns is not None or not seen_end(timeline, process):
        return None
    if deliberate_end(timeline, process) != BY_EXIT or _was_idle(process):
        return None
    text = (f"{process.name} is a daemon and was ended at {moment(process.exited_ns)}, before it had finished, because the "
            "program ended.")  # fmt: skip
    finding = end_finding(timeline, process, "daemon_cut_off", Severity.INFO, text)
    return EndFinding(
        finding, process, "are daemons and were ended before they had finished, because the program ended"
    )


def _was_idle(process: Process) -> bool:
    """Whether it was waiting for something to do, as daemons that serve a Queue do."""
    waits = process.waiting(process.exited_ns or 0)
    return any(wait.main and wait.wait in (Wait.LOCK, Wait.PIPE_READ) for wait in waits)
