"""Draws the lanes: bars, waits, marks and their texts. The window's thread, or an export.

One LanePainter serves one frame. It touches only the rows that it is given, and each row through the level of detail,
so its cost follows the pixels in view and not the length of the run.
"""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.chart import bars, glyphs, words
from desktop.chart.ink import Ink
from desktop.chart.level_of_detail import Grid, Runs, runs, shown_marks
from desktop.chart.rows import Row
from desktop.chart.time_scale import TimeScale
from workers.lanes import Lane, Marks, Spans
from workers.model import CallName, MarkKind, Process, ProcessKind, SpanKind, State
from workers.sizes import format_duration
from workers.timeline import Timeline

_INNER_PX = 2.0
_TEXT_ROOM_PX = 8.0
_LEAST_TEXT_PX = 24.0
_MARK_REACH_PX = 16.0
_MARK_PITCH_PX = 6.0
_ANSWERS = {MarkKind.ALIVE_TRUE: ("True", "quiet"), MarkKind.ALIVE_FALSE: ("False", "bad_text")}


class LanePainter:
    """Draws lanes on one painter at one time scale. detail: pixel columns per unit of the painter's coordinates."""

    def __init__(self, painter: QPainter, ink: Ink, timeline: Timeline, scale: TimeScale, detail: float = 1.0) -> None:
        self._painter = painter
        self._ink = ink
        self._timeline = timeline
        self._scale = scale
        self._detail = detail
        columns = round(scale.width_px * detail)
        self._grid = Grid.over(scale.t0_ns, scale.t1_ns, columns)
        # Marks reach beyond their moment: one just out of view may show in part.
        beyond_ns = round(_MARK_REACH_PX * scale.ns_per_px)
        beyond = round(2 * _MARK_REACH_PX * detail)
        self._wide = Grid.over(scale.t0_ns - beyond_ns, scale.t1_ns + beyond_ns, columns + beyond)
        self._found: dict[int, Runs] = {}  # by the columns' id, which the timeline keeps alive for the frame

    def bars(self, row: Row, top: float, ground: str) -> None:
        """Draw the bars of a row that begins at `top`; ground: the palette's role for what lies under it."""
        bar_top, height = row.bar_px
        box = QRectF(0, top + bar_top, 0, height)
        if row.helpers_of:
            if not row.expanded:
                for member in row.members:
                    self._spans(self._timeline.lane(member).phases, box, grey=True)
            return
        process = self._timeline.process(row.process)
        if process.state is State.PLANNED:
            self._planned(box)
            return
        lane = self._timeline.lane(row.process)
        self._spans(lane.phases, box, grey=process.kind is ProcessKind.HELPER)
        self._spans(lane.inner, box.adjusted(0, _INNER_PX, 0, -_INNER_PX))
        self._ending(process, box, ground)

    def marks(self, row: Row, top: float) -> None:
        """Draw the texts and marks of a row, over its bars."""
        if row.helpers_of:
            return
        process = self._timeline.process(row.process)
        lane = self._timeline.lane(row.process)
        bar_top, height = row.bar_px
        box = QRectF(0, top + bar_top, 0, height)
        if len(lane.inner):
            self._wait_texts(lane.inner, self._runs(lane.inner), box.adjusted(0, _INNER_PX, 0, -_INNER_PX))
        elif process.kind is not ProcessKind.HELPER:
            self._life_text(process, lane.phases, self._runs(lane.phases), box)
        self._answered(process, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._slots(lane.marks, top)
        if process.paused and not process.ended:
            glyphs.draw_paused(self._painter, self._ink, self._scale.x(self._timeline.now_ns), top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._end_text(process, lane, box)
        if row.process == 1:
            self._pending(top)

    def _runs(self, spans: Spans) -> Runs:
        """The runs of these columns in this frame, found once for bars and texts."""
        found = self._found.get(id(spans))
        if found is None:
            found = self._found[id(spans)] = runs(spans, self._grid, self._timeline.now_ns)
        return found

    def _spans(self, spans: Spans, box: QRectF, *, grey: bool = False) -> None:
        shown = self._runs(spans)
        if len(shown):
            for (left, right), kind, origin in zip(*self._edges(spans, shown), strict=True):
                part = QRectF(left, box.top(), right - left, box.height())
                if grey and kind <= SpanKind.ALIVE:
                    self._painter.fillRect(part, self._ink.colour("paused"))
                else:
                    bars.draw(self._painter, self._ink, kind, part, origin)

    def _edges(self, spans: Spans, shown: Runs) -> tuple[list[tuple[float, float]], list[int], list[float]]:
        """Left and right edge, kind and true beginning of each run, in the painter's coordinates."""
        left_px = self._scale.left_px
        left = left_px + shown.x0 / self._detail
        right = np.maximum(left_px + shown.x1 / self._detail, left + 1)
        begins = np.where(shown.span >= 0, spans.t0[np.maximum(shown.span, 0)], self._scale.t0_ns)
        origin = np.where(shown.span >= 0, np.floor(self._scale.xs(begins)), left)
        return list(zip(left.tolist(), right.tolist(), strict=True)), shown.kind.tolist(), origin.tolist()

    def _planned(self, box: QRectF) -> None:
        left, right = self._scale.left_px + 8, self._scale.right_px
        text = "not started"
        width = self._ink.width(self._ink.font, text)
        self._painter.setPen(self._ink.pen("line", 1, Qt.PenStyle.DashLine))
        self._painter.drawLine(QLineF(left + width + 8, box.center().y(), right, box.center().y()))
        self._ink.write(self._painter, self._ink.font, "quiet", QRectF(left, box.top(), width + 1, box.height()), text)

    def _ending(self, process: Process, box: QRectF, ground: str) -> None:
        """What tells a bad end on the bar itself: a cap in the colour of failure, or a torn edge."""
        if process.lost and process.lost_ns is not None:
            x = self._scale.x(process.lost_ns)
            if self._scale.left_px <= x <= self._scale.right_px + 6:
                bars.draw_ragged_end(self._painter, self._ink, x, box.top(), box.height(), ground)
        elif process.failed and process.exited_ns is not None:
            x = self._scale.x(process.exited_ns)
            left, right = max(x - 3, self._scale.left_px), min(x, self._scale.right_px)
            if right > left:
                self._painter.fillRect(QRectF(left, box.top(), right - left, box.height()), self._ink.colour("bad"))

    def _slots(self, marks: Marks, top: float) -> None:
        """Draw the marks in view, those of each slot apart from each other."""
        reach_ns = round(_MARK_REACH_PX * self._scale.ns_per_px)
        low, high = np.searchsorted(marks.t, (self._scale.t0_ns - reach_ns, self._scale.t1_ns + reach_ns)).tolist()
        if high == low:
            return
        t, kind, ref = marks.t[low:high], marks.kind[low:high], marks.ref[low:high]
        slots = glyphs.SLOT_OF[kind]
        for slot in np.flatnonzero(np.bincount(slots)).tolist():  # np.unique imports numpy.ma first: a stall of 0.1 s
            mine = slots == slot
            column = Marks(t[mine], kind[mine], ref[mine])
            shown = shown_marks(column, self._wide, round(_MARK_PITCH_PX * self._detail))
            kinds, xs = column.kind[shown].tolist(), self._scale.xs(column.t[shown]).tolist()
            self._row_of_marks([MarkKind(one) for one in kinds], xs, top)

    def _row_of_marks(self, kinds: list[MarkKind], xs: list[float], top: float) -> None:
        for index, (kind, x) in enumerate(zip(kinds, xs, strict=True)):
            glyphs.draw(self._painter, self._ink, kind, x, top)
            if kind in _ANSWERS:
                answer, role = _ANSWERS[kind]
                width = self._ink.width(self._ink.small_font, answer)
                until = xs[index + 1] if index + 1 < len(xs) else self._scale.right_px
                if x + 14 + width <= until:
                    box = QRectF(x + 7, top + 1, width + 1, 13)
                    self._ink.write(self._painter, self._ink.small_font, role, box, answer)

    def _life_text(self, process: Process, spans: Spans, shown: Runs, box: QRectF) -> None:
        """What it does and for how long, inside the alive bar where it fits."""
        doing = words.work(self._timeline, process)
        badge = 16.0 if process.exited_ns is not None or process.paused else 0.0
        for t0, t1, _ in self._wide_spans(spans, shown, SpanKind.ALIVE):
            long = format_duration((t1 - t0) * words.NANO)
            texts = [f"{doing} · {long}", doing, long] if doing else [long]
            self._text_inside(t0, t1, box, "alive_text", texts, badge)

    def _wait_texts(self, spans: Spans, shown: Runs, box: QRectF) -> None:
        """Whom the parent waits for, inside each wait where it fits."""
        for t0, t1, call in self._wide_spans(spans, shown, SpanKind.JOIN):
            process = self._timeline.call(call).process
            child = None if process is None else self._timeline.process(process)
            name = "?" if child is None else child.name
            texts = [f"join({name}) · {format_duration((t1 - t0) * words.NANO)}", f"join({name})", name]
            if child is not None and child.worker is not None:
                texts.append(f"p{child.worker}")
            self._text_inside(t0, t1, box, "text", texts, patch=True)

    def _wide_spans(self, spans: Spans, shown: Runs, kind: SpanKind) -> Iterator[tuple[int, int, int]]:
        """(t0, t1, ref) of the spans of a kind that are wide enough for a text."""
        wide = (shown.kind == kind) & (shown.span >= 0) & (shown.x1 - shown.x0 >= _LEAST_TEXT_PX * self._detail)
        for index in shown.span[wide].tolist():
            yield int(spans.t0[index]), min(int(spans.t1[index]), self._timeline.now_ns), int(spans.ref[index])

    def _text_inside(self, t0: int, t1: int, box: QRectF, role: str, texts: list[str], after: float = 0.0, *,
                     patch: bool = False) -> None:  # fmt: skip
        left = max(self._scale.x(t0), self._scale.left_px) + _TEXT_ROOM_PX
        right = min(self._scale.x(t1), self._scale.right_px) - _TEXT_ROOM_PX - after
        for text in texts:
            width = self._ink.width(self._ink.font, text)
            if width <= right - left:
                inside = QRectF(left, box.top(), width + 1, box.height())
                if patch:
                    self._painter.fillRect(inside.adjusted(-4, 0, 3, 0), self._ink.colour("join/base/0.30"))
                self._ink.write(self._painter, self._ink.font, role, inside, text)
                return

    def _end_text(self, process: Process, lane: Lane, box: QRectF) -> None:
        """How it ended, beside a bad end: right of the bar where there is room, else nothing (the header says it)."""
        ended = process.last_ns
        if not process.failed or ended is None:
            return
        text = words.header(process).end
        last = max(int(np.minimum(lane.phases.t1, self._timeline.now_ns).max()) if len(lane.phases) else ended, ended)
        left = self._scale.x(last) + (14 if process.joined_ns is not None else 6)
        width = self._ink.width(self._ink.name_font, text)
        if self._scale.left_px <= left and left + width <= self._scale.right_px - 4:
            place = QRectF(left, box.top(), width + 1, box.height())
            self._ink.write(self._painter, self._ink.name_font, "bad_text", place, text)

    def _pending(self, top: float) -> None:
        """What the person asked and the parent cannot answer yet: from when it was asked to now."""
        text = words.pending_text(self._timeline)
        x = self._scale.x(self._timeline.now_ns)
        if not text or not self._scale.left_px <= x <= self._scale.right_px:
            return
        asked = self._asked_line(self._timeline.pending[0].at_ns, self._timeline.now_ns, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        glyphs.draw_waiting(self._painter, self._ink, x, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        width = self._ink.width(self._ink.small_font, text) + 1
        if x + 8 + width <= self._scale.right_px - 2:
            left = x + 8
        else:  # left of the question's line, cut short where even that has too little room
            right = min(x, asked) - 8
            left = max(right - width, self._scale.left_px + 2)
            width = right - left
        if width > 20:
            self._ink.write(self._painter, self._ink.small_font, "text", QRectF(left, top + 1, width, 13), text)

    def _answered(self, process: Process, top: float) -> None:
        """How long each question about this process had to wait before its answer."""
        if not self._timeline.requests:
            return
        for call in self._timeline.calls_on(process.id):
            asked = self._timeline.asked_ns(call)
            if call.name is CallName.IS_ALIVE and asked is not None and call.ended_ns is not None:
                self._asked_line(asked, call.ended_ns, top)

    def _asked_line(self, asked_ns: int, until_ns: int, top: float) -> float:
        """A dotted line with a foot at the moment of asking, where it is long enough to see. Returns its left end."""
        left, right = (
            max(self._scale.x(asked_ns), self._scale.left_px),
            min(self._scale.x(until_ns), self._scale.right_px),
        )
        y = round(top + glyphs.BOXES[MarkKind.ALIVE_TRUE].middle_px) + 0.5
        if right - left < 8:
            return right
        self._painter.setPen(self._ink.pen("join", 1, Qt.PenStyle.DotLine))
        self._painter.drawLine(QLineF(left, y, right - 5, y))
        self._painter.setPen(self._ink.pen("join", 1.5))
        self._painter.drawLine(QLineF(left, y - 4, left, y + 4))
        return left
