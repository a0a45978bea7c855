"""A list of records under a bar that says of which process, with which words, and how many there are. The window's thread."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.facts.naming import name_of
from desktop.panels.run_panel import RunPanel
from desktop.widgets.chooser import Chooser
from desktop.widgets.note import Note
from desktop.widgets.record_table import FollowingTable
from workers.timeline.timeline import Timeline


class RecordFilter(QWidget):
    """What to list. changed: a person chose something else. name: the object name of the list, which those of the parts begin
    with; whose, search: the labels, with a letter of their own; records: what is listed, in the plural; widest: a text that
    the note at the right always has room for."""

    changed = Signal()

    def __init__(self, name: str, whose: str, search: str, records: str, widest: str) -> None:
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
        # A longer text is cut before the window is made wider; its tooltip has it all.
        self._note.setMinimumWidth(self._note.fontMetrics().horizontalAdvance(widest) + 2)
        whose_label, search_label = QLabel(whose), QLabel(search)
        whose_label.setBuddy(self._process)
        search_label.setBuddy(self._search)
        bar = QHBoxLayout(self)
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        bar.addWidget(whose_label)
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
        """Whose records; None = everybody's."""
        chosen: int | None = self._process.currentData(Qt.ItemDataRole.UserRole)
        return chosen

    @property
    def words(self) -> str:
        """What they must contain; empty = anything."""
        return self._search.text()

    def clear_processes(self) -> None:
        """Forget whose there are, since another run is shown; the words stay."""
        self._process.blockSignals(True)
        while self._process.count() > 1:
            self._process.removeItem(1)
        self._process.blockSignals(False)

    def know_processes(self, timeline: Timeline) -> None:
        """Offer the processes that came since the last time."""
        for process in timeline.processes[self._process.count() - 1 :]:
            self._process.addItem(name_of(timeline, process.id), process.id)

    def say(self, text: str) -> None:
        """Say at the right how many there are."""
        self._note.setText(text)
        self._note.setToolTip(text)


class RecordList(RunPanel):
    """The bar, and under it the table, which has room for whole rows only: while it follows, the first one would be cut in
    half else."""

    def __init__(self, over: RecordFilter, table: FollowingTable) -> None:
        super().__init__()
        self._filter = over
        self._table = table
        self._column = whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(over)
        whole.addWidget(table, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave what is no whole row empty."""
        super().resizeEvent(event)
        row_px = self._table.verticalHeader().defaultSectionSize()
        room = self.height() - self._filter.sizeHint().height() - self._table.horizontalHeader().sizeHint().height()
        self._column.setContentsMargins(0, 0, 0, max(0, room) % row_px)
