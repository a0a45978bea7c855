"""The kept runs as a table model. The window's thread."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from desktop.facts.visible_text import visible
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import RecordRows, TableIndex
from desktop.widgets.sorted_rows import SORT_ROLE
from workers.history.run_list import Entry
from workers.history.summaries import RunOutcome
from workers.plan.sizes import format_bytes, format_duration
from workers.runs.run_names import clean_name

HEADS = ("Started", "Name", "Plan or script", "Duration", "Outcome", "Size")
STARTED, NAME, TITLE, DURATION, OUTCOME, SIZE = range(len(HEADS))
UNREAD = "is being read…"

_BAD = (RunOutcome.FAILED, RunOutcome.CUT_SHORT, RunOutcome.NOT_STARTED, RunOutcome.UNREADABLE)


class HistoryRows(RecordRows):
    """One row a run, unsorted. renamed: the user wrote a name for a run (its folder, the name)."""

    renamed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADS, (DURATION, SIZE), parent)
        self._rows: list[Entry] = []
        self._colours: dict[str, QColor] = {}
        self._icons: dict[RunOutcome, QIcon] = {}
        self.set_palette(LIGHT)

    def show(self, entries: Sequence[Entry]) -> None:
        """Show these runs. The rows of runs that were shown before stay, and so does a selection or an editor in them."""
        new = {entry.folder: entry for entry in entries}
        for row in reversed(range(len(self._rows))):
            if self._rows[row].folder not in new:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()
        for entry in [entry for entry in self._rows if new[entry.folder] != entry]:
            self.replace(new[entry.folder])
        there = {entry.folder for entry in self._rows}
        added = [entry for entry in entries if entry.folder not in there]
        if added:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self._rows += added
            self.endInsertRows()

    def replace(self, entry: Entry) -> None:
        """Show the new facts of this run, if it is in the list."""
        row = self.row_of(entry.folder)
        if row is not None:
            self._rows[row] = entry
            self._changed(row, row)

    def entry(self, row: int) -> Entry:
        """The run in this row."""
        return self._rows[row]

    @property
    def entries(self) -> Sequence[Entry]:
        """All of them."""
        return self._rows

    def row_of(self, folder: Path) -> int | None:
        """Which row the run in this folder has."""
        return next((row for row, entry in enumerate(self._rows) if entry.folder == folder), None)

    def set_palette(self, palette: Palette) -> None:
        """Colour the outcomes."""
        self._colours = {"bad": QColor(palette.bad_text), "quiet": QColor(palette.quiet)}
        bad = make_icon(Icon.PROBLEM, palette, palette.bad_text)
        self._icons = dict.fromkeys(_BAD, bad)
        self._icons[RunOutcome.RUNNING] = make_icon(Icon.START, palette, palette.quiet)
        self._icons[RunOutcome.STOPPED] = make_icon(Icon.STOP, palette, palette.quiet)
        self._icons[RunOutcome.DONE] = make_icon(Icon.DONE, palette, palette.good_text)
        self._changed()

    def flags(self, index: TableIndex) -> Qt.ItemFlag:
        """Names can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NAME else flags

    def setData(self, index: TableIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for the name that the user wrote. The row changes when the run has it."""
        entry = self._rows[index.row()]
        if role == Qt.ItemDataRole.EditRole and index.column() == NAME and clean_name(str(value)) != entry.name:
            self.renamed.emit(entry.folder, str(value))
        return False

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, the value it sorts by, its colour, icon or tooltip."""
        entry, column = self._rows[index.row()], index.column()
        outcome = None if entry.summary is None else entry.summary.outcome
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(entry, column)
            case Qt.ItemDataRole.EditRole if column == NAME:
                return entry.name
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignments[column]
            case Qt.ItemDataRole.ToolTipRole if column in (NAME, TITLE, OUTCOME):
                whole = sentence(entry) if column == OUTCOME else _text(entry, column)
                return f"<p>{html.escape(whole)}</p>" if whole else None
            case Qt.ItemDataRole.DecorationRole if column == OUTCOME:
                return self._icons.get(outcome) if outcome is not None else None
            case Qt.ItemDataRole.ForegroundRole if column == OUTCOME:
                return self._colours["bad"] if outcome in _BAD else None
            case Qt.ItemDataRole.ForegroundRole if column in (STARTED, SIZE):
                return self._colours["quiet"]
            case _ if role == SORT_ROLE:
                return _value(entry, column)
        return None


def sentence(entry: Entry) -> str:
    """How the run ended, in a sentence."""
    return f"It {UNREAD}" if entry.summary is None else visible(entry.summary.sentence)


def _text(entry: Entry, column: int) -> str:
    summary = entry.summary
    match column:
        case _ if column == STARTED:
            return "" if entry.started is None else f"{entry.started:%Y-%m-%d %H:%M:%S}"
        case _ if column == NAME:
            return visible(entry.name)
        case _ if column == TITLE:
            return visible(entry.title)
        case _ if column == DURATION:
            took = None if summary is None else summary.duration_s
            return "" if took is None else format_duration(took)
        case _ if column == OUTCOME:
            return UNREAD if summary is None else str(summary.outcome)
    return "" if summary is None else format_bytes(summary.size_bytes)


def _value(entry: Entry, column: int) -> Any:
    summary = entry.summary
    if column == STARTED:
        return entry.started
    if column == DURATION:
        return None if summary is None else summary.duration_s
    if column == SIZE:
        return None if summary is None else summary.size_bytes
    return _text(entry, column) or None
