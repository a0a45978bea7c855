"""The Processes panel: a sortable table with every fact that the chart shows. The window's thread."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout

from desktop.facts.process_columns import COLUMNS
from desktop.facts.selection import ProcessSelection, Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.processes.process_rows import ProcessRows, SortedProcesses
from desktop.panels.run_panel import RunPanel
from desktop.widgets.record_table import CELL_PX, RecordTable
from workers.timeline.timeline import Timeline


class ProcessesPanel(RunPanel):
    """The run's processes."""

    def __init__(self) -> None:
        super().__init__()
        self._showing = False
        self._rows = ProcessRows(self)
        self._sorted = SortedProcesses(self)
        self._sorted.setSourceModel(self._rows)
        self._table = RecordTable()
        self._table.setObjectName("processes")
        self._table.setAccessibleName("Processes")
        self._table.setModel(self._sorted)
        self._table.setAlternatingRowColors(True)
        header = self._table.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(True)  # a third click gives back the order of the lanes
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._table.setSortingEnabled(True)
        head, body = header.fontMetrics(), self._table.fontMetrics()
        for at, column in enumerate(COLUMNS):
            # The sort arrow stands above the label in Fusion, beside it elsewhere.
            wide = max(head.horizontalAdvance(column.label) + 28, body.horizontalAdvance(column.sample) + CELL_PX)
            header.resizeSection(at, wide)
        header.setStretchLastSection(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._table)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self.set_palette(LIGHT)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's processes; None empties the table."""
        self._rows.set_timeline(timeline)
        self._table.scrollToTop()  # it stood where the run before was looked at

    def refresh(self) -> None:
        """Show what changed since the last time."""
        self._rows.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)

    def show_selection(self, selection: Selection | None) -> None:
        """Highlight the process of what is selected elsewhere."""
        self._showing = True
        if selection is None or not 1 <= selection.process <= self._rows.rowCount():
            self._table.clearSelection()
        elif selection.process not in self._chosen_processes():
            index = self._sorted.mapFromSource(self._rows.index(selection.process - 1, 0))
            choose = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self._table.selectionModel().setCurrentIndex(index, choose)
            self._table.scrollTo(index.siblingAtColumn(self._table.horizontalHeader().logicalIndex(0)))
        self._showing = False

    def copy(self) -> None:
        """Copy the chosen rows, or all when none is chosen, as tab-separated text under a header."""
        chosen = [index.row() for index in self._table.selectionModel().selectedRows()]
        header = self._table.horizontalHeader()
        columns = [header.logicalIndex(at) for at in range(len(COLUMNS))]
        table = [[COLUMNS[column].label for column in columns]]
        for row in sorted(chosen) or range(self._sorted.rowCount()):
            table.append([str(self._sorted.index(row, column).data()) for column in columns])
        QGuiApplication.clipboard().setText("\n".join("\t".join(cells) for cells in table) + "\n")
        count = len(table) - 1
        self.said.emit("1 process is on the clipboard." if count == 1 else f"{count:,} processes are on the clipboard.")

    def _chosen_processes(self) -> list[int]:
        return [self._process_at(index) for index in self._table.selectionModel().selectedRows()]

    def _process_at(self, index: QModelIndex) -> int:
        return self._sorted.mapToSource(index).row() + 1

    def _on_selection_changed(self) -> None:
        chosen = self._chosen_processes()
        if not self._showing and len(chosen) == 1:
            self.selected.emit(ProcessSelection(chosen[0]))

    def _on_chosen(self, index: QModelIndex) -> None:
        self.selected.emit(ProcessSelection(self._process_at(index)))
