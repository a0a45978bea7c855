"""Draws the critical path of a run over its lanes. The window's thread, or an export.

A step is a line at the foot of its bar. Where the path goes on in another lane, one leads there: dotted where it is inferred.
"""

from PySide6.QtCore import QLineF, Qt

from desktop.chart.drawing.paint_frame import PaintFrame

_LINE_PX, _CASING_PX = 3.0, 7.0
_FOOT_PX = 1.5
"""How far the line is above the lower edge of the bar: the texts in a bar stay readable."""


def draw_path(frame: PaintFrame) -> None:
    """Draw the steps of the path that are in view. Steps in lanes that are not shown are left out."""
    along, across, guessed = _lines(frame)
    painter, style = frame.painter, frame.style
    painter.setPen(style.pen("base", _CASING_PX))  # it stands out from bars and hatches of any colour
    painter.drawLines([*along, *across, *guessed])
    painter.setPen(style.pen("text", _LINE_PX))
    painter.drawLines([*along, *across])
    painter.setPen(style.pen("text", _LINE_PX - 1, Qt.PenStyle.DotLine))
    painter.drawLines(guessed)


def _lines(frame: PaintFrame) -> tuple[list[QLineF], list[QLineF], list[QLineF]]:
    """The lines along lanes, and those from lane to lane: recorded, and inferred. Those of one pixel column are drawn once."""
    chart, scale, area = frame.chart, frame.scale, frame.lanes
    heights: dict[int, float | None] = {}
    along: dict[tuple[int, int, int], QLineF] = {}
    across: dict[tuple[int, int, int], QLineF] = {}
    guessed: dict[tuple[int, int, int], QLineF] = {}
    before: float | None = None
    inferred = False
    for step in chart.overlay.path:
        if step.process not in heights:
            row = chart.rows.row_of(step.process)
            heights[step.process] = None if row is None else chart.top(row) + sum(row.bar_px) - _FOOT_PX
        y, links = heights[step.process], guessed if inferred else across
        left, right = scale.x(step.began_ns), scale.x(step.ended_ns)
        shown = right >= area.left() and left <= area.right()
        if y is not None and shown and area.top() <= y <= area.bottom():
            place = int(left), int(right), int(y)
            along[place] = QLineF(max(left, area.left()), y, max(min(right, area.right()), left + 1), y)
        if y is not None and before is not None and y != before and area.left() <= left <= area.right():
            top, bottom = max(min(y, before), area.top()), min(max(y, before), area.bottom())
            if top < bottom:
                links[int(left), int(top), int(bottom)] = QLineF(left, top, left, bottom)
        before, inferred = y, step.inferred
    return list(along.values()), list(across.values()), list(guessed.values())
