"""When the selected thing is, and which part of its row it takes. Arithmetic without Qt; any thread."""

from typing import assert_never

from desktop.chart.geometry.row import Row
from desktop.chart.geometry.track_depths import instants, level
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
from workers.timeline.lanes import OPEN
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline


def frame_px(timeline: Timeline, row: Row, selection: Selection) -> tuple[float, float]:
    """Top and height of the selected thing, from the top of its row: the bar, or on a track's row the span's depth."""
    if not row.track:
        return row.traffic_px if isinstance(selection, TrafficSelection) else row.bar_px
    spans = timeline.tracks[row.track - 1].spans
    if isinstance(selection, InstantSelection) and row.instants_px:
        return instants(row)
    if not isinstance(selection, SpanSelection) or selection.span >= len(spans):
        return 1.0, row.height_px - 3.0
    return level(row, spans.height, int(spans.depth[selection.span]))


def span_of(timeline: Timeline, selection: Selection) -> tuple[int, int] | None:
    """The interval of a selected phase, wait, task or span, its end OPEN while it is still running; None for other things."""
    match selection:
        case IntervalSelection():
            return selection.interval
        case SpanSelection():
            return _track_span(timeline, selection)
        case TaskSelection():
            return _task_span(timeline, selection.task)
        case CallSelection():
            spans = timeline.lane(selection.process).waits
            wanted = (spans.ref == selection.call) & (spans.kind == SpanKind.JOIN)
        case WaitSelection():
            spans = timeline.lane(selection.process).waits
            wanted = (spans.kind == SpanKind.WAITING) & (spans.t0 == selection.at_ns)
        case TrafficSelection():
            traffic = timeline.lane(selection.process).traffic
            if traffic is None:
                return None
            spans, wanted = traffic, traffic.ref == selection.number
        case PhaseSelection():
            spans = timeline.lane(selection.process).phases
            wanted = spans.kind == selection.phase
        case ProcessSelection() | ThreadSelection() | TrackSelection():
            return None
        case LineSelection() | InstantSelection() | BookmarkSelection():
            return None
        case _:
            assert_never(selection)
    found = wanted.nonzero()[0]
    return (int(spans.t0[found[0]]), int(spans.t1[found[0]])) if len(found) else None


def _track_span(timeline: Timeline, selection: SpanSelection) -> tuple[int, int] | None:
    if not 1 <= selection.track <= len(timeline.tracks):
        return None
    spans = timeline.tracks[selection.track - 1].spans
    return (int(spans.t0[selection.span]), int(spans.t1[selection.span])) if selection.span < len(spans) else None


def _task_span(timeline: Timeline, task_id: int) -> tuple[int, int] | None:
    if not 1 <= task_id <= len(timeline.tasks):
        return None
    task = timeline.task(task_id)
    cut_ns = timeline.lane(task.process).cut_ns
    ended = task.ended_ns if task.ended_ns is not None else cut_ns
    return task.began_ns, OPEN if ended is None else max(ended, task.began_ns)
