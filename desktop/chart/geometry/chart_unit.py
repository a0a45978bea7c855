"""How large the chart is drawn. The window's thread.

The chart is laid out in units. With letters of the designed size a unit is a pixel; with larger letters everything is larger:
rows, bars, marks and texts.
"""

from PySide6.QtCore import QRectF

DESIGNED_LETTER_PX = 12
_STEPS = 4
_LEAST, _MOST = 0.75, 4.0


def unit_for(letter_px: float) -> float:
    """How many pixels of the screen a unit takes with letters of this size. In quarters, so that many edges stay whole."""
    return min(_MOST, max(_LEAST, round(letter_px / DESIGNED_LETTER_PX * _STEPS) / _STEPS))


def scaled(box: QRectF, factor: float) -> QRectF:
    """A box with all its coordinates multiplied."""
    return QRectF(box.x() * factor, box.y() * factor, box.width() * factor, box.height() * factor)
