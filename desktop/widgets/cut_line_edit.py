"""A field whose text ends in an ellipsis where it has no room, while nobody writes in it. The window's thread."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QStylePainter

_MARGIN_PX = 2
"""The room that Qt keeps free at both sides of the text of a field."""


class CutLineEdit(QLineEdit):
    """A field for one line. With the keyboard in it, it scrolls as any other.

    middle: cut in the middle, for paths, whose ends tell most.
    """

    def __init__(self, *, middle: bool = False) -> None:
        super().__init__()
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, cut where there is no room."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self._room(option)
        if self.hasFocus() or self.fontMetrics().horizontalAdvance(self.text()) <= room.width():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        cut = self.fontMetrics().elidedText(self.text(), self._mode, room.width())
        align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawItemText(room, align, self.palette(), self.isEnabled(), cut, self.foregroundRole())
        painter.end()

    def _room(self, option: QStyleOptionFrame) -> QRect:
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return inside.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
