"""The shapes of the marks, and where each lies about its moment. Drawn as paths, so that no font decides how they look.

The boxes serve the hit test too: what a person sees is what a person hits. The window's thread, or an export.
"""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from workers.timeline.model import MarkKind

_MIDDLE = BAR_TOP_PX + BAR_PX / 2


@dataclass(frozen=True, slots=True)
class Box:
    """Where a mark is drawn: from `left_px` to `right_px` about its moment, centred `middle_px` below the row's top.

    slot: marks of one slot would cover each other, and give way to the one that matters most.
    """

    left_px: float
    right_px: float
    middle_px: float
    slot: str


BOXES = {
    MarkKind.OUTPUT: Box(-2.5, 2.5, BAR_TOP_PX + BAR_PX + 5, "output"),
    MarkKind.START: Box(-9, 0, _MIDDLE, "start"),
    MarkKind.ALIVE_TRUE: Box(-4.5, 4.5, 7.5, "asked"),
    MarkKind.ALIVE_FALSE: Box(-4.5, 4.5, 7.5, "asked"),
    MarkKind.SIGNALLED: Box(-4.5, 4.5, 7.5, "asked"),
    MarkKind.EXIT_OK: Box(-14, 0, _MIDDLE, "exit"),
    MarkKind.EXIT_BAD: Box(-14, 0, _MIDDLE, "exit"),
    MarkKind.JOINED: Box(0, 9, _MIDDLE, "joined"),
}
_SLOTS = tuple(dict.fromkeys(box.slot for box in BOXES.values()))
SLOT_OF = np.array([_SLOTS.index(BOXES[MarkKind(n)].slot) if n else 0 for n in range(max(MarkKind) + 1)], np.uint8)
"""The number of a kind's slot, by kind."""


ON_BAR = frozenset(int(kind) for kind, box in BOXES.items() if box.middle_px == _MIDDLE)
"""The kinds that lie on the bar, and not above or below it."""

_SLOTS_BY_KIND = SLOT_OF.tolist()
_SPRITE_PX = 20


def few_marks(times: list[int], kinds: list[int], cell_ns: int) -> list[tuple[list[int], list[int]]]:
    """(kinds, times) to draw of each slot, chosen as `shown_marks` does, for a handful of marks."""
    cell_ns = max(1, cell_ns)
    best: dict[int, dict[int, tuple[int, int]]] = {}
    for at, kind in zip(times, kinds, strict=True):
        cells = best.setdefault(_SLOTS_BY_KIND[kind], {})
        known = cells.get(at // cell_ns)
        if known is None or kind >= known[0]:
            cells[at // cell_ns] = kind, at
    return [([kind for kind, _ in cells.values()], [at for _, at in cells.values()]) for cells in best.values()]


def stamp(painter: QPainter, style: ChartStyle, kind: int, x: float, top: float, detail: float) -> None:
    """Draw one mark, on a screen as an image that was made before: a path takes ten times as long."""
    if style.vector:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        draw(painter, style, MarkKind(kind), x, top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        return
    image = style.sprites.get((kind, detail))
    if image is None:
        image = style.sprites[kind, detail] = _sprite(style, MarkKind(kind), detail)
    painter.drawImage(QPointF(x - _SPRITE_PX, top + BOXES[MarkKind(kind)].middle_px - _SPRITE_PX / 2), image)


def _sprite(style: ChartStyle, kind: MarkKind, detail: float) -> QImage:
    """The mark on a transparent ground, its moment in the middle."""
    image = QImage(
        round(2 * _SPRITE_PX * detail), round(_SPRITE_PX * detail), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(detail)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    draw(painter, style, kind, _SPRITE_PX, _SPRITE_PX / 2 - BOXES[kind].middle_px)
    painter.end()
    return image


def draw(painter: QPainter, style: ChartStyle, kind: MarkKind, x: float, top: float) -> None:
    """Draw one mark with its moment at `x` on the row that begins at `top`."""
    y = top + BOXES[kind].middle_px
    match kind:
        case MarkKind.OUTPUT:
            _fill(painter, style, "quiet")
            painter.drawEllipse(QPointF(x, y), 2.2, 2.2)
        case MarkKind.START:
            _fill(painter, style, "good")
            painter.drawPolygon(QPolygonF([QPointF(x - 8, y - 5), QPointF(x, y), QPointF(x - 8, y + 5)]))
        case MarkKind.ALIVE_TRUE:
            _fill(painter, style, "good")
            painter.drawPolygon(diamond(x, y, 4.5))
        case MarkKind.ALIVE_FALSE:
            painter.setBrush(style.colour("base"))
            painter.setPen(style.pen("bad", 1.6))
            painter.drawPolygon(diamond(x, y, 4.0))
        case MarkKind.SIGNALLED:
            _fill(painter, style, "bad")
            painter.drawPolygon(QPolygonF([QPointF(x - 4.5, y - 4), QPointF(x + 4.5, y - 4), QPointF(x, y + 4.5)]))
        case MarkKind.EXIT_OK:
            _badge(painter, style, "good", x - 7, y)
            tick = QPainterPath(QPointF(x - 10, y + 0.3))
            tick.lineTo(x - 7.8, y + 2.7)
            tick.lineTo(x - 3.8, y - 2.5)
            _stroke(painter, style, tick)
        case MarkKind.EXIT_BAD:
            _badge(painter, style, "bad", x - 7, y)
            cross = QPainterPath(QPointF(x - 9.5, y - 2.5))
            cross.lineTo(x - 4.5, y + 2.5)
            cross.moveTo(x - 9.5, y + 2.5)
            cross.lineTo(x - 4.5, y - 2.5)
            _stroke(painter, style, cross)
        case MarkKind.JOINED:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(style.pen("text", 1.6))
            sign = QPainterPath(QPointF(x + 5, y - 5))
            sign.lineTo(x + 5, y + 4.5)
            sign.moveTo(x + 1, y + 4.5)
            sign.lineTo(x + 9, y + 4.5)
            painter.drawPath(sign)


def draw_waiting(painter: QPainter, style: ChartStyle, x: float, top: float) -> None:
    """Draw the sign of a question that is not answered yet: a hollow diamond in the colour of waiting."""
    painter.setBrush(style.colour("base"))
    painter.setPen(style.pen("join", 1.8))
    painter.drawPolygon(diamond(x, top + BOXES[MarkKind.ALIVE_TRUE].middle_px, 4.0))


def draw_paused(painter: QPainter, style: ChartStyle, x: float, top: float) -> None:
    """Draw two upright strokes that end at `x`, on the bar."""
    _badge(painter, style, "paused", x - 8, top + _MIDDLE)
    for left in (x - 10.6, x - 7.4):
        painter.fillRect(QRectF(left, top + _MIDDLE - 3, 2, 6), style.colour("base"))


def diamond(x: float, y: float, radius: float) -> QPolygonF:
    """A square on its corner."""
    return QPolygonF([QPointF(x, y - radius), QPointF(x + radius, y), QPointF(x, y + radius), QPointF(x - radius, y)])


def _fill(painter: QPainter, style: ChartStyle, role: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(role))


def _badge(painter: QPainter, style: ChartStyle, role: str, x: float, y: float) -> None:
    painter.setBrush(style.colour(role))
    painter.setPen(style.pen("base", 1.2))
    painter.drawEllipse(QPointF(x, y), 6.4, 6.4)


def _stroke(painter: QPainter, style: ChartStyle, path: QPainterPath) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style.pen("base", 1.8))
    painter.drawPath(path)
