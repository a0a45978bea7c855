"""exit_code: a process ended by itself with a non-zero exit code. Pure functions on a timeline, any process."""

from workers.analysis.deliberate_ends import deliberate_end
from workers.analysis.findings.finding import Severity, capitalized, moment, names
from workers.analysis.findings.process_ends import EndFinding, end_finding, seen_end
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process with a positive exit code, unless interrupt() caused it; a negative one is a signal."""
    if (process.exit_code or 0) <= 0 or not seen_end(timeline, process):
        return None
    if deliberate_end(timeline, process) is not None:
        return None
    code = f"ended with exit code {process.exit_code}"
    why = f": {process.error}" if process.error else ""
    # The exit code of another program is often an answer, as that of grep.
    severity = Severity.INFO if process.kind is ProcessKind.SUBPROCESS else Severity.PROBLEM
    text = capitalized(f"{names([process])} {code} at {moment(process.exited_ns)}{why}.")
    return EndFinding(end_finding(timeline, process, "exit_code", severity, text), process, f"{code}{why}")
