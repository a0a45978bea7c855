"""The spans of a trace by name, as a table model whose first row stands for all of them. The window's thread."""

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt

from desktop.facts.formatting import UNKNOWN, format_count
from desktop.facts.visible_text import visible
from desktop.widgets.record_rows import ALIGNMENT, DISPLAY, RecordRows, TableIndex, whole_text
from workers.analysis.tables.span_names import NO_TOTALS, NameTotals
from workers.analysis.tables.work_table import WorkTable
from workers.plan.sizes import format_duration

HEADS = ("Name", "Count", "Total", "Self", "Max")
_NAME, _COUNT, _TOTAL, _OWN, _LONGEST = range(len(HEADS))
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ABOUT = {
    _TOTAL: "The time of all its spans; a span in another one of the same name counts in both",
    _OWN: "Without the spans in them; not known where a span has no end, or may overlap others",
    _LONGEST: "The longest of its spans",
}
_NO_OWN = "Not known: one of these spans has no end, or they are operations that may overlap others"


class NameRows(RecordRows):
    """One row a name, under one for all names."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADS, range(_COUNT, len(HEADS)), parent)
        self._table: WorkTable | None = None
        self._totals: NameTotals = NO_TOTALS
        self._rows: Any = range(0)
        self._column, self._descending = -1, False

    def show_totals(self, table: WorkTable | None, totals: NameTotals) -> None:
        """Show these. table: None for nothing at all."""
        same = all(np.array_equal(getattr(totals, one), getattr(self._totals, one)) for one in NameTotals.__slots__)
        if same and (table is None) == (self._table is None):
            self._table = table
            return
        self.beginResetModel()
        self._table, self._totals = table, totals
        self._order()
        self.endResetModel()

    def name_at(self, place: int) -> int | None:
        """The number of the name in a row; None for all names."""
        at = int(self._rows[place])
        return None if at < 0 else int(self._totals.name[at])

    def place_of(self, name: int | None) -> int | None:
        """The row of a name, if it is there."""
        if not len(self._rows):
            return None
        if name is None:
            return 0
        found = np.flatnonzero(self._totals.name[self._rows[1:]] == name)
        return int(found[0]) + 1 if len(found) else None

    def cells(self, place: int) -> list[str]:
        """The texts of a row."""
        return [self._text(int(self._rows[place]), column) for column in range(len(HEADS))]

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A figure as text, its alignment, or why it is missing."""
        if role == ALIGNMENT:
            return self._alignments[index.column()]
        if role not in (DISPLAY, _TIP) or self._table is None:
            return None
        at = int(self._rows[index.row()])
        if role == DISPLAY:
            return self._text(at, index.column())
        return self._tip(at, index.column())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column, and in its tooltip what it is."""
        if role == _TIP and orientation is Qt.Orientation.Horizontal:
            return _ABOUT.get(section)
        return super().headerData(section, orientation, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the names; the row for all of them stays the first."""
        self._column, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        self._order()
        self.layoutChanged.emit()

    def _order(self) -> None:
        totals = self._totals
        keys = {_NAME: totals.place, _COUNT: totals.count, _TOTAL: totals.total, _OWN: totals.own,
                _LONGEST: totals.longest}  # fmt: skip
        key = keys.get(self._column)
        order = np.arange(len(totals))
        if key is not None:
            order = np.argsort(-key if self._descending else key, kind="stable")
            order = np.concatenate((order[key[order] >= 0], order[key[order] < 0]))
        self._rows = np.concatenate((np.array([-1]), order)) if self._table is not None else np.zeros(0, np.int64)

    def _text(self, at: int, column: int) -> str:
        totals, table = self._totals, self._table
        assert table is not None
        if at < 0:
            return ("All names", format_count(int(totals.count.sum())), "", "", "")[column]
        if column == _NAME:
            return visible(table.names[int(totals.name[at])])
        if column == _COUNT:
            return format_count(int(totals.count[at]))
        value = int((totals.total, totals.own, totals.longest)[column - _TOTAL][at])
        nothing = value < 0 or (column == _TOTAL and totals.longest[at] < 0)
        return UNKNOWN if nothing else format_duration(value / 1e9)

    def _tip(self, at: int, column: int) -> str | None:
        if at < 0:
            return None
        if column == _NAME:
            return whole_text(self._text(at, column))
        missing = int(self._totals.without_end[at])
        if column in (_COUNT, _TOTAL, _LONGEST) and missing:
            return f"{missing:,} without an end, which {'counts' if missing == 1 else 'count'} in no duration"
        return _NO_OWN if column == _OWN and self._totals.own[at] < 0 else None
