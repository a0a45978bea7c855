"""What the table models of this window share: heads, alignment, counts. The window's thread."""

import html
from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

TableIndex = QModelIndex | QPersistentModelIndex

# Qt asks for a dozen roles a cell at every paint. Most answers are None, and plain numbers compare fastest.
DISPLAY = int(Qt.ItemDataRole.DisplayRole)
ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
COLOUR = int(Qt.ItemDataRole.ForegroundRole)

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def whole_text(text: str) -> str | None:
    """The tooltip of a cell that may be cut: its text, literally. None for an empty cell."""
    return f"<p>{html.escape(text)}</p>" if text else None


class RecordRows(QAbstractTableModel):
    """A table of records, one a row. A subclass keeps `_rows`, one item a row, and answers `data`.

    heads: the titles of the columns. at_right: the columns of numbers and times.
    """

    def __init__(self, heads: Sequence[str], at_right: Collection[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[object] = []
        self._take_heads(heads, at_right)

    def _take_heads(self, heads: Sequence[str], at_right: Collection[int]) -> None:
        """Have these columns from now on. Called while the model is reset."""
        self._heads = heads
        self._alignments = [_RIGHT if column in at_right else _LEFT for column in range(len(heads))]

    def rowCount(self, parent: TableIndex | None = None) -> int:
        """How many records there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: TableIndex | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title of a column, aligned as its cells are."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == DISPLAY:
            return self._heads[section]
        return self._alignments[section] if role == ALIGNMENT else None

    def _changed(self, first: int = 0, last: int | None = None) -> None:
        """Have the views read these rows again, by default all."""
        if self._rows:
            last = len(self._rows) - 1 if last is None else last
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._heads) - 1))
