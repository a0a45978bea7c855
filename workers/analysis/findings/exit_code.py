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
    words = why if error is None else f": {error_words(error)}{_of_task(timeline, error)}"
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
