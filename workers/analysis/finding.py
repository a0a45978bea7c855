"""One thing that a run tells about itself: data, and the words that all findings share. Any process."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workers.plan.sizes import format_duration
from workers.timeline.model import Call, CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline

THE_PROGRAM = "the program"
_MOST_NAMED = 3
_LIBRARY = tuple(os.path.join("", *parts, "") for parts in (("multiprocessing",), ("concurrent", "futures"), ("loky",)))


class Severity(StrEnum):
    """How much a finding matters; in this order they are shown."""

    PROBLEM = "problem"
    ADVICE = "advice"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """code: what kind it is, for scripts. text: one plain sentence. processes: ids, the one that it is about first. call:
    the id of the call that it is about, with the file and line that made it. at_ns: the moment to look at."""

    code: str
    severity: Severity
    text: str
    processes: tuple[int, ...] = ()
    call: int | None = None
    at_ns: int | None = None
    file: str = ""
    line: int = 0


def names(processes: Sequence[Process]) -> str:
    """``Process-1``, or ``Process-1, Process-2, Process-3 and 4 more``; the program is called that."""
    said = [THE_PROGRAM if p.id == 1 and p.kind is ProcessKind.PROGRAM else p.name for p in processes[:_MOST_NAMED]]
    if len(processes) > _MOST_NAMED:
        return f"{', '.join(said)} and {len(processes) - _MOST_NAMED} more"
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def sentence(text: str) -> str:
    """`text` with a capital where it begins with a word of ours; a process's name stays as it is."""
    return text[0].upper() + text[1:] if text.startswith(THE_PROGRAM + " ") else text


def moment(at_ns: int | None) -> str:
    """A moment of the run, to the digit that matters."""
    return "?" if at_ns is None else format_duration(at_ns / 1e9)


def start_of(timeline: Timeline, process: Process) -> Call | None:
    """The start() in a person's program that brought it about; None when it was the library's, as in a Pool, or not seen."""
    start = next((call for call in timeline.calls_on(process.id) if call.name is CallName.START), None)
    return None if start is None or any(part in start.file for part in _LIBRARY) else start


def place(timeline: Timeline, finding: Finding) -> str:
    """`` (join() at plan.py:40)``: which call a finding is about, and where it stands; empty when it is about none."""
    if finding.call is None or not finding.file:
        return ""
    return f" ({timeline.call(finding.call).name}() at {finding.file}:{finding.line})"
