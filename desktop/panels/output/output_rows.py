"""The printed lines of a run that pass the filter, as a table model. New lines come in batches. The window's thread."""

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor

from desktop.facts.formatting import UNKNOWN, format_moment
from desktop.facts.naming import name_of
from desktop.facts.visible_text import visible
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import ALIGNMENT, COLOUR, DISPLAY, RecordRows, TableIndex
from workers.timeline.kept_lines import LineRow
from workers.timeline.model import OutputLine
from workers.timeline.timeline import Timeline

HEADS = ("Time", "Process", "Text")

_MOST_SHOWN = 2_000
"""How many characters of a line a row shows. More would not be visible, but cost time to lay out."""

_ROLES = frozenset((DISPLAY, ALIGNMENT, COLOUR))

_ROOT = QModelIndex
_NUMBER: Final = 0
_PROCESS: Final = 1
_TEXT: Final = 4


class OutputRows(RecordRows):
    """Rows of (time, process, text)."""

    def __init__(self) -> None:
        super().__init__(HEADS, (0,))
        self._timeline: Timeline | None = None
        self._palette = LIGHT
        self._rows: list[LineRow] = []
        self._taken = 0
        self._process: int | None = None
        self._words = ""

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's lines."""
        self._timeline = timeline
        self._process = None
        self._fill()

    def set_palette(self, palette: Palette) -> None:
        """Colour the tags from this palette."""
        self._palette = palette
        self._changed()

    def set_filter(self, process: int | None, words: str) -> None:
        """Keep only the lines of this process (None = all) that contain these words, in any case."""
        folded = words.casefold()
        if (process, folded) != (self._process, self._words):
            self._process, self._words = process, folded
            self._fill()

    def refresh(self) -> int:
        """Take in new lines and remove those that the timeline dropped. Returns how many rows were removed at the head."""
        timeline = self._timeline
        if timeline is None or timeline.lines_seen == self._taken:
            return 0
        new = timeline.lines_seen - self._taken
        self._taken = timeline.lines_seen
        oldest = timeline.lines[0].number
        gone = self._count_before(oldest)
        if gone:
            self.beginRemoveRows(_ROOT(), 0, gone - 1)
            del self._rows[:gone]
            self.endRemoveRows()
        fresh = self._passing(timeline.lines.newest(new))
        if fresh:
            self.beginInsertRows(_ROOT(), len(self._rows), len(self._rows) + len(fresh) - 1)
            self._rows += fresh
            self.endInsertRows()
        return gone

    def line(self, row: int) -> OutputLine:
        """The line shown in this row."""
        return OutputLine(*self._rows[row])

    def row_of(self, number: int) -> int | None:
        """The row that shows the line with this number, if any does."""
        row = self._count_before(number)
        return row if row < len(self._rows) and self._rows[row][_NUMBER] == number else None

    def text_of(self, rows: Iterable[int]) -> str:
        """These rows for the clipboard: time, process and text, separated by tabs."""
        lines = (self.line(row) for row in rows)
        return "\n".join(f"{format_moment(one.at_ns)}\t{self._tag(one)}\t{visible(one.text)}" for one in lines)

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text and colour of a cell. A name has the colour of its lane; standard error is marked."""
        if role not in _ROLES:
            return None
        line = self.line(index.row())
        column = index.column()
        if role == DISPLAY:
            return (format_moment(line.at_ns), self._tag(line), _marked(line))[column]
        if role == COLOUR:
            if column == 0:
                return QColor(self._palette.quiet)
            if column == 1:
                return QColor(self._palette.quiet if line.process is None else self._palette.of_process(line.process))
            return QColor(self._palette.bad_text) if line.stream == "stderr" else None
        return self._alignments[column]

    def _tag(self, line: OutputLine) -> str:
        tag = UNKNOWN if self._timeline is None else name_of(self._timeline, line.process)
        return f"{tag} (stderr)" if line.stream == "stderr" else tag

    def _fill(self) -> None:
        self.beginResetModel()
        self._rows = [] if self._timeline is None else self._passing(self._timeline.lines.rows)
        self._taken = 0 if self._timeline is None else self._timeline.lines_seen
        self.endResetModel()

    def _passing(self, rows: Iterable[LineRow]) -> list[LineRow]:
        process, words = self._process, self._words
        if process is not None:
            rows = (row for row in rows if row[_PROCESS] == process)
        return [row for row in rows if words in row[_TEXT].casefold()] if words else list(rows)

    def _count_before(self, number: int) -> int:
        """How many rows show lines with a lower number."""
        low, high = 0, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._rows[middle][_NUMBER] < number else (low, middle)
        return low


def _marked(line: OutputLine) -> str:
    """The text of a line. Standard error has a bar before it too, since its colour is close to that of some process."""
    return f"▌ {_shortened(line)}" if line.stream == "stderr" else _shortened(line)


def _shortened(line: OutputLine) -> str:
    text = line.text
    more = " …" if line.cut or len(text) > _MOST_SHOWN else ""
    return visible(text[:_MOST_SHOWN]) + more
