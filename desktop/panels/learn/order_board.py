"""An empty chart on which the user puts bars in order: each bar has a lane, and its column says which it is. The window's
thread.

Dragging and the arrow keys do the same: a bar changes places with the one whose column it takes.
"""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.panels.learn.answer_board import LANE_EM, AnswerBoard

_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_GAP_EM = 0.5
_CENTRED = int(Qt.AlignmentFlag.AlignCenter)
KEYS = "Up and Down choose a bar, Left and Right move it earlier or later."


class OrderBoard(AnswerBoard):
    """order: the names from the first to the last. changed: the user moved a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("order_board", KEYS, parent)
        self._names: tuple[str, ...] = ()
        self._order: list[str] = []
        self._held = 0  # the index of the chosen lane
        self._grabbed: tuple[int, int] | None = None  # lane, and the pointer's distance from the left of its bar
        self._pointer_x = 0

    @property
    def order(self) -> tuple[str, ...]:
        """The names, the first one first."""
        return tuple(self._order)

    def show_names(self, names: Sequence[str], order: Sequence[str] = ()) -> None:
        """Show a bar for each name. order: the columns that they have; as they are named where it is empty."""
        self._names = tuple(names)
        self._order = list(order or names)
        self._held, self._grabbed = 0, None
        self._say_order(aloud=False)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self._size(26, len(self._names) * (LANE_EM + _GAP_EM))

    def minimumSizeHint(self) -> QSize:
        return self._size(12, len(self._names) * 1.6)

    def bar_of(self, name: str) -> QRect:
        """Where the bar of a name is."""
        return self._bar(self._names.index(name)).toRect()

    def column_middle(self, place: int) -> int:
        """The middle of a column, in pixels from the left."""
        return round(self._left + (place + 0.5) * self._column)

    # What the user does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        lane = self._lane_at(at)
        if event.button() is Qt.MouseButton.LeftButton and lane is not None:
            self._held = lane
            bar = self._bar(lane)
            if bar.contains(at):
                self._grabbed = lane, at.x() - round(bar.left())
                self._pointer_x = at.x()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._grabbed is None:
            over = self._lane_at(at)
            grabs = over is not None and self._bar(over).contains(at)
            self.setCursor(Qt.CursorShape.OpenHandCursor if grabs else Qt.CursorShape.ArrowCursor)
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pointer_x = at.x()
        lane, inside = self._grabbed
        middle = at.x() - inside + self._bar(lane).width() / 2
        self._move_to(lane, int((middle - self._left) // max(1.0, self._column)))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._grabbed = None
            self.setCursor(Qt.CursorShape.ArrowCursor)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self._names) - 1
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._held = min(max(0, self._held + (1 if key == Qt.Key.Key_Down else -1)), last)
            self._say_order(aloud=True)
            self.update()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            place = self._order.index(self._names[self._held])
            self._move_to(self._held, place + (1 if key == Qt.Key.Key_Right else -1))
        else:
            super().keyPressEvent(event)

    def _move_to(self, lane: int, place: int) -> None:
        """Give a lane's bar another column; the bar that has it takes the one that becomes free."""
        name = self._names[lane]
        now, place = self._order.index(name), min(max(0, place), len(self._order) - 1)
        if now == place:
            return
        self._order.insert(place, self._order.pop(now))
        self._say_order(aloud=True)
        self.update()
        self.changed.emit()

    def _say_order(self, *, aloud: bool) -> None:
        """Tell a screen reader the order, and which bar is chosen."""
        if not self._names:
            return
        text = ", ".join(f"{name} {word}" for word, name in zip(_WORDS, self._order, strict=False))
        self._say(f"Order: {text}. Chosen: {self._names[self._held]}", aloud=aloud)

    # Places

    @property
    def _left(self) -> float:
        return self._left_of_lanes(self._names)

    @property
    def _column(self) -> float:
        return (self.width() - self._left - 8) / max(1, len(self._names))

    @property
    def _lane(self) -> float:
        room = self.height() - self._head
        return min(room / max(1, len(self._names)), self.fontMetrics().height() * (LANE_EM + _GAP_EM))

    def _lane_at(self, at: QPoint) -> int | None:
        lane = int((at.y() - self._head) // max(1.0, self._lane))
        return lane if at.y() >= self._head and lane < len(self._names) else None

    def _bar(self, lane: int) -> QRectF:
        place = self._order.index(self._names[lane])
        top = self._head + lane * self._lane
        bar = QRectF(self._left + place * self._column + 3, top + 4, self._column - 6, self._lane - 8)
        if self._grabbed is not None and self._grabbed[0] == lane:
            x = self._pointer_x - self._grabbed[1]
            bar.moveLeft(min(max(self._left, x), self.width() - bar.width()))
        return bar

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = self._palette, QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.base))
        painter.setPen(QColor(palette.quiet))
        for place, word in enumerate(_WORDS[: len(self._names)]):
            box = QRectF(self._left + place * self._column, 0, self._column, self._head)
            painter.drawText(box, _CENTRED, self._cut(word, box.width()))
        lanes_px = self._lane * len(self._names)
        for lane, name in enumerate(self._names):
            row = QRectF(0, self._head + lane * self._lane, self.width(), self._lane)
            if lane % 2:
                painter.fillRect(row, QColor(palette.band))
            painter.fillRect(QRectF(0, row.bottom() - 1, self.width(), 1), QColor(palette.line))
            painter.setPen(QColor(palette.text))
            room = row.adjusted(8, 0, self._left - self.width() - 8, 0)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self._cut(name, room.width()))
        painter.setPen(QPen(QColor(palette.line), 1))
        for place in range(len(self._names) + 1):
            x = round(self._left + place * self._column) + 0.5
            painter.drawLine(QLineF(x, self._head, x, self._head + lanes_px))
        held = None if self._grabbed is None else self._grabbed[0]
        for lane in sorted(range(len(self._names)), key=lambda lane: lane == held):  # the grabbed one over the others
            self._paint_bar(painter, lane)

    def _paint_bar(self, painter: QPainter, lane: int) -> None:
        palette, bar = self._palette, self._bar(lane)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        held = self.hasFocus() and lane == self._held
        painter.setPen(QPen(QColor(palette.text if held else palette.alive), 2))
        painter.setBrush(QColor(palette.alive))
        painter.drawRoundedRect(bar.adjusted(1, 1, -1, -1), 3, 3)
        painter.setPen(QColor(palette.alive_text))
        painter.drawText(bar, _CENTRED, self._cut(_WORDS[self._order.index(self._names[lane])], bar.width() - 6))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _cut(self, text: str, width: float) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(width))
