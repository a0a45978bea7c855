"""A short message over a corner of the window that goes away by itself: for what is not an error. The window's thread."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from desktop.palette import Palette

SHOWN_MS = 5000
_MARGIN_PX = 16


class Toast(QLabel):
    """One message at a time, at the bottom of `parent`. The text is literal and can be selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName("Message")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show this instead of what is shown."""
        self.setText(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_MS)

    def set_palette(self, palette: Palette) -> None:
        """Stand out from either ground."""
        self.setStyleSheet(
            f"#toast {{ background: {palette.text}; color: {palette.base}; border-radius: 6px; padding: 8px 14px; }}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            width = min(self.sizeHint().width(), parent.width() - 2 * _MARGIN_PX)
            self.resize(width, self.sizeHint().height())
            self.move((parent.width() - width) // 2, parent.height() - self.height() - 3 * _MARGIN_PX)
