"""A label whose text ends in an ellipsis where there is no room for all of it. The window's thread."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from desktop.facts.visible_text import visible_lines


class CutLabel(QLabel):
    """A label that cuts its lines with an ellipsis.

    While part of the text is selected, the text is drawn uncut, so that the selected letters stay in place.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__(visible_lines(text))

    def setText(self, text: str) -> None:
        """Show this text, without a character that acts on the display."""
        text = visible_lines(text)
        if text != self.text():
            super().setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, cut where there is no room."""
        room = self.contentsRect().adjusted(self.margin(), 0, -self.margin(), 0)
        metrics = self.fontMetrics()
        lines = self.text().split("\n")
        fits = all(metrics.horizontalAdvance(line) <= room.width() for line in lines)
        if self.wordWrap() or self.hasSelectedText() or fits:
            super().paintEvent(event)
            return
        cut = "\n".join(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width()) for line in lines)
        painter = QPainter(self)
        self.style().drawItemText(
            painter, room, int(self.alignment()), self.palette(), self.isEnabled(), cut, self.foregroundRole()
        )
        painter.end()
