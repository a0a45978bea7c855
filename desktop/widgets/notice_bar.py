"""A bar with one important sentence, a button that leads on, and one that closes it. The window's thread."""

import re
from bisect import bisect_left

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.facts.visible_text import visible
from desktop.look.palette import Palette

_MOST_LINES = 2
_LEAST_WORDS = 5
"""So many words of the first sentence stay, or the others are cut instead."""


class _Sentence(QLabel):
    """Sentences that are cut between words where they take more than two lines: the first one, since the last one concludes."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        # However long the sentence is, the window can be as narrow as without it.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(1)

    def say(self, text: str) -> None:
        """Show this sentence, as far as there is room."""
        self._whole = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the sentence to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self._whole
        if not self._has_room(shown):
            first, *others = re.split(r"(?<=\.) (?=[A-Z])", shown, maxsplit=1)
            shown = self._cut(first, f" … {others[0]}", _LEAST_WORDS) if others else ""
            shown = shown or self._cut(self._whole, " …", 0) or "…"
        if shown != self.text():
            self.setText(shown)

    def _cut(self, text: str, ending: str, least: int) -> str:
        """As many words of the text as there is room for before the ending; nothing if they are fewer than the least."""
        words = text.split(" ")
        ends = range(len(words))
        most = bisect_left(ends, True, key=lambda end: not self._has_room(" ".join(words[:end]) + ending)) - 1
        return " ".join(words[:most]) + ending if most >= max(least, 1) else ""

    def _has_room(self, text: str) -> bool:
        metrics, flags = self.fontMetrics(), Qt.TextFlag.TextWordWrap.value
        high = metrics.boundingRect(0, 0, max(1, self.width()), 1 << 20, flags, text).height()
        return high <= metrics.lineSpacing() * _MOST_LINES + 2


class NoticeBar(QFrame):
    """Shows what is said in two lines at most; its tooltip has all of it. Escape closes it.

    show_requested: the user wants to see more. closed: the user has read it.
    """

    show_requested = Signal()
    closed = Signal()

    def __init__(self, name: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._text = ""
        self._sign = QLabel()
        self._sentence = _Sentence()
        self._sentence.setObjectName(f"{name}_sentence")
        self._show = QPushButton(button)
        self._show.setObjectName(f"{name}_show")
        self._show.setAutoDefault(False)
        self._show.clicked.connect(self.show_requested)
        self._close = QToolButton()
        self._close.setObjectName(f"{name}_close")
        self._close.setText("✕")
        self._close.setAutoRaise(True)
        self._close.setAccessibleName("Close")
        self._close.setToolTip("Close (Esc)")
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close.clicked.connect(self.close_by_user)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._show)
        row.addWidget(self._close)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def text(self) -> str:
        """The whole sentence; empty while the bar is hidden."""
        return self._text if not self.isHidden() else ""

    def say(self, text: str, *, announce: bool = True) -> None:
        """Show this sentence. announce: have a screen reader say it."""
        self._text = visible(text)
        self.setAccessibleName(self._text)
        self._sentence.setAccessibleName(self._text)
        self._sentence.setToolTip(self._text)
        self._sentence.say(self._text)
        self.show()
        if announce:
            event = QAccessibleAnnouncementEvent(self, self._text)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    def close_by_user(self) -> None:
        """Hide the bar, as the user does."""
        self.hide()
        self.closed.emit()

    def set_look(self, icon: QIcon, palette: Palette, colour: str) -> None:
        """Take the palette's colours. colour: of the sign and of the edge."""
        self._sign.setPixmap(icon.pixmap(QSize(16, 16)))
        self.setStyleSheet(
            f"#{self.objectName()} {{ background: {palette.band}; border: none; border-left: 4px solid {colour};"
            f" border-bottom: 1px solid {palette.line}; }}"
            f"#{self.objectName()}_sentence {{ color: {palette.text}; }}"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it while it has the keyboard."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_by_user()
        else:
            super().keyPressEvent(event)
