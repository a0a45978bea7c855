"""The base of the table models, and the table sorted by any column."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from desktop.widgets.record_rows import ALIGNMENT, DISPLAY, RecordRows, TableIndex
from desktop.widgets.sorted_rows import SORT_ROLE, SortedRows


class Words(RecordRows):
    """A table of one text and one number a row."""

    def __init__(self, rows: list[tuple[str, float | None]]) -> None:
        super().__init__(("Word", "Number"), (1,))
        self._rows = rows

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, or the value that it sorts by."""
        if role == ALIGNMENT:
            return self._alignments[index.column()]
        if role in (DISPLAY, SORT_ROLE):
            return self._rows[index.row()][index.column()]
        return None


def test_heads_and_cells_are_aligned_alike(qtmodeltester: ModelTester) -> None:
    rows = Words([("b", 1.0)])
    qtmodeltester.check(rows)
    assert (rows.rowCount(), rows.columnCount()) == (1, 2)
    for column, side in enumerate((Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)):
        head = rows.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        assert head & side
        assert head == rows.index(0, column).data(Qt.ItemDataRole.TextAlignmentRole)
    assert rows.headerData(0, Qt.Orientation.Horizontal) == "Word"
    assert rows.headerData(0, Qt.Orientation.Vertical) is None


@pytest.mark.parametrize("order", list(Qt.SortOrder))
def test_texts_sort_by_their_numbers_and_the_unknown_comes_last(order: Qt.SortOrder) -> None:
    proxy = SortedRows()
    proxy.setSourceModel(Words([("Run-10", None), ("run-9", 2.5), ("RUN-1", 30.0)]))
    down = order is Qt.SortOrder.DescendingOrder
    proxy.sort(0, order)
    words = [proxy.index(row, 0).data() for row in range(3)]
    assert words == (["Run-10", "run-9", "RUN-1"] if down else ["RUN-1", "run-9", "Run-10"])
    proxy.sort(1, order)
    numbers = [proxy.index(row, 1).data() for row in range(3)]
    assert numbers == ([30.0, 2.5, None] if down else [2.5, 30.0, None])
