"""The legend of a sweep's curves: a piece of each line, and its name. The window's thread; needs no widget, so that pictures
have it.

A sign is listed only while it is in the curves. The line of the cores has its name beside it.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from desktop.look.palette import Palette
from workers.sweep.measured import Sweep

_LINE_PX, _GAP_PX, _BETWEEN_PX = 20, 5, 13


def paint_sweep_legend(painter: QPainter, palette: Palette, sweep: Sweep, font: QFont, box: QRectF) -> None:
    """Paint the legend of `sweep` in one line of `box`, from the left."""
    painter.save()
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    metrics = QFontMetricsF(font)
    x, middle = box.left(), box.center().y()
    for sign, text in _signs(sweep):
        wide = metrics.horizontalAdvance(text)
        if x + _LINE_PX + _GAP_PX + wide > box.right():
            break
        _paint_sign(painter, palette, sign, QPointF(x, middle))
        x += _LINE_PX + _GAP_PX
        painter.setPen(QColor(palette.quiet))
        painter.drawText(
            QRectF(x, box.top(), wide + 4, box.height()), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text
        )
        x += wide + _BETWEEN_PX
    painter.restore()


def _signs(sweep: Sweep) -> list[tuple[str, str]]:
    signs = [("across", "workers"), ("measured", "median"), ("spread", "fastest to slowest"), ("ideal", "ideal")]
    if any(point.bound_by_sizes for point in sweep.points):
        signs.append(("bound", "what the sizes allow"))
    if sweep.serial_fraction is not None:
        signs.append(("law", "Amdahl's law"))
    if sweep.failures:
        signs.append(("failed", "failed"))
    return signs


def _paint_sign(painter: QPainter, palette: Palette, sign: str, left: QPointF) -> None:
    right = left + QPointF(_LINE_PX, 0)
    middle = left + QPointF(_LINE_PX / 2, 0)
    alive = QColor(palette.starting if palette.dark else palette.alive)
    match sign:
        case "across":
            painter.setPen(QPen(QColor(palette.quiet), 1))
            painter.drawLine(left, right)
            painter.drawLine(right, right + QPointF(-5, -4))
            painter.drawLine(right, right + QPointF(-5, 4))
        case "measured":
            painter.setPen(QPen(alive, 2))
            painter.drawLine(left, right)
            painter.setBrush(alive)
            painter.drawEllipse(middle, 3, 3)
        case "spread":
            painter.setPen(QPen(QColor(palette.text), 1))
            up, cap = QPointF(0, 5), QPointF(4, 0)
            painter.drawLine(middle - up, middle + up)
            painter.drawLine(middle - up - cap, middle - up + cap)
            painter.drawLine(middle + up - cap, middle + up + cap)
        case "ideal":
            painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DashLine))
            painter.drawLine(left, right)
        case "bound":
            painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DashDotDotLine))
            painter.drawLine(left, right)
        case "law":
            painter.setPen(QPen(QColor(palette.zombie), 2, Qt.PenStyle.DotLine))
            painter.drawLine(left, right)
        case "failed":
            painter.setPen(QPen(QColor(palette.bad), 2))
            painter.drawLine(middle - QPointF(4, 4), middle + QPointF(4, 4))
            painter.drawLine(middle - QPointF(4, -4), middle + QPointF(4, -4))
