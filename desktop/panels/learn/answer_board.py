"""What the charts on which an answer is drawn share: lanes with their names at the left, below a head. The window's thread."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.widgets.spoken_widgets import speak_as

HEAD_EM, LANE_EM = 2.0, 2.6
"""The heights of the head and of a lane, in heights of a line of text."""


class AnswerBoard(QWidget):
    """A chart that the user draws on, with the pointer or with keys. changed: the user drew."""

    changed = Signal()

    def __init__(self, object_name: str, keys: str, parent: QWidget | None = None) -> None:
        """keys: in words, what the keys do."""
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleDescription(keys)
        speak_as(self, QAccessible.Role.Chart)
        self._palette = LIGHT

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.update()

    def _size(self, width_em: int, lanes_em: float) -> QSize:
        """The size of a board whose lanes have this height together."""
        em = self.fontMetrics().height()
        return QSize(width_em * em, round(em * (HEAD_EM + lanes_em)))

    def _left_of_lanes(self, names: Iterable[str]) -> float:
        """Where the lanes begin, right of their names, in pixels from the left."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return min(widest + 24.0, self.width() / 3)

    @property
    def _head(self) -> float:
        """The height of the head in pixels."""
        return self.fontMetrics().height() * HEAD_EM

    def _say(self, text: str, *, aloud: bool) -> None:
        """Tell a screen reader what is drawn. aloud: now, and not only when it asks."""
        self.setAccessibleName(text)
        if aloud:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
