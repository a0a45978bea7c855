"""How the bar of each kind of span is filled: solid, dotted, thin, outlined or hatched. The window's thread, or an export.

Every pattern is made of plain rectangles and lines, so that screens, SVG and PDF show the same. Which kind has which pattern
and colour is in `desktop.look.span_styles`.
"""

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.look.span_styles import SPAN_STYLES, SpanPattern
from workers.timeline.model import SpanKind

HATCH_PX = 7.0
_DOT_PX = 2.0
_NARROW_PX = 5.0
"""A narrower bar has no room for a pattern and is filled with its colour."""


def draw_bar(painter: QPainter, style: ChartStyle, kind: int, box: QRectF, origin_px: float) -> None:
    """Draw the bar of one span.

    origin_px: where the span begins, which may be out of view. Patterns start there, so that they stay in place while the
    view moves.
    """
    if box.width() < PLAIN_BELOW_PX[kind]:
        painter.fillRect(box, style.kind_colours[kind])
    else:
        entry = SPAN_STYLES[SpanKind(kind)]
        _PATTERNS[entry.pattern](painter, style, entry.role, box, origin_px)


def draw_ragged_end(painter: QPainter, style: ChartStyle, x: float, top: float, height: float, ground: str) -> None:
    """Cut teeth into the right end of a bar that ends at `x`: the process was lost from sight there."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(ground))
    teeth = 3
    for tooth in range(teeth):
        y0, y1 = top + height * tooth / teeth, top + height * (tooth + 1) / teeth
        painter.drawPolygon(QPolygonF([QPointF(x + 0.5, y0), QPointF(x - 5, (y0 + y1) / 2), QPointF(x + 0.5, y1)]))


def hatch_ground(role: str) -> str:
    """The colour between the lines of a hatched bar."""
    return f"{role}/base/0.30"


def hatch(box: QRectF, origin_px: float) -> list[QLineF]:
    """Rising diagonal lines, cut to a box by arithmetic: vector formats have no reliable clip."""
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


def _solid(painter: QPainter, style: ChartStyle, role: str, box: QRectF, _origin_px: float) -> None:
    painter.fillRect(box, style.colour(role))


def _dotted(painter: QPainter, style: ChartStyle, role: str, box: QRectF, origin_px: float) -> None:
    painter.fillRect(box, style.colour(f"{role}/base/0.22"))
    pitch = 2 * _DOT_PX
    skipped = max(0, math.floor((box.left() - origin_px) / pitch))
    xs = np.arange(origin_px + skipped * pitch, box.right(), pitch).tolist()
    ys = np.arange(box.top() + 1, box.bottom() - 1, pitch).tolist()
    sides = [(max(x, box.left()), min(x + _DOT_PX, box.right())) for x in xs]
    dots = [QRectF(left, y, right - left, _DOT_PX) for left, right in sides for y in ys if right > left]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(role))
    painter.drawRects(dots)


def _thin(painter: QPainter, style: ChartStyle, role: str, box: QRectF, _origin_px: float) -> None:
    height = box.height() / 3
    painter.fillRect(QRectF(box.left(), box.center().y() - height / 2, box.width(), height), style.colour(role))


def _outlined(painter: QPainter, style: ChartStyle, role: str, box: QRectF, _origin_px: float) -> None:
    # Four fills and no pen: the outline then ends exactly where the span does.
    painter.fillRect(box, style.colour("base"))
    edge, colour = 2.0, style.colour(role)
    painter.fillRect(QRectF(box.left(), box.top(), box.width(), edge), colour)
    painter.fillRect(QRectF(box.left(), box.bottom() - edge, box.width(), edge), colour)
    painter.fillRect(QRectF(box.left(), box.top(), edge, box.height()), colour)
    painter.fillRect(QRectF(box.right() - edge, box.top(), edge, box.height()), colour)


def _hatched(painter: QPainter, style: ChartStyle, role: str, box: QRectF, origin_px: float) -> None:
    painter.fillRect(box, style.colour(hatch_ground(role)))
    painter.setPen(style.pen(role, 2.2))
    painter.drawLines(hatch(box, origin_px))
    edge, colour = 1.0, style.colour(role)
    painter.fillRect(QRectF(box.left(), box.top(), edge, box.height()), colour)
    painter.fillRect(QRectF(box.right() - edge, box.top(), edge, box.height()), colour)


_PATTERNS: dict[SpanPattern, Callable[[QPainter, ChartStyle, str, QRectF, float], None]] = {
    SpanPattern.SOLID: _solid,
    SpanPattern.DOTTED: _dotted,
    SpanPattern.THIN: _thin,
    SpanPattern.OUTLINED: _outlined,
    SpanPattern.HATCHED: _hatched,
}

_PLAIN_BELOW_PX = {SpanPattern.SOLID: math.inf, SpanPattern.THIN: 0.0}
PLAIN_BELOW_PX = [
    0.0,
    *(_PLAIN_BELOW_PX.get(SPAN_STYLES[SpanKind(kind)].pattern, _NARROW_PX) for kind in range(1, max(SpanKind) + 1)),
]
"""The width below which a bar is its colour and nothing else, by the number of the kind."""
