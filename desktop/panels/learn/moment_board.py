"""An empty chart with one lane, on which the user places the end of a call or a process. The window's thread.

A click or a drag places it, and so do the arrow keys.
"""

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.panels.learn.answer_board import LANE_EM, AnswerBoard

_STEPS = 20
KEYS = "Left and Right move it by a small step, Page Up and Page Down by a large one."


class MomentBoard(AnswerBoard):
    """at_s: the moment that was placed, in seconds; None before. changed: the user placed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("moment_board", KEYS, parent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._name, self._most_s, self._since = "", 1.0, ""
        self._under_s: float | None = None
        self.at_s: float | None = None

    def show_lane(self, name: str, most_s: float, at_s: float | None = None, *, since: str = "") -> None:
        """Show the lane of this thing, from 0 to most_s. at_s: where its end was placed before. since: what the seconds are
        counted from, such as "after start()"."""
        self._name, self._most_s, self.at_s, self._since = name, most_s, at_s, since
        self._say_moment(aloud=False)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self._size(26, LANE_EM + 1)

    def minimumSizeHint(self) -> QSize:
        return self._size(12, LANE_EM)

    def x_of(self, at_s: float) -> int:
        """Where a moment is, in pixels from the left."""
        return round(self._left + at_s / self._most_s * self._room)

    @property
    def lane_y(self) -> int:
        """The middle of the lane."""
        return round(self._head + self._lane / 2)

    # What the user does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._place((event.position().x() - self._left) / self._room * self._most_s)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at_s = (event.position().x() - self._left) / self._room * self._most_s
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._place(at_s)
        self._under_s = min(max(0.0, at_s), self._most_s)
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._under_s = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5,
            Qt.Key.Key_Home: -10 * _STEPS, Qt.Key.Key_End: 10 * _STEPS,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if steps is None:
            super().keyPressEvent(event)
        else:
            self._place((self.at_s or 0.0) + steps * self._most_s / _STEPS)

    def _place(self, at_s: float) -> None:
        at_s = min(max(0.0, at_s), self._most_s)
        if at_s != self.at_s:
            self.at_s = at_s
            self._say_moment(aloud=True)
            self.update()
            self.changed.emit()

    def _say_moment(self, *, aloud: bool) -> None:
        where = "not placed yet" if self.at_s is None else f"placed at {self.at_s:.2f} s"
        since = f" {self._since}" if self._since else ""
        self._say(f"{self._name}: {where}, of {self._most_s:g} s{since}", aloud=aloud)

    # Places

    @property
    def _left(self) -> float:
        return self._left_of_lanes((self._name, self._since))

    @property
    def _room(self) -> float:
        return max(1.0, self.width() - self._left - 24)

    @property
    def _lane(self) -> float:
        return self.fontMetrics().height() * LANE_EM

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter, metrics = self._palette, QPainter(self), self.fontMetrics()
        painter.fillRect(self.rect(), QColor(palette.base))
        painter.fillRect(QRectF(0, 0, self.width(), self._head), QColor(palette.window))
        for step in range(_STEPS + 1):
            x = self.x_of(step * self._most_s / _STEPS) + 0.5
            named = step % 4 == 0
            painter.setPen(QPen(QColor(palette.quiet), 1))
            painter.drawLine(QLineF(x, self._head - (6 if named else 3), x, self._head))
            if named:
                text = f"{step * self._most_s / _STEPS:g} s"
                wide = metrics.horizontalAdvance(text) + 1
                left = min(x + 4, self.width() - 2 - wide)  # the last one would be cut at the edge
                painter.drawText(QRectF(left, 0, wide, self._head - 6), int(Qt.AlignmentFlag.AlignVCenter), text)
                painter.setPen(QPen(QColor(palette.line), 1))
                painter.drawLine(QLineF(x, self._head, x, self._head + self._lane))
        painter.fillRect(QRectF(0, self._head + self._lane, self.width(), 1), QColor(palette.line))
        painter.setPen(QColor(palette.quiet))
        since = metrics.elidedText(self._since, Qt.TextElideMode.ElideRight, round(self._left - 16))
        painter.drawText(QRectF(8, 0, self._left - 8, self._head - 6), int(Qt.AlignmentFlag.AlignVCenter), since)
        painter.setPen(QColor(palette.text))
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, round(self._left - 16))
        painter.drawText(QRectF(8, self._head, self._left - 8, self._lane), int(Qt.AlignmentFlag.AlignVCenter), name)
        self._paint_bar(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(QRectF(1, self._head + 1, self.width() - 2, self._lane - 2))

    def _paint_bar(self, painter: QPainter) -> None:
        palette, at_s = self._palette, self.at_s
        box = QRectF(self._left, self._head + 6, 0, self._lane - 12)
        if at_s is not None:
            box.setRight(max(box.left() + 2, float(self.x_of(at_s))))
            painter.fillRect(box, QColor(palette.alive))
            painter.fillRect(QRectF(box.right() - 2, self._head, 3, self._lane), QColor(palette.text))
            text = f"{at_s:.2f} s"
            wide = self.fontMetrics().horizontalAdvance(text) + 12
            inside = box.width() >= wide
            place = box.adjusted(0, 0, -8, 0) if inside else QRectF(box.right() + 6, box.top(), wide, box.height())
            painter.setPen(QColor(palette.alive_text if inside else palette.text))
            flag = Qt.AlignmentFlag.AlignRight if inside else Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, int(flag | Qt.AlignmentFlag.AlignVCenter), text)
        if self._under_s is not None and self._under_s != at_s:
            painter.setPen(QPen(QColor(palette.quiet), 1, Qt.PenStyle.DashLine))
            x = self.x_of(self._under_s) + 0.5
            painter.drawLine(QLineF(x, self._head, x, self._head + self._lane))
