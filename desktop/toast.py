"""A short message over a corner of the window that goes away by itself: for what is not an error. The window's thread."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktop.palette import Palette

SHOWN_MS = 5000
_MARGIN_PX = 16
_MOST_PX = 560


class Toast(QLabel):
    """One message at a time, at the bottom of `over`, which lies in `parent`. The text is literal and can be selected.

    `over` cannot be the parent where it takes every child for one of its panes, as a splitter does.
    """

    def __init__(self, parent: QWidget, over: QWidget) -> None:
        super().__init__(parent)
        self._over = over
        self.setObjectName("toast")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWordWrap(True)
        self.setAccessibleName("Message")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show this instead of what is shown."""
        self.setText(text)
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self._timer.start(SHOWN_MS)

    def set_palette(self, palette: Palette) -> None:
        """Stand out from either ground."""
        self.setStyleSheet(
            f"#toast {{ background: {palette.text}; color: {palette.base}; border-radius: 6px; padding: 8px 14px; }}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when what it lies over is resized or moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def _place(self) -> None:
        parent, over = self.parentWidget(), self._over
        if parent is None:
            return
        most = max(0, min(_MOST_PX, over.width() - 2 * _MARGIN_PX))
        self.setWordWrap(False)
        width = min(self.sizeHint().width(), most)
        self.setWordWrap(True)
        self.resize(width, self.heightForWidth(width))
        corner = over.mapTo(parent, QPoint(0, 0))
        self.move(corner.x() + (over.width() - width) // 2, corner.y() + over.height() - self.height() - 3 * _MARGIN_PX)
