"""The picture of two runs on one time axis, with sentences about their differences below. The window's thread, or an export.

It needs a QGuiApplication for its fonts, and no window.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter

from desktop.chart.drawing import legend
from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lane_headers import headers_width
from desktop.chart.pictures.picture_extent import PictureExtent
from desktop.chart.pictures.run_picture import (
    LEGEND_GAP_PX,
    MARGIN_PX,
    VECTOR_DETAIL,
    WIDTH_PX,
    RunPicture,
    draw_lanes,
)
from desktop.look.palette import LIGHT, Palette
from workers.timeline.timeline import Timeline

_TITLE_PX, _GAP_PX, _LINE_PX = 24.0, 18.0, 18.0


@dataclass(frozen=True, slots=True)
class PicturedRun:
    """One of the two runs: its title, in one line, and which part of it is shown."""

    timeline: Timeline
    title: str
    shown: PictureExtent


@dataclass(frozen=True, slots=True)
class PairPicture:
    """Two runs, one above the other, with intervals of the same length. aligned: what they are aligned at. sentences: the
    differences, the most important first."""

    a: PicturedRun
    b: PicturedRun
    aligned: str
    sentences: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """Both titles."""
        return f"{self.a.title} / {self.b.title}"

    def size(self, width_px: float | None) -> QSizeF:
        """The size at which every lane has its full height. A narrow picture is scaled down evenly."""
        width = float(width_px or WIDTH_PX)
        return QSizeF(width, self._height(ChartStyle(LIGHT), max(width, WIDTH_PX)) * min(1.0, width / WIDTH_PX))

    def paint(
        self, painter: QPainter, palette: Palette, size: QSizeF, *, vector: bool = False, detail: float = 2.0
    ) -> None:
        """Paint it into (0, 0, size), scaled evenly where `size` is too low for all of it."""
        style = ChartStyle(palette, vector=vector)
        width = max(WIDTH_PX, size.width())
        shrink = min(1.0, size.height() / self._height(style, width), size.width() / WIDTH_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), style.colour("base"))
        painter.scale(shrink, shrink)
        left, inner = MARGIN_PX, size.width() / shrink - 2 * MARGIN_PX
        beside = max(headers_width(style, one.timeline, one.shown.rows) for one in (self.a, self.b))
        top = MARGIN_PX
        for one in (self.a, self.b):
            style.write(painter, style.name_font, "text", QRectF(left, top, inner, 18), one.title)
            top += _TITLE_PX
            box = QRectF(left, top, inner, AXIS_PX + one.shown.height_px)
            part = RunPicture(one.timeline, one.shown)
            draw_lanes(painter, style, part, box, VECTOR_DETAIL if vector else detail, beside)
            top = box.bottom() + _GAP_PX
        signs = legend.signs_of(self.a.timeline, self.b.timeline)
        legend.draw_legend(painter, style, signs, QRectF(left, top, inner, 0))
        top += legend.height(style, signs, inner) + LEGEND_GAP_PX
        for role, line in (("quiet", self.aligned), *(("text", line) for line in self._lines(style, inner))):
            style.write(painter, style.font, role, QRectF(left, top, inner, 16), line)
            top += _LINE_PX
        painter.restore()

    def _height(self, style: ChartStyle, width: float) -> float:
        inner = width - 2 * MARGIN_PX
        lanes = sum(_TITLE_PX + AXIS_PX + one.shown.height_px + _GAP_PX for one in (self.a, self.b))
        words = (1 + len(list(self._lines(style, inner)))) * _LINE_PX
        signs = legend.signs_of(self.a.timeline, self.b.timeline)
        return 2 * MARGIN_PX + lanes + legend.height(style, signs, inner) + LEGEND_GAP_PX + words

    def _lines(self, style: ChartStyle, width: float) -> Iterator[str]:
        """The sentences, broken where they are too long for a line."""
        for sentence in self.sentences:
            line = ""
            for word in sentence.split(" "):
                longer = f"{line} {word}" if line else word
                if line and style.width(style.font, longer) > width:
                    yield line
                    longer = word
                line = longer
            yield line
