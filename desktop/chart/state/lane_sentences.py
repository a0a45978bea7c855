"""A lane, and a thing in a lane, as one sentence each, for screen readers. Pure functions, in the window's thread."""

from typing import assert_never

from desktop.chart.geometry import lane_words
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.selected_span import span_of
from desktop.facts.fact import CodePlace, Sheet
from desktop.facts.formatting import format_moment, format_span
from desktop.facts.naming import name_of
from desktop.facts.selection import (
    BookmarkSelection,
    CallSelection,
    InstantSelection,
    IntervalSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
    ThreadSelection,
    TrackSelection,
    TrafficSelection,
    WaitSelection,
)
from desktop.facts.sheets import describe
from desktop.facts.visible_text import visible
from desktop.look.span_styles import SPAN_STYLES
from workers.analysis.critical_path import CriticalPath
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process, SpanKind, State
from workers.timeline.timeline import Timeline


def row_sentence(timeline: Timeline, row: Row) -> str:
    """What a row of the chart shows: name, state and phases of its process, or what its thread, track or counter is."""
    if row.helpers_of:
        return f"Helpers of {name_of(timeline, row.helpers_of)}: {', '.join(name_of(timeline, one) for one in row.members)}"
    if row.host:
        name, workers = lane_words.host(timeline, row)
        return f"Machine {visible(name)}: {workers}{'' if row.expanded else '; folded'}"
    if row.threads_of:
        return f"{name_of(timeline, row.threads_of)}: {lane_words.threads(timeline, row.threads_of)}"
    if row.process:
        words = process_sentence(timeline, timeline.process(row.process))
        hidden = row.members and not row.expanded
        return f"{words}; {lane_words.folded(timeline, row.members)}" if hidden else words
    name, note = lane_words.other(timeline, row)
    what = "thread" if row.thread else "track" if row.track else "counter"
    return ", ".join(
        part for part in (visible(name), f"{what} of {name_of(timeline, row.under)}", visible(note)) if part
    )


def path_words(path: CriticalPath | None, process: int) -> str:
    """``on the critical path for 1.2 s``; empty for a process that is not on it."""
    steps = () if path is None else path.steps
    lasted_ns = sum(step.lasted_ns for step in steps if step.process == process)
    return f"on the critical path for {format_span(0, lasted_ns, lasted_ns)}" if lasted_ns else ""


def process_sentence(timeline: Timeline, process: Process) -> str:
    """``Process-2, pid 4711: starting 12 ms, alive 1.2 s, ended with exit code 0, joined``."""
    title = visible(process.name) if process.pid is None else f"{visible(process.name)}, pid {process.pid}"
    phases = timeline.lane(process.id).phases
    parts = [
        f"{SPAN_STYLES[SpanKind(kind)].words} {format_span(t0, None if t1 == OPEN else t1, timeline.now_ns)}"
        for t0, t1, kind in zip(phases.t0.tolist(), phases.t1.tolist(), phases.kind.tolist(), strict=True)
    ]
    parts += [part for part in (_end(process), _state(process, bool(parts))) if part]
    return f"{title}: {', '.join(parts)}"


def _end(process: Process) -> str:
    """How a process ended; empty while it lives, and where that was not seen."""
    if process.ended_by_pool:
        return lane_words.BY_POOL
    if process.exit_code is None:
        return process.exit_text
    return f"ended {'by' if process.signal_name else 'with'} {process.exit_text}"


def _state(process: Process, phased: bool) -> str:
    """The state, unless the end or the last phase of the process has said it."""
    match process.state:
        case State.EXITED | State.LOST | State.LEFT:
            return ""
        case State.ZOMBIE:
            return "not joined"
        case State.STARTING | State.ALIVE | State.ENDING | State.PAUSED:
            return "" if phased else str(process.state)
    return str(process.state)


def sentence(timeline: Timeline, selection: Selection) -> str:
    """A thing in a lane: its kind and name, from when and how long, and its place in the code where that is known. Empty when
    the run does not have it, or no longer keeps it."""
    sheet = describe(timeline, selection)
    if sheet is None:
        return ""
    if isinstance(selection, ProcessSelection) and selection.at_ns is None:
        return process_sentence(timeline, timeline.process(selection.process))
    kind = _kind(timeline, selection)
    parts = [kind if isinstance(selection, PhaseSelection) else f"{kind} {sheet.title}".strip()]
    span = span_of(timeline, selection)
    if span is not None:
        began, ended = span
        lasts_ns = (timeline.now_ns if ended == OPEN else ended) - began
        parts.append(f"from {format_moment(began, lasts_ns)}")
        parts.append(format_span(began, None if ended == OPEN else ended, timeline.now_ns))
    elif selection.at_ns is not None:
        parts.append(f"at {format_moment(selection.at_ns)}")
    if isinstance(selection, ProcessSelection):
        process = timeline.process(selection.process)
        parts += [_end(process)] if selection.at_ns == process.exited_ns and _end(process) else []
    elif not isinstance(selection, PhaseSelection):  # their sheets tell of the end of the process too
        parts += [fact.text for fact in sheet.facts if fact.label in ("Error", "Text")][:1] + _place(sheet)
    return ", ".join(parts)


def _place(sheet: Sheet) -> list[str]:
    """Where the thing is in the code, as its sheet has it: at most one place."""
    facts = [fact for fact in sheet.facts if isinstance(fact.link, CodePlace) or fact.label == "Called at"]
    return [f"at {facts[0].text}"] if facts else []


def _kind(timeline: Timeline, selection: Selection) -> str:
    """What kind of thing it is, where the title of its sheet does not say it."""
    match selection:
        case PhaseSelection():
            return f"{name_of(timeline, selection.process)} {SPAN_STYLES[selection.phase].words}"
        case TaskSelection():
            return "Task"
        case SpanSelection():
            return "Span"
        case InstantSelection():
            return "Instant"
        case ThreadSelection():
            return "Thread"
        case TrackSelection():
            return "Track"
        case BookmarkSelection():
            return "Mark"
        case TrafficSelection():
            return ""
        case CallSelection() | WaitSelection() | LineSelection() | ProcessSelection() | IntervalSelection():
            return ""
        case _:
            assert_never(selection)
