"""A possible answer as a button: its key, its text over as many lines as it needs, and later whether it was right. The
window's thread."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from desktop.look.palette import LIGHT, Palette

_PAD_PX = 9
_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)


class ChoiceButton(QRadioButton):
    """Checked once it is chosen."""

    def __init__(self, number: int, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"choice_{number}")
        self.setText(text)
        self.setAccessibleName(f"{number}: {text}")
        self.setAccessibleDescription(f"Key {number}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._number = number
        self._palette = LIGHT

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(18 * self.fontMetrics().height(), self.heightForWidth(18 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        em = self.fontMetrics().height()
        return QSize(8 * em, em + 2 * _PAD_PX)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        room = QRect(0, 0, max(1, width - self._left - _PAD_PX), 1 << 16)
        high = self.fontMetrics().boundingRect(room, _FLAGS & ~int(Qt.AlignmentFlag.AlignVCenter), self.text()).height()
        return max(high, self.fontMetrics().height()) + 2 * _PAD_PX - 4

    def hitButton(self, pos: QPoint) -> bool:
        """A click anywhere in it chooses it."""
        return self.rect().contains(pos)

    @property
    def _left(self) -> int:
        return self.fontMetrics().height() + 2 * _PAD_PX

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses. Enter is left to the lesson, which runs its program."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = self._palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, on = self.isChecked(), self.isEnabled()
        over = on and self.underMouse() and not chosen
        ground = palette.accent if chosen else palette.selection if over else palette.button
        edge = palette.text if self.hasFocus() else palette.accent if chosen or over else palette.line
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() or chosen else 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        letters = palette.accent_text if chosen else palette.text if on else palette.quiet
        em = self.fontMetrics().height()
        badge = QRectF(_PAD_PX, (self.height() - em) / 2, em, em)
        painter.setPen(QPen(QColor(letters), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(badge, 3, 3)
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), str(self._number))
        painter.drawText(self.rect().adjusted(self._left, 0, -_PAD_PX, 0), _FLAGS, self.text())
