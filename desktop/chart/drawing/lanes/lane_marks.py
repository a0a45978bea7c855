"""Draws the marks of lanes, and the signs of questions. The texts in bars are in `lane_texts`. The window's thread, or an
export.

One LaneMarks serves one frame.
"""

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.chart.drawing import glyphs
from desktop.chart.drawing.lanes.lane_bars import INNER_PX
from desktop.chart.drawing.lanes.lane_texts import LaneTexts
from desktop.chart.drawing.lanes.visible_spans import VisibleSpans
from desktop.chart.drawing.lanes.wait_labels import WaitLabels
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry import lane_words
from desktop.chart.geometry.level_of_detail import Grid, shown_marks
from desktop.chart.geometry.row import Row
from workers.timeline.lanes import Marks
from workers.timeline.model import CallName, MarkKind, Process, ProcessKind

_REACH_PX = 16.0
_PITCH_PX = 6.0
_FEW = 24


class LaneMarks:
    """Draws the marks and texts of one frame."""

    def __init__(self, frame: PaintFrame, spans: VisibleSpans, labels: WaitLabels) -> None:
        self._frame, self._painter, self._style = frame, frame.painter, frame.style
        self._timeline, self._scale = frame.timeline, frame.scale
        self._texts = LaneTexts(frame, spans)
        self._labels = labels
        columns, detail = frame.columns, frame.detail
        # A mark reaches beyond its moment: one just out of view may show in part.
        beyond = round(_REACH_PX * detail)
        self._wide = Grid(columns.grid.edges(columns.first - beyond, columns.last + beyond))
        self._cell_ns = frame.scale.length_ns * round(_PITCH_PX * detail) // columns.grid.columns

    def draw(self, row: Row, top: float) -> None:
        """Draw the texts and marks of a row that has room for a line of text, over its bars."""
        if not row.process or not row.lined:
            return
        process = self._timeline.process(row.process)
        lane = self._timeline.lane(row.process)
        bar_top, height = row.bar_px
        box = QRectF(0, top + bar_top, 0, height)
        inner = box.adjusted(0, INNER_PX, 0, -INNER_PX)
        if lane.tasks is not None and len(lane.tasks):
            self._texts.tasks(lane.tasks, lane.cut_ns, inner, lane.waits)
        if len(lane.waits):
            self._texts.waits(lane.waits, inner, process.exited_ns)
            if process.waits:
                self._texts.seen_waits(process, lane.waits, self._labels, inner)
        elif process.kind is not ProcessKind.HELPER and lane.tasks is None:
            self._texts.life(process, lane.phases, box)
        if row.roomy:
            self._answered(process, top)
        self._marks(lane.marks, row, top)
        if process.paused and not process.ended:
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            glyphs.draw_paused(self._painter, self._style, self._scale.x(self._timeline.now_ns), top + row.shift_px)
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._texts.bad_end(process, lane, box)
        if row.process == 1 and row.roomy:
            self._pending(top)

    def _marks(self, marks: Marks, row: Row, top: float) -> None:
        """Draw the marks in view that the row has room for, slot by slot."""
        reach_ns = round(_REACH_PX * self._scale.ns_per_px)
        low, high = np.searchsorted(marks.t, (self._scale.t0_ns - reach_ns, self._scale.t1_ns + reach_ns)).tolist()
        if high == low:
            return
        t, kind, ref = marks.t[low:high], marks.kind[low:high], marks.ref[low:high]
        if high - low <= _FEW:
            for kinds, times in glyphs.few_marks(t.tolist(), kind.tolist(), self._cell_ns):
                self._slot(kinds, [self._scale.x(at) for at in times], row, top)
            return
        # There may be a million: eight looks at a column of bytes cost less than one at a column made of it.
        there = sorted({int(glyphs.SLOT_OF[one]) for one in MarkKind if (kind == one).any()})
        slots = glyphs.SLOT_OF[kind] if len(there) > 1 else kind
        for slot in there:
            mine = slots == slot if len(there) > 1 else slice(None)
            column = Marks(t[mine], kind[mine], ref[:0])
            shown = shown_marks(column, self._wide, self._cell_ns)
            self._slot(column.kind[shown].tolist(), self._scale.xs(column.t[shown]).tolist(), row, top)

    def _slot(self, kinds: list[int], xs: list[float], row: Row, top: float) -> None:
        """Draw the marks of one slot, with their answers where the next mark leaves room."""
        if not row.roomy and kinds[0] not in glyphs.ON_BAR:
            return
        top += glyphs.shift_px(kinds[0], row)  # the marks of one slot are at one height
        painter, style, detail = self._painter, self._style, self._frame.detail
        for index, (kind, x) in enumerate(zip(kinds, xs, strict=True)):
            glyphs.stamp_mark(painter, style, kind, x, top, detail)
            if kind in glyphs.ANSWERS:
                answer, role = glyphs.ANSWERS[kind]
                width = style.width(style.small_font, answer)
                until = xs[index + 1] if index + 1 < len(xs) else self._scale.right_px
                if x + 14 + width <= until:
                    style.write(painter, style.small_font, role, QRectF(x + 7, top + 1, width + 1, 13), answer)

    def _pending(self, top: float) -> None:
        """The user's question that the parent cannot answer yet, from when it was asked until now."""
        text = lane_words.pending_text(self._timeline)
        x = self._scale.x(self._timeline.now_ns)
        if not text or not self._scale.left_px <= x <= self._scale.right_px:
            return
        asked = self._question_line(self._timeline.pending[0].at_ns, self._timeline.now_ns, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        glyphs.draw_waiting(self._painter, self._style, x, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        width = self._style.width(self._style.small_font, text) + 1
        if x + 8 + width <= self._scale.right_px - 2:
            left = x + 8
        else:  # left of the question's line, cut short where there is too little room too
            right = min(x, asked) - 8
            left = max(right - width, self._scale.left_px + 2)
            width = right - left
        if width > 20:
            place = QRectF(left, top + 1, width, 13)
            self._style.write(self._painter, self._style.small_font, "text", place, text)

    def _answered(self, process: Process, top: float) -> None:
        """How long each question about this process waited for its answer."""
        if not self._timeline.requests:
            return
        for call in self._timeline.calls_on(process.id):
            asked = self._timeline.asked_ns(call)
            if call.name is CallName.IS_ALIVE and asked is not None and call.ended_ns is not None:
                self._question_line(asked, call.ended_ns, top)

    def _question_line(self, asked_ns: int, until_ns: int, top: float) -> float:
        """Draw a dotted line with a foot at the moment of the question, if it is long enough. Returns its left end."""
        left = max(self._scale.x(asked_ns), self._scale.left_px)
        right = min(self._scale.x(until_ns), self._scale.right_px)
        y = round(top + glyphs.QUESTION_PX) + 0.5
        if right - left < 8:
            return right
        self._painter.setPen(self._style.pen("join", 1, Qt.PenStyle.DotLine))
        self._painter.drawLine(QLineF(left, y, right - 5, y))
        self._painter.setPen(self._style.pen("join", 1.5))
        self._painter.drawLine(QLineF(left, y - 4, left, y + 4))
        return left
