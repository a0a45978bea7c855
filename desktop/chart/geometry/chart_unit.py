"""How large the chart is drawn. It is laid out in units, and one unit is a pixel where letters are as large as it was designed
for; where a person's letters are larger, all of it is: rows, bars, marks and texts alike. The window's thread.
"""

from PySide6.QtCore import QRectF

DESIGNED_LETTER_PX = 12
_STEPS = 4
_LEAST, _MOST = 0.75, 4.0


def unit_for(letter_px: float) -> float:
    """How many of the screen's pixels a unit takes with letters of this size. In quarters: many edges then stay whole."""
    return min(_MOST, max(_LEAST, round(letter_px / DESIGNED_LETTER_PX * _STEPS) / _STEPS))


def scaled(box: QRectF, factor: float) -> QRectF:
    """A box with all its coordinates that many times as large."""
    return QRectF(box.x() * factor, box.y() * factor, box.width() * factor, box.height() * factor)
