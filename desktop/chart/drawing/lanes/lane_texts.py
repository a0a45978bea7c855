"""Draws the texts in and beside the bars of lanes, where they fit. The window's thread, or an export.

One LaneTexts serves one frame.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from desktop.chart.drawing.bars import hatch_ground
from desktop.chart.drawing.lanes.visible_spans import VisibleSpans
from desktop.chart.drawing.lanes.wait_labels import WaitLabels
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry import lane_words
from desktop.look.span_styles import SPAN_STYLES
from workers.analysis.waits import idle_without_task
from workers.plan.sizes import format_duration
from workers.timeline.lanes import Lane, Spans
from workers.timeline.model import Process, SpanKind
from workers.timeline.task_store import LaneTasks

_ROOM_PX = 8.0
_LEAST_PX = 24.0
_EXIT_PX = 12.0
_EXIT_REACH_PX = 16
_JOINED_PX = 2.0, 14.0
"""How far the sign of a join, with a gap, reaches left and right of its moment."""


_NO_WAITS = Spans.of([])


class LaneTexts:
    """Draws the texts of one frame."""

    def __init__(self, frame: PaintFrame, spans: VisibleSpans) -> None:
        self._painter, self._style = frame.painter, frame.style
        self._timeline, self._scale, self._detail = frame.timeline, frame.scale, frame.detail
        self._visible = spans

    def life(self, process: Process, spans: Spans, box: QRectF) -> None:
        """What a process does and for how long, inside its alive bar."""
        work = lane_words.work(self._timeline, process)
        role = "text" if idle_without_task(self._timeline, process) else "alive_text"
        badge = 16.0 if process.exited_ns is not None or process.paused else 0.0
        for t0, t1, _ in self._wide_spans(spans, SpanKind.ALIVE):
            long = format_duration((t1 - t0) * lane_words.NANO)
            texts = [f"{work} · {long}", work, long] if work else [long]
            self._write_first(texts, role, self._room(t0, t1, box, badge))

    def tasks(self, tasks: LaneTasks, cut_ns: int | None, box: QRectF, waits: Spans = _NO_WAITS) -> None:
        """The name of each task, inside it. cut_ns: as the lane has it. waits: what is drawn over the tasks."""
        t0s = tasks.t0
        low = int(np.searchsorted(tasks.layers(cut_ns)[0].reach, self._scale.t0_ns, "right"))
        high = int(np.searchsorted(t0s, self._scale.t1_ns, "left"))
        if not 0 < high - low <= self._scale.width_px:
            return  # some may be wide enough, but looking for them among so many costs too much
        t0, t1 = t0s[low:high], np.minimum(tasks.ends(low, high, cut_ns), self._timeline.now_ns)
        wide = np.flatnonzero(t1 - t0 >= _LEAST_PX * self._scale.ns_per_px)
        names = self._timeline.tasks.names
        over_t0, over_t1 = self._drawn_over(waits)
        for at in wide.tolist():
            name = names[int(tasks.name[low + at])]
            long = format_duration(int(t1[at] - t0[at]) * lane_words.NANO)
            shown = max(int(t0[at]), self._scale.t0_ns), min(int(t1[at]), self._scale.t1_ns)
            clear = _longest_clear(*shown, over_t0, over_t1)
            room = self._room(*clear, box, self._exit_px(cut_ns, clear[1]))
            self._write_first([f"{name} · {long}", name], "task_text", room)

    def _drawn_over(self, waits: Spans) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Begins, ascending, and ends of the waits in view that are at least a pixel wide; int64 (n,) ns."""
        until = np.minimum(waits.t1, self._timeline.now_ns)
        in_view = (until > self._scale.t0_ns) & (waits.t0 < self._scale.t1_ns)
        found = np.flatnonzero(in_view & (until - waits.t0 >= self._scale.ns_per_px))
        found = found[np.argsort(waits.t0[found], kind="stable")]
        return waits.t0[found], until[found]

    def waits(self, spans: Spans, box: QRectF, exited_ns: int | None) -> None:
        """The child, or the task of a cluster, that the parent waits for, inside each wait."""
        for t0, t1, call in self._wide_spans(spans, SpanKind.JOIN):
            made = self._timeline.call(call)
            child = None if made.process is None else self._timeline.process(made.process)
            name = made.task or ("?" if child is None else child.name)
            words = f"{made.name}({name})"
            texts = [f"{words} · {format_duration((t1 - t0) * lane_words.NANO)}", words, name]
            if child is not None and child.worker is not None:
                texts.append(f"p{child.worker}")
            patch = hatch_ground(SPAN_STYLES[SpanKind.JOIN].role)
            self._write_first(texts, "text", self._room(t0, t1, box, self._exit_px(exited_ns, t1)), patch)

    def seen_waits(self, process: Process, spans: Spans, labels: WaitLabels, box: QRectF) -> None:
        """The call that a process waits in, inside each wait that was seen from outside."""
        for t0, t1, number in self._wide_spans(spans, SpanKind.WAITING):
            if number > len(process.waits):
                continue
            words, where = labels.of(self._timeline, process, process.waits[number - 1])
            long = format_duration((t1 - t0) * lane_words.NANO)
            texts = [f"{words} · {where} · {long}"] if where else []
            texts += [f"{words} · {long}", words]
            patch = hatch_ground(SPAN_STYLES[SpanKind.WAITING].role)
            self._write_first(texts, "text", self._room(t0, t1, box, self._exit_px(process.exited_ns, t1)), patch)

    def bad_end(self, process: Process, lane: Lane, box: QRectF) -> None:
        """How a process ended, right of the bar after a bad end or one by its Pool. Left out where it has no room: the header
        shows it too."""
        ended = process.last_ns
        if not process.failed or ended is None:
            return
        by_pool = process.ended_by_pool
        text = lane_words.BY_POOL if by_pool else lane_words.header(process).end
        font, role = (self._style.small_font, "quiet") if by_pool else (self._style.name_font, "bad_text")
        last = max(int(np.minimum(lane.phases.t1, self._timeline.now_ns).max()) if len(lane.phases) else ended, ended)
        left, width = self._scale.x(last) + 6, self._style.width(font, text)
        if process.joined_ns is not None:  # its sign is right of its moment, which may be later
            joined = self._scale.x(process.joined_ns)
            if left + width > joined - _JOINED_PX[0]:
                left = max(left, joined + _JOINED_PX[1])
        if self._scale.left_px <= left and left + width <= self._scale.right_px - 4:
            place = QRectF(left, box.top(), width + 1, box.height())
            self._style.write(self._painter, font, role, place, text)

    def _wide_spans(self, spans: Spans, kind: SpanKind) -> Iterator[tuple[int, int, int]]:
        """(t0, t1, ref) of the spans of a kind that are wide enough for a text."""
        least = _LEAST_PX * self._detail
        places = self._visible.places(spans)
        if not any(x1 - x0 >= least for x0, x1, of, t0 in places if of == kind and t0 is not None):
            return
        edges, t1 = self._visible.grid.edges, np.minimum(spans.t1, self._timeline.now_ns)
        inside = (t1 > edges[0]) & (spans.t0 < edges[-1]) & (spans.kind == kind)
        wide = inside & (t1 - spans.t0 >= _LEAST_PX * self._scale.ns_per_px)
        for index in np.flatnonzero(wide).tolist():
            yield int(spans.t0[index]), int(t1[index]), int(spans.ref[index])

    def _exit_px(self, exited_ns: int | None, t1: int) -> float:
        """The room that the sign of the process's own exit takes at the end of a span."""
        at_exit = exited_ns is not None and exited_ns - t1 < _EXIT_REACH_PX * self._scale.ns_per_px
        return _EXIT_PX if at_exit else 0.0

    def _room(self, t0: int, t1: int, box: QRectF, after_px: float) -> QRectF:
        """The part of a span's bar that a text may take. after_px: what its end is needed for."""
        left = max(self._scale.x(t0), self._scale.left_px) + _ROOM_PX
        right = min(self._scale.x(t1), self._scale.right_px) - _ROOM_PX - after_px
        return QRectF(left, box.top(), right - left, box.height())

    def _write_first(self, texts: list[str], role: str, room: QRectF, patch: str = "") -> None:
        """Write the first of the texts that fits. patch: the colour under it, for a ground that is hard to read on."""
        for text in texts:
            width = self._style.width(self._style.font, text)
            if width <= room.width():
                place = QRectF(room.left(), room.top(), width + 1, room.height())
                if patch:
                    self._painter.fillRect(place.adjusted(-4, 0, 3, 0), self._style.colour(patch))
                self._style.write(self._painter, self._style.font, role, place, text)
                return


def _longest_clear(t0: int, t1: int, over_t0: NDArray[np.int64], over_t1: NDArray[np.int64]) -> tuple[int, int]:
    """The longest part of t0 to t1 in which none of these spans lies. They are in the order of their beginnings."""
    ends = np.maximum.accumulate(np.concatenate(([t0], over_t1.clip(t0, t1))))
    begins = np.concatenate((over_t0.clip(t0, t1), [t1]))
    at = int(np.argmax(begins - ends))
    return int(ends[at]), int(begins[at])
