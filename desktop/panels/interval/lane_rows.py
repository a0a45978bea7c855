"""The lanes of an interval as a table model. The window's thread."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from desktop.facts.tables.interval_columns import LANE_FACTS, lane_name
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import ALIGNMENT, COLOUR, DISPLAY, RecordRows, TableIndex
from workers.analysis.tables.lane_measures import LaneMeasure
from workers.natural_text import natural_text
from workers.timeline.timeline import Timeline

HEADS = ("Lane", *(fact.label for fact in LANE_FACTS))
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_SPOKEN = int(Qt.ItemDataRole.AccessibleDescriptionRole)


class LaneRows(RecordRows):
    """One row a lane. A figure that is not known is empty; its tooltip says why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADS, range(1, len(HEADS)), parent)
        self._timeline: Timeline | None = None
        self._palette = LIGHT
        self._measures: Sequence[LaneMeasure] = ()
        self._rows: list[LaneMeasure] = []
        self._column, self._descending = -1, False

    def show_measures(self, timeline: Timeline | None, measures: Sequence[LaneMeasure]) -> None:
        """Show these lanes of a run."""
        self.beginResetModel()
        self._timeline, self._measures = timeline, measures
        self._order()
        self.endResetModel()

    def set_palette(self, palette: Palette) -> None:
        """Colour the names as their lanes."""
        self._palette = palette
        self._changed()

    def measure_at(self, row: int) -> LaneMeasure:
        """The lane in a row."""
        return self._rows[row]

    def cells(self, row: int) -> list[str]:
        """The texts of a row."""
        return [self._text(self._rows[row], column) for column in range(len(HEADS))]

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A figure as text, or why there is none; its alignment and colour."""
        column = index.column()
        if role == ALIGNMENT:
            return self._alignments[column]
        if role not in (DISPLAY, COLOUR, _TIP, _SPOKEN):
            return None
        measured = self._rows[index.row()]
        if role == DISPLAY:
            return self._text(measured, column)
        if role == COLOUR:
            return None if column else QColor(self._palette.of_process(measured.process))
        fact = LANE_FACTS[column - 1] if column else None
        return fact.missing(measured) if fact is not None and fact.value(measured) is None else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column, and in its tooltip what it is."""
        if role == _TIP and orientation is Qt.Orientation.Horizontal:
            return LANE_FACTS[section - 1].about if section else None
        return super().headerData(section, orientation, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the lanes. Lanes without a known figure come last."""
        self._column, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self.beginResetModel()
        self._order()
        self.endResetModel()

    def _order(self) -> None:
        self._rows = list(self._measures)
        if self._column == 0:
            self._rows.sort(key=lambda one: natural_text(self._text(one, 0)), reverse=self._descending)
        elif self._column > 0:
            value, sign = LANE_FACTS[self._column - 1].value, -1 if self._descending else 1
            self._rows.sort(key=lambda one: (value(one) is None, sign * (value(one) or 0)))

    def _text(self, measured: LaneMeasure, column: int) -> str:
        if column == 0:
            return "" if self._timeline is None else lane_name(self._timeline, measured)
        fact = LANE_FACTS[column - 1]
        return "" if fact.value(measured) is None else fact.text(measured)
