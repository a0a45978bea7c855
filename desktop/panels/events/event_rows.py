"""The events of a run as a table model, by time. The window's thread."""

from itertools import chain
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from desktop.facts.event_words import event_details, event_name
from desktop.facts.formatting import format_moment
from desktop.facts.naming import name_of
from desktop.facts.selection import BookmarkSelection, CallSelection, Selection, TaskSelection
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.record_rows import ALIGNMENT, COLOUR, DISPLAY, RecordRows, TableIndex
from workers.analysis.events import Event, EventKind, events_between, events_of
from workers.timeline.timeline import Timeline

HEADS = ("Time", "Process", "Event", "Details")
_PROCESS, _EVENT = HEADS.index("Process"), HEADS.index("Event")


class EventRows(RecordRows):
    """Rows of (time, process, event, details). `refresh` rebuilds the events of changed processes only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADS, (0,), parent)
        self._timeline: Timeline | None = None
        self._palette = LIGHT
        self._of: dict[int, list[Event]] = {}
        self._revision = -1
        self._all: list[Event] = []
        self._rows: list[Event] = []
        self._process: int | None = None
        self._words = ""

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show the events of this run, of every process."""
        self.beginResetModel()
        self._timeline, self._of, self._revision, self._process = timeline, {}, -1, None
        self._all = self._rows = []
        self.endResetModel()

    def set_palette(self, palette: Palette) -> None:
        """Colour the names as their lanes."""
        self._palette = palette
        self._changed()

    def set_filter(self, process: int | None, words: str) -> None:
        """Keep only the events of this process (None = all) that contain these words, in any case."""
        folded = words.casefold()
        if (process, folded) != (self._process, self._words):
            self._process, self._words = process, folded
            self.beginResetModel()
            self._rows = self._passing(self._all)
            self.endResetModel()

    def refresh(self) -> None:
        """Take in the events since the last refresh. Events at the end are added; any other change resets the model."""
        timeline = self._timeline
        if timeline is None or timeline.revision == self._revision:
            return
        for process in timeline.changed_since(self._revision):
            self._of[process] = _same(self._of.get(process, []), events_of(timeline, process))
        self._of[0] = _same(self._of.get(0, []), events_between(timeline))
        self._revision = timeline.revision
        self._all = sorted(chain.from_iterable(self._of.values()), key=attrgetter("at_ns"))
        rows = self._passing(self._all)
        before = len(self._rows)
        if rows[:before] != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif len(rows) > before:
            self.beginInsertRows(QModelIndex(), before, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()

    @property
    def total(self) -> int:
        """How many events there are, whatever the filter."""
        return len(self._all)

    def event_at(self, row: int) -> Event:
        """The event in this row."""
        return self._rows[row]

    def row_of(self, event: Event) -> int | None:
        """The row that shows this event, if any does."""
        return self._rows.index(event) if event in self._rows else None

    def row_of_selection(self, selection: Selection) -> int | None:
        """The row of a selection that is an event: the first one of a call, a mark, a failed task."""
        for row, event in enumerate(self._rows):
            match selection:
                case BookmarkSelection():
                    found = event.bookmark == selection.bookmark
                case CallSelection():
                    found = event.kind in (EventKind.CALLED, EventKind.RETURNED) and event.ref == selection.call
                case TaskSelection():
                    found = event.kind is EventKind.TASK_FAILED and event.ref == selection.task
                case _:
                    return None
            if found:
                return row
        return None

    def cells(self, row: int) -> list[str]:
        """The texts of a row."""
        return [self._cell(self._rows[row], at) for at in range(len(HEADS))]

    def data(self, index: TableIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text and colour of a cell. A name has the colour of its lane; a bad end is in the warning colour."""
        if role == ALIGNMENT:
            return self._alignments[index.column()]
        if role not in (DISPLAY, COLOUR) or self._timeline is None:
            return None
        event, column = self._rows[index.row()], index.column()
        if role == DISPLAY:
            return self._cell(event, column)
        if column == 0:
            return QColor(self._palette.quiet)
        if column == _PROCESS and event.process:
            return QColor(self._palette.of_process(event.process))
        return QColor(self._palette.bad_text) if column == _EVENT and self._is_bad(event) else None

    def _cell(self, event: Event, column: int) -> str:
        timeline = self._timeline
        assert timeline is not None
        if column == 0:
            return format_moment(event.at_ns)
        if column == _PROCESS:
            return name_of(timeline, event.process or None)
        return event_name(timeline, event) if column == _EVENT else event_details(timeline, event)

    def _is_bad(self, event: Event) -> bool:
        assert self._timeline is not None
        if event.kind in (EventKind.TASK_FAILED, EventKind.LOST):
            return True
        if event.kind is EventKind.EXITED:
            return self._timeline.process(event.process).ended_badly
        return event.kind is EventKind.RETURNED and self._timeline.call(event.ref).error is not None

    def _passing(self, events: list[Event]) -> list[Event]:
        process, words = self._process, self._words
        if process is not None:
            events = [event for event in events if event.process == process]
        if words:
            columns = range(_PROCESS, len(HEADS))
            events = [one for one in events if any(words in self._cell(one, at).casefold() for at in columns)]
        return events


def _same(before: list[Event], now: list[Event]) -> list[Event]:
    """The old list if the events are equal. Comparing lists is fast as long as their members are identical."""
    return before if before == now else now
