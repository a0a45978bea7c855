"""The sheet of facts for a selection of any kind, for the details panel and for tooltips. Pure functions without Qt, in the
window's thread."""

from typing import assert_never

from desktop.facts.call_facts import call_facts
from desktop.facts.clusters.traffic_facts import traffic_sheet
from desktop.facts.fact import Fact, Sheet
from desktop.facts.formatting import UNKNOWN, format_moment
from desktop.facts.interval_facts import interval_facts
from desktop.facts.line_facts import find_line, line_facts
from desktop.facts.naming import call_text, name_of, process_title, thread_name
from desktop.facts.process_facts import phase_facts, process_facts
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
from desktop.facts.task_facts import task_facts, thread_work
from desktop.facts.track_facts import track_sheet
from desktop.facts.visible_text import visible
from desktop.facts.wait_facts import STACK, find_wait, wait_facts, wait_title
from workers.analysis.measure import measure
from workers.timeline.model import Bookmark, Process
from workers.timeline.timeline import Timeline


def describe(timeline: Timeline, selection: Selection) -> Sheet | None:
    """The sheet for a selection; None when the run does not have the selected thing, or no longer keeps it."""
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
            return track_sheet(timeline, selection)
        case TaskSelection():
            return _task_sheet(timeline, selection.task)
        case WaitSelection():
            return _wait_sheet(timeline, process, selection.at_ns)
        case TrafficSelection():
            return traffic_sheet(timeline, process, selection.number)
        case ThreadSelection():
            return _thread_sheet(timeline, selection.thread)
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
    label = visible(bookmark.label)
    return Sheet(label or "Mark", (Fact("Mark", label or UNKNOWN), Fact("Time", format_moment(bookmark.at_ns))))


def _call_sheet(timeline: Timeline, call_id: int) -> Sheet | None:
    if not 1 <= call_id <= len(timeline.calls):
        return None
    call = timeline.call(call_id)
    on = "" if call.process is None else f" on {name_of(timeline, call.process)}"
    if call.workers:
        on = f" on {len(call.workers):,} workers" if len(call.workers) > 1 else " on 1 worker"
    return Sheet(f"{call_text(call.name)}{on}", tuple(call_facts(timeline, call)))


def _task_sheet(timeline: Timeline, task_id: int) -> Sheet | None:
    if not 1 <= task_id <= len(timeline.tasks):
        return None
    task = timeline.task(task_id)
    return Sheet(visible(task.name), tuple(task_facts(timeline, task)))


def _wait_sheet(timeline: Timeline, process: Process, since_ns: int) -> Sheet | None:
    wait = find_wait(timeline, process, since_ns)
    if wait is None:
        return None
    return Sheet(wait_title(timeline, process, wait), tuple(wait_facts(timeline, process, wait)))


def _thread_sheet(timeline: Timeline, thread_id: int) -> Sheet | None:
    if not 1 <= thread_id <= len(timeline.threads):
        return None
    thread = timeline.thread(thread_id)
    return Sheet(thread_name(thread), tuple(thread_work(timeline, thread)))


def _line_sheet(timeline: Timeline, number: int) -> Sheet | None:
    line = find_line(timeline, number)
    return None if line is None else Sheet(f"Output line {line.number:,}", tuple(line_facts(timeline, line)))


_WITH_A_PHASE = ("State", "Exit code", "Exited", "Error")
"""The facts of a process that the tooltip of its phase shows."""


def sheet_text(timeline: Timeline, selection: Selection) -> str:
    """The sheet for a selection as plain text, title first, for a tooltip; empty when there is none.

    The tooltip of a phase has all facts of the phase, but few of its process; the details panel shows the rest. The last line
    says what the phase or the state means.
    """
    sheet = describe(timeline, selection)
    if sheet is None:
        return ""
    facts = sheet.facts
    if isinstance(selection, PhaseSelection):
        facts = tuple(fact for fact in facts if fact.label.startswith("Phase") or fact.label in _WITH_A_PHASE)
    elif isinstance(selection, WaitSelection):
        facts = tuple(fact for fact in facts if fact.label and fact.label != STACK)
    wide = max(len(fact.label) for fact in facts)
    meaning = next((fact.meaning for fact in facts if fact.meaning), "")
    lines = [sheet.title, *(f"{fact.label:<{wide}}  {fact.text}" for fact in facts), *([meaning] if meaning else [])]
    return "\n".join(lines)
