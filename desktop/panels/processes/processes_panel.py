"""The Processes panel: a sortable table of every fact that the chart shows. The window's thread."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout

from desktop.facts.process_columns import COLUMNS, GLOBALS, WAITS, short_globals
from desktop.facts.selection import ProcessSelection, Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.processes.process_rows import ProcessRows
from desktop.panels.run_panel import RunPanel
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.record_table import SORTED_HEAD_PX, RecordTable
from desktop.widgets.sorted_rows import SortedRows
from workers.timeline.timeline import Timeline

_GLOBALS = [column.label for column in COLUMNS].index(GLOBALS)
_WAITS = [column.label for column in COLUMNS].index(WAITS)


class _GlobalsCell(QStyledItemDelegate):
    """Values that begin alike, each after the same name: the name is cut short, and what has no room is left out in the
    middle, so that both ends of a value are seen."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Write the text of the cell."""
        super().initStyleOption(option, index)
        option.text = short_globals(option.text)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class ProcessesPanel(RunPanel):
    """The run's processes."""

    def __init__(self) -> None:
        super().__init__()
        self._showing = False
        self._timeline: Timeline | None = None
        self._rows = ProcessRows(self)
        self._sorted = SortedRows(self)
        self._sorted.setSourceModel(self._rows)
        self._table = RecordTable("processes", "Processes", self._sorted)
        self._table.setAlternatingRowColors(True)
        header = self._table.horizontalHeader()
        header.setSectionsMovable(True)
        self._table.make_sortable()
        self._table.fit_columns([column.sample for column in COLUMNS], head_px=SORTED_HEAD_PX)
        header.setStretchLastSection(True)
        self._table.setItemDelegateForColumn(_GLOBALS, _GlobalsCell(self))
        self._show_waits()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._table)
        self._table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self.set_palette(LIGHT)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's processes; None empties the table."""
        self._timeline = timeline
        self._rows.set_timeline(timeline)
        self._show_waits()
        self._table.scrollToTop()  # the scroll position was that of the run before

    def refresh(self) -> None:
        """Show the processes that changed since the last refresh."""
        self._rows.refresh()
        self._show_waits()

    def _show_waits(self) -> None:
        """Show the column of waits in runs in which some were seen: it is wide."""
        hidden = self._timeline is None or not self._timeline.draws_seen_waits
        if self._table.isColumnHidden(_WAITS) != hidden:
            self._table.setColumnHidden(_WAITS, hidden)

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)

    def show_selection(self, selection: Selection | None) -> None:
        """Highlight the process of a selection in another view."""
        self._showing = True
        if selection is None or not 1 <= selection.process <= self._rows.rowCount():
            self._table.clearSelection()
        elif selection.process not in self._chosen_processes():
            index = self._sorted.mapFromSource(self._rows.index(selection.process - 1, 0))
            self._table.choose(index.row())
            self._table.scrollTo(index.siblingAtColumn(self._table.horizontalHeader().logicalIndex(0)))
        self._showing = False

    def copy(self) -> None:
        """Copy the chosen rows, or all when none is chosen, as tab-separated text under the titles."""
        header = self._table.horizontalHeader()
        columns = [header.logicalIndex(at) for at in range(len(COLUMNS))]
        rows = self._table.chosen_rows() or range(self._sorted.rowCount())
        cells = ([str(self._sorted.index(row, column).data()) for column in columns] for row in rows)
        copy_text(table_text([COLUMNS[column].label for column in columns], cells))
        self.said.emit(copied(len(rows), "process", "processes"))

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
