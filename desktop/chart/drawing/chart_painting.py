"""Paints a whole chart into its area: grounds, grid, lanes, links, selection, axis. The window's thread, or an export.

The widget and the exported pictures call the same function.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.chart.drawing import legend
from desktop.chart.drawing.chart import GUTTER_PX, Chart, ground
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.flows import draw_flows
from desktop.chart.drawing.guesses import draw_guesses
from desktop.chart.drawing.lanes.frame_caches import FrameCaches
from desktop.chart.drawing.lanes.lane_bars import LaneBars, planned_words
from desktop.chart.drawing.lanes.lane_marks import LaneMarks
from desktop.chart.drawing.lanes.seen_signs import Sign
from desktop.chart.drawing.lanes.visible_spans import VisibleSpans
from desktop.chart.drawing.links import draw_strong_links
from desktop.chart.drawing.overlay import chips, draw_over_axis, draw_over_lanes
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.drawing.path_line import draw_path
from desktop.chart.drawing.selection_frames import draw_frames
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.time_scale import Tick, TimeScale, ticks
from workers.timeline.model import State


def paint_chart(
    painter: QPainter,
    style: ChartStyle,
    chart: Chart,
    caches: FrameCaches | None = None,
    only: Collection[int] | None = None,
) -> None:
    """Paint a chart. Nothing outside its area stays painted; on screens a clip helps with that.

    caches: what earlier frames of the same run left behind; None for a single picture.
    only: the indices of the rows to paint; None for all of the chart.
    """
    painter.save()
    try:
        _ChartPainter(PaintFrame.of(painter, style, chart), caches or FrameCaches()).paint(only)
    finally:
        painter.restore()


def paint_legend(painter: QPainter, style: ChartStyle, chart: Chart, caches: FrameCaches) -> None:
    """Paint the legend in one line at the bottom of the area, when the lanes leave room for it."""
    signs, place = _legend(chart, caches)
    if signs:
        legend.draw_legend(painter, style, signs, place, one_line=True)


def legend_sign(style: ChartStyle, chart: Chart, caches: FrameCaches, at: QPointF) -> tuple[Sign, str] | None:
    """The sign and its words at a place of the legend that `paint_legend` paints; None where there is none."""
    signs, place = _legend(chart, caches)
    return legend.sign_at(style, signs, place, at) if signs else None


def _legend(chart: Chart, caches: FrameCaches) -> tuple[legend.Signs, QRectF]:
    """The signs of the legend, none where the lanes leave no room for it, and its place."""
    if chart.lanes.bottom() - chart.rows_box.bottom() < legend.LEGEND_PX:
        return (), QRectF()
    shown = dict.fromkeys(owner for index in chart.visible if (owner := chart.rows[index].owner))
    signs = legend.signs_seen(caches.signs, chart.timeline, shown)
    width = chart.area.width() - 2 * GUTTER_PX
    place = QRectF(chart.area.left() + GUTTER_PX, chart.lanes.bottom() - legend.LEGEND_PX + 8, width, 0)
    return signs, place


class _ChartPainter:
    """Paints one frame."""

    def __init__(self, frame: PaintFrame, caches: FrameCaches) -> None:
        self._frame = frame
        self._caches = caches
        self._ticks = _ticks(frame.scale)
        spans = VisibleSpans(frame, caches.images)
        self._bars = LaneBars(frame, caches, spans)
        self._marks = LaneMarks(frame, spans, caches.wait_labels)

    def paint(self, only: Collection[int] | None) -> None:
        frame, painter, style = self._frame, self._frame.painter, self._frame.style
        chart, scale, lanes = frame.chart, frame.scale, frame.lanes
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(chart.area, style.colour("base"))
        if not style.vector:
            painter.setClipRect(lanes)
        shown = [(index, chart.rows[index]) for index in chart.visible if only is None or index in only]
        self._rows([(index, row) for index, row in shown if not row.pinned])
        pinned = [(index, row) for index, row in shown if row.pinned]
        if pinned:
            self._rows(pinned)
            y = lanes.top() + chart.rows.pinned_px
            painter.fillRect(QRectF(lanes.left(), y - 2, lanes.width(), 2), style.colour("quiet/base/0.6"))
        draw_flows(frame)
        self._now()
        draw_strong_links(frame)
        if chart.overlay.path:
            draw_path(frame)
        draw_frames(frame)
        draw_over_lanes(painter, style, chart.overlay, scale, chart.rows_box)
        if chart.overlay.guesses:
            draw_guesses(frame)
        if only is not None:
            return
        if not style.vector:
            painter.setClipRect(chart.area)
        self._axis(chart.axis)
        draw_over_axis(painter, style, chart.overlay, scale, chart.axis)

    def _rows(self, rows: list[tuple[int, Row]]) -> None:
        """Paint some rows, all pinned or none of them."""
        if not rows:
            return
        frame, chart = self._frame, self._frame.chart
        lanes_top = frame.lanes.top()
        placed = [(index, row, lanes_top + chart.rows.y(row, chart.scroll_px)) for index, row in rows]
        self._grounds(placed)
        first, last = placed[0], placed[-1]
        box = QRectF(frame.lanes.left(), first[2], frame.lanes.width(), last[2] + last[1].height_px - first[2])
        self._grid(box.intersected(frame.lanes))
        frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if not first[1].pinned:
            self._caches.links.draw(frame)
        for index, row, top in placed:
            self._bars.draw(row, top, ground(index))
        for _, row, top in placed:
            if row.lined:
                self._marks.draw(row, top)

    def _grounds(self, placed: list[tuple[int, Row, float]]) -> None:
        """Paint the ground of the rows: bands, the row of the selection, and a line below each."""
        painter, style, chart = self._frame.painter, self._frame.style, self._frame.chart
        left, width = chart.area.left(), chart.area.width()
        base, bands, lines = style.colour("base"), [], []
        selection = chart.selection
        for index, row, top in placed:
            height = row.height_px
            if selection is not None and chart.rows.is_chosen(row, selection):
                painter.fillRect(QRectF(left, top, width, height), style.colour("selection/base/0.3"))
            elif index % 2:
                bands.append(QRectF(left, top, width, height))
            elif row.pinned:  # it covers scrolled rows; elsewhere the area is filled already
                painter.fillRect(QRectF(left, top, width, height), base)
            lines.append(QRectF(left, top + height - 1, width, 1))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("band"))
        painter.drawRects(bands)
        painter.setBrush(style.colour("line/base/0.6"))
        painter.drawRects(lines)

    def _grid(self, box: QRectF) -> None:
        painter, scale = self._frame.painter, self._frame.scale
        painter.setPen(self._frame.style.pen("line/base/0.7"))
        xs = [_crisp(scale.x(tick.at_ns)) for tick in self._ticks if tick.text]
        painter.drawLines([QLineF(x, box.top(), x, box.bottom()) for x in xs])

    def _axis(self, box: QRectF) -> None:
        """The ticks, with their times where no flag of a mark covers them."""
        painter, style, scale = self._frame.painter, self._frame.style, self._frame.scale
        flags = [place for _, place, _ in chips(style, self._frame.chart.overlay.bookmarks, scale, box)]
        painter.fillRect(box, style.colour("window"))
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), style.colour("line"))
        painter.setPen(style.pen("quiet/base/0.7"))
        lines, named, bottom = [], [], box.bottom() - 1
        for tick in self._ticks:
            at = scale.x(tick.at_ns)
            x = _crisp(at)
            lines.append(QLineF(x, bottom - (6 if tick.text else 3), x, bottom))
            if tick.text:
                named.append((at + 4, tick.text))
        painter.drawLines(lines)
        for x, text in named:
            width = style.width(style.font, text)
            covered = any(flag.left() - 1 < x + width and x < flag.right() + 1 for flag in flags)
            if x + width <= box.right() and not covered:
                style.write(painter, style.font, "quiet", QRectF(x, box.top() + 2, width + 1, 16), text)

    def _now(self) -> None:
        """A line at the present moment of a live run."""
        frame, chart = self._frame, self._frame.chart
        if not frame.live:
            return
        x = _crisp(frame.scale.x(frame.timeline.now_ns))
        if chart.area.left() <= x <= chart.area.right():
            top, bottom = chart.rows_box.top(), chart.rows_box.bottom()
            frame.painter.setPen(frame.style.pen("accent", 1, Qt.PenStyle.SolidLine))
            for words in sorted(self._planned_words(), key=QRectF.top):
                if words.left() - 4 <= x <= words.right() + 4:  # a line through them could not be read
                    frame.painter.drawLine(QLineF(x, top, x, max(top, words.top())))
                    top = words.bottom()
            if top < bottom:
                frame.painter.drawLine(QLineF(x, top, x, bottom))

    def _planned_words(self) -> Iterator[QRectF]:
        """The places of the words in the visible lanes of processes that were not started yet."""
        frame, chart = self._frame, self._frame.chart
        for index in chart.visible:
            row = chart.rows[index]
            if row.process and row.lined:
                process = frame.timeline.process(row.process)
                if process.state is State.PLANNED and not process.began:
                    top, height = row.bar_px
                    top += frame.lanes.top() + chart.rows.y(row, chart.scroll_px)
                    yield planned_words(frame.style, frame.scale, QRectF(0, top, 1, height))


@lru_cache(maxsize=8)  # they stay the same while a run grows, or the rows are scrolled
def _ticks(scale: TimeScale) -> tuple[Tick, ...]:
    return tuple(ticks(scale))


def _crisp(x: float) -> float:
    return int(x) + 0.5
