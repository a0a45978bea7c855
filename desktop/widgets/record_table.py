"""The table that lists records: rows chosen by click or Enter, copied with Ctrl+C. The window's thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

CELL_PX = 20
"""What a cell takes beside its text."""


class RecordTable(QTableView):
    """A compact, read-only table of whole rows.

    chosen: a row was clicked, or Enter pressed on it (its index); without by_click it takes a double click. copy_requested:
    Ctrl+C was pressed in it.
    """

    chosen = Signal(QModelIndex)
    copy_requested = Signal()

    def __init__(self, *, by_click: bool = True) -> None:
        super().__init__()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 5)
        self.horizontalHeader().setHighlightSections(False)
        (self.clicked if by_click else self.doubleClicked).connect(self.chosen)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+C for the rows, whatever shortcut the window has on it."""
        copying = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        if copying and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the current row; Ctrl+C copies. What a cell's editor has left over is for neither."""
        if self.state() is QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


@dataclass(slots=True)
class Place:
    """What became of the rows in view. gone: how many rows went before them."""

    gone: int = 0


class FollowingTable(RecordTable):
    """A table that grows at its end, and keeps the end in view while a person has not scrolled away from it."""

    def __init__(self) -> None:
        super().__init__()
        self._following = True
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    def follow(self) -> None:
        """Show the end, and keep it in view."""
        self._following = True
        self.scrollToBottom()

    @contextmanager
    def keeping_place(self) -> Iterator[Place]:
        """While the rows change: afterwards the end is in view if it was, else the same rows. The place takes how many rows
        went at the head."""
        bar = self.verticalScrollBar()
        place, following, top = Place(), self._following, bar.value()
        yield place
        if following:
            self.scrollToBottom()
        elif bar.value() != top - place.gone:
            bar.setValue(max(0, top - place.gone))

    def _on_scrolled(self, value: int) -> None:
        self._following = value >= self.verticalScrollBar().maximum()

    def _on_range_changed(self, _least: int, most: int) -> None:
        # New rows and a new height both come here; the end stays in view while it was.
        if self._following:
            self.verticalScrollBar().setValue(most)
