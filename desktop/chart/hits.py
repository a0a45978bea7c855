"""What lies under the pointer, and what lies next in a lane. Arithmetic on columns without Qt; the window's thread."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.chart.glyphs import BOXES
from desktop.chart.rows import Row
from desktop.chart.time_scale import TimeScale
from desktop.selection import Selection
from workers.lanes import Lane, Marks, Spans
from workers.model import MarkKind, SpanKind
from workers.task_store import LaneTasks
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
        at, near_ns = scale.at(x_px), round(_NEAR_PX * scale.ns_per_px)
        wait = _nearest(lane.waits.t0, lane.waits.t1, at, near_ns, timeline.now_ns)
        if wait is not None:
            return Selection(row.process, int(lane.waits.t0[wait]), call=int(lane.waits.ref[wait]) or None)
        task = None if lane.tasks is None else _task_at(lane.tasks, lane.cut_ns, at, near_ns, timeline.now_ns)
        if task is not None and lane.tasks is not None:
            return Selection(row.process, int(lane.tasks.t0[task]), task=int(lane.tasks.id[task]))
        phase = _nearest(lane.phases.t0, lane.phases.t1, at, near_ns, timeline.now_ns)
        if phase is not None:
            return _of_phase(lane, phase)
    return Selection(row.process)


def _nearest(t0: NDArray[np.int64], t1: NDArray[np.int64], at: int, near_ns: int, now_ns: int) -> int | None:
    """The index of the span at a moment, or of the nearest within reach: of equally near ones the later."""
    if not len(t0):
        return None
    away = np.maximum(np.maximum(t0 - at, at - np.minimum(t1, now_ns)), 0)
    least = away.min()
    return int(np.flatnonzero(away == least)[-1]) if least <= near_ns else None


def _task_at(tasks: LaneTasks, cut_ns: int | None, at: int, near_ns: int, now_ns: int) -> int | None:
    """The same for tasks, of which a lane may have a million."""
    layer = tasks.layers(cut_ns)[0] if len(tasks) else None
    if layer is None:
        return None
    low = int(np.searchsorted(layer.reach, at - near_ns, "left"))
    high = int(np.searchsorted(layer.t0, at + near_ns, "right"))
    found = _nearest(layer.t0[low:high], tasks.ends(low, high, cut_ns), at, near_ns, now_ns)
    return None if found is None else low + found


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


def _of_inner(lane: Lane, inner: Spans, index: int) -> Selection:
    ref = int(inner.ref[index])
    if inner.kind[index] != SpanKind.JOIN:
        return Selection(lane.process, int(inner.t0[index]), task=ref)
    return Selection(lane.process, int(inner.t0[index]), call=ref or None)


def _of_phase(lane: Lane, index: int) -> Selection:
    return Selection(lane.process, int(lane.phases.t0[index]), phase=int(SpanKind(lane.phases.kind[index])))


def _stops(lane: Lane, now_ns: int) -> Iterator[Stop]:
    for index in range(len(lane.phases)):
        yield Stop(int(lane.phases.t0[index]), min(int(lane.phases.t1[index]), now_ns), _of_phase(lane, index))
    inner = lane.inner
    for index in range(len(inner)):
        yield Stop(int(inner.t0[index]), min(int(inner.t1[index]), now_ns), _of_inner(lane, inner, index))
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
