"""One finding as data, and the words that all kinds of findings share. Any process."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from workers.plan.sizes import format_duration
from workers.timeline.model import Call, CallName, Process, ProcessKind, RaisedError
from workers.timeline.timeline import Timeline

THE_PROGRAM = "the program"
MOST_EVIDENCE = 100
_MOST_NAMED = 3
_LONGEST_ERROR = 200
_LIBRARY = tuple(os.path.join("", *parts, "") for parts in (("multiprocessing",), ("concurrent", "futures"), ("loky",)))


class Severity(StrEnum):
    """How much a finding matters; findings are shown in this order."""

    PROBLEM = "problem"
    ADVICE = "advice"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a finding can be seen: a task, a wait or any other interval of one process.

    until_ns: None = it goes on. task: its id; None where it is no task.
    """

    process: int
    from_ns: int
    until_ns: int | None
    task: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding.

    code: its kind, for scripts.
    text: a plain sentence.
    processes: the ids of the processes that it is about, the most important one first.
    call: the id of the call that it is about; file, line: where that call was made.
    at_ns: the moment to look at.
    evidence: where it can be seen, the most important first; empty for what no process shows. At most MOST_EVIDENCE. It
        may grow while the run goes on, and the finding is the same.
    """

    code: str
    severity: Severity
    text: str
    processes: tuple[int, ...] = ()
    call: int | None = None
    at_ns: int | None = None
    file: str = ""
    line: int = 0
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)


def names(processes: Sequence[Process]) -> str:
    """``Process-1``, or ``Process-1, Process-2, Process-3 and 4 more``; the program is called that."""
    shown = [THE_PROGRAM if p.id == 1 and p.kind is ProcessKind.PROGRAM else p.name for p in processes[:_MOST_NAMED]]
    if len(processes) > _MOST_NAMED:
        return f"{', '.join(shown)} and {len(processes) - _MOST_NAMED} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def capitalized(text: str) -> str:
    """`text` with a capital letter if it begins with THE_PROGRAM; the name of a process stays as it is."""
    return text[0].upper() + text[1:] if text.startswith(THE_PROGRAM + " ") else text


def moment(at_ns: int | None) -> str:
    """A moment of the run, to the digit that matters."""
    return "?" if at_ns is None else format_duration(at_ns / 1e9)


def error_words(error: RaisedError) -> str:
    """``ValueError: bad value (plan.py:12)``, on one line; what is not known is left out."""
    text = " ".join(error.text.split())
    text = text if len(text) <= _LONGEST_ERROR else f"{text[: _LONGEST_ERROR - 1]}…"
    return f"{text} ({os.path.basename(error.file)}:{error.line})" if error.file else text


def start_of(timeline: Timeline, process: Process) -> Call | None:
    """The start() in the user's program that started this process; None if a library called it (a Pool) or it is unknown."""
    start = next((call for call in timeline.calls_on(process.id) if call.name is CallName.START), None)
    return None if start is None or any(part in start.file for part in _LIBRARY) else start


def place(timeline: Timeline, finding: Finding) -> str:
    """`` (join() at plan.py:40)``: the call that a finding is about and its place; empty if it is about no call."""
    if finding.call is None or not finding.file:
        return ""
    return f" ({timeline.call(finding.call).name}() at {finding.file}:{finding.line})"
