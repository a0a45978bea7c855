"""The tasks of a run, or the spans of a trace, as a table model: no object a row, a cell is written when it is asked for.

The window's thread.
"""

from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor

from desktop.facts.selection import Selection, SpanSelection, TaskSelection
from desktop.facts.tables.work_columns import SPAN_FACTS, TASK_FACTS, WorkFact
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import ALIGNMENT, COLOUR, DISPLAY, RecordRows, TableIndex, whole_text
from workers.analysis.tables.work_view import WorkColumn, WorkView

_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ROLES = frozenset((DISPLAY, COLOUR, ALIGNMENT, _TIP))


class WorkRows(RecordRows):
    """The rows of the last answer. sort_requested: the user asked for another order (a WorkColumn or None, descending)."""

    sort_requested = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        self._facts: tuple[WorkFact, ...] = TASK_FACTS
        super().__init__(*_heads(TASK_FACTS), parent)
        self._view: WorkView | None = None
        self._rows: Any = np.zeros(0, np.uint32)
        self._palette = LIGHT

    @property
    def facts(self) -> tuple[WorkFact, ...]:
        """The columns."""
        return self._facts

    def set_spans(self, spans: bool) -> None:
        """Show no rows, with the columns of a trace's spans, or of a run's tasks."""
        self.beginResetModel()
        self._view, self._rows = None, self._rows[:0]
        self._facts = SPAN_FACTS if spans else TASK_FACTS
        heads, at_right = _heads(self._facts)
        self._take_heads(heads, at_right)
        self.endResetModel()

    def set_palette(self, palette: Palette) -> None:
        """Colour the workers like their lanes."""
        self._palette = palette
        self._changed_rows()

    def show_view(self, view: WorkView) -> None:
        """Show an answer. The rows stay if there are only more at their end, or other values in them."""
        before, now = self._rows, view.rows
        count = len(before)
        if self._view is not None and count <= len(now) and np.array_equal(before, now[:count]):
            self._view = view
            if len(now) > count:
                self.beginInsertRows(QModelIndex(), count, len(now) - 1)
                self._rows = now
                self.endInsertRows()
            self._rows = now
            self._changed_rows()
            return
        self.beginResetModel()
        self._view, self._rows = view, now
        self.endResetModel()

    def row_at(self, place: int) -> int:
        """The row of the table that is shown at a place."""
        return int(self._rows[place])

    def selection_of(self, row: int) -> Selection:
        """The task or span in a row of the table."""
        assert self._view is not None
        table = self._view.table
        lane, began = table.lanes[int(table.lane[row])], int(table.began[row])
        if table.spans:
            return SpanSelection(lane.process, began, lane.track, table.span_of_row(row))
        return TaskSelection(lane.process, began, row + 1)

    def row_of(self, selection: Selection | None) -> int | None:
        """The row of the table of a selected task or span; None for anything else."""
        if self._view is None:
            return None
        table = self._view.table
        if isinstance(selection, TaskSelection) and not table.spans:
            return selection.task - 1 if 1 <= selection.task <= len(table) else None
        if isinstance(selection, SpanSelection) and table.spans:
            return table.row_of_span(selection.track, selection.span)
        return None

    def place_of(self, row: int) -> int | None:
        """Where a row of the table is shown; None if the filter hides it."""
        return None if self._view is None else self._view.place_of(row)

    def cells(self, place: int, columns: list[int]) -> list[str]:
        """The texts of a row."""
        assert self._view is not None
        table, row = self._view.table, self.row_at(place)
        return [self._facts[column].text(table, row) for column in columns]

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A fact as text, its alignment or its colour."""
        if role not in _ROLES or self._view is None:
            return None
        column = index.column()
        if role == ALIGNMENT:
            return self._alignments[column]
        fact, table, row = self._facts[column], self._view.table, int(self._rows[index.row()])
        if role == DISPLAY:
            return fact.text(table, row)
        if role == _TIP:
            return None if fact.number else whole_text(fact.text(table, row))
        if fact.column is WorkColumn.LANE:
            return QColor(self._palette.of_process(table.lanes[int(table.lane[row])].process))
        if fact.column is WorkColumn.ERROR:
            return QColor(self._palette.bad_text)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column, and in its tooltip what it is."""
        if role == _TIP and orientation is Qt.Orientation.Horizontal:
            return self._facts[section].about or None
        return super().headerData(section, orientation, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order; the rows come with the next answer."""
        by = self._facts[column].column if 0 <= column < len(self._facts) else None
        self.sort_requested.emit(by, order is Qt.SortOrder.DescendingOrder)

    def _changed_rows(self) -> None:
        if len(self._rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._facts) - 1))


def _heads(facts: tuple[WorkFact, ...]) -> tuple[list[str], list[int]]:
    return [fact.label for fact in facts], [at for at, fact in enumerate(facts) if fact.number]
