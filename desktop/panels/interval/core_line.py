"""A small curve of how many cores were busy over an interval. The window's thread."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.look.palette import LIGHT, Palette

POINTS = 120
_HIGH_PX = 26


class CoreLine(QWidget):
    """The curve. Where nothing was sampled there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("interval_cores")
        self.setAccessibleName("Cores busy")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._palette = LIGHT
        self._busy: NDArray[np.float64] | None = None

    def sizeHint(self) -> QSize:
        """As high as a line of a table."""
        return QSize(160, _HIGH_PX)

    def show_cores(self, busy: NDArray[np.float64] | None, words: str) -> None:
        """Show these. words: what a screen reader says of them."""
        self._busy = busy
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A filled curve over a line at 0, and a pale line at each whole core if there are few."""
        busy = self._busy
        if busy is None:
            return
        painter = QPainter(self)
        most = max(1.0, float(np.nanmax(busy)))
        high, wide = self.height() - 3.0, float(self.width())
        step = wide / len(busy)
        painter.setPen(QPen(QColor(self._palette.line), 1))
        for cores in range(int(most) + 1 if most < 9 else 1):
            y = 1 + high * (1 - cores / most)
            painter.drawLine(QPointF(0, y), QPointF(wide, y))
        fill, line = QColor(self._palette.starting), QPen(QColor(self._palette.alive), 1.5)
        for piece in _pieces(busy):
            points = [QPointF((at + 0.5) * step, 1 + high * (1 - float(busy[at]) / most)) for at in piece]
            for at, point in zip(piece, points, strict=True):
                painter.fillRect(QRectF(at * step, point.y(), step + 0.5, 1 + high - point.y()), fill)
            painter.setPen(line)
            painter.drawPolyline(QPolygonF(points))
        painter.end()


def _pieces(busy: NDArray[np.float64]) -> list[range]:
    """Where it is known, as ranges of indices."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], np.isnan(busy), [True]))))
    return [range(int(first), int(behind)) for first, behind in zip(edges[::2], edges[1::2], strict=True)]
