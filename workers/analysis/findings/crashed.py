"""crashed: native code ended a process by a signal such as SIGSEGV. Pure functions on a timeline, any process."""

from workers.analysis.deliberate_ends import program_signal
from workers.analysis.findings.finding import Severity, capitalized, moment, names
from workers.analysis.findings.process_ends import EndFinding, end_finding
from workers.analysis.findings.signal_deaths import NATIVE_SIGNALS, lost_results, unexpected_signal
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process that crashed."""
    name = unexpected_signal(timeline, process)
    if name not in NATIVE_SIGNALS or program_signal(timeline, process) is not None:
        return None  # a signal that os.kill() sent: see `killed`
    when, lost = moment(process.exited_ns), lost_results(timeline, process)
    text = capitalized(f"{names([process])} crashed with {name} at {when}{lost}: in native code, or by abort().")
    finding = end_finding(timeline, process, "crashed", Severity.PROBLEM, text)
    return EndFinding(finding, process, f"crashed with {name}")
