"""The marks: where each is drawn about its moment, its shape, and its words. The window's thread, or an export.

Marks are drawn as paths, so that no font decides how they look. The hit test uses the same boxes: the pointer hits what it is
over. To add a kind of mark, add a member to `MarkKind` and an entry to `GLYPHS`; where two marks would cover each other, the
higher number shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX, Row
from workers.timeline.model import MarkKind

_MIDDLE_PX = BAR_TOP_PX + BAR_PX / 2
_ABOVE_PX = 7.5
_BELOW_PX = BAR_TOP_PX + BAR_PX + 5
_SPRITE_PX = 20


class Slot(IntEnum):
    """Marks of one slot would cover each other; the highest kind is drawn. Slots are drawn in this order."""

    OUTPUT = 0
    START = 1
    QUESTION = 2
    EXIT = 3
    JOINED = 4


@dataclass(frozen=True, slots=True)
class Glyph:
    """One kind of mark.

    left_px, right_px: its edges, from its moment.
    middle_px: its middle, from the top of the row.
    legend: its name in the legend.
    draw: draws it, given its moment's x and its middle's y.
    answer, answer_role: the text beside it and the palette's role for that; empty for none.
    """

    left_px: float
    right_px: float
    middle_px: float
    slot: Slot
    legend: str
    draw: Callable[[QPainter, ChartStyle, float, float], None]
    answer: str = ""
    answer_role: str = "quiet"


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


def stamp_mark(painter: QPainter, style: ChartStyle, kind: int, x: float, top: float, detail: float) -> None:
    """Draw one mark: on a screen as an image that is kept, since a path takes ten times as long."""
    if style.vector:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        draw_mark(painter, style, MarkKind(kind), x, top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        return
    image = style.sprites.get((kind, detail))
    if image is None:
        image = style.sprites[kind, detail] = _sprite(style, MarkKind(kind), detail)
    painter.drawImage(QPointF(x - _SPRITE_PX, top + GLYPHS[MarkKind(kind)].middle_px - _SPRITE_PX / 2), image)


def _sprite(style: ChartStyle, kind: MarkKind, detail: float) -> QImage:
    """The mark on a transparent ground, its moment in the middle."""
    width, height = round(2 * _SPRITE_PX * detail), round(_SPRITE_PX * detail)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(detail)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    draw_mark(painter, style, kind, _SPRITE_PX, _SPRITE_PX / 2 - GLYPHS[kind].middle_px)
    painter.end()
    return image


def draw_mark(painter: QPainter, style: ChartStyle, kind: MarkKind, x: float, top: float) -> None:
    """Draw one mark with its moment at `x`, on the row that begins at `top`."""
    glyph = GLYPHS[kind]
    glyph.draw(painter, style, x, top + glyph.middle_px)


def draw_waiting(painter: QPainter, style: ChartStyle, x: float, top: float) -> None:
    """Draw the sign of a question without an answer yet: a hollow diamond in the colour of waiting."""
    painter.setBrush(style.colour("base"))
    painter.setPen(style.pen("join", 1.8))
    painter.drawPolygon(_diamond(x, top + QUESTION_PX, 4.0))


def draw_paused(painter: QPainter, style: ChartStyle, x: float, top: float) -> None:
    """Draw two upright strokes that end at `x`, on the bar."""
    _badge(painter, style, "paused", x - 8, top + _MIDDLE_PX)
    for left in (x - 10.6, x - 7.4):
        painter.fillRect(QRectF(left, top + _MIDDLE_PX - 3, 2, 6), style.colour("base"))


def _output(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _fill(painter, style, "quiet")
    painter.drawEllipse(QPointF(x, y), 2.2, 2.2)


def _start(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _fill(painter, style, "good")
    painter.drawPolygon(QPolygonF([QPointF(x - 8, y - 5), QPointF(x, y), QPointF(x - 8, y + 5)]))


def _alive(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _fill(painter, style, "good")
    painter.drawPolygon(_diamond(x, y, 4.5))


def _not_alive(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    painter.setBrush(style.colour("base"))
    painter.setPen(style.pen("bad", 1.6))
    painter.drawPolygon(_diamond(x, y, 4.0))


def _signal(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _fill(painter, style, "bad")
    painter.drawPolygon(QPolygonF([QPointF(x - 4.5, y - 4), QPointF(x + 4.5, y - 4), QPointF(x, y + 4.5)]))


def _good_exit(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _badge(painter, style, "good", x - 7, y)
    tick = QPainterPath(QPointF(x - 10, y + 0.3))
    tick.lineTo(x - 7.8, y + 2.7)
    tick.lineTo(x - 3.8, y - 2.5)
    _stroke(painter, style, tick)


def _bad_exit(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _badge(painter, style, "bad", x - 7, y)
    cross = QPainterPath(QPointF(x - 9.5, y - 2.5))
    cross.lineTo(x - 4.5, y + 2.5)
    cross.moveTo(x - 9.5, y + 2.5)
    cross.lineTo(x - 4.5, y - 2.5)
    _stroke(painter, style, cross)


def _exit_by_pool(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    _badge(painter, style, "paused", x - 7, y)
    painter.fillRect(QRectF(x - 9.5, y - 2.5, 5, 5), style.colour("base"))


def _joined(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style.pen("text", 1.6))
    sign = QPainterPath(QPointF(x + 5, y - 5))
    sign.lineTo(x + 5, y + 4.5)
    sign.moveTo(x + 1, y + 4.5)
    sign.lineTo(x + 9, y + 4.5)
    painter.drawPath(sign)


def _retried(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    """Most of a circle, with the head of an arrow."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style.pen("text", 1.6))
    painter.drawArc(QRectF(x - 4, y - 4, 8, 8), 60 * 16, 280 * 16)
    _fill(painter, style, "text")
    painter.drawPolygon(QPolygonF([QPointF(x - 0.5, y - 6.5), QPointF(x + 4.5, y - 3), QPointF(x - 0.5, y - 0.5)]))


def _lost(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    """A square of a task, crossed out."""
    painter.setBrush(style.colour("base"))
    painter.setPen(style.pen("bad", 1.6))
    painter.drawRect(QRectF(x - 4, y - 4, 8, 8))
    painter.drawLine(QPointF(x - 4, y + 4), QPointF(x + 4, y - 4))


def _spilled(painter: QPainter, style: ChartStyle, x: float, y: float) -> None:
    """An arrow down, onto a line."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style.pen("disk", 1.8))
    painter.drawLine(QPointF(x - 4.5, y + 4.5), QPointF(x + 4.5, y + 4.5))
    painter.drawLine(QPointF(x, y - 4.5), QPointF(x, y))
    _fill(painter, style, "disk")
    painter.drawPolygon(QPolygonF([QPointF(x - 3.5, y - 1), QPointF(x + 3.5, y - 1), QPointF(x, y + 3)]))


def _diamond(x: float, y: float, radius: float) -> QPolygonF:
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


GLYPHS: dict[MarkKind, Glyph] = {
    MarkKind.START: Glyph(-9, 0, _MIDDLE_PX, Slot.START, "start()", _start),
    MarkKind.ALIVE_TRUE: Glyph(-4.5, 4.5, _ABOVE_PX, Slot.QUESTION, "is_alive() True", _alive, "True"),
    MarkKind.ALIVE_FALSE: Glyph(
        -4.5, 4.5, _ABOVE_PX, Slot.QUESTION, "is_alive() False", _not_alive, "False", "bad_text"
    ),
    MarkKind.EXIT_OK: Glyph(-14, 0, _MIDDLE_PX, Slot.EXIT, "exit code 0", _good_exit),
    MarkKind.EXIT_BAD: Glyph(-14, 0, _MIDDLE_PX, Slot.EXIT, "failed or killed", _bad_exit),
    MarkKind.EXIT_BY_POOL: Glyph(-14, 0, _MIDDLE_PX, Slot.EXIT, "ended by its Pool", _exit_by_pool),
    MarkKind.JOINED: Glyph(0, 9, _MIDDLE_PX, Slot.JOINED, "joined", _joined),
    MarkKind.SIGNALLED: Glyph(-4.5, 4.5, _ABOVE_PX, Slot.QUESTION, "signal sent", _signal),
    MarkKind.RETRIED: Glyph(-4.5, 4.5, _ABOVE_PX, Slot.QUESTION, "task run again", _retried),
    MarkKind.LOST: Glyph(-4.5, 4.5, _ABOVE_PX, Slot.QUESTION, "task lost with its worker", _lost),
    MarkKind.SPILLED: Glyph(-4.5, 4.5, _ABOVE_PX, Slot.QUESTION, "spilled to disk", _spilled),
    MarkKind.OUTPUT: Glyph(-2.5, 2.5, _BELOW_PX, Slot.OUTPUT, "printed line", _output),
}
"""Every kind of mark, in the order of the legend."""

QUESTION_PX = _ABOVE_PX
"""The middle of the signs of questions, from the top of the row."""

_SLOTS_BY_KIND = [0, *(int(GLYPHS[MarkKind(kind)].slot) for kind in range(1, max(MarkKind) + 1))]
SLOT_OF = np.array(_SLOTS_BY_KIND, np.uint8)
"""The number of a kind's slot, by the number of the kind."""

ON_BAR = frozenset(int(kind) for kind, glyph in GLYPHS.items() if glyph.middle_px == _MIDDLE_PX)
"""The kinds that are drawn on the bar, and not above or below it."""

ANSWERS = {int(kind): (glyph.answer, glyph.answer_role) for kind, glyph in GLYPHS.items() if glyph.answer}
"""(text, palette's role) of the kinds that have a text beside them."""


def shift_px(kind: int, row: Row) -> float:
    """How far a mark on this row is below its place in a row of the usual height: those on the bar are in its middle, and the
    others keep their distance from its edges."""
    if kind in ON_BAR:
        return row.shift_px
    top, height = row.bar_px
    return top - BAR_TOP_PX if GLYPHS[MarkKind(kind)].middle_px < _MIDDLE_PX else top + height - BAR_TOP_PX - BAR_PX
