"""What expressions of lessons can ask: the words for one run, and those for how often each outcome came about.

Pure functions on a timeline, any process. Fields are named as the report's keys; times are seconds from the program's start.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workers.lessons.expressions import Function, Vocabulary
from workers.lessons.value_kinds import Kinds, ValueKind
from workers.timeline.model import Call, CallName, OutputLine, Process, ProcessKind
from workers.timeline.timeline import Timeline

PROGRAM = "program"
"""The word for the first process, also as the lane of a moment."""
_EXACT_NS = 100_000_000
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_YES, _TEXT, _SECONDS = Kinds(ValueKind.YES), Kinds(ValueKind.TEXT), Kinds(ValueKind.SECONDS)
_AMOUNT, _ANY = Kinds(ValueKind.NUMBER), Kinds(ValueKind.ANYTHING)
_PROCESS, _CALL, _LINE = Kinds(ValueKind.PROCESS), Kinds(ValueKind.CALL), Kinds(ValueKind.LINE)


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """How often each outcome came about. runs: how many of them were judged."""

    runs: int
    times: tuple[int, ...]


def whole(timeline: Timeline) -> bool:
    """Whether nothing of the run is missing, so that what was not seen did not happen."""
    missing = timeline.cut_off or timeline.torn_records or timeline.dropped_output_bytes or timeline.warnings
    return timeline.ended and not missing


def process_called(timeline: Timeline, name: str) -> Process | None:
    """The process with this name; ``program`` for the first one.

    Of several it is the one that came into being. None where several did: they may be one, seen twice.
    """
    if name == PROGRAM:
        return timeline.program
    found = [process for process in timeline.processes if process.name == name]
    if len(found) > 1:
        found = [process for process in found if process.pid is not None]
    return found[0] if len(found) == 1 else None


def _processes(timeline: Timeline) -> list[Process]:
    return [one for one in timeline.processes if one.kind not in (ProcessKind.PROGRAM, ProcessKind.HELPER)]


def _calls(timeline: Timeline, name: str, process_name: str | None = None) -> list[Call] | None:
    calls = [call for call in timeline.calls if call.name == name]
    if process_name is None:
        return calls
    process = process_called(timeline, process_name)
    return None if process is None else [call for call in calls if call.process == process.id]


def _call(timeline: Timeline, name: str, process_name: str, number: int = 1) -> Call | None:
    calls = _calls(timeline, name, process_name) or []
    return calls[number - 1] if 1 <= number <= len(calls) else None


def _line(timeline: Timeline, text: str) -> OutputLine | None:
    return next((line for line in timeline.lines if text in line.text), None)


def _printed(timeline: Timeline, text: str) -> bool | None:
    if _line(timeline, text) is not None:
        return True
    return False if whole(timeline) else None


def _happened(timeline: Timeline, value: object) -> bool | None:
    if value is not None:
        return True
    return False if whole(timeline) else None


def _before(timeline: Timeline, earlier: float | None, later: float | None) -> bool | None:
    return None if earlier is None or later is None else earlier < later


def _overlap(timeline: Timeline, one: Process | None, other: Process | None) -> bool | None:
    """Whether the two were at work at the same time: between the begin of their targets and their ends."""
    if one is None or other is None:
        return None
    begins = [at_ns for at_ns in (one.target_began_ns, other.target_began_ns) if at_ns is not None]
    ends = [at_s for at_s in (_exited_s(timeline, one), _exited_s(timeline, other)) if at_s is not None]
    return max(begins) / 1e9 < min(ends) if len(begins) == len(ends) == 2 else None


def _number(timeline: Timeline, text: str | None) -> float | None:
    found = _NUMBER.search(text or "")
    return float(found[0]) if found else None


def _seconds(name: str) -> tuple[Kinds, Callable[[Any, Any], Any]]:
    """The moment `name` of a process, as seconds."""

    def get(timeline: Timeline, process: Process) -> float | None:
        at_ns = getattr(process, name)
        return None if at_ns is None else at_ns / 1e9

    return _SECONDS, get


def _exited_s(timeline: Timeline, process: Process) -> float | None:
    """When it exited; None where that was not seen to a tenth of a second."""
    if process.exited_ns is None or process.exited_within_ns > _EXACT_NS:
        return None
    return process.exited_ns / 1e9


def _signal(timeline: Timeline, process: Process) -> str | None:
    """The signal that ended it; empty where none did, None where that is not known."""
    return None if process.exit_code is None else process.signal_name or ""


def _start_method(timeline: Timeline) -> str | None:
    return next((process.start_method for process in timeline.processes if process.start_method), None)


def _took_s(timeline: Timeline, call: Call) -> float | None:
    ended_ns = timeline.end_of(call)
    return None if ended_ns is None else (ended_ns - call.began_ns) / 1e9


_FIELDS: Mapping[ValueKind, Mapping[str, tuple[Kinds, Callable[[Any, Any], Any]]]] = {
    ValueKind.PROCESS: {
        "name": (_TEXT, lambda run, one: one.name),
        "pid": (_AMOUNT, lambda run, one: one.pid),
        "ppid": (_AMOUNT, lambda run, one: one.ppid),
        "parent": (_PROCESS, lambda run, one: None if one.parent_id is None else run.process(one.parent_id)),
        "daemon": (_YES, lambda run, one: one.daemon),
        "start_method": (_TEXT, lambda run, one: one.start_method),
        **{f"{name}_s": _seconds(f"{name}_ns") for name in
           ("start_called", "start_returned", "target_began", "target_ended", "reaped", "joined")},
        "exited_s": (_SECONDS, _exited_s),
        "exit_code": (_AMOUNT, lambda run, one: one.exit_code),
        "signal": (_TEXT, _signal),
        "output_lines": (_AMOUNT, lambda run, one: one.output_lines),
    },
    ValueKind.CALL: {
        "by": (_PROCESS, lambda run, one: run.process(one.by)),
        "process": (_PROCESS, lambda run, one: None if one.process is None else run.process(one.process)),
        "began_s": (_SECONDS, lambda run, one: one.began_ns / 1e9),
        "ended_s": (_SECONDS, lambda run, one: None if one.ended_ns is None else one.ended_ns / 1e9),
        "took_s": (_SECONDS, _took_s),
        "timeout_s": (_SECONDS, lambda run, one: one.timeout_s),
        "result": (_YES, lambda run, one: one.result),
        "error": (_TEXT, lambda run, one: one.error),
        "line": (_AMOUNT, lambda run, one: one.line or None),
        "times": (_AMOUNT, lambda run, one: one.times),
    },
    ValueKind.LINE: {
        "text": (_TEXT, lambda run, one: one.text),
        "at_s": (_SECONDS, lambda run, one: one.at_ns / 1e9),
        "number": (_AMOUNT, lambda run, one: one.number),
        "stream": (_TEXT, lambda run, one: one.stream),
        "process": (_PROCESS, lambda run, one: None if one.process is None else run.process(one.process)),
    },
}  # fmt: skip
_CALL_NAMES = tuple(str(name) for name in CallName)

RUN = Vocabulary(
    names={
        PROGRAM: (_PROCESS, lambda run: run.program),
        "processes": (Kinds(ValueKind.PROCESS, True), _processes),
        "lines": (Kinds(ValueKind.LINE, True), lambda run: list(run.lines)),
        "duration_s": (_SECONDS, lambda run: run.took_ns / 1e9 if run.ended else None),
        "start_method": (_TEXT, _start_method),
        "python": (_TEXT, lambda run: run.python or None),
    },
    functions={
        "process": Function((_TEXT,), _PROCESS, process_called),
        "call": Function((_TEXT, _TEXT, _AMOUNT), _CALL, _call, 1, _CALL_NAMES),
        "calls": Function((_TEXT, _TEXT), Kinds(ValueKind.CALL, True), _calls, 1, _CALL_NAMES),
        "line": Function((_TEXT,), _LINE, _line),
        "printed": Function((_TEXT,), _YES, _printed),
        "happened": Function((_ANY,), _YES, _happened),
        "before": Function((_SECONDS, _SECONDS), _YES, _before),
        "overlap": Function((_PROCESS, _PROCESS), _YES, _overlap),
        "number": Function((_TEXT,), _AMOUNT, _number),
    },
    fields=_FIELDS,
)
"""What can be asked of one run: a `Timeline`."""

COUNTS = Vocabulary(
    names={"runs": (_AMOUNT, lambda counts: counts.runs)},
    functions={
        "times": Function(
            (_AMOUNT,),
            _AMOUNT,
            lambda counts, number: counts.times[number - 1] if 1 <= number <= len(counts.times) else None,
        )
    },
    fields={},
)
"""What can be asked of several runs: `OutcomeCounts`."""
