"""The Output panel: every printed line with its time and process, to filter, search and copy. The window's thread."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QHeaderView, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.facts import name_of
from desktop.palette import LIGHT, Palette
from desktop.panels.note import Note, recolour_notes
from desktop.panels.output_lines import OutputLines
from desktop.panels.table import RecordTable
from desktop.selection import Selection
from workers.sizes import format_bytes
from workers.timeline import Timeline

NOTHING_YET = "Nothing printed yet"


class OutputPanel(QWidget):
    """What the run printed. selected: a person chose a line (a Selection). said: one sentence on what was done."""

    selected = Signal(object)
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._timeline: Timeline | None = None
        self._revision = (-1, -1)
        self._following = True
        self._lines = OutputLines()
        self._table = RecordTable()
        self._table.setObjectName("output")
        self._table.setAccessibleName("Output")
        self._table.setModel(self._lines)
        header = self._table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        metrics = self._table.fontMetrics()
        header.resizeSection(0, metrics.horizontalAdvance("1,234.567 s") + 16)
        header.resizeSection(1, metrics.horizontalAdvance("ForkPoolWorker-12") + 16)
        self._process = QComboBox()
        self._process.setObjectName("output_process")
        self._process.setAccessibleName("Lines of which process")
        self._process.setMinimumContentsLength(10)
        self._process.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._process.addItem("All processes", None)
        self._search = QLineEdit()
        self._search.setObjectName("output_search")
        self._search.setAccessibleName("Search in the output")
        self._search.setPlaceholderText("Only lines that contain …")
        self._search.setClearButtonEnabled(True)
        self._search.setMinimumWidth(70)
        self._note = Note(wrap=False)
        self._note.setObjectName("output_note")
        # A longer text is cut before the window is made wider; its tooltip has it all.
        self._note.setMinimumWidth(self._note.fontMetrics().horizontalAdvance(NOTHING_YET) + 2)
        self._lay_out()
        self._process.currentIndexChanged.connect(self._on_filter_changed)
        self._search.textChanged.connect(self._on_filter_changed)
        bar = self._table.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self.set_palette(LIGHT)
        self.set_timeline(None)

    def _lay_out(self) -> None:
        whose, search = QLabel("&Lines of:"), QLabel("&Search:")
        whose.setBuddy(self._process)
        search.setBuddy(self._search)
        self._bar = bar = QHBoxLayout()
        bar.setContentsMargins(8, 5, 8, 5)
        bar.setSpacing(6)
        bar.addWidget(whose)
        bar.addWidget(self._process)
        bar.addSpacing(2)
        bar.addWidget(search)
        bar.addWidget(self._search, 1)
        bar.addSpacing(2)
        bar.addWidget(self._note)
        self._column = whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(bar)
        whole.addWidget(self._table, 1)
        QWidget.setTabOrder(self._process, self._search)
        QWidget.setTabOrder(self._search, self._table)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the table room for whole lines only: while it follows, the first one would be cut in half else."""
        super().resizeEvent(event)
        row_px = self._table.verticalHeader().defaultSectionSize()
        room = self.height() - self._bar.sizeHint().height() - self._table.horizontalHeader().sizeHint().height()
        self._column.setContentsMargins(0, 0, 0, max(0, room) % row_px)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's output from its beginning; None empties the panel."""
        self._timeline = timeline
        self._process.blockSignals(True)
        while self._process.count() > 1:
            self._process.removeItem(1)
        self._process.blockSignals(False)
        self._lines.set_timeline(timeline)
        self._lines.set_filter(None, self._search.text())
        self._revision = (-1, -1)
        self._following = True
        self.refresh()
        self._table.scrollToBottom()

    def refresh(self) -> None:
        """Take in what was printed since the last time."""
        timeline = self._timeline
        revision = (0, 0) if timeline is None else (timeline.revision, timeline.lines_seen)
        if revision == self._revision:
            return
        self._revision = revision
        if timeline is not None:
            for process in timeline.processes[self._process.count() - 1 :]:
                self._process.addItem(name_of(timeline, process.id), process.id)
            bar = self._table.verticalScrollBar()
            following, top = self._following, bar.value()
            gone = self._lines.refresh()
            if following:
                self._table.scrollToBottom()
            elif gone:
                bar.setValue(max(0, top - gone))  # the lines in view stay in view
        self._say_how_many()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._lines.set_palette(palette)
        recolour_notes(self, palette)

    def show_selection(self, selection: Selection | None) -> None:
        """Highlight the line that is selected elsewhere, when it is shown here."""
        row = None if selection is None or selection.line is None else self._lines.row_of(selection.line)
        if row is None:
            self._table.clearSelection()
            return
        choose = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self._table.selectionModel().setCurrentIndex(self._lines.index(row, 0), choose)
        self._table.scrollTo(self._lines.index(row, 0))

    def copy(self) -> None:
        """Copy the chosen lines as text, or all that are shown when none is chosen."""
        chosen = sorted({index.row() for index in self._table.selectionModel().selectedRows()})
        rows = chosen or range(self._lines.rowCount())
        if rows:
            QGuiApplication.clipboard().setText(self._lines.text_of(rows))
            self.said.emit(
                "1 line is on the clipboard." if len(rows) == 1 else f"{len(rows):,} lines are on the clipboard."
            )

    def _on_filter_changed(self) -> None:
        self._lines.set_filter(self._process.currentData(Qt.ItemDataRole.UserRole), self._search.text())
        self._table.scrollToBottom()
        self._say_how_many()

    def _on_scrolled(self, value: int) -> None:
        self._following = value >= self._table.verticalScrollBar().maximum()

    def _on_range_changed(self, _least: int, most: int) -> None:
        # New lines and a new height both come here; the end stays in view while it was.
        if self._following:
            self._table.verticalScrollBar().setValue(most)

    def _on_chosen(self, index: QModelIndex) -> None:
        line = self._lines.line(index.row())
        # A line whose writer is not known is shown on the program's lane: it came through the program's pipe.
        self.selected.emit(Selection(line.process or 1, line.at_ns, line=line.number))

    def _say_how_many(self) -> None:
        timeline = self._timeline
        if timeline is None or not timeline.lines_seen:
            self._note.setText(NOTHING_YET)
            return
        kept, shown = len(timeline.lines), self._lines.rowCount()
        said = f"{kept:,} lines" if shown == kept else f"{shown:,} of {kept:,} lines"
        if timeline.lines_seen > kept:
            said += f"; {timeline.lines_seen - kept:,} older ones dropped"
        if timeline.dropped_output_bytes:
            said += f"; {format_bytes(timeline.dropped_output_bytes)} lost"
        self._note.setText("1 line" if said == "1 lines" else said)
        self._note.setToolTip(self._note.text())
