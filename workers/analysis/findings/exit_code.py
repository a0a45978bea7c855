"""exit_code: a process ended by itself with a non-zero exit code. Pure functions on a timeline, any process."""

from dataclasses import replace

from workers.analysis.deliberate_ends import deliberate_end
from workers.analysis.findings.finding import Severity, capitalized, error_words, moment, names
from workers.analysis.findings.process_ends import EndFinding, end_finding, seen_end
from workers.timeline.model import Process, ProcessKind, RaisedBy, RaisedError
from workers.timeline.timeline import Timeline


def find(timeline: Timeline, process: Process) -> EndFinding | None:
    """The finding of a process with a positive exit code, unless interrupt() caused it; a negative one is a signal."""
    if (process.exit_code or 0) <= 0 or not seen_end(timeline, process):
        return None
    if deliberate_end(timeline, process) is not None:
        return None
    code = f"ended with exit code {process.exit_code}"
    why = f": {process.error}" if process.error else ""
    error = timeline.ending_error(process)
    # The exit code of another program is often an answer, as that of grep.
    severity = Severity.INFO if process.kind is ProcessKind.SUBPROCESS else Severity.PROBLEM
    words = why if error is None else f": {error_words(error)}{_of_task(timeline, error)}{_of_manager(timeline, error)}"
    tasks = timeline.open_tasks(process.id)
    if not words and tasks:  # as by os._exit()
        words = f", in the middle of the task {tasks[0].name}"
    text = capitalized(f"{names([process])} {code} at {moment(process.exited_ns)}{words}.")
    finding = end_finding(timeline, process, "exit_code", severity, text)
    if error is not None and error.file:
        finding = replace(finding, call=None, file=error.file, line=error.line)
    return EndFinding(finding, process, f"{code}{why}")


def _of_task(timeline: Timeline, error: RaisedError) -> str:
    """``, as the task load raised it``, where the same exception had ended a task of a pool or an executor before."""
    for one in timeline.errors:
        if (
            one.by is RaisedBy.TASK
            and one.at_ns <= error.at_ns
            and (one.type, one.message) == (error.type, error.message)
        ):
            name = timeline.tasks.name_of_ended(one.process, one.at_ns)
            if name:
                return f", as the task {name} raised it"
    return ""


_GONE = frozenset(
    ("FileNotFoundError", "ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "EOFError")
)


def _of_manager(timeline: Timeline, error: RaisedError) -> str:
    """That a Manager had ended before an exception of one of its proxies: a sentence without its end; empty for all others."""
    if error.type not in _GONE or not any("managers.py:" in frame for frame in error.frames):
        return ""
    gone = [process for process in timeline.processes
            if "Manager" in process.name and process.exited_ns is not None and process.exited_ns <= error.at_ns]  # fmt: skip
    if len(gone) != 1:
        return ""
    return f". It used an object of {names(gone)}, which had ended at {moment(gone[0].exited_ns)}"
