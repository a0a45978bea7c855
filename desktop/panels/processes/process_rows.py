"""The processes of a run as a table model, and the order it is sorted in. The window's thread."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor

from desktop.facts.process_columns import COLUMNS
from desktop.look.palette import LIGHT, Palette
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

SORT_ROLE = Qt.ItemDataRole.UserRole
"""The value that a cell sorts by; None = not known."""

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SORT = int(SORT_ROLE)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_COLOUR = int(Qt.ItemDataRole.ForegroundRole)
_ROLES = frozenset((_DISPLAY, _SORT, _ALIGNMENT, _COLOUR))

_Index = QModelIndex | QPersistentModelIndex
_NAME = next(at for at, column in enumerate(COLUMNS) if column.label == "Name")
_EXIT_CODE = next(at for at, column in enumerate(COLUMNS) if column.label == "Exit code")


class ProcessRows(QAbstractTableModel):
    """One row a process, by its id. `refresh` tells of new and changed processes only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline: Timeline | None = None
        self._palette = LIGHT
        self._count = 0
        self._revision = 0

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's processes."""
        self.beginResetModel()
        self._timeline = timeline
        self._count = 0 if timeline is None else len(timeline.processes)
        self._revision = 0 if timeline is None else timeline.revision
        self.endResetModel()

    def set_palette(self, palette: Palette) -> None:
        """Colour the names as their lanes."""
        self._palette = palette
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(COLUMNS) - 1))

    def refresh(self) -> None:
        """Take in what changed since the last time."""
        timeline = self._timeline
        if timeline is None or timeline.revision == self._revision:
            return
        changed = [process for process in timeline.changed_since(self._revision) if process <= self._count]
        self._revision = timeline.revision
        for process in changed:
            self.dataChanged.emit(self.index(process - 1, 0), self.index(process - 1, len(COLUMNS) - 1))
        if len(timeline.processes) > self._count:
            self.beginInsertRows(QModelIndex(), self._count, len(timeline.processes) - 1)
            self._count = len(timeline.processes)
            self.endInsertRows()

    def process(self, row: int) -> Process:
        """The process in this row."""
        assert self._timeline is not None
        return self._timeline.process(row + 1)

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many processes the run has."""
        return 0 if parent is not None and parent.isValid() else self._count

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many facts each has."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The facts' labels."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].label
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A fact as text, the value it sorts by, its alignment or its colour."""
        # Qt asks for a dozen roles a cell at every paint; most answers are none, and plain numbers compare fastest.
        if role not in _ROLES or self._timeline is None:
            return None
        process, column = self.process(index.row()), COLUMNS[index.column()]
        if role == _DISPLAY:
            return column.text(self._timeline, process)
        if role == _SORT:
            return column.value(self._timeline, process)
        if role == _ALIGNMENT:
            return _alignment(index.column())
        if index.column() == _NAME:
            return QColor(self._palette.of_process(process.id))
        if index.column() == _EXIT_CODE and process.failed:
            return QColor(self._palette.bad_text)
        return None


class SortedProcesses(QSortFilterProxyModel):
    """Numbers in the order of numbers, texts in any case, and what is not known last whichever way it is sorted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORT_ROLE)

    def lessThan(self, left: _Index, right: _Index) -> bool:
        """Whether the left cell comes before the right one in ascending order."""
        one, other = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if one is None or other is None:
            # Descending order is this comparison turned round, so there the unknown must count as the least.
            least = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return (one is None and other is not None) if least else (one is not None and other is None)
        if isinstance(one, str) and isinstance(other, str):
            return _natural(one) < _natural(other)
        return bool(one < other)


def _natural(text: str) -> list[tuple[bool, int, str]]:
    """Process-2 before Process-10."""
    parts: list[tuple[bool, int, str]] = []
    word = ""
    for character in text.casefold():
        if word and character.isdecimal() != word[-1].isdecimal():
            parts.append(_part(word))
            word = ""
        word += character
    return [*parts, _part(word)] if word else parts


def _part(word: str) -> tuple[bool, int, str]:
    return (False, int(word), "") if word.isdecimal() and len(word) < 20 else (True, 0, word)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[column].number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
