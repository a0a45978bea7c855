"""A panel that lists records, under a bar to filter them by process and words. The window's thread."""

from bisect import bisect_left
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.facts.naming import name_of
from desktop.facts.selection import Selection
from desktop.panels.run_panel import RunPanel
from desktop.widgets.chooser import Chooser
from desktop.widgets.note import Note
from desktop.widgets.record_table import FollowingTable
from workers.timeline.timeline import Timeline

_LEAST_NOTE_PX = 24
_MOST_LOOKED = 20_000


class RecordFilter(QWidget):
    """The bar: a process, words, and a note with the number of records. changed: the user chose another filter.

    name: the object name of the list; the names of the parts begin with it. process, search: the labels, each with its key.
    records: the noun for the records, in the plural.
    """

    changed = Signal()

    def __init__(self, name: str, process: str, search: str, records: str) -> None:
        super().__init__()
        self._process = Chooser(10)
        self._process.setObjectName(f"{name}_process")
        self._process.setAccessibleName(f"{records.capitalize()} of which process")
        self._process.addItem("All processes", None)
        self._search = QLineEdit()
        self._search.setObjectName(f"{name}_search")
        self._search.setAccessibleName(f"Search in the {name}")
        self._search.setPlaceholderText(f"Only {records} that contain …")
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(70)
        self._note = Note(wrap=False)
        self._note.setObjectName(f"{name}_note")
        # A text that has no room is cut, so that it does not widen the window; the tooltip has all of it.
        self._note.setMinimumWidth(_LEAST_NOTE_PX)
        process_label, search_label = QLabel(process), QLabel(search)
        process_label.setBuddy(self._process)
        search_label.setBuddy(self._search)
        bar = QHBoxLayout(self)
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        bar.addWidget(process_label)
        bar.addWidget(self._process)
        bar.addSpacing(2)
        bar.addWidget(search_label)
        bar.addWidget(self._search, 1)
        bar.addSpacing(2)
        bar.addWidget(self._note)
        QWidget.setTabOrder(self._process, self._search)
        self._process.currentIndexChanged.connect(self.changed)
        self._search.textChanged.connect(self.changed)

    @property
    def process(self) -> int | None:
        """The process whose records are listed; None = all."""
        chosen: int | None = self._process.currentData(Qt.ItemDataRole.UserRole)
        return chosen

    @property
    def words(self) -> str:
        """The words that a record must contain; empty = no filter."""
        return self._search.text()

    def clear_processes(self) -> None:
        """Remove the processes of the run before; the words stay."""
        self._process.blockSignals(True)
        while self._process.count() > 1:
            self._process.removeItem(1)
        self._process.blockSignals(False)

    def know_processes(self, timeline: Timeline) -> None:
        """Offer the processes that started since the last call."""
        for process in timeline.processes[self._process.count() - 1 :]:
            self._process.addItem(name_of(timeline, process.id), process.id)

    def say(self, text: str) -> None:
        """Show the number of records at the right."""
        self._note.setText(text)
        self._note.setToolTip(text)


class RecordList(RunPanel):
    """The bar, and under it the table. The table's height is a whole number of rows, since otherwise the first row would be
    cut in half while the table shows its end."""

    def __init__(self, over: RecordFilter, table: FollowingTable) -> None:
        super().__init__()
        self._filter = over
        self._table = table
        self._column = whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(over)
        whole.addWidget(table, 1)

    def scroll_near(
        self, selection: Selection, count: int, moment: Callable[[int], int], owner: Callable[[int], int | None]
    ) -> None:
        """Scroll to the first record of a process from a moment on; without one, to the first from that moment on. Nothing is
        selected: the record is near what is selected, and not that itself. moment, owner: the time and process of a row."""
        first = bisect_left(range(count), selection.at_ns or 0, key=moment)
        if not count or not selection.process:
            return
        looked = range(first, min(count, first + _MOST_LOOKED))
        row = next((row for row in looked if owner(row) == selection.process), min(first, count - 1))
        self._table.clearSelection()
        self._table.scrollTo(self._table.model().index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the height below the last whole row empty."""
        super().resizeEvent(event)
        row_px = self._table.verticalHeader().defaultSectionSize()
        room = self.height() - self._filter.sizeHint().height() - self._table.horizontalHeader().sizeHint().height()
        self._column.setContentsMargins(0, 0, 0, max(0, room) % row_px)
