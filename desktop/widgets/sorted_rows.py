"""A table sorted by any of its columns. The window's thread."""

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from desktop.widgets.record_rows import TableIndex
from workers.natural_text import natural_text

SORT_ROLE = Qt.ItemDataRole.UserRole
"""The value that a cell sorts by; None = not known."""


class SortedRows(QSortFilterProxyModel):
    """Sorts a table by the values that its model gives for SORT_ROLE.

    Numbers are in the order of numbers, texts in any case and with their numbers in order. Unknown values come last, in either
    direction.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORT_ROLE)

    def lessThan(self, left: TableIndex, right: TableIndex) -> bool:
        """Whether the left cell comes before the right one in ascending order."""
        one, other = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if one is None or other is None:
            # Qt reverses this comparison for descending order, so the unknown must count as the least there.
            least = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return (one is None and other is not None) if least else (one is not None and other is None)
        if isinstance(one, str) and isinstance(other, str):
            return natural_text(one) < natural_text(other)
        return bool(one < other)
