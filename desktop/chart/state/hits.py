"""Finds the thing under the pointer. Arithmetic on columns; the window's thread.

A lane or track may hold a million spans, and every move of the mouse asks: columns are searched, never copied.
"""

import numpy as np
from numpy.typing import NDArray

from desktop.chart.drawing.glyphs import GLYPHS, shift_px
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.geometry.track_depths import depth_at, instants
from desktop.facts.selection import (
    CallSelection,
    InstantSelection,
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
from workers.timeline.distinct import distinct
from workers.timeline.lanes import Lane, Marks, Spans
from workers.timeline.model import MarkKind, SpanKind
from workers.timeline.task_store import LaneTasks
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track, TrackSpans

_NEAR_PX = 3.0
_MARK_HALF_PX = 7.0
_FLAG_HALF_PX = 5.0


def hit(timeline: Timeline, row: Row, scale: TimeScale, x_px: float, y_px: float) -> Selection:
    """The thing at `x_px`, and `y_px` below the top of a process's row: a mark, else a transfer, else a wait or task, else a
    phase, else the lane."""
    lane = timeline.lane(row.process)
    mark = _mark_at(lane.marks, row, scale, x_px, y_px)
    if mark is not None:
        return of_mark(lane, mark)
    top, height = row.bar_px
    if top - _NEAR_PX <= y_px <= top + height + _NEAR_PX:
        at, near_ns = scale.at(x_px), round(_NEAR_PX * scale.ns_per_px)
        if lane.traffic is not None and y_px >= row.traffic_px[0]:
            one = _nearest(lane.traffic.t0, lane.traffic.t1, at, near_ns, timeline.now_ns)
            if one is not None:
                return of_traffic(lane.process, lane.traffic, one)
        wait = _nearest(lane.waits.t0, lane.waits.t1, at, near_ns, timeline.now_ns)
        if wait is not None:
            return of_wait(lane, wait)
        task = None if lane.tasks is None else _task_at(lane.tasks, lane.cut_ns, at, near_ns, timeline.now_ns)
        if task is not None and lane.tasks is not None:
            return of_task(lane.process, lane.tasks, task)
        phase = _nearest(lane.phases.t0, lane.phases.t1, at, near_ns, timeline.now_ns)
        if phase is not None:
            return of_phase(lane, phase)
    return ProcessSelection(row.process)


def hit_thread(timeline: Timeline, row: Row, scale: TimeScale, x_px: float, y_px: float) -> Selection:
    """The task at a place of a thread's row, else the thread."""
    tasks, (top, height) = timeline.tasks.of_thread(row.thread), row.bar_px
    if tasks is not None and top - _NEAR_PX <= y_px <= top + height + _NEAR_PX:
        cut_ns, near_ns = timeline.process(row.under).last_ns, round(_NEAR_PX * scale.ns_per_px)
        task = _task_at(tasks, cut_ns, scale.at(x_px), near_ns, timeline.now_ns)
        if task is not None:
            return of_task(row.under, tasks, task)
    return ThreadSelection(row.under, row.thread)


def hit_track(timeline: Timeline, row: Row, scale: TimeScale, x_px: float, y_px: float) -> Selection:
    """The thing at a place of a track's row: an instant in the row of the instants, else a span in its depth, else the
    track."""
    track = timeline.tracks[row.track - 1]
    instant = _instant_at(track, scale, x_px)
    if instant is not None and y_px <= sum(instants(row)) and instant[1] <= _FLAG_HALF_PX:
        return of_instant(track, instant[0])
    depth = depth_at(row, track.spans.height, y_px)
    if depth is not None:
        near_ns = round(_NEAR_PX * scale.ns_per_px)
        span = _span_at(track.spans, depth, scale.at(x_px), near_ns, timeline.now_ns)
        if span is not None:
            return of_span(track, span)
    return TrackSelection(track.process, track.id)


def of_mark(lane: Lane, index: int) -> Selection:
    """A mark as a selection."""
    at, ref, kind = int(lane.marks.t[index]), int(lane.marks.ref[index]), lane.marks.kind[index]
    if kind == MarkKind.OUTPUT:
        return LineSelection(lane.process, at, ref)
    if kind == MarkKind.SPILLED:
        return TrafficSelection(lane.process, at, ref)
    if kind in (MarkKind.RETRIED, MarkKind.LOST):
        return TaskSelection(lane.process, at, ref)
    return _of_call(lane.process, at, ref)


def of_wait(lane: Lane, index: int) -> Selection:
    """A wait as a selection: a call of join(), or one that was seen from outside."""
    if lane.waits.kind[index] == SpanKind.WAITING:
        return WaitSelection(lane.process, int(lane.waits.t0[index]))
    return _of_call(lane.process, int(lane.waits.t0[index]), int(lane.waits.ref[index]))


def of_traffic(process: int, traffic: Spans, index: int) -> Selection:
    """A transfer, a use of the disk or an opened pickle as a selection."""
    return TrafficSelection(process, int(traffic.t0[index]), int(traffic.ref[index]))


def _of_call(process: int, at_ns: int, call: int) -> Selection:
    """A call as a selection; its moment where the call is not known."""
    return CallSelection(process, at_ns, call) if call else ProcessSelection(process, at_ns)


def of_task(process: int, tasks: LaneTasks, index: int) -> Selection:
    """A task as a selection."""
    return TaskSelection(process, int(tasks.t0[index]), int(tasks.id[index]))


def of_phase(lane: Lane, index: int) -> Selection:
    """A phase of a process's life as a selection."""
    return PhaseSelection(lane.process, int(lane.phases.t0[index]), SpanKind(lane.phases.kind[index]))


def of_span(track: Track, index: int) -> Selection:
    """A span of a track as a selection."""
    return SpanSelection(track.process, int(track.spans.t0[index]), track.id, index)


def of_instant(track: Track, index: int) -> Selection:
    """An instant of a track as a selection."""
    return InstantSelection(track.process, int(track.mark_t[index]), track.id, index)


def _nearest(t0: NDArray[np.int64], t1: NDArray[np.int64], at: int, near_ns: int, now_ns: int) -> int | None:
    """The index of the span at a moment, or of the nearest within reach; the later of two that are equally near."""
    if not len(t0):
        return None
    away = np.maximum(np.maximum(t0 - at, at - np.minimum(t1, now_ns)), 0)
    least = away.min()
    return int(np.flatnonzero(away == least)[-1]) if least <= near_ns else None


def _task_at(tasks: LaneTasks, cut_ns: int | None, at: int, near_ns: int, now_ns: int) -> int | None:
    """The index of the task at a moment, or of the nearest within reach. A lane may have a million tasks, and one of them may
    last as long as all others."""
    if not len(tasks):
        return None
    layer = tasks.layers(cut_ns)[0]
    within = min(at, now_ns)  # an open task reaches until now
    begun = int(layer.t0.searchsorted(within, "right"))
    latest = int(layer.reach[begun - 1]) if begun else None
    if latest is not None and latest >= within and at - within <= near_ns:
        return tasks.last_until(within, begun, cut_ns)
    # None is under the pointer: the nearest is the one that ended last before it, or the one that begins next.
    before = near_ns + 1 if latest is None else at - min(latest, now_ns)
    after = int(layer.t0[begun]) - at if begun < len(layer.t0) else near_ns + 1
    if after <= min(before, near_ns):
        return int(layer.t0.searchsorted(layer.t0[begun], "right")) - 1
    return tasks.last_until(latest, begun, cut_ns) if latest is not None and before <= near_ns else None


def _span_at(spans: TrackSpans, depth: int, at: int, near_ns: int, now_ns: int) -> int | None:
    """The span of one depth at a moment, or the nearest within reach. Those of one depth never overlap."""
    begun = int(spans.t0.searchsorted(at, "right"))
    last, following = spans.neighbours(depth, begun)
    before = near_ns + 1 if last is None else max(0, at - min(int(spans.t1[last]), now_ns))
    if following is not None and before and int(spans.t0[following]) - at <= min(before, near_ns):
        return following
    return last if before <= near_ns else None


def _instant_at(track: Track, scale: TimeScale, x_px: float) -> tuple[int, float] | None:
    """The index of the nearest instant, and how many pixels away it is."""
    at = int(track.mark_t.searchsorted(scale.at(x_px)))
    near = [(abs(scale.x(int(track.mark_t[one])) - x_px), one) for one in (at, at - 1) if 0 <= one < len(track.mark_t)]
    return (min(near)[1], min(near)[0]) if near else None


def _mark_at(marks: Marks, row: Row, scale: TimeScale, x_px: float, y_px: float) -> int | None:
    """The index of the mark whose glyph is there: of the highest kind, the nearest."""
    reach = round(18 * scale.ns_per_px)
    at = scale.at(x_px)
    low, high = marks.t.searchsorted((at - reach, at + reach + 1)).tolist()
    if high <= low:
        return None
    kinds = marks.kind[low:high]
    for kind in distinct(kinds).values[::-1].tolist():
        box = GLYPHS[MarkKind(kind)]
        if abs(y_px - box.middle_px - shift_px(kind, row)) > _MARK_HALF_PX:
            continue
        mine = np.flatnonzero(kinds == kind)
        off = x_px - scale.xs(marks.t[low:high][mine])
        shown = (off >= box.left_px - _NEAR_PX) & (off <= box.right_px + _NEAR_PX)
        if shown.any():
            away = np.where(shown, np.abs(off - (box.left_px + box.right_px) / 2), np.inf)
            return int(low + mine[away.argmin()])
    return None
