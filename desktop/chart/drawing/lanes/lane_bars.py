"""Draws the bars of lanes: phases, tasks, waits, bad ends, and what is below a bar. The window's thread, or an export.

One LaneBars serves one frame. It reads only the rows that it is given, and each through the level of detail, so that its cost
follows the pixels in view and not the length of the run.
"""

import math

from PySide6.QtCore import QLineF, QRectF, Qt

from desktop.chart.drawing.bars import PLAIN_BELOW_PX, draw_bar, draw_ragged_end
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.frame_caches import FrameCaches
from desktop.chart.drawing.lanes.idle import idle
from desktop.chart.drawing.lanes.thread_painting import ThreadPainter
from desktop.chart.drawing.lanes.track_painting import TrackPainter
from desktop.chart.drawing.lanes.visible_spans import VisibleSpans
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.time_scale import TimeScale
from desktop.look.span_styles import SPAN_STYLES
from workers.analysis.waits import idle_without_task
from workers.timeline.lanes import Lane, Spans
from workers.timeline.model import Process, ProcessKind, SpanKind, State

NOT_STARTED = "not started"
INNER_PX = 2.0
"""How much lower than the bar the tasks and waits on it are, above and below."""

_SET_APART_PX = 3.0
"""A lower strip has no room for a line that sets it apart."""

_GREY = frozenset(int(kind) for kind, entry in SPAN_STYLES.items() if entry.grey_on_helpers)


class LaneBars:
    """Draws the bars of one frame."""

    def __init__(self, frame: PaintFrame, caches: FrameCaches, spans: VisibleSpans) -> None:
        self._frame, self._caches, self._visible = frame, caches, spans
        self._painter, self._style = frame.painter, frame.style
        self._timeline, self._scale = frame.timeline, frame.scale
        self._tracks = TrackPainter(frame, caches.images)
        self._threads = ThreadPainter(frame, caches.images, caches.loads, spans)

    def draw(self, row: Row, top: float, ground: str) -> None:
        """Draw the bars of a row that begins at `top`. ground: the palette's role for the ground of the row."""
        if row.track or row.counter:
            self._tracks.draw(row, top)
            return
        if row.thread or row.threads_of:
            self._threads.draw(row, top)
            return
        bar_top, height = row.bar_px
        box = QRectF(0, top + bar_top, 0, height)
        if row.host:
            if not row.expanded:
                self._caches.density.folded(self._frame, row.members, self._whole_width(box.top(), 0, height))
            return
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
        inner = box.adjusted(0, INNER_PX, 0, -INNER_PX) if row.lined else box
        if idle_without_task(self._timeline, process):
            self._idle(lane.phases, inner)
        self._tasks(lane, inner)
        if len(lane.waits):
            self._spans(lane.waits, inner)
        if lane.traffic is not None and len(lane.traffic):
            self._traffic(lane.traffic, row, top)
        if process.ended_badly:
            self._bad_end(process, box, ground)
        self._below_bar(row, top, box)

    def _idle(self, phases: Spans, box: QRectF) -> None:
        """The inside of a worker's bar while it is alive: pale where no task is drawn on it."""
        left_px, detail, colour = self._scale.left_px, self._frame.detail, self._style.colour(idle(self._style))
        for x0, x1, kind, _ in self._visible.places(phases):
            if kind == SpanKind.ALIVE:
                place = QRectF(left_px + x0 / detail, box.top(), max((x1 - x0) / detail, 1.0), box.height())
                self._painter.fillRect(place, colour)

    def _tasks(self, lane: Lane, box: QRectF) -> None:
        if lane.tasks is not None and len(lane.tasks):
            whole = QRectF(self._scale.left_px, box.top(), self._scale.width_px, box.height())
            self._caches.images.draw(self._frame, lane.process, lane.tasks, lane.cut_ns, whole)

    def _traffic(self, traffic: Spans, row: Row, top: float) -> None:
        """The transfers and the like of a worker of a cluster, on a ground that sets them apart from the tasks meanwhile."""
        strip_top, height = row.traffic_px
        box = QRectF(0, top + strip_top, 0, height)
        left_px, detail, ground = self._scale.left_px, self._frame.detail, self._style.colour("base")
        if height >= _SET_APART_PX:
            for x0, x1, _, _ in self._visible.places(traffic):
                left, width = left_px + x0 / detail, max((x1 - x0) / detail, 1.0)
                self._painter.fillRect(QRectF(left - 1, box.top() - 1, width + 2, height + 1), ground)
        self._spans(traffic, box)

    def _below_bar(self, row: Row, top: float, box: QRectF) -> None:
        """What is drawn below the bar: folded processes, or usage, starts and joins."""
        if row.members:
            place = self._whole_width(box.bottom(), 1, 6) if row.lined else self._whole_width(box.bottom(), -4, 0)
            self._caches.density.folded(self._frame, row.members, place)
        elif row.lined:
            if self._frame.chart.usage and row.roomy:
                self._usage(row, top)
            self._caches.density.starts_and_joins(self._frame, row.process, self._whole_width(box.bottom(), 0, 4))

    def _whole_width(self, below: float, top: float, bottom: float) -> QRectF:
        """The whole width, from `top` to `bottom` below a height."""
        return QRectF(self._scale.left_px, below + top, self._scale.width_px, bottom - top)

    def _usage(self, row: Row, top: float) -> None:
        """CPU and memory below the bar, as far as they were sampled."""
        samples = self._timeline.samples.get(row.process)
        if samples is None or len(samples) < 2:
            return
        bar_top, height = row.bar_px
        box = QRectF(self._scale.left_px, top + bar_top + height + 1, self._scale.width_px, 0)
        box.setBottom(top + row.height_px - 1)
        self._caches.usage.draw(self._frame, row.process, samples, box)

    def _spans(self, spans: Spans, box: QRectF, *, grey: bool = False) -> None:
        left_px, detail, top, height = self._scale.left_px, self._frame.detail, box.top(), box.height()
        painter, colours, x_of = self._painter, self._style.kind_colours, self._scale.x
        copies = self._frame.copies and top.is_integer() and height.is_integer()
        for x0, x1, kind, t0 in self._visible.places(spans):
            left, width = left_px + x0 / detail, max((x1 - x0) / detail, 1.0)
            if grey and kind in _GREY:
                colour = self._style.colour("paused")
            elif width < PLAIN_BELOW_PX[kind]:
                colour = colours[kind]
            else:
                origin = left if t0 is None else math.floor(x_of(t0))
                draw_bar(painter, self._style, kind, QRectF(left, top, width, height), origin)
                continue
            if copies:
                painter.fillRect(int(left), int(top), int(width), int(height), colour)
            else:
                painter.fillRect(QRectF(left, top, width, height), colour)

    def _planned(self, box: QRectF) -> None:
        """The lane of a process that was not started yet."""
        style, font = self._style, self._style.font
        words = planned_words(style, self._scale, box)
        self._painter.setPen(style.pen("line", 1, Qt.PenStyle.DashLine))
        self._painter.drawLine(QLineF(words.right() + 7, box.center().y(), self._scale.right_px, box.center().y()))
        style.write(self._painter, font, "quiet", words, NOT_STARTED)

    def _bad_end(self, process: Process, box: QRectF, ground: str) -> None:
        """Mark a bad end on the bar: a cap in the colour of failure, or a torn edge for a process lost from sight."""
        if process.lost and process.lost_ns is not None:
            x = self._scale.x(process.lost_ns)
            if self._scale.left_px <= x <= self._scale.right_px + 6:
                draw_ragged_end(self._painter, self._style, x, box.top(), box.height(), ground)
        elif process.failed and process.exited_ns is not None:
            x = self._scale.x(process.exited_ns)
            left, right = max(x - 3, self._scale.left_px), min(x, self._scale.right_px)
            if right > left:
                self._painter.fillRect(QRectF(left, box.top(), right - left, box.height()), self._style.colour("bad"))


def planned_words(style: ChartStyle, scale: TimeScale, box: QRectF) -> QRectF:
    """The place of the words in the bar of a process that was not started yet."""
    return QRectF(scale.left_px + 8, box.top(), style.width(style.font, NOT_STARTED) + 1, box.height())
