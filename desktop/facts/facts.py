"""What is known of a process, a call, a phase or a printed line, as (label, text) pairs for a person to read.

Pure functions without Qt, for the details panel, the table of processes and the tooltips. The window's thread
calls them. Every text is meant to be shown literally.
"""

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from desktop.facts.selection import (
    BookmarkSelection,
    CallSelection,
    InstantSelection,
    IntervalSelection,
    LineSelection,
    OnTrack,
    PhaseSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
    TrackSelection,
)
from workers.analysis.measure import Measure, measure
from workers.plan.listing import make_listing
from workers.plan.plan import Plan
from workers.plan.sizes import format_bytes, format_duration
from workers.timeline.lanes import OPEN
from workers.timeline.model import Bookmark, Call, CallName, OutputLine, Process, SpanKind, Task, Watched
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackSpans

UNKNOWN = "–"
"""Stands for what did not happen, or is not known."""

PHASES = {
    SpanKind.STARTING: "starting",
    SpanKind.ALIVE: "alive",
    SpanKind.ENDING: "ending",
    SpanKind.ZOMBIE: "exited, not collected",
    SpanKind.JOIN: "waiting in join()",
    SpanKind.PAUSED: "paused",
    SpanKind.TASK: "task",
    SpanKind.FAILED: "failed",
}
"""What each kind of span is called."""


class Fact(NamedTuple):
    """One thing that is known: what it is, and its value as text. link: what the value stands for, when it can be selected."""

    label: str
    text: str
    link: Selection | None = None


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One fact that every process has: `value` is what it sorts by (None = unknown), `text` what a person reads."""

    label: str
    value: Callable[[Timeline, Process], str | float | None]
    text: Callable[[Timeline, Process], str]
    number: bool = False
    sample: str = ""


def format_moment(at_ns: int | None, lasts_ns: int = 10**9) -> str:
    """A moment of the run, in seconds from its start: ``1.234 s``; of what lasts only so long with as many digits, by threes,
    as tell its end from its beginning: ``1.234567 s``."""
    if at_ns is None:
        return UNKNOWN
    digits = 3 if lasts_ns >= 10_000_000 else 6 if lasts_ns >= 10_000 else 9
    return f"{at_ns / 1e9:,.{digits}f} s"


def format_span(began_ns: int, ended_ns: int | None, now_ns: int) -> str:
    """How long something took, or has taken so far."""
    if ended_ns is not None:
        return format_duration((ended_ns - began_ns) / 1e9)
    return f"{format_duration(max(0, now_ns - began_ns) / 1e9)} so far"


_CONTROL_NAMES = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
_CONTROLS = _CONTROL_NAMES.split()  # their pictures in Unicode are missing from most fonts

_HIDDEN = re.compile(r"[^\x20-\x7e]")


def visible(text: str) -> str:
    """`text` with every character that has no picture of its own written out: ``‹ESC›`` for an escape, ``‹U+202E›``."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if code < 0x20:
        return "→ " if character == "\t" else f"‹{_CONTROLS[code]}›"
    if code == 0x7F:
        return "‹DEL›"
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte that is no text
        return f"‹{code - 0xDC00:02X}›"
    return character if character.isprintable() or character == "\u00a0" else f"‹U+{code:04X}›"


def call_text(name: CallName) -> str:
    """``join()`` for the call of that name."""
    return f"{name}()"


def process_title(process: Process) -> str:
    """``Process-2 (pid 1234)``."""
    return visible(process.name) if process.pid is None else f"{visible(process.name)} (pid {process.pid})"


def name_of(timeline: Timeline, process_id: int | None) -> str:
    """A process's name by its id; a dash for one that is not known."""
    if process_id is None or not 1 <= process_id <= len(timeline.processes):
        return UNKNOWN
    return visible(timeline.process(process_id).name)


def globals_text(timeline: Timeline, process: Process) -> str:
    """The last value seen of each watched global: ``global_var_list = [True, None]``."""
    last = {watched.name: watched for watched in timeline.watched_of(process.id)}
    return "; ".join(f"{visible(name)} = {visible(watched.value)}" for name, watched in last.items())


def exit_code_text(process: Process) -> str:
    """``0``, ``1``, or ``SIGKILL (-9)``; ``lost`` when nobody saw it end."""
    if process.lost:
        return "lost"
    if process.exit_code is None:
        return UNKNOWN
    return f"{process.signal_name} ({process.exit_code})" if process.signal_name else str(process.exit_code)


def _moment(label: str, attribute: str) -> FactColumn:
    def value(_: Timeline, process: Process) -> int | None:
        at_ns: int | None = getattr(process, attribute)
        return at_ns

    return FactColumn(label, value, lambda t, p: format_moment(value(t, p)), number=True, sample="1,234.567 s")


def _word(label: str, read: Callable[[Timeline, Process], str], sample: str = "") -> FactColumn:
    return FactColumn(label, lambda t, p: read(t, p) or None, lambda t, p: read(t, p) or UNKNOWN, sample=sample)


def _count(
    label: str, read: Callable[[Process], float | None], write: Callable[[float], str], sample: str
) -> FactColumn:
    def text(_: Timeline, process: Process) -> str:
        count = read(process)
        return UNKNOWN if count is None else write(count)

    return FactColumn(label, lambda _, p: read(p), text, number=True, sample=sample)


def _whole(count: float) -> str:
    return f"{count:,.0f}"


def _cpu(seconds: float) -> str:
    return "< 10 ms" if seconds == 0 else format_duration(seconds)  # the kernel counts in ticks of 10 ms


def _cpu_seen(process: Process) -> float | None:
    """The CPU time of a process as last seen; None where its end was not seen and no look before it saw any."""
    cut = process.ended and not process.cpu_whole
    return None if cut and not process.cpu_s else process.cpu_s


def _cpu_of(process: Process) -> str:
    seconds = _cpu_seen(process)
    if seconds is None:
        return UNKNOWN
    return f"{'at least ' if process.ended and not process.cpu_whole else ''}{_cpu(seconds)}"


def _pid(count: float) -> str:
    return str(int(count))


COLUMNS: tuple[FactColumn, ...] = (
    _word("Name", lambda _, p: visible(p.name), "ForkPoolWorker-12"),
    _count("Pid", lambda p: p.pid, _pid, "1234567"),
    _word("State", lambda _, p: str(p.state), "exited, not joined"),
    FactColumn(
        "Exit code", lambda _, p: p.exit_code, lambda _, p: exit_code_text(p), number=True, sample="SIGTERM (-15)"
    ),
    _moment("Joined", "joined_ns"),
    _word("Globals at the end", globals_text, "global_var_list = [None, None, None, None]"),
    _moment("Start called", "start_called_ns"),
    _moment("Start returned", "start_returned_ns"),
    _moment("Target began", "target_began_ns"),
    _moment("Target ended", "target_ended_ns"),
    _moment("Exited", "exited_ns"),
    _moment("Collected", "reaped_ns"),
    _count("Parent pid", lambda p: p.ppid, _pid, "1234567"),
    _word("Kind", lambda _, p: p.kind.value.replace("_", " "), "pool worker"),
    _word("Start method", lambda _, p: p.start_method or "", "forkserver"),
    _word("Daemon", lambda _, p: "yes" if p.daemon else "no", "yes"),
    _count("Printed lines", lambda p: p.output_lines, _whole, "100,000"),
    FactColumn("CPU", lambda _, p: _cpu_seen(p), lambda _, p: _cpu_of(p), number=True, sample="at least 1,234.567 s"),
    _count("Peak memory", lambda p: p.peak_rss_bytes, format_bytes, "1,000 MB"),
)
"""The facts of the table of processes, in its order."""


def process_facts(timeline: Timeline, process: Process) -> list[Fact]:
    """Everything known of a process; what did not happen is left out, and its exit is given with its uncertainty."""
    facts = []
    for column in COLUMNS:
        text = column.text(timeline, process)
        if text == UNKNOWN or column.label.startswith("Globals"):
            continue
        if column.label == "Exited" and process.exited_within_ns:
            text += f" ± {format_duration(process.exited_within_ns / 2e9)}"
        facts.append(Fact(column.label, text))
    began, ended = process.life_began_ns, process.last_ns
    if began is not None:
        facts.append(Fact("Lifetime", format_span(began, ended, timeline.now_ns)))
    if process.tasks:
        facts.append(Fact("Tasks", _whole(process.tasks)))
    if process.error:
        facts.append(Fact("Error", visible(process.error)))
    facts += [watched_fact(watched) for watched in timeline.watched_of(process.id)]
    return facts


def watched_fact(watched: Watched) -> Fact:
    """A global's value and the moment it was looked at."""
    when = {"began": "at the beginning", "ended": "at the end"}.get(watched.when, watched.when)
    return Fact(f"{visible(watched.name)} {visible(when)}", visible(watched.value))


def call_facts(timeline: Timeline, call: Call) -> list[Fact]:
    """Everything known of a call."""
    facts = [
        Fact("Call", call_text(call.name)),
        Fact("Made by", name_of(timeline, call.by)),
        Fact("On", name_of(timeline, call.process)),
    ]
    asked = timeline.asked_ns(call)
    if asked is not None:
        waited = format_duration(max(0, call.began_ns - asked) / 1e9)
        facts.append(Fact("Asked for", f"{format_moment(asked)}, {waited} before the parent was free for it"))
    facts.append(Fact("Began", format_moment(call.began_ns)))
    if call.ended_ns is not None:
        facts.append(Fact("Returned", format_moment(call.ended_ns)))
    elif timeline.end_of(call) is not None:
        facts.append(Fact("Returned", "never: its caller ended first"))
    facts.append(Fact("Duration", format_span(call.began_ns, timeline.end_of(call), timeline.now_ns)))
    if call.name is CallName.JOIN:
        timeout = "none: waits for ever" if call.timeout_s is None else format_duration(call.timeout_s)
        facts.append(Fact("Timeout", timeout))
    if call.result is not None:
        facts.append(Fact("Result", call_result(call)))
    if call.error:
        facts.append(Fact("Error", visible(call.error)))
    where = called_at(timeline, call)
    if where:
        facts.append(Fact("Called at", where))
    return facts


def called_at(timeline: Timeline, call: Call) -> str:
    """Where in the program a call was made: file and line, or the line of the plan's script. Empty when not known."""
    if timeline.plan is not None and call.by == 1:
        lines = _step_lines(timeline.plan)
        known = call.step is not None and call.step < len(lines)
        return f"line {lines[call.step or 0]} of the plan's script" if known else ""
    return f"{visible(call.file)}:{call.line}" if call.file else ""


@functools.lru_cache(maxsize=8)
def _step_lines(plan: Plan) -> tuple[int, ...]:
    return make_listing(plan).step_lines


def call_result(call: Call) -> str:
    """is_alive's answer, or what join() found when it returned; empty when there is no answer."""
    if call.result is None:
        return ""
    if call.name is CallName.JOIN:
        return "the process had ended" if call.result else "timed out: the process was still alive"
    return str(call.result)


def line_facts(timeline: Timeline, line: OutputLine) -> list[Fact]:
    """A printed line in full."""
    return [
        Fact("Printed by", name_of(timeline, line.process)),
        Fact("Stream", visible(line.stream)),
        Fact("Time", format_moment(line.at_ns)),
        Fact("Text", visible(line.text) + (" … (cut here)" if line.cut else "")),
    ]


def phase_facts(timeline: Timeline, process: Process, phase: SpanKind) -> list[Fact]:
    """One phase of a process's life: when it began and ended. Only its name when it has not come to it."""
    facts = [Fact("Phase", PHASES[phase])]
    spans = timeline.lane(process.id).phases
    for t0, t1, kind in zip(spans.t0, spans.t1, spans.kind, strict=True):
        if kind == phase:
            began, ended = int(t0), None if t1 == OPEN else int(t1)
            facts.append(Fact("Phase began", format_moment(began)))
            if ended is not None:
                facts.append(Fact("Phase ended", format_moment(ended)))
            facts.append(Fact("Phase lasted", format_span(began, ended, timeline.now_ns)))
    return facts


def task_facts(timeline: Timeline, task: Task) -> list[Fact]:
    """Everything known of a task of a pool or executor."""
    process = timeline.process(task.process)
    facts = [Fact("Task", visible(task.name)), Fact("Ran in", name_of(timeline, task.process))]
    if task.submitted_ns is not None:
        facts.append(Fact("Submitted", format_moment(task.submitted_ns)))
        facts.append(Fact("Waited", format_span(task.submitted_ns, task.began_ns, timeline.now_ns)))
    ended = task.ended_ns
    lasts_ns = timeline.now_ns if ended is None else ended - task.began_ns
    facts.append(Fact("Began", format_moment(task.began_ns, lasts_ns)))
    if ended is not None:
        facts.append(Fact("Ended", format_moment(ended, lasts_ns)))
    elif process.ended:
        ended = process.lost_ns if process.lost else process.exited_ns
        facts.append(Fact("Ended", "never: its process ended first"))
    facts.append(Fact("Duration", format_span(task.began_ns, ended, timeline.now_ns)))
    if task.error:
        facts.append(Fact("Error", visible(task.error)))
    return facts


def interval_facts(measured: Measure) -> list[Fact]:
    """What went on in a measured interval."""
    facts = [
        Fact("From", format_moment(measured.t0_ns, measured.duration_ns)),
        Fact("To", format_moment(measured.t1_ns, measured.duration_ns)),
        Fact("Duration", format_duration(measured.duration_ns / 1e9)),
    ]
    if measured.told_of is not None and not measured.alive:
        return [
            *facts,
            Fact("Processes alive", f"unknown; the trace tells of {_whole(measured.told_of)}"),
            Fact("Spans begun", _whole(measured.spans_begun)),
            Fact("Spans ended", _whole(measured.spans_ended)),
        ]
    facts += [
        Fact("Processes alive", f"{_whole(measured.alive)}, {_whole(measured.throughout)} of them all the time"),
        Fact("Started in it", _whole(measured.started)),
        Fact("Ended in it", _whole(measured.exited)),
        Fact("Tasks begun", _whole(measured.tasks_begun)),
        Fact("Tasks ended", _whole(measured.tasks_ended)),
        Fact("Printed lines", _whole(measured.lines)),
        Fact("CPU time", _interval_cpu(measured)),
    ]
    if measured.cpu_s is not None and measured.duration_ns:
        least = "at least " if measured.cpu_least else ""
        facts.append(Fact("Cores busy", f"{least}{measured.cpu_s * 1e9 / measured.duration_ns:.2f} on average"))
    return facts


def interval_words(measured: Measure) -> tuple[str, ...]:
    """The measure in three short lines, for the box beside the interval: duration; processes; tasks and CPU time."""
    lines = [format_duration(measured.duration_ns / 1e9)]
    if measured.told_of is not None and not measured.alive:
        lines.append(f"spans of {_processes(measured.told_of)}")
        lines.append(f"{_whole(measured.spans_begun)} begun, {_whole(measured.spans_ended)} ended")
        return tuple(lines)
    lines.append(f"{_processes(measured.alive)} alive")
    if measured.tasks_begun or measured.tasks_ended:
        lines.append(f"tasks: {_whole(measured.tasks_begun)} begun, {_whole(measured.tasks_ended)} ended")
    if measured.cpu_s is not None:
        lines.append(f"CPU time {_interval_cpu(measured)}")
    return tuple(lines)


def _processes(count: int) -> str:
    return f"{_whole(count)} {'process' if count == 1 else 'processes'}"


def _interval_cpu(measured: Measure) -> str:
    if measured.cpu_s is None:
        return UNKNOWN
    part = "" if measured.cpu_of == measured.alive else f" in {measured.cpu_of} of {measured.alive}"
    return f"{'at least ' if measured.cpu_least and measured.cpu_s else ''}{_cpu(measured.cpu_s)}{part}"


def bookmark_facts(bookmark: Bookmark) -> list[Fact]:
    """A person's own mark."""
    return [Fact("Mark", visible(bookmark.label) or UNKNOWN), Fact("Time", format_moment(bookmark.at_ns))]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a selection: a title, and the facts below it."""

    title: str
    facts: tuple[Fact, ...]


def describe(timeline: Timeline, selection: Selection) -> Sheet | None:
    """The sheet for what is selected; None when the run has no such thing (any more)."""
    match selection:
        case IntervalSelection():
            return Sheet("Measured interval", tuple(interval_facts(measure(timeline, *selection.interval))))
        case BookmarkSelection():
            return _bookmark_sheet(timeline, selection.bookmark)
    if not 1 <= selection.process <= len(timeline.processes):
        return None
    process = timeline.process(selection.process)
    match selection:
        case CallSelection():
            return _call_sheet(timeline, selection.call)
        case TrackSelection() | SpanSelection() | InstantSelection():
            return _track_sheet(timeline, selection)
        case TaskSelection():
            return _task_sheet(timeline, selection.task)
        case LineSelection():
            return _line_sheet(timeline, selection.line)
        case PhaseSelection():
            phase = phase_facts(timeline, process, selection.phase)
            return Sheet(process_title(process), (*phase, *process_facts(timeline, process)))
        case ProcessSelection():
            return Sheet(process_title(process), tuple(process_facts(timeline, process)))
        case _:
            assert_never(selection)


def _bookmark_sheet(timeline: Timeline, bookmark: Bookmark) -> Sheet | None:
    if bookmark not in timeline.bookmarks:
        return None
    return Sheet(visible(bookmark.label) or "Mark", tuple(bookmark_facts(bookmark)))


def _call_sheet(timeline: Timeline, call_id: int) -> Sheet | None:
    if not 1 <= call_id <= len(timeline.calls):
        return None
    call = timeline.call(call_id)
    on = "" if call.process is None else f" on {name_of(timeline, call.process)}"
    return Sheet(f"{call_text(call.name)}{on}", tuple(call_facts(timeline, call)))


def _task_sheet(timeline: Timeline, task_id: int) -> Sheet | None:
    if not 1 <= task_id <= len(timeline.tasks):
        return None
    task = timeline.task(task_id)
    return Sheet(visible(task.name), tuple(task_facts(timeline, task)))


def _line_sheet(timeline: Timeline, number: int) -> Sheet | None:
    line = find_line(timeline, number)
    return None if line is None else Sheet(f"Output line {line.number:,}", tuple(line_facts(timeline, line)))


def _track_sheet(timeline: Timeline, selection: OnTrack) -> Sheet | None:
    """A span or instant of an imported trace, or its whole track."""
    if not 1 <= selection.track <= len(timeline.tracks):
        return None
    track = timeline.tracks[selection.track - 1]
    where = (
        Fact("Process", name_of(timeline, track.process)),
        Fact("Track", visible(track.name)),
        Fact("Kind of track", str(track.kind)),
    )
    match selection:
        case InstantSelection() if 0 <= selection.instant < len(track.mark_t):
            name = visible(timeline.names[int(track.mark_name[selection.instant])])
            moment = format_moment(int(track.mark_t[selection.instant]), timeline.now_ns // 100)
            return Sheet(name, (Fact("Instant", name), *where, Fact("Time", moment)))
        case SpanSelection() if 0 <= selection.span < len(track.spans):
            return _span_sheet(timeline, track.spans, selection.span, where)
        case _:
            counts = Fact("Spans", _whole(len(track.spans))), Fact("Marks", _whole(len(track.mark_t)))
            return Sheet(visible(track.name), (*where, *counts))


def _span_sheet(timeline: Timeline, spans: TrackSpans, at: int, where: tuple[Fact, ...]) -> Sheet:
    began, ends = int(spans.t0[at]), int(spans.t1[at])
    ended = None if ends == OPEN else ends
    name = visible(timeline.names[int(spans.name[at])])
    lasts_ns = (timeline.now_ns if ended is None else ended) - began
    facts = [Fact("Span", name), *where, Fact("Began", format_moment(began, lasts_ns))]
    if ended is not None:
        facts.append(Fact("Ended", format_moment(ended, lasts_ns)))
    lasted = "not known: no end is recorded" if ended is None else format_span(began, ended, timeline.now_ns)
    facts += [Fact("Duration", lasted), Fact("Depth", _whole(int(spans.depth[at])))]
    return Sheet(name, tuple(facts))


def find_line(timeline: Timeline, number: int) -> OutputLine | None:
    """The printed line with this number; None when it is no longer kept."""
    if not timeline.lines or not timeline.lines[0].number <= number <= timeline.lines[-1].number:
        return None
    return timeline.lines[number - timeline.lines[0].number]


def as_text(facts: Iterable[Fact]) -> str:
    """The facts as lines of ``label: text``, for the clipboard."""
    return "\n".join(f"{fact.label}: {fact.text}" for fact in facts)


_IN_A_TOOLTIP = ("State", "Exit code", "Exited", "Error")


def sheet_text(timeline: Timeline, selection: Selection) -> str:
    """What is known of a selection as plain text, title first, for a tooltip; empty when there is no such thing.

    Of a phase: all of the phase, and of its process only how it stands; the details panel has the rest.
    """
    sheet = describe(timeline, selection)
    if sheet is None:
        return ""
    facts = sheet.facts
    if isinstance(selection, PhaseSelection):
        facts = tuple(fact for fact in facts if fact.label.startswith("Phase") or fact.label in _IN_A_TOOLTIP)
    wide = max(len(fact.label) for fact in facts)
    return "\n".join([sheet.title, *(f"{fact.label:<{wide}}  {fact.text}" for fact in facts)])
