"""The table that lists records: rows chosen by click or Enter, copied with Ctrl+C. The window's thread."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

CELL_PX = 20
"""The room that a cell needs beside its text."""

SORTED_HEAD_PX = 28
"""The same of a title that can be sorted by: the arrow is above the title in Fusion, beside it elsewhere."""


class RecordTable(QTableView):
    """A compact, read-only table of whole rows.

    name: its object name. spoken: what a screen reader calls it. by_click: whether a click chooses a row, else a double
    click. chosen: a row was clicked, or Enter pressed on it (its index). copy_requested: Ctrl+C was pressed in it.
    """

    chosen = Signal(QModelIndex)
    copy_requested = Signal()

    def __init__(self, name: str, spoken: str, model: QAbstractItemModel, *, by_click: bool = True) -> None:
        super().__init__()
        self._fitted: tuple[Sequence[str], int, int | None] | None = None
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setModel(model)
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

    def changeEvent(self, event: QEvent) -> None:
        """Be as large as the letters."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
            if self._fitted is not None:
                samples, cell_px, head_px = self._fitted
                self.fit_columns(samples, cell_px=cell_px, head_px=head_px)

    def fit_columns(self, samples: Sequence[str], *, cell_px: int = CELL_PX, head_px: int | None = None) -> None:
        """Make the first columns as wide as these texts. cell_px: the room beside a text. head_px: the room beside the title
        of the column, which then has to fit too."""
        self._fitted = samples, cell_px, head_px
        header = self.horizontalHeader()
        for column, sample in enumerate(samples):
            wide = self.fontMetrics().horizontalAdvance(sample) + cell_px
            if head_px is not None:
                title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
                wide = max(wide, header.fontMetrics().horizontalAdvance(title) + head_px)
            header.resizeSection(column, wide)

    def widen(self, column: int, by_px: int) -> None:
        """Make a column wider, for an icon."""
        header = self.horizontalHeader()
        header.resizeSection(column, header.sectionSize(column) + by_px)

    def make_sortable(self) -> None:
        """Let the user sort by a click on a column's title; a third click gives back the order of the model."""
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def chosen_rows(self) -> list[int]:
        """The selected rows, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def choose(self, row: int) -> None:
        """Select this row alone, and give it the keyboard's place."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), flags)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+C for the rows, whatever shortcut the window has on it."""
        copying = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        if copying and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the current row; Ctrl+C copies. While a cell is edited, neither does."""
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
    """How the rows in view moved. gone: how many rows were removed before them."""

    gone: int = 0


class FollowingTable(RecordTable):
    """A table that grows at its end, and keeps the end in view until the user scrolls away from it."""

    def __init__(self, name: str, spoken: str, model: QAbstractItemModel) -> None:
        super().__init__(name, spoken, model)
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
        """Keep the view in place while the rows change: at the end if it was there, else on the same rows. The caller sets
        how many rows were removed at the head."""
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


class LongTable(RecordTable):
    """A table of a million rows: nothing that it does costs a step for each of them."""

    def __init__(self, name: str, spoken: str, model: QAbstractItemModel, *, by_click: bool = True) -> None:
        super().__init__(name, spoken, model, by_click=by_click)
        # At each paint of a title Qt asks the selection for every row of the column, while any row is selected.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))

    def keyboardSearch(self, search: str) -> None:
        """Search nothing when letters are typed: Qt would ask for the text of every row."""

    def chosen_places(self) -> list[int] | range:
        """The selected rows, from the top, in pieces rather than one by one."""
        joined: list[tuple[int, int]] = []
        for first, behind in sorted(self._pieces()):
            if joined and first <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(joined[-1][1], behind)
            else:
                joined.append((first, behind))
        return range(*joined[0]) if len(joined) == 1 else [row for piece in joined for row in range(*piece)]

    def only_chosen(self) -> int | None:
        """The selected row, if it is the only one."""
        pieces = set(self._pieces())
        first, behind = next(iter(pieces), (0, 0))
        return first if len(pieces) == 1 and behind == first + 1 else None

    def show_chosen(self, row: int | None, *, scroll: bool) -> None:
        """Select this row alone, or none. scroll: bring it into view."""
        if row is None:
            if self.selectionModel().hasSelection():
                self.clearSelection()
            return
        if self.only_chosen() != row:
            self.setAutoScroll(False)  # else a change of the rows would scroll back to it
            self.choose(row)
            self.setAutoScroll(True)
        if scroll:
            self.scrollTo(self.model().index(row, max(0, self.columnAt(0))))

    def _pieces(self) -> list[tuple[int, int]]:
        found = self.selectionModel().selection()
        pieces = (found.at(at) for at in range(found.count()))
        return [(piece.top(), piece.bottom() + 1) for piece in pieces if piece.isValid()]
