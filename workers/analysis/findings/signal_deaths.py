"""Deaths by a signal that nothing in the run asked for: shared by `crashed` and `killed`. Pure functions, any process."""

from workers.analysis.deliberate_ends import ProgramSignal, deliberate_end
from workers.analysis.findings.finding import names
from workers.analysis.findings.process_ends import seen_end
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

NATIVE_SIGNALS = frozenset(("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSYS"))
"""The signals that native code causes in its own process."""

_SETTLED_NS = 500_000_000
"""A running process's record of a call may be read so long after it: the reader waits for records that are being written."""
_USUAL_FOR_SUBPROCESSES = frozenset(("SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE"))


def unexpected_signal(timeline: Timeline, process: Process) -> str | None:
    """The name of the signal that ended this process, if its end is no deliberate one; None for every other end.

    None also for a moment after the end: what its sender recorded may be read a little later.
    """
    if (process.exit_code or 0) >= 0 or not seen_end(timeline, process):
        return None
    if not timeline.ended and timeline.now_ns - (process.exited_ns or 0) < _SETTLED_NS:
        return None
    name = process.signal_name
    if name is None or deliberate_end(timeline, process) is not None:
        return None
    if process.kind is ProcessKind.HELPER and name == "SIGTERM":
        return None
    # Signals to other programs, as by Popen.terminate() or kill(), are not recorded.
    if process.kind is ProcessKind.SUBPROCESS and name in _USUAL_FOR_SUBPROCESSES:
        return None
    return name


def sender(timeline: Timeline, sent: ProgramSignal, process: Process) -> str:
    """Who sent a signal, and where: ``it sent the signal to itself with os.kill() at plan.py:40``."""
    place = f" at {sent.file}:{sent.line}"
    if sent.to_group:
        by = names([timeline.process(sent.by)])
        return f"probably because {by} sent the signal to its process group{place}"
    if sent.by == process.id:
        return f"it sent the signal to itself with os.kill(){place}"
    return f"{names([timeline.process(sent.by)])} sent the signal with os.kill(){place}"


def lost_results(timeline: Timeline, process: Process) -> str:
    """``, and the result of load was lost``; empty if the process was running no task when it ended."""
    tasks = timeline.open_tasks(process.id)
    if not tasks:
        return ""
    more = len(tasks) - 1
    if not more:
        return f", and the result of {tasks[0].name} was lost"
    return f", and the results of {tasks[0].name} and {more} more were lost"
