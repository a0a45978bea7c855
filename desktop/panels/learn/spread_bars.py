"""How often each outcome came about in many runs of one program: a row for each outcome, a square for each run. The window's
thread.

A square opens its run: by click, or by Left, Right and Enter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.widgets.spoken_widgets import speak_as

_PAD_PX = 4
_OPENING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """A way in which the runs went. text: in words. runs: the numbers of the runs that went so, from 0."""

    text: str
    runs: tuple[int, ...]


class SpreadBars(QWidget):
    """run_requested: the number of a run, from 0."""

    run_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("spread")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleDescription("Left and Right choose a run, Enter opens it.")
        speak_as(self, QAccessible.Role.Chart)
        self._palette = LIGHT
        self._rows: tuple[SpreadRow, ...] = ()
        self._held = 0

    def show_rows(self, rows: Sequence[SpreadRow]) -> None:
        """Show these outcomes, also those that never came about."""
        self._rows = tuple(rows)
        self._held = 0
        total = sum(len(row.runs) for row in self._rows)
        self.setAccessibleName("; ".join(f"{row.text}: {len(row.runs)} of {total} runs" for row in self._rows))
        self.updateGeometry()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, max(1, len(self._rows)) * (self.fontMetrics().height() + _PAD_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def place_of(self, run: int) -> QRectF:
        """Where the square of a run is."""
        return next(place for number, place, _ in self._squares() if number == run)

    def _squares(self) -> list[tuple[int, QRectF, SpreadRow]]:
        """Each run with its place and row, in the order of the places."""
        high = self.fontMetrics().height() + _PAD_PX
        most = max((len(row.runs) for row in self._rows), default=1)
        size = min(high - _PAD_PX, max(3.0, (self.width() - self._left) / max(1, most)))
        return [
            (run, QRectF(self._left + at * size, line * high + 2, size - 1, high - _PAD_PX), row)
            for line, row in enumerate(self._rows)
            for at, run in enumerate(row.runs)
        ]

    @property
    def _left(self) -> float:
        metrics = self.fontMetrics()
        words = max((metrics.horizontalAdvance(self._words(row)) for row in self._rows), default=0)
        return min(words + 14.0, self.width() * 0.6)

    def _words(self, row: SpreadRow) -> str:
        return f"{len(row.runs)} ×  {row.text}"

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = next((run for run, place, _ in self._squares() if place.contains(event.position())), None)
        if found is not None and event.button() is Qt.MouseButton.LeftButton:
            self.run_requested.emit(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = next((run for run, place, _ in self._squares() if place.contains(event.position())), None)
        self.setCursor(Qt.CursorShape.ArrowCursor if found is None else Qt.CursorShape.PointingHandCursor)
        if found is not None:
            QToolTip.showText(event.globalPosition().toPoint(), f"Run {found + 1}: open it", self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        squares = self._squares()
        if squares and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._held = min(max(0, self._held + (1 if event.key() == Qt.Key.Key_Right else -1)), len(squares) - 1)
            run, _, row = squares[self._held]
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"Run {run + 1}: {row.text}"))
            self.update()
        elif squares and event.key() in _OPENING:
            self.run_requested.emit(squares[self._held][0])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = self._palette, QPainter(self)
        high = self.fontMetrics().height() + _PAD_PX
        for line, row in enumerate(self._rows):
            painter.setPen(QColor(palette.text))
            room = QRectF(0, line * high, self._left - 8, high)
            words = self.fontMetrics().elidedText(self._words(row), Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), words)
        for at, (_, place, _) in enumerate(self._squares()):
            painter.fillRect(place, QColor(palette.alive))
            if self.hasFocus() and at == self._held:
                painter.setPen(QPen(QColor(palette.text), 2))
                painter.drawRect(place.adjusted(1, 1, -1, -1))
