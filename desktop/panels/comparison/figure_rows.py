"""The figures of a comparison as a table model that sorts itself. The window's thread."""

import html
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt

from desktop.widgets.record_rows import ALIGNMENT, DISPLAY, RecordRows, TableIndex
from workers.analysis.figures import Comparison, Figure, FigureUnit, Group
from workers.report.figure_text import difference_text, of_text, ratio_text, value_text

HEADS = ("Of", "Figure", "A", "B", "Difference", "B ÷ A")
SAMPLES = ("the program", "exited, not reaped", "12.345 s", "12.345 s", "≈ +12.34 MB", "12.3 ×")
"""Texts that the columns are wide enough for. The user can widen a column for longer ones."""

_TEXTS: tuple[Callable[[Figure], str], ...] = (
    lambda figure: "workers" if figure.group is Group.WORKERS else of_text(figure),
    lambda figure: str(figure.what),
    lambda figure: value_text(figure, figure.a),
    lambda figure: value_text(figure, figure.b),
    difference_text,
    ratio_text,
)
_NUMBERS: dict[int, Callable[[Figure], float | None]] = {
    2: lambda figure: figure.a,
    3: lambda figure: figure.b,
    4: lambda figure: figure.difference,
    5: lambda figure: figure.ratio,
}
_UNITS = list(FigureUnit)


class FigureRows(RecordRows):
    """One row a figure, in the order of the comparison until the user sorts them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADS, _NUMBERS, parent)
        self._figures: tuple[Figure, ...] = ()
        self._rows: list[int] = []  # indices of the figures, as they are sorted
        self._sorted = -1, Qt.SortOrder.AscendingOrder

    def show(self, comparison: Comparison) -> None:
        """Show the figures of this comparison, sorted as the last ones were."""
        if comparison.figures == self._figures:
            return
        same = len(comparison.figures) == len(self._figures)
        if not same:
            self.beginResetModel()
        self._figures = comparison.figures
        self._sort()
        if same:  # so that the user's selection and scroll position stay
            self._changed()
        else:
            self.endResetModel()

    def figure(self, row: int) -> Figure:
        """The figure in this row."""
        return self._figures[self._rows[row]]

    def cells(self, row: int) -> list[str]:
        """The texts of a row."""
        return [text(self.figure(row)) for text in _TEXTS]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by this column; below zero: in the order of the comparison. Unknown figures come last in either direction."""
        self.layoutAboutToBeChanged.emit()
        self._sorted = column, order
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        column, order = self._sorted
        self._rows = list(range(len(self._figures)))
        if column < 0:
            return
        down = order is Qt.SortOrder.DescendingOrder
        number = _NUMBERS.get(column)
        if number is None:
            self._rows.sort(key=lambda at: _TEXTS[column](self._figures[at]).casefold(), reverse=down)
            return
        known = [at for at in self._rows if number(self._figures[at]) is not None]
        unknown = [at for at in self._rows if number(self._figures[at]) is None]
        # Bytes and seconds cannot be compared: each unit is sorted by itself.
        known.sort(key=lambda at: number(self._figures[at]) or 0.0, reverse=down)
        known.sort(key=lambda at: _UNITS.index(self._figures[at].what.unit))
        self._rows = known + unknown

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text or its alignment."""
        if role == DISPLAY:
            return _TEXTS[index.column()](self.figure(index.row()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<p>{html.escape(_in_full(self.figure(index.row())))}</p>"
        return self._alignments[index.column()] if role == ALIGNMENT else None


def _in_full(figure: Figure) -> str:
    return f"{of_text(figure)}, {figure.what}: {value_text(figure, figure.a)} in A, {value_text(figure, figure.b)} in B"
