"""The picture of a run: title, plan, legend, axis and lanes, for files and the clipboard. The window's thread, or an export.

It needs a QGuiApplication for its fonts, and no window. One unit of the painter is one pixel of a picture at 1x; the caller
scales the painter for 2x or for a page.
"""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter

from desktop.chart.drawing import legend
from desktop.chart.drawing.chart import AXIS_PX, Chart, ground
from desktop.chart.drawing.chart_painting import paint_chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lane_headers import draw_header, headers_width
from desktop.chart.geometry.arrangement import HEIGHTS_PX, ROW_PX
from desktop.chart.pictures.picture_extent import PictureExtent
from desktop.facts.formatting import format_moment
from desktop.look.palette import LIGHT, Palette
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline

WIDTH_PX = 1200
MARGIN_PX, _TITLE_PX, LEGEND_GAP_PX = 24.0, 52.0, 10.0
VECTOR_DETAIL = 8.0
_LEAST_WIDTH_PX = 640.0
"""In a narrower picture everything is smaller, letters too."""


def picture_size(
    timeline: Timeline | None, shown: PictureExtent | None = None, width_px: float | None = None
) -> QSizeF:
    """The size at which the picture shows every lane at its full height; a very narrow one is smaller evenly."""
    width = float(width_px or WIDTH_PX)
    if shown is None and timeline is not None:
        shown = PictureExtent.all_of(timeline)
    shrink = min(1.0, width / _LEAST_WIDTH_PX)
    lanes_px = 0 if shown is None else shown.height_px
    return QSizeF(width, _height(lanes_px, width / shrink, ChartStyle(LIGHT), legend.signs_of(timeline)) * shrink)


class Drawing(Protocol):
    """What an export makes a picture of."""

    @property
    def description(self) -> str:
        """What the picture shows, in one line."""

    def size(self, width_px: float | None) -> QSizeF:
        """The size that it needs at a width; None: the usual width."""

    def paint(
        self, painter: QPainter, palette: Palette, size: QSizeF, *, vector: bool = False, detail: float = 2.0
    ) -> None:
        """Paint it into (0, 0, size)."""


@dataclass(frozen=True, slots=True)
class RunPicture:
    """The picture of a run. shown: the part of the run; None: all of it. title: empty for the usual one."""

    timeline: Timeline
    shown: PictureExtent | None = None
    title: str = ""

    @property
    def description(self) -> str:
        """The plan or command, and when and where it ran."""
        return subtitle(self.timeline, self.shown)

    def size(self, width_px: float | None) -> QSizeF:
        """The size at which every lane has its full height; see `picture_size`."""
        return picture_size(self.timeline, self.shown, width_px)

    def paint(
        self, painter: QPainter, palette: Palette, size: QSizeF, *, vector: bool = False, detail: float = 2.0
    ) -> None:
        """Paint the picture into (0, 0, size): with lower lanes where it is too low for them, and scaled evenly where that
        is not enough.

        vector: shapes and text only, for SVG and PDF.
        detail: pixel columns per unit, for a raster image: its scale.
        """
        timeline, style = self.timeline, ChartStyle(palette, vector=vector)
        shown = _all_in(timeline, size, style) if self.shown is None else self.shown
        signs = legend.signs_of(timeline)
        shrink = _shrink(shown, size, style, signs)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), style.colour("base"))
        painter.scale(shrink, shrink)
        left, top, width = MARGIN_PX, MARGIN_PX, size.width() / shrink - 2 * MARGIN_PX
        title = self.title or _default_title(timeline)
        style.write(painter, style.title_font, "text", QRectF(left, top, width, 22), title)
        style.write(painter, style.font, "quiet", QRectF(left, top + 25, width, 16), subtitle(timeline, shown))
        top += _TITLE_PX
        legend.draw_legend(painter, style, signs, QRectF(left, top, width, 0))
        top += legend.height(style, signs, width) + LEGEND_GAP_PX
        box = QRectF(left, top, width, AXIS_PX + shown.height_px)
        draw_lanes(painter, style, RunPicture(timeline, shown), box, VECTOR_DETAIL if vector else detail)
        painter.restore()


def _shrink(shown: PictureExtent, size: QSizeF, style: ChartStyle, signs: legend.Signs) -> float:
    """The scale of the whole picture, at most 1. A smaller scale leaves more units for the width and so needs fewer lines of
    legend, which is why it is found step by step."""
    found = narrow = min(1.0, size.width() / _LEAST_WIDTH_PX)
    for _ in range(2):
        found = min(narrow, size.height() / _height(shown.height_px, size.width() / found, style, signs))
    return min(found, size.height() / _height(shown.height_px, size.width() / found, style, signs))


def _all_in(timeline: Timeline, size: QSizeF | None, style: ChartStyle) -> PictureExtent:
    """All of the run, with lanes as high as the picture has room for, up to the usual height."""
    shown = PictureExtent.all_of(timeline)
    if size is not None:
        width = max(_LEAST_WIDTH_PX, size.width())
        room = size.height() * max(1.0, _LEAST_WIDTH_PX / size.width())
        for row_px in reversed([height for height in HEIGHTS_PX if height < ROW_PX]):
            if _height(shown.height_px, width, style, legend.signs_of(timeline)) <= room + 1:
                break
            shown = PictureExtent.all_of(timeline, row_px)
    return shown


def subtitle(timeline: Timeline, shown: PictureExtent | None = None) -> str:
    """The plan or command, where and when it ran, and which part of the run is shown if not all of it."""
    parts = [timeline.plan.title if timeline.plan is not None else " ".join(timeline.argv)]
    parts.append(format_duration(timeline.now_ns * 1e-9) + ("" if timeline.ended else ", still running"))
    parts += [f"Python {timeline.python}" if timeline.python else "", timeline.host, _moment(timeline.started_at)]
    if shown is not None and not shown.whole:
        begins, ends = max(0, shown.t0_ns), max(0, min(shown.t1_ns, timeline.now_ns))  # a view may reach beyond the run
        unit_of = shown.t1_ns - shown.t0_ns
        parts.append(f"from {format_moment(begins, unit_of)} to {format_moment(ends, unit_of)}")
    return " · ".join(part for part in parts if part)


def _moment(iso: str) -> str:
    """``2026-11-23 16:50`` of an ISO 8601 moment."""
    return iso[:16].replace("T", " ")


def _default_title(timeline: Timeline) -> str:
    workers = sum(process.worker is not None for process in timeline.processes)
    count = f"{workers} workers" if workers != 1 else "1 worker"
    return f"Procession: {count}" if workers else "Procession"


def _height(lanes_px: float, width: float, style: ChartStyle, signs: legend.Signs) -> float:
    below = legend.height(style, signs, width - 2 * MARGIN_PX) + LEGEND_GAP_PX
    return 2 * MARGIN_PX + _TITLE_PX + below + AXIS_PX + lanes_px


def draw_lanes(
    painter: QPainter, style: ChartStyle, picture: RunPicture, box: QRectF, detail: float, left: int | None = None
) -> None:
    """Draw headers, axis and lanes in a box. left: the width of the headers; None: the width that they need."""
    timeline = picture.timeline
    shown = PictureExtent.all_of(timeline) if picture.shown is None else picture.shown
    rows = shown.rows
    left = headers_width(style, timeline, rows, box.width()) if left is None else left
    chart = Chart(
        timeline,
        rows,
        box.adjusted(left, 0, 0, 0),
        shown.t0_ns,
        shown.t1_ns,
        shown.scroll_px,
        detail,
        shown.links,
        shown.selection,
        overlay=shown.overlay,
    )
    paint_chart(painter, style, chart)
    # Vectors are not clipped: fills cover what reaches out of the chart at its sides.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(box.right(), box.top(), MARGIN_PX, box.height()), style.colour("base"))
    painter.fillRect(QRectF(box.left() - MARGIN_PX, box.top(), MARGIN_PX, box.height()), style.colour("base"))
    painter.fillRect(QRectF(box.left(), box.top(), left, AXIS_PX), style.colour("window"))
    painter.fillRect(QRectF(box.left(), box.top() + AXIS_PX - 1, left, 1), style.colour("line"))
    style.write(painter, style.small_font, "quiet", QRectF(box.left() + 10, box.top(), left - 20, AXIS_PX), "Process")
    for index in rows.shown(shown.scroll_px, shown.height_px):
        row = rows[index]
        place = QRectF(box.left(), box.top() + AXIS_PX + rows.y(row, shown.scroll_px), left, row.height_px)
        painter.fillRect(place, style.colour(ground(index)))
        painter.fillRect(QRectF(place.left(), place.bottom() - 1, left, 1), style.colour("line/base/0.6"))
        draw_header(painter, style, timeline, row, place)
    painter.setPen(style.pen("line"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.fillRect(QRectF(box.left() + left - 1, box.top(), 1, box.height()), style.colour("line"))
