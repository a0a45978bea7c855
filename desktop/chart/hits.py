"""What lies under the pointer, and what lies next in a lane. Arithmetic on columns without Qt; the window's thread."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from desktop.chart.glyphs import BOXES
from desktop.chart.rows import Row
from desktop.chart.time_scale import TimeScale
from desktop.selection import Selection
from workers.lanes import Lane, Marks
from workers.model import MarkKind, SpanKind
from workers.timeline import Timeline

_NEAR_PX = 3.0
_MARK_HALF_PX = 7.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Something in a lane that the keyboard can stand on. t1_ns: its end, equal to t0_ns for a mark."""

    t0_ns: int
    t1_ns: int
    selection: Selection


def hit(timeline: Timeline, row: Row, scale: TimeScale, x_px: float, y_px: float) -> Selection:
    """What is at `x_px` and `y_px` below the row's top: a mark, else a wait or task, else a phase, else the lane."""
    lane = timeline.lane(row.process)
    mark = _mark_at(lane.marks, scale, x_px, y_px)
    if mark is not None:
        return of_mark(lane, mark)
    top, height = row.bar_px
    if top - _NEAR_PX <= y_px <= top + height + _NEAR_PX:
        at = scale.at(x_px)
        for spans, inner in ((lane.inner, True), (lane.phases, False)):
            t1 = np.minimum(spans.t1, timeline.now_ns)
            away = np.maximum(np.maximum(spans.t0 - at, at - t1), 0)
            # Of those within reach the nearest wins, and of equally near ones (under the pointer) the later.
            if len(away) and away.min() <= _NEAR_PX * scale.ns_per_px:
                index = int(np.flatnonzero(away == away.min())[-1])
                return _of_inner(lane, index) if inner else _of_phase(lane, index)
    return Selection(row.process)


def stops(timeline: Timeline, process: int) -> list[Stop]:
    """Everything in a lane that the arrow keys stand on, by time."""
    lane = timeline.lane(process)
    return sorted(_stops(lane, timeline.now_ns), key=lambda stop: (stop.t0_ns, -stop.t1_ns))


def of_mark(lane: Lane, index: int) -> Selection:
    """A mark as a selection."""
    at, ref = int(lane.marks.t[index]), int(lane.marks.ref[index])
    if lane.marks.kind[index] == MarkKind.OUTPUT:
        return Selection(lane.process, at, line=ref)
    return Selection(lane.process, at, call=ref or None)


def _of_inner(lane: Lane, index: int) -> Selection:
    ref = int(lane.inner.ref[index])
    if lane.inner.kind[index] != SpanKind.JOIN:
        return Selection(lane.process, int(lane.inner.t0[index]), task=ref)
    return Selection(lane.process, int(lane.inner.t0[index]), call=ref or None)


def _of_phase(lane: Lane, index: int) -> Selection:
    return Selection(lane.process, int(lane.phases.t0[index]), phase=int(SpanKind(lane.phases.kind[index])))


def _stops(lane: Lane, now_ns: int) -> Iterator[Stop]:
    for index in range(len(lane.phases)):
        yield Stop(int(lane.phases.t0[index]), min(int(lane.phases.t1[index]), now_ns), _of_phase(lane, index))
    for index in range(len(lane.inner)):
        yield Stop(int(lane.inner.t0[index]), min(int(lane.inner.t1[index]), now_ns), _of_inner(lane, index))
    for index in range(len(lane.marks)):
        at = int(lane.marks.t[index])
        yield Stop(at, at, of_mark(lane, index))


def _mark_at(marks: Marks, scale: TimeScale, x_px: float, y_px: float) -> int | None:
    reach = round(18 * scale.ns_per_px)
    at = scale.at(x_px)
    low, high = np.searchsorted(marks.t, (at - reach, at + reach + 1)).tolist()
    best: tuple[int, float] | None = None
    found: int | None = None
    for index in range(low, high):
        kind = MarkKind(marks.kind[index])
        box = BOXES[kind]
        x = scale.x(int(marks.t[index]))
        if abs(y_px - box.middle_px) > _MARK_HALF_PX:
            continue
        if not x + box.left_px - _NEAR_PX <= x_px <= x + box.right_px + _NEAR_PX:
            continue
        rank = (int(kind), -abs(x_px - x - (box.left_px + box.right_px) / 2))
        if best is None or rank > best:
            best, found = rank, index
    return found
