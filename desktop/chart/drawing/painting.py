"""Draws the lanes: bars, waits, marks and their texts. The window's thread, or an export.

One LanePainter serves one frame. It touches only the rows that it is given, and each row through the level of detail,
so its cost follows the pixels in view and not the length of the run.
"""

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.chart.drawing import bars, glyphs
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.density import Density
from desktop.chart.drawing.lane_images import LaneImages
from desktop.chart.drawing.track_painting import Levels, TrackPainter
from desktop.chart.geometry import lane_words
from desktop.chart.geometry.level_of_detail import Grid, shown_marks
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.span_places import Place, in_view, many_places
from desktop.chart.geometry.task_columns import WorldGrid
from desktop.chart.geometry.time_scale import TimeScale
from workers.plan.sizes import format_duration
from workers.timeline.lanes import Lane, Marks, Spans
from workers.timeline.model import CallName, MarkKind, Process, ProcessKind, SpanKind, State
from workers.timeline.timeline import Timeline

_INNER_PX = 2.0
_TEXT_ROOM_PX = 8.0
_LEAST_TEXT_PX = 24.0
_MARK_REACH_PX = 16.0
_MARK_PITCH_PX = 6.0
_FEW = 24
_JOINED_PX = 2.0, 14.0
"""How far the sign of a join, with air, reaches left and right of its moment."""
_ALIVE = int(SpanKind.ALIVE)
_ANSWERS: dict[int, tuple[str, str]] = {
    MarkKind.ALIVE_TRUE: ("True", "quiet"),
    MarkKind.ALIVE_FALSE: ("False", "bad_text"),
}


def grid_of(scale: TimeScale, detail: float) -> tuple[WorldGrid, int]:
    """The columns of a time scale, of which `detail` make a unit, and the number of the first one in view."""
    world = WorldGrid(scale.length_ns, max(1, round(scale.width_px * detail)))
    return world, round(world.position(scale.t0_ns))


class LanePainter:
    """Draws lanes on one painter at one time scale. detail: pixel columns per unit of the painter's coordinates."""

    def __init__(self, painter: QPainter, style: ChartStyle, timeline: Timeline, scale: TimeScale, detail: float = 1.0,
                 images: LaneImages | None = None, levels: Levels | None = None, *, density: Density | None = None,
                 usage: bool = True) -> None:  # fmt: skip
        self._painter = painter
        self._style = style
        self._timeline = timeline
        self._scale = scale
        self._detail = detail
        self._images = LaneImages() if images is None else images
        # Columns are counted from time zero, so that they are the same ones while a person pans; the view begins at the
        # nearest, at most half a column away.
        self._world, self._first = grid_of(scale, detail)
        last = self._first + self._world.columns
        self._grid = Grid(self._world.edges(self._first, last))
        # Marks reach beyond their moment: one just out of view may show in part.
        beyond = round(_MARK_REACH_PX * detail)
        self._wide = Grid(self._world.edges(self._first - beyond, last + beyond))
        self._mark_cell_ns = scale.length_ns * round(_MARK_PITCH_PX * detail) // self._world.columns
        self._usage_shown = usage
        self._density = density or Density()
        self._tracks = TrackPainter(
            painter, style, timeline, scale, self._world, self._first, self._images, levels or Levels()
        )
        # Whether columns are pixels, and rows lie between pixels: what is drawn then needs no stretching.
        at = painter.worldTransform()
        self._exact = (
            not style.vector and detail == 1.0 and not at.isScaling()
            and painter.device().devicePixelRatioF() == 1.0
            and all(whole.is_integer() for whole in (at.dx(), at.dy(), scale.left_px, scale.width_px))
        )  # fmt: skip
        self._placed: dict[int, list[Place]] = {}  # by the columns' id, which the timeline keeps alive for the frame

    def bars(self, row: Row, top: float, ground: str) -> None:
        """Draw the bars of a row that begins at `top`; ground: the palette's role for what lies under it."""
        if row.track or row.counter:
            self._tracks.draw(row, top)
            return
        bar_top, height = row.bar_px
        box = QRectF(0, top + bar_top, 0, height)
        if row.helpers_of:
            if not row.expanded:
                for member in row.members:
                    self._spans(self._timeline.lane(member).phases, box, grey=True)
            return
        process = self._timeline.process(row.process)
        if not process.began and process.state is State.PLANNED:
            self._planned(box)
            return
        lane = self._timeline.lane(row.process)
        self._spans(lane.phases, box, grey=process.kind is ProcessKind.HELPER)
        lined = row.lined
        inner = box.adjusted(0, _INNER_PX, 0, -_INNER_PX) if lined else box
        if lane.tasks is not None and len(lane.tasks):
            whole = QRectF(self._scale.left_px, inner.top(), self._scale.width_px, inner.height())
            self._images.draw(self._painter, self._style, row.process, lane.tasks, lane.cut_ns, self._world, self._first,
                              whole, self._timeline.now_ns, live=not self._timeline.ended,
                              exact=self._exact and whole.top().is_integer() and whole.height().is_integer())  # fmt: skip
        if len(lane.waits):
            self._spans(lane.waits, inner)
        if process.failed:
            self._ending(process, box, ground)
        if row.members:
            whole = self._below(box, 1 if lined else -4, 6 if lined else 0)
            self._density.folded(
                self._painter, self._style, self._timeline, row.members, self._world, self._first, whole
            )
        elif lined:
            if self._usage_shown and row.roomy:
                self._usage(row, top)
            self._density.starts_and_joins(self._painter, self._style, self._timeline, row.process, self._world,
                                           self._first, self._below(box, 0, 4))  # fmt: skip

    def _below(self, box: QRectF, top: float, bottom: float) -> QRectF:
        """The whole width below a bar, from and to so far below it."""
        under = box.bottom()
        return QRectF(self._scale.left_px, under + top, self._scale.width_px, bottom - top)

    def _usage(self, row: Row, top: float) -> None:
        """CPU and memory below the bar, as far as they were seen."""
        samples = self._timeline.samples.get(row.process)
        if samples is None or len(samples) < 2:
            return
        bar_top, height = row.bar_px
        box = QRectF(self._scale.left_px, top + bar_top + height + 1, self._scale.width_px, 0)
        box.setBottom(top + row.height_px - 1)
        peak_rss = self._timeline.totals.peak_rss
        self._images.usage.draw(self._painter, self._style, row.process, samples, peak_rss, self._grid.edges, box)

    def marks(self, row: Row, top: float) -> None:
        """Draw the texts and marks of a row, over its bars."""
        if not row.process:
            return
        process = self._timeline.process(row.process)
        lane = self._timeline.lane(row.process)
        bar_top, height = row.bar_px
        box = QRectF(0, top + bar_top, 0, height)
        inner = box.adjusted(0, _INNER_PX, 0, -_INNER_PX)
        if not row.lined:
            return
        if lane.tasks is not None and len(lane.tasks):
            self._task_texts(lane, inner)
        if len(lane.waits):
            self._wait_texts(lane.waits, inner, process.exited_ns)
        elif process.kind is not ProcessKind.HELPER and lane.tasks is None:
            self._life_text(process, lane.phases, box)
        if row.roomy:
            self._answered(process, top)
        self._slots(lane.marks, row, top)
        if process.paused and not process.ended:
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            glyphs.draw_paused(self._painter, self._style, self._scale.x(self._timeline.now_ns), top + row.shift_px)
            self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._end_text(process, lane, box)
        if row.process == 1 and row.roomy:
            self._pending(top)

    def _places(self, spans: Spans) -> list[Place]:
        """Where these spans lie in this frame, found once for bars and texts."""
        found = self._placed.get(id(spans))
        if found is None:
            world, now_ns = self._world, self._timeline.now_ns
            if len(spans) <= _FEW:
                found = in_view(self._images.places(spans, world, now_ns), self._first, world.columns)
            else:
                found = many_places(spans, self._grid, now_ns)
            self._placed[id(spans)] = found
        return found

    def _spans(self, spans: Spans, box: QRectF, *, grey: bool = False) -> None:
        left_px, detail, top, height = self._scale.left_px, self._detail, box.top(), box.height()
        exact = self._exact and top.is_integer() and height.is_integer()
        for x0, x1, kind, t0 in self._places(spans):
            left, width = left_px + x0 / detail, max((x1 - x0) / detail, 1.0)
            if kind == _ALIVE or (grey and kind < _ALIVE):
                colour = self._style.colour("paused" if grey else "alive")
            elif bars.is_plain(kind, width):
                colour = self._style.of_kind(kind)
            else:
                part = QRectF(left, top, width, height)
                bars.draw(self._painter, self._style, kind, part, left if t0 is None else math.floor(self._scale.x(t0)))
                continue
            if exact:
                self._painter.fillRect(int(left), int(top), int(width), int(height), colour)
            else:
                self._painter.fillRect(QRectF(left, top, width, height), colour)

    def _planned(self, box: QRectF) -> None:
        left, right = self._scale.left_px + 8, self._scale.right_px
        text = "not started"
        width = self._style.width(self._style.font, text)
        self._painter.setPen(self._style.pen("line", 1, Qt.PenStyle.DashLine))
        self._painter.drawLine(QLineF(left + width + 8, box.center().y(), right, box.center().y()))
        self._style.write(
            self._painter, self._style.font, "quiet", QRectF(left, box.top(), width + 1, box.height()), text
        )

    def _ending(self, process: Process, box: QRectF, ground: str) -> None:
        """What tells a bad end on the bar itself: a cap in the colour of failure, or a torn edge."""
        if process.lost and process.lost_ns is not None:
            x = self._scale.x(process.lost_ns)
            if self._scale.left_px <= x <= self._scale.right_px + 6:
                bars.draw_ragged_end(self._painter, self._style, x, box.top(), box.height(), ground)
        elif process.failed and process.exited_ns is not None:
            x = self._scale.x(process.exited_ns)
            left, right = max(x - 3, self._scale.left_px), min(x, self._scale.right_px)
            if right > left:
                self._painter.fillRect(QRectF(left, box.top(), right - left, box.height()), self._style.colour("bad"))

    def _slots(self, marks: Marks, row: Row, top: float) -> None:
        """Draw the marks in view for which the row has room, those of each slot apart from each other."""
        reach_ns = round(_MARK_REACH_PX * self._scale.ns_per_px)
        low, high = np.searchsorted(marks.t, (self._scale.t0_ns - reach_ns, self._scale.t1_ns + reach_ns)).tolist()
        if high == low:
            return
        t, kind, ref = marks.t[low:high], marks.kind[low:high], marks.ref[low:high]
        if high - low <= _FEW:
            few = glyphs.few_marks(t.tolist(), kind.tolist(), self._mark_cell_ns)
            for kinds, times in few:
                self._row_of_marks(kinds, [self._scale.x(at) for at in times], row, top)
            return
        # There may be a million: eight looks at a column of bytes cost less than one at what is made of it.
        there = sorted({int(glyphs.SLOT_OF[one]) for one in MarkKind if (kind == one).any()})
        slots = glyphs.SLOT_OF[kind] if len(there) > 1 else kind
        for slot in there:
            mine = slots == slot if len(there) > 1 else slice(None)
            column = Marks(t[mine], kind[mine], ref[:0])
            shown = shown_marks(column, self._wide, self._mark_cell_ns)
            kinds, xs = column.kind[shown].tolist(), self._scale.xs(column.t[shown]).tolist()
            self._row_of_marks(kinds, xs, row, top)

    def _row_of_marks(self, kinds: list[int], xs: list[float], row: Row, top: float) -> None:
        if not row.roomy and kinds[0] not in glyphs.ON_BAR:
            return
        top += row.shift_px
        for index, (kind, x) in enumerate(zip(kinds, xs, strict=True)):
            glyphs.stamp(self._painter, self._style, kind, x, top, self._detail)
            if kind in _ANSWERS:
                answer, role = _ANSWERS[kind]
                width = self._style.width(self._style.small_font, answer)
                until = xs[index + 1] if index + 1 < len(xs) else self._scale.right_px
                if x + 14 + width <= until:
                    box = QRectF(x + 7, top + 1, width + 1, 13)
                    self._style.write(self._painter, self._style.small_font, role, box, answer)

    def _life_text(self, process: Process, spans: Spans, box: QRectF) -> None:
        """What it does and for how long, inside the alive bar where it fits."""
        doing = lane_words.work(self._timeline, process)
        badge = 16.0 if process.exited_ns is not None or process.paused else 0.0
        for t0, t1, _ in self._wide_spans(spans, SpanKind.ALIVE):
            long = format_duration((t1 - t0) * lane_words.NANO)
            texts = [f"{doing} · {long}", doing, long] if doing else [long]
            self._text_inside(t0, t1, box, "alive_text", texts, badge)

    def _task_texts(self, lane: Lane, box: QRectF) -> None:
        """What each task is called, inside it where it fits."""
        tasks = lane.tasks
        assert tasks is not None
        t0s = tasks.t0
        low = int(np.searchsorted(tasks.layers(lane.cut_ns)[0].reach, self._scale.t0_ns, "right"))
        high = int(np.searchsorted(t0s, self._scale.t1_ns, "left"))
        if not 0 < high - low <= self._scale.width_px:
            return  # some may be wide enough, but they are the ones among very many
        t0, t1 = t0s[low:high], np.minimum(tasks.ends(low, high, lane.cut_ns), self._timeline.now_ns)
        wide = np.flatnonzero(t1 - t0 >= _LEAST_TEXT_PX * self._scale.ns_per_px)
        names = self._timeline.tasks.names
        for at in wide.tolist():
            name = names[int(tasks.name[low + at])]
            long = format_duration(int(t1[at] - t0[at]) * lane_words.NANO)
            ended = lane.cut_ns is not None and (lane.cut_ns - int(t1[at])) < 16 * self._scale.ns_per_px
            texts = [f"{name} · {long}", name]
            self._text_inside(int(t0[at]), int(t1[at]), box, "task_text", texts, 12.0 if ended else 0.0)

    def _wait_texts(self, spans: Spans, box: QRectF, exited_ns: int | None) -> None:
        """Whom the parent waits for, inside each wait where it fits, beside the sign of its own exit."""
        for t0, t1, call in self._wide_spans(spans, SpanKind.JOIN):
            process = self._timeline.call(call).process
            child = None if process is None else self._timeline.process(process)
            name = "?" if child is None else child.name
            texts = [f"join({name}) · {format_duration((t1 - t0) * lane_words.NANO)}", f"join({name})", name]
            if child is not None and child.worker is not None:
                texts.append(f"p{child.worker}")
            ended = exited_ns is not None and exited_ns - t1 < 16 * self._scale.ns_per_px
            self._text_inside(t0, t1, box, "text", texts, 12.0 if ended else 0.0, patch=True)

    def _wide_spans(self, spans: Spans, kind: SpanKind) -> Iterator[tuple[int, int, int]]:
        """(t0, t1, ref) of the spans of a kind that are wide enough for a text."""
        least = _LEAST_TEXT_PX * self._detail
        if not any(x1 - x0 >= least for x0, x1, of, t0 in self._places(spans) if of == kind and t0 is not None):
            return
        t1 = np.minimum(spans.t1, self._timeline.now_ns)
        inside = (t1 > self._grid.edges[0]) & (spans.t0 < self._grid.edges[-1]) & (spans.kind == kind)
        wide = inside & (t1 - spans.t0 >= _LEAST_TEXT_PX * self._scale.ns_per_px)
        for index in np.flatnonzero(wide).tolist():
            yield int(spans.t0[index]), int(t1[index]), int(spans.ref[index])

    def _text_inside(self, t0: int, t1: int, box: QRectF, role: str, texts: list[str], after: float = 0.0, *,
                     patch: bool = False) -> None:  # fmt: skip
        left = max(self._scale.x(t0), self._scale.left_px) + _TEXT_ROOM_PX
        right = min(self._scale.x(t1), self._scale.right_px) - _TEXT_ROOM_PX - after
        for text in texts:
            width = self._style.width(self._style.font, text)
            if width <= right - left:
                inside = QRectF(left, box.top(), width + 1, box.height())
                if patch:
                    self._painter.fillRect(inside.adjusted(-4, 0, 3, 0), self._style.colour("join/base/0.30"))
                self._style.write(self._painter, self._style.font, role, inside, text)
                return

    def _end_text(self, process: Process, lane: Lane, box: QRectF) -> None:
        """How it ended, beside a bad end: right of the bar where there is room, else nothing (the header says it)."""
        ended = process.last_ns
        if not process.failed or ended is None:
            return
        text = lane_words.header(process).end
        last = max(int(np.minimum(lane.phases.t1, self._timeline.now_ns).max()) if len(lane.phases) else ended, ended)
        left, width = self._scale.x(last) + 6, self._style.width(self._style.name_font, text)
        if process.joined_ns is not None:  # the sign of it stands right of its moment, which may be later
            joined = self._scale.x(process.joined_ns)
            if left + width > joined - _JOINED_PX[0]:
                left = max(left, joined + _JOINED_PX[1])
        if self._scale.left_px <= left and left + width <= self._scale.right_px - 4:
            place = QRectF(left, box.top(), width + 1, box.height())
            self._style.write(self._painter, self._style.name_font, "bad_text", place, text)

    def _pending(self, top: float) -> None:
        """What the person asked and the parent cannot answer yet: from when it was asked to now."""
        text = lane_words.pending_text(self._timeline)
        x = self._scale.x(self._timeline.now_ns)
        if not text or not self._scale.left_px <= x <= self._scale.right_px:
            return
        asked = self._asked_line(self._timeline.pending[0].at_ns, self._timeline.now_ns, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        glyphs.draw_waiting(self._painter, self._style, x, top)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        width = self._style.width(self._style.small_font, text) + 1
        if x + 8 + width <= self._scale.right_px - 2:
            left = x + 8
        else:  # left of the question's line, cut short where even that has too little room
            right = min(x, asked) - 8
            left = max(right - width, self._scale.left_px + 2)
            width = right - left
        if width > 20:
            self._style.write(self._painter, self._style.small_font, "text", QRectF(left, top + 1, width, 13), text)

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
        self._painter.setPen(self._style.pen("join", 1, Qt.PenStyle.DotLine))
        self._painter.drawLine(QLineF(left, y, right - 5, y))
        self._painter.setPen(self._style.pen("join", 1.5))
        self._painter.drawLine(QLineF(left, y - 4, left, y + 4))
        return left
