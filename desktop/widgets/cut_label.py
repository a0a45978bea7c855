"""A line of text that ends in an ellipsis where there is no room for all of it. The window's thread."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class CutLabel(QLabel):
    """A label like any other, but that a text which does not wrap is seen to go on where it is cut.

    While some of it is selected all of it is drawn, as far as there is room: the marked letters are then where they are.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, or what there is room for."""
        room = self.contentsRect().adjusted(self.margin(), 0, -self.margin(), 0)
        metrics = self.fontMetrics()
        lines = self.text().split("\n")
        fits = all(metrics.horizontalAdvance(line) <= room.width() for line in lines)
        if self.wordWrap() or self.hasSelectedText() or fits:
            super().paintEvent(event)
            return
        cut = "\n".join(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width()) for line in lines)
        painter = QPainter(self)
        self.style().drawItemText(painter, room, int(self.alignment()), self.palette(), self.isEnabled(), cut,
                                  self.foregroundRole())  # fmt: skip
        painter.end()
