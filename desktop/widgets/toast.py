"""A short message at the bottom of the window that disappears by itself; not for errors. The window's thread."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop.facts.visible_text import visible_lines
from desktop.look.palette import Palette

SHOWN_MS = 5000
OFFERED_MS = 20_000
"""With a button: time to read, decide and reach the button."""
_MARGIN_PX, _PADDING_PX = 16, 14
_MOST_PX = 560


class Toast(QLabel):
    """One message at a time, at the bottom of the widget `over`. The text is literal and can be selected.

    parent: an ancestor of `over`. `over` itself cannot be the parent if it is a splitter, which makes every child a pane.
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
        self._timer.timeout.connect(self._on_time)
        self._do: Callable[[], object] | None = None
        self._button = QPushButton(self)
        self._button.setObjectName("toast_button")
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._on_pressed)
        self._button.hide()
        over.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show this message instead of the one before."""
        self._do = None
        self._button.hide()
        self._show(text, SHOWN_MS)

    def offer(self, text: str, button: str, do: Callable[[], object]) -> None:
        """Show a message with a button. It stays longer, and as long as the pointer is on it or the button has the focus."""
        self._do = do
        self._button.setText(button)
        self._button.adjustSize()
        self._button.show()
        self._show(text, OFFERED_MS)

    def _show(self, text: str, for_ms: int) -> None:
        text = visible_lines(text)
        self.setText(text)
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self._timer.start(for_ms)

    def _on_time(self) -> None:
        if self._do is not None and (self.underMouse() or self._button.hasFocus()):
            self._timer.start(SHOWN_MS)
        else:
            self.hide()

    def _on_pressed(self) -> None:
        do, self._do = self._do, None
        self.hide()
        if do is not None:
            do()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours, inverted."""
        self.setStyleSheet(
            f"#toast {{ background: {palette.text}; color: {palette.base}; border-radius: 6px; }}"
            f"#toast_button {{ background: transparent; color: {palette.base}; border: 1px solid {palette.base};"
            " border-radius: 4px; padding: 3px 10px; font-weight: bold; }"
            f"#toast_button:hover, #toast_button:focus {{ background: {palette.base}; color: {palette.text}; }}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the widget below is resized or moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def _place(self) -> None:
        parent, over = self.parentWidget(), self._over
        if parent is None:
            return
        most = max(0, min(_MOST_PX, over.width() - 2 * _MARGIN_PX))
        offers = self._do is not None
        aside = self._button.width() + _MARGIN_PX if offers else 0
        self.setContentsMargins(_PADDING_PX, _PADDING_PX // 2, _PADDING_PX + aside, _PADDING_PX // 2)
        self.setWordWrap(False)
        width = min(self.sizeHint().width(), most)
        self.setWordWrap(True)
        self.resize(width, max(self.heightForWidth(width), self._button.height() + _MARGIN_PX if offers else 0))
        self._button.move(width - self._button.width() - _PADDING_PX, (self.height() - self._button.height()) // 2)
        corner = over.mapTo(parent, QPoint(0, 0))
        self.move(corner.x() + (over.width() - width) // 2, corner.y() + over.height() - self.height() - 3 * _MARGIN_PX)
