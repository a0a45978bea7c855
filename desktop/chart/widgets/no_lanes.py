"""Shown in the middle of the chart while there are no lanes: a sentence, and a button if a filter hides them all.

The window's thread.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.look.palette import Palette


class NoLanes(QWidget):
    """cleared: the user asks to clear the filter."""

    cleared = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("no_lanes")
        self._sentence = QLabel(self)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._clear = QPushButton("Clear the filter", self)
        self._clear.setObjectName("clear_filter")
        self._clear.clicked.connect(self.cleared)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (self._sentence, self._clear):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.hide()

    def set_palette(self, palette: Palette, letter_px: int) -> None:
        """Use the palette's colours."""
        self.setStyleSheet(f"QLabel {{ color: {palette.quiet}; font-size: {letter_px}px; }}")

    def set_reason(self, *, filtered: bool) -> None:
        """Set the reason: a filter hides all lanes, or there is no process."""
        self._sentence.setText("The filter leaves no lane." if filtered else "There is no process in it.")
        self._clear.setVisible(filtered)

    def place(self, width: int, top: int, height: int) -> None:
        """Move to the middle of this part of the parent, a third down."""
        self.adjustSize()
        self.move(max(0, (width - self.width()) // 2), top + max(0, (height - self.height()) // 3))
