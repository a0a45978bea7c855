"""What is related to a selection, each a fact with a link: parent, children, calls, output, and neighbours.

Pure functions without Qt, in the window's thread, for the details panel. Of a long list the newest entries are given.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, assert_never

from desktop.facts.call_facts import called_at
from desktop.facts.fact import Fact
from desktop.facts.formatting import format_moment
from desktop.facts.line_facts import find_line
from desktop.facts.naming import call_text, name_of, process_title
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
from desktop.facts.visible_text import visible
from workers.timeline.model import Call, OutputLine, Process
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackSpans

MOST_CALLS, MOST_CHILDREN, MOST_LINES = 30, 30, 10
_MOST_LETTERS = 200

_Thing = TypeVar("_Thing")


def relations(timeline: Timeline, selection: Selection) -> list[Fact]:
    """The links of a selection; none for a mark or an interval, which belong to no process, nor
    for a wait or a transfer, whose facts have them."""
    if not 1 <= selection.process <= len(timeline.processes):
        return []
    match selection:
        case CallSelection():
            return list(_of_call(timeline, selection.call))
        case TaskSelection():
            return list(_of_task(timeline, selection.task))
        case LineSelection():
            return list(_of_line(timeline, selection.line))
        case SpanSelection():
            return [_process_fact("Process", timeline, selection.process), *_of_span(timeline, selection)]
        case TrackSelection() | InstantSelection() | ThreadSelection():
            return [_process_fact("Process", timeline, selection.process)]
        case ProcessSelection() | PhaseSelection():
            process = timeline.process(selection.process)
            return [*_family(timeline, process), *_calls(timeline, process), *_output(timeline, process)]
        case BookmarkSelection() | IntervalSelection() | WaitSelection() | TrafficSelection():
            return []
        case _:
            assert_never(selection)


def _family(timeline: Timeline, process: Process) -> Iterator[Fact]:
    if process.parent_id is not None and 1 <= process.parent_id <= len(timeline.processes):
        yield _process_fact("Parent", timeline, process.parent_id)
    children = [child.id for child in timeline.processes if child.parent_id == process.id != child.id]
    yield from _newest("Child", children, MOST_CHILDREN, lambda child: _process_fact("Child", timeline, child))
    siblings = [one.id for one in timeline.processes if one.parent_id == process.parent_id]
    for label, id_ in zip(("Previous process", "Next process"), _neighbours(siblings, process.id), strict=True):
        if id_ is not None:
            yield _process_fact(label, timeline, id_)


def _calls(timeline: Timeline, process: Process) -> Iterator[Fact]:
    yield from _newest(
        "Calls made", timeline.calls_by(process.id), MOST_CALLS, lambda c: _call_fact("Called", timeline, c)
    )
    received = [call for call in timeline.calls_on(process.id) if call.by != process.id]
    yield from _newest("Calls on it", received, MOST_CALLS, lambda c: _call_fact("On it", timeline, c))


def _output(timeline: Timeline, process: Process) -> Iterator[Fact]:
    yield from _newest("Printed", timeline.lines_of(process.id), MOST_LINES, lambda line: _line_fact("Printed", line))


def _of_call(timeline: Timeline, call_id: int) -> Iterator[Fact]:
    if not 1 <= call_id <= len(timeline.calls):
        return
    call = timeline.call(call_id)
    yield _process_fact("Caller", timeline, call.by)
    if call.process is not None:
        yield _process_fact("Process", timeline, call.process)
    yield from _newest("Workers", call.workers, MOST_CHILDREN, lambda worker: _process_fact("Worker", timeline, worker))
    calls = timeline.calls_by(call.by)
    for label, one in zip(("Previous call", "Next call"), _neighbours(calls, call), strict=True):
        if one is not None:
            yield _call_fact(label, timeline, one)


def _of_task(timeline: Timeline, task_id: int) -> Iterator[Fact]:
    if not 1 <= task_id <= len(timeline.tasks):
        return
    process = timeline.tasks.process_of(task_id)
    yield _process_fact("Process" if timeline.tasks.thread_of(task_id) else "Worker", timeline, process)
    lane = timeline.tasks.lane_of(task_id)
    at = lane.at(task_id)
    for label, index in (("Previous task", at - 1), ("Next task", at + 1)):
        if 0 <= index < len(lane):
            task = timeline.tasks[int(lane.id[index]) - 1]
            link = TaskSelection(process, task.began_ns, task.id)
            yield Fact(label, f"{visible(task.name)} · {format_moment(task.began_ns)}", link)


def _of_span(timeline: Timeline, selection: SpanSelection) -> Iterator[Fact]:
    """The span of a trace around this one, the first one within it, and its neighbours of the same depth."""
    track_id, at = selection.track, selection.span
    if not 1 <= track_id <= len(timeline.tracks):
        return
    spans = timeline.tracks[track_id - 1].spans
    if not 0 <= at < len(spans):
        return
    depth = int(spans.depth[at])
    before, _ = spans.neighbours(depth, at)
    _, after = spans.neighbours(depth, at + 1)
    around = spans.neighbours(depth - 1, at)[0] if depth else None
    if around is not None and not _contains(spans, around, at):
        around = None  # a span that only overlaps is one deeper too
    _, within = spans.neighbours(depth + 1, at + 1)
    if within is not None and not _contains(spans, at, within):
        within = None
    for label, index in (("Within", around), ("First in it", within), ("Previous span", before), ("Next span", after)):
        if index is not None:
            began = int(spans.t0[index])
            text = f"{visible(timeline.names[int(spans.name[index])])} · {format_moment(began, timeline.now_ns // 100)}"
            yield Fact(label, text, SpanSelection(selection.process, began, track_id, index))


def _contains(spans: TrackSpans, outer: int, inner: int) -> bool:
    return bool(spans.t0[outer] <= spans.t0[inner] and spans.t1[inner] <= spans.t1[outer])


def _of_line(timeline: Timeline, number: int) -> Iterator[Fact]:
    line = find_line(timeline, number)
    if line is None:
        return
    if line.process is not None:
        yield _process_fact("Process", timeline, line.process)
    for label, other in (("Previous line", number - 1), ("Next line", number + 1)):
        near = find_line(timeline, other)
        if near is not None:
            yield _line_fact(label, near)


def _newest(what: str, things: Sequence[_Thing], most: int, fact: Callable[[_Thing], Fact]) -> Iterator[Fact]:
    """A fact for each of the last things, and before them one with their number if there are more."""
    if len(things) > most:
        yield Fact(what, f"{len(things):,}; the last {most}:")
    for thing in things[-most:]:
        yield fact(thing)


def _neighbours(things: Sequence[_Thing], one: _Thing) -> tuple[_Thing | None, _Thing | None]:
    at = next((index for index, thing in enumerate(things) if thing is one or thing == one), None)
    if at is None:
        return None, None
    return things[at - 1] if at else None, things[at + 1] if at + 1 < len(things) else None


def _process_fact(label: str, timeline: Timeline, process_id: int) -> Fact:
    return Fact(label, process_title(timeline.process(process_id)), ProcessSelection(process_id))


def _call_fact(label: str, timeline: Timeline, call: Call) -> Fact:
    who = call.by if label == "On it" else call.process
    parts = [call_text(call.name), *([name_of(timeline, who)] if who is not None else []), format_moment(call.began_ns)]
    where = called_at(timeline, call)
    if where:
        parts.append(where.rsplit("/", 1)[-1])
    return Fact(label, " · ".join(parts), CallSelection(call.by, call.began_ns, call.id))


def _line_fact(label: str, line: OutputLine) -> Fact:
    text = visible(line.text[:_MOST_LETTERS]) + (" …" if len(line.text) > _MOST_LETTERS else "")
    return Fact(label, text or "(an empty line)", LineSelection(line.process or 1, line.at_ns, line.number))
