"""Draws the instants of a track in a thin row of their own. The window's thread, or an export.

Each column is darker the more instants it holds, so that a part with many is a strip of density and not a wall of ticks.
Where few are in view each is a tick with a head.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.task_columns import columns_wide

_ROLES = ("text/base/0.5", "text/base/0.58", "text/base/0.66", "text/base/0.76")
_STRENGTHS = np.repeat(np.arange(5, dtype=np.uint8), (1, 1, 2, 12, 1))
"""The strength of a column by how many instants it holds: 1, 2 or 3, 4 to 15, 16 and more."""
_HEADS_APART_PX = 12
_LEAST_HEAD_PX = 6.0


def draw_instants(frame: PaintFrame, moments: NDArray[np.int64], box: QRectF) -> None:
    """Draw the instants in view over a box as wide as the view. moments: ns, ascending."""
    before = moments.searchsorted(frame.edges)
    first, last = int(before[0]), int(before[-1])
    if first == last:
        return
    counts = before[1:] - before[:-1]
    least = columns_wide(len(counts) / box.width())
    if least > 1:  # a tick is at least a unit wide
        narrow = counts.copy()
        for right in range(1, least):
            np.maximum(counts[right:], narrow[:-right], out=counts[right:])
    strengths = _STRENGTHS.take(counts, mode="clip")
    if frame.style.vector:
        _rectangles(frame, strengths, box)
    else:
        colours = [frame.style.colour(role).rgba() for role in _ROLES]
        pixels = np.array([0, *colours], np.uint32).take(strengths)
        length = len(pixels)
        image = QImage(pixels.data, length, 1, 4 * length, QImage.Format.Format_ARGB32_Premultiplied)
        frame.painter.drawImage(box, image, QRectF(0, 0, length, 1))
    if last - first <= box.width() / _HEADS_APART_PX and box.height() >= _LEAST_HEAD_PX:
        for x in frame.scale.xs(moments[first:last]).tolist():
            _draw_head(frame.painter, frame.style, int(x), box.top())


def draw_instant(painter: QPainter, style: ChartStyle, x: int, top: float, height: float) -> None:
    """Draw the tick of one instant, with its head."""
    painter.fillRect(QRectF(x, top, 1, height), style.colour(_ROLES[0]))
    _draw_head(painter, style, x, top)


def _draw_head(painter: QPainter, style: ChartStyle, x: int, top: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(_ROLES[-1]))
    painter.drawPolygon(QPolygonF([QPointF(x - 3, top), QPointF(x + 4, top), QPointF(x + 0.5, top + 5)]))


def _rectangles(frame: PaintFrame, strengths: NDArray[np.uint8], box: QRectF) -> None:
    """One rectangle for each run of equal columns."""
    starts = np.concatenate(([0], np.flatnonzero(strengths[1:] != strengths[:-1]) + 1))
    ends = np.append(starts[1:], len(strengths))
    wide = box.width() / len(strengths)
    for start, end, strength in zip(starts.tolist(), ends.tolist(), strengths[starts].tolist(), strict=True):
        if strength:
            place = QRectF(box.left() + start * wide, box.top(), (end - start) * wide, box.height())
            frame.painter.fillRect(place, frame.style.colour(_ROLES[strength - 1]))
