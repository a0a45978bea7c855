"""The field for the label of a mark, on the axis where the mark is. The window's thread."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from workers.runs.bookmarks import MOST_LETTERS

_LETTERS = 26


class MarkEditor(QLineEdit):
    """answered: the label that the user wrote, ended by Enter or by leaving the field. Esc changes nothing."""

    answered = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("mark_label")
        self.setAccessibleName("Label of the mark")
        self.setPlaceholderText("Label, then Enter")
        self.setMaxLength(MOST_LETTERS)
        self._open = False
        self.hide()

    def ask(self, label: str, x: float, axis: QRectF) -> None:
        """Open at a place of the axis, in pixels of the parent, with a label to edit."""
        self.setText(label)
        self.selectAll()
        self.setFixedWidth(_LETTERS * self.fontMetrics().averageCharWidth())
        self.adjustSize()
        left = min(max(round(axis.left()), round(x)), round(axis.right()) - self.width())
        self.move(QPoint(max(0, left), round(axis.bottom()) - self.height()))
        self._open = True
        self.show()
        self.raise_()
        self.setFocus()

    def give_up(self) -> None:
        """Close without an answer: another run is shown."""
        self._close(keep=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps the label, Esc does not. No key reaches the chart below."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close(keep=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._close(keep=False)
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field keeps the label. Opening a menu or going to another window is no leaving."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._close(keep=True)

    def _close(self, *, keep: bool) -> None:
        if not self._open:
            return
        self._open = False
        label = self.text().strip()
        parent = self.parentWidget()
        had_focus = self.hasFocus()
        self.hide()
        if had_focus and parent is not None:
            parent.setFocus()
        if keep:
            self.answered.emit(label)
