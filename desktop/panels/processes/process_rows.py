"""The processes of a run as a table model. The window's thread."""

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from desktop.facts.process_columns import COLUMNS, GLOBALS
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import ALIGNMENT, COLOUR, DISPLAY, RecordRows, TableIndex, whole_text
from desktop.widgets.sorted_rows import SORT_ROLE
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

_SORT = int(SORT_ROLE)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ROLES = frozenset((DISPLAY, _SORT, ALIGNMENT, COLOUR, _TIP))

_NAME = next(at for at, column in enumerate(COLUMNS) if column.label == "Name")
_EXIT_CODE = next(at for at, column in enumerate(COLUMNS) if column.label == "Exit code")


class ProcessRows(RecordRows):
    """One row a process, in the order of ids. `refresh` announces new and changed processes only."""

    def __init__(self, parent: QObject | None = None) -> None:
        numbers = [at for at, column in enumerate(COLUMNS) if column.number]
        super().__init__([column.label for column in COLUMNS], numbers, parent)
        self._timeline: Timeline | None = None
        self._palette = LIGHT
        self._rows = range(0)
        self._revision = 0

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's processes."""
        self.beginResetModel()
        self._timeline = timeline
        self._rows = range(0 if timeline is None else len(timeline.processes))
        self._revision = 0 if timeline is None else timeline.revision
        self.endResetModel()

    def set_palette(self, palette: Palette) -> None:
        """Colour the names like their lanes."""
        self._palette = palette
        self._changed()

    def refresh(self) -> None:
        """Announce the processes that changed since the last refresh."""
        timeline = self._timeline
        if timeline is None or timeline.revision == self._revision:
            return
        before, now = len(self._rows), len(timeline.processes)
        changed = [process for process in timeline.changed_since(self._revision) if process <= before]
        self._revision = timeline.revision
        for process in changed:
            self._changed(process - 1, process - 1)
        if now > before:
            self.beginInsertRows(QModelIndex(), before, now - 1)
            self._rows = range(now)
            self.endInsertRows()

    def process(self, row: int) -> Process:
        """The process in this row."""
        assert self._timeline is not None
        return self._timeline.process(row + 1)

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A fact as text, the value it sorts by, its alignment or its colour."""
        if role not in _ROLES or self._timeline is None:
            return None
        process, column = self.process(index.row()), COLUMNS[index.column()]
        if role == DISPLAY:
            return column.text(self._timeline, process)
        if role == _SORT:
            return column.value(self._timeline, process)
        if role == ALIGNMENT:
            return self._alignments[index.column()]
        if role == _TIP:
            return whole_text(column.text(self._timeline, process)) if column.label == GLOBALS else None
        if index.column() == _NAME:
            return QColor(self._palette.of_process(process.id))
        if index.column() == _EXIT_CODE and process.ended_badly:
            return QColor(self._palette.bad_text)
        return None
