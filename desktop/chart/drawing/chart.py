"""The whole chart in one rectangle: axis, grid, lanes, links, selection. One function paints it, for the window's item
and for exported pictures alike. The window's thread, or an export.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import assert_never

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.chart.drawing import legend, links
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.density import Density
from desktop.chart.drawing.lane_images import LaneImages
from desktop.chart.drawing.overlay import Overlay, chips, draw_over_axis, draw_over_lanes
from desktop.chart.drawing.painting import LanePainter
from desktop.chart.drawing.track_painting import Levels, draw_flows
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.time_scale import Tick, TimeScale, ticks
from desktop.chart.geometry.track_depths import level
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
    TrackSelection,
    is_whole,
)
from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline

AXIS_PX = 26
GUTTER_PX = 12.0


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be painted, and where. area: the chart with its axis on top. scroll_px: how far the rows are scrolled.
    detail: pixel columns per unit of the painter. focused_row: the row that has the keyboard, None where none has it.
    images, levels, density, kept_links: what is kept of earlier frames. usage: whether CPU and memory are drawn. focused:
    whether the keyboard acts in the chart."""

    timeline: Timeline
    rows: Rows
    area: QRectF
    t0_ns: int
    t1_ns: int
    scroll_px: float = 0.0
    detail: float = 1.0
    shown_links: links.ShownLinks = field(default_factory=links.ShownLinks)
    selection: Selection | None = None
    focused_row: int | None = None
    overlay: Overlay = field(default_factory=Overlay)
    images: LaneImages | None = None
    levels: Levels | None = None
    density: Density | None = None
    usage: bool = True
    kept_links: links.KeptLinks = field(default_factory=links.KeptLinks)
    focused: bool = False

    @property
    def scale(self) -> TimeScale:
        """Its time scale."""
        return scale_over(self.area, self.t0_ns, self.t1_ns)

    @property
    def lanes(self) -> QRectF:
        """The area without the axis."""
        return self.area.adjusted(0, AXIS_PX, 0, 0)

    @property
    def down_px(self) -> float:
        """What to add to a row's height to get a height in the painter's coordinates."""
        return self.lanes.top() - self.scroll_px

    @property
    def visible(self) -> list[int]:
        """The indices of the rows that show."""
        return self.rows.shown(self.scroll_px, self.lanes.height())

    def top(self, row: Row) -> float:
        """Where a row begins in the painter's coordinates."""
        return self.lanes.top() + self.rows.y(row, self.scroll_px)


def scale_over(area: QRectF, t0_ns: int, t1_ns: int) -> TimeScale:
    """[t0_ns, t1_ns] over an area, with a gutter on its left so that a mark at the very beginning shows in full."""
    room = max(1.0, area.width() - GUTTER_PX)
    before_ns = round((t1_ns - t0_ns) * (area.width() - room) / room)
    return TimeScale(t0_ns - before_ns, t1_ns, area.left(), area.width())


@lru_cache(maxsize=8)  # the same while a run grows, or a person scrolls
def _ticks(scale: TimeScale) -> tuple[Tick, ...]:
    return tuple(ticks(scale))


def ground(index: int) -> str:
    """The palette's role for the ground of a row: every other one is banded."""
    return "band" if index % 2 else "base"


def paint(painter: QPainter, style: ChartStyle, chart: Chart, only: Collection[int] | None = None) -> None:
    """Paint the chart. Nothing outside its area is left painted, on screens with the help of a clip. only: the indices of rows
    beyond which nothing has to be painted."""
    painter.save()
    try:
        _paint(painter, style, chart, only)
    finally:
        painter.restore()


def paint_legend(painter: QPainter, style: ChartStyle, chart: Chart) -> None:
    """Paint what the signs mean at the bottom of the area, when the lanes leave room for it."""
    width = chart.area.width() - 2 * GUTTER_PX
    room = chart.lanes.bottom() - _rows_box(chart).bottom() - GUTTER_PX
    if room <= GUTTER_PX:
        return
    signs = legend.signs_of(chart.timeline)
    needed = legend.height(style, signs, width) + GUTTER_PX
    if room > needed:
        place = QRectF(chart.area.left() + GUTTER_PX, chart.lanes.bottom() - needed, width, needed)
        legend.draw(painter, style, signs, place)


def _paint(painter: QPainter, style: ChartStyle, chart: Chart, only: Collection[int] | None) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    lanes, scale = chart.lanes, chart.scale
    marks_of_time = _ticks(scale)
    painter.fillRect(chart.area, style.colour("base"))
    if not style.vector:
        painter.setClipRect(lanes)
    lane = LanePainter(painter, style, chart.timeline, scale, chart.detail, chart.images, chart.levels,
                       density=chart.density, usage=chart.usage)  # fmt: skip
    shown = [(index, chart.rows[index]) for index in chart.visible if only is None or index in only]
    _rows(painter, style, chart, lane, [(index, row) for index, row in shown if not row.pinned], marks_of_time)
    pinned = [(index, row) for index, row in shown if row.pinned]
    if pinned:
        _rows(painter, style, chart, lane, pinned, marks_of_time)
        y = lanes.top() + chart.rows.pinned_px
        painter.fillRect(QRectF(lanes.left(), y - 2, lanes.width(), 2), style.colour("quiet/base/0.6"))
    draw_flows(painter, style, chart.timeline.flows, chart.rows, scale, lanes, chart.scroll_px)
    _now(painter, style, chart)
    if chart.shown_links.strong:
        links.draw(painter, style, chart.shown_links.strong, chart.rows, scale, lanes, chart.scroll_px, strong=True)
    _selected(painter, style, chart)
    draw_over_lanes(painter, style, chart.overlay, scale, _rows_box(chart))
    if only is not None:
        return
    if not style.vector:
        painter.setClipRect(chart.area)
    axis = QRectF(chart.area.left(), chart.area.top(), chart.area.width(), AXIS_PX)
    flags = [place for _, place, _ in chips(style, chart.overlay.bookmarks, scale, axis)]
    _axis(painter, style, marks_of_time, scale, axis, flags)
    draw_over_axis(painter, style, chart.overlay, scale, axis)


def _rows(painter: QPainter, style: ChartStyle, chart: Chart, lane: LanePainter, rows: list[tuple[int, Row]],
          of_time: tuple[Tick, ...]) -> None:  # fmt: skip
    """Paint some rows, all pinned or none of them."""
    if not rows:
        return
    below = chart.lanes.top()
    placed = [(index, row, below + chart.rows.y(row, chart.scroll_px)) for index, row in rows]
    _grounds(painter, style, chart, placed)
    first, last = placed[0], placed[-1]
    box = QRectF(chart.lanes.left(), first[2], chart.lanes.width(), last[2] + last[1].height_px - first[2])
    _grid(painter, style, of_time, chart.scale, box.intersected(chart.lanes))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if not first[1].pinned and chart.shown_links.quiet:
        chart.kept_links.draw(painter, style, chart.shown_links.quiet, chart.rows, chart.scale, chart.lanes,
                              chart.scroll_px)  # fmt: skip
    for index, row, top in placed:
        lane.bars(row, top, ground(index))
    for _, row, top in placed:
        if row.lined:
            lane.marks(row, top)


def _rows_box(chart: Chart) -> QRectF:
    box = QRectF(chart.lanes)
    box.setBottom(min(box.bottom(), chart.down_px + chart.rows.height_px))
    return box


def _grounds(painter: QPainter, style: ChartStyle, chart: Chart, placed: list[tuple[int, Row, float]]) -> None:
    """Paint what lies under the rows: bands, the row of what is selected, and a line below each."""
    left, width = chart.area.left(), chart.area.width()
    base, bands, lines = style.colour("base"), [], []
    selection = chart.selection
    for index, row, top in placed:
        height = row.height_px
        if selection is not None and chart.rows.is_chosen(row, selection):
            painter.fillRect(QRectF(left, top, width, height), style.colour("selection/base/0.3"))
        elif index % 2:
            bands.append(QRectF(left, top, width, height))
        elif row.pinned:  # over what is scrolled; elsewhere the area is filled already
            painter.fillRect(QRectF(left, top, width, height), base)
        lines.append(QRectF(left, top + height - 1, width, 1))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("band"))
    painter.drawRects(bands)
    painter.setBrush(style.colour("line/base/0.6"))
    painter.drawRects(lines)


def _grid(painter: QPainter, style: ChartStyle, of_time: tuple[Tick, ...], scale: TimeScale, box: QRectF) -> None:
    painter.setPen(style.pen("line/base/0.7"))
    xs = [_crisp(scale.x(tick.at_ns)) for tick in of_time if tick.text]
    painter.drawLines([QLineF(x, box.top(), x, box.bottom()) for x in xs])


def _axis(painter: QPainter, style: ChartStyle, of_time: tuple[Tick, ...], scale: TimeScale, box: QRectF,
          flags: list[QRectF]) -> None:  # fmt: skip
    """The ticks, with their times where nothing covers these in part. flags: those of the marks."""
    painter.fillRect(box, style.colour("window"))
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), style.colour("line"))
    painter.setPen(style.pen("quiet/base/0.7"))
    lines, named, bottom = [], [], box.bottom() - 1
    for tick in of_time:
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


def _now(painter: QPainter, style: ChartStyle, chart: Chart) -> None:
    if chart.timeline.ended:
        return
    x = _crisp(chart.scale.x(chart.timeline.now_ns))
    if chart.area.left() <= x <= chart.area.right():
        box = _rows_box(chart)
        painter.setPen(style.pen("accent", 1, Qt.PenStyle.SolidLine))
        painter.drawLine(QLineF(x, box.top(), x, box.bottom()))


def _selected(painter: QPainter, style: ChartStyle, chart: Chart) -> None:
    """A frame round the span or moment that is selected, and a dashed one round the row that has the keyboard."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if chart.focused and chart.focused_row is None:  # then it is the whole that has it
        painter.setPen(style.pen("accent", 1, Qt.PenStyle.DotLine))
        painter.drawRect(chart.lanes.adjusted(1.5, 1.5, -1.5, -1.5))
    if chart.focused_row is not None and chart.focused_row < len(chart.rows):
        row = chart.rows[chart.focused_row]
        box = QRectF(chart.area.left(), chart.top(row), chart.area.width(), row.height_px)
        painter.setPen(style.pen("accent", 1, Qt.PenStyle.DotLine))
        painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -2.5))
    selection = chart.selection
    if selection is None or not selection.process or is_whole(selection):
        return
    index = chart.rows.index_showing(selection)
    at = None if index is None else chart.rows[index]
    if at is None or at.helpers_of:
        return
    top, height = frame_px(chart.timeline, at, selection)
    top += chart.top(at)
    span = span_of(chart.timeline, selection)
    if span is None and selection.at_ns is not None:
        span = selection.at_ns, selection.at_ns
    if span is None:
        return
    left, right = chart.scale.x(span[0]), chart.scale.x(min(span[1], chart.timeline.now_ns))
    left, right = max(left, chart.area.left() - 4), min(right, chart.area.right() + 4)
    if right < left:
        return
    painter.setPen(style.pen("accent", 2))
    if right - left < 1:
        above, below = (0, 0) if at.track else (13, 9)
        painter.drawLine(QLineF(left, top - above, left, top + height + below))
    else:
        out = 1 if at.track else 2  # the depths of a track lie close to each other
        painter.drawRect(QRectF(left - out, top - out, right - left + 2 * out, height + 2 * out))


def frame_px(timeline: Timeline, row: Row, selection: Selection) -> tuple[float, float]:
    """Top and height of what is selected, from the top of its row: on a track's, of its depth."""
    if not row.track:
        return row.bar_px
    spans = timeline.tracks[row.track - 1].spans
    if not isinstance(selection, SpanSelection) or selection.span >= len(spans):
        return 1.0, row.height_px - 3.0
    return level(row, spans.height, int(spans.depth[selection.span]))


def span_of(timeline: Timeline, selection: Selection) -> tuple[int, int] | None:
    """The interval of a selected phase, wait or task, its end OPEN when it goes on; None for anything else."""
    match selection:
        case IntervalSelection():
            return selection.interval
        case SpanSelection():
            return _track_span(timeline, selection)
        case TaskSelection():
            return _task_span(timeline, selection.task)
        case CallSelection():
            spans = timeline.lane(selection.process).waits
            wanted = spans.ref == selection.call
        case PhaseSelection():
            spans = timeline.lane(selection.process).phases
            wanted = spans.kind == selection.phase
        case ProcessSelection() | LineSelection() | TrackSelection() | InstantSelection() | BookmarkSelection():
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


def _crisp(x: float) -> float:
    return int(x) + 0.5
