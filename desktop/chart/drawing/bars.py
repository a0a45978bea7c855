"""How each kind of span looks: dotted, solid, thin, outlined, hatched. The window's thread, or an export.

All of it is plain rectangles and lines, so that it is the same on a screen, in SVG and in PDF.
"""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from workers.timeline.model import SpanKind

HATCH_PX = 7.0
_DOT_PX = 2.0
_NARROW_PX = 5.0
_PATTERNED = frozenset((SpanKind.STARTING, SpanKind.ENDING, SpanKind.ZOMBIE, SpanKind.JOIN))


def draw(painter: QPainter, style: ChartStyle, kind: int, box: QRectF, origin_px: float) -> None:
    """Draw one span's bar. origin_px: where the span truly begins, which may be out of view; patterns hang on it, so
    that they stay in place while the view moves."""
    if is_plain(kind, box.width()):
        painter.fillRect(box, style.of_kind(kind))
        return
    match kind:
        case SpanKind.STARTING:
            _dotted(painter, style, box, origin_px)
        case SpanKind.ENDING:
            height = box.height() / 3
            painter.fillRect(
                QRectF(box.left(), box.center().y() - height / 2, box.width(), height), style.colour("alive")
            )
        case SpanKind.ZOMBIE:
            _outlined(painter, style, box)
        case SpanKind.JOIN:
            _hatched(painter, style, box, origin_px)


def is_plain(kind: int, width_px: float) -> bool:
    """Whether a bar is its colour and nothing else: it has no pattern, or is too narrow for it."""
    return kind not in _PATTERNED or (width_px < _NARROW_PX and kind != SpanKind.ENDING)


def draw_ragged_end(painter: QPainter, style: ChartStyle, x: float, top: float, height: float, ground: str) -> None:
    """Cut teeth into the right end of a bar that ends at `x`: nobody saw how it went on."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(ground))
    teeth = 3
    for tooth in range(teeth):
        y0, y1 = top + height * tooth / teeth, top + height * (tooth + 1) / teeth
        painter.drawPolygon(QPolygonF([QPointF(x + 0.5, y0), QPointF(x - 5, (y0 + y1) / 2), QPointF(x + 0.5, y1)]))


def _dotted(painter: QPainter, style: ChartStyle, box: QRectF, origin_px: float) -> None:
    painter.fillRect(box, style.colour("starting/base/0.22"))
    pitch = 2 * _DOT_PX
    skipped = max(0, math.floor((box.left() - origin_px) / pitch))
    xs = np.arange(origin_px + skipped * pitch, box.right(), pitch).tolist()
    ys = np.arange(box.top() + 1, box.bottom() - 1, pitch).tolist()
    dots = [
        QRectF(max(x, box.left()), y, min(x + _DOT_PX, box.right()) - max(x, box.left()), _DOT_PX)
        for x in xs for y in ys if min(x + _DOT_PX, box.right()) > max(x, box.left())
    ]  # fmt: skip
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("starting"))
    painter.drawRects(dots)


def _outlined(painter: QPainter, style: ChartStyle, box: QRectF) -> None:
    # Four fills, not a pen: the outline then ends exactly where the span does.
    painter.fillRect(box, style.colour("base"))
    edge, colour = 2.0, style.colour("zombie")
    painter.fillRect(QRectF(box.left(), box.top(), box.width(), edge), colour)
    painter.fillRect(QRectF(box.left(), box.bottom() - edge, box.width(), edge), colour)
    painter.fillRect(QRectF(box.left(), box.top(), edge, box.height()), colour)
    painter.fillRect(QRectF(box.right() - edge, box.top(), edge, box.height()), colour)


def _hatched(painter: QPainter, style: ChartStyle, box: QRectF, origin_px: float) -> None:
    painter.fillRect(box, style.colour("join/base/0.30"))
    painter.setPen(style.pen("join", 2.2))
    painter.drawLines(hatch(box, origin_px))
    edge, colour = 1.0, style.colour("join")
    painter.fillRect(QRectF(box.left(), box.top(), edge, box.height()), colour)
    painter.fillRect(QRectF(box.right() - edge, box.top(), edge, box.height()), colour)


def hatch(box: QRectF, origin_px: float) -> list[QLineF]:
    """Rising diagonal lines cut to a box by arithmetic: vector formats have no reliable clip."""
    height = box.height()
    first = math.floor((box.left() - height - origin_px) / HATCH_PX)
    lines = []
    foot = origin_px + first * HATCH_PX
    while foot < box.right():
        left, right = max(foot, box.left()), min(foot + height, box.right())
        if right > left:
            lines.append(QLineF(left, box.bottom() - (left - foot), right, box.bottom() - (right - foot)))
        foot += HATCH_PX
    return lines
