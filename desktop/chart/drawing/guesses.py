"""Draws what was predicted of a run beside what happened in it. The window's thread, or an export."""

from PySide6.QtCore import QLineF, QRectF, Qt

from desktop.chart.drawing.overlay import Guess
from desktop.chart.drawing.paint_frame import PaintFrame

_PAD_PX, _CHIP_PX, _BESIDE_PX = 6.0, 16.0, 3.0


def draw_guesses(frame: PaintFrame) -> None:
    """Draw each prediction on its lane: a line at the moment that was predicted, and words at what happened."""
    chart = frame.chart
    for guess in chart.overlay.guesses:
        row = chart.rows.row_of(guess.process)
        if row is not None:
            box = QRectF(chart.area.left(), chart.top(row), chart.area.width(), row.height_px)
            _draw(frame, guess, box)


def _draw(frame: PaintFrame, guess: Guess, row: QRectF) -> None:
    painter, style, scale, area = frame.painter, frame.style, frame.scale, frame.chart.area
    role = "good" if guess.right else "bad"
    moments = [(guess.at_ns, guess.words, Qt.PenStyle.SolidLine, True)]
    if guess.guessed_ns is not None:
        moments.append((guess.guessed_ns, guess.guessed_words, Qt.PenStyle.DashLine, False))
    for at_ns, words, line, is_fact in moments:
        x = int(scale.x(at_ns)) + 0.5
        if x > area.right() - 1:  # a prediction may be beyond the end of the run
            x, words = area.right() - 1.5, f"{words} ▸"
        elif x < area.left():
            x, words = area.left() + 0.5, f"◂ {words}"
        else:
            painter.setPen(style.pen("text" if is_fact else role, 2, line))
            painter.drawLine(QLineF(x, row.top() + 1, x, row.bottom() - 2))
        width = style.width(style.name_font, words) + 2 * _PAD_PX
        # What was predicted stands at the foot of the lane and the fact at its head, so that neither covers the other.
        top = row.top() + 1 if is_fact else row.bottom() - _CHIP_PX - 2
        left, width = beside(x, width, area.left(), area.right())
        box = QRectF(left, top, width, _CHIP_PX)
        painter.fillRect(box, style.colour("text" if is_fact else role))
        style.write(painter, style.name_font, "base", box.adjusted(_PAD_PX, 0, 0, 0), words, middle=True)


def beside(x: float, width: float, left: float, right: float) -> tuple[float, float]:
    """(left, width) of words beside a line at x, between two edges. Where neither side has room they are across the line."""
    width = min(width, right - left)
    if x + _BESIDE_PX + width <= right:
        return x + _BESIDE_PX, width
    if x - _BESIDE_PX - width >= left:
        return x - _BESIDE_PX - width, width
    return min(max(left, x - width / 2), right - width), width
