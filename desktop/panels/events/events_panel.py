"""The Events panel: everything that happened in a run, in order, to filter, search and copy. The window's thread."""

import time

from PySide6.QtCore import QModelIndex

from desktop.facts.event_words import event_selection
from desktop.facts.selection import Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.events.event_rows import HEADS, EventRows
from desktop.panels.record_list import RecordFilter, RecordList
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.note import recolour_notes
from desktop.widgets.record_table import FollowingTable
from workers.timeline.timeline import Timeline

NOTHING_YET = "No events yet"
OF_A_TRACE = "A trace has tracks instead"

_SHARE = 0.05
"""The largest share of the window's time that listing the events of a live run may take."""


class EventsPanel(RecordList):
    """What happened in the run."""

    def __init__(self) -> None:
        self._rows = EventRows()
        super().__init__(
            RecordFilter("events", "Events of:", "&Search:", "events"),
            FollowingTable("events", "Events", self._rows),
        )
        self._timeline: Timeline | None = None
        self._next_s = 0.0
        self._table.fit_columns(("1,234.567 s", "ForkPoolWorker-12", "terminate_workers() returned"))
        self._table.horizontalHeader().setStretchLastSection(True)
        self._filter.changed.connect(self._on_filter_changed)
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self.set_palette(LIGHT)
        self._say_how_many()

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show this run's events; None empties the panel."""
        self._timeline = timeline
        self._next_s = 0.0
        self._filter.clear_processes()
        self._rows.set_timeline(timeline)
        self._rows.set_filter(None, self._filter.words)
        self.refresh()
        self._table.follow()

    def refresh(self) -> None:
        """List the events since the last refresh. In a large live run this happens only now and then."""
        timeline = self._timeline
        now_s = time.monotonic()
        if timeline is None or (not timeline.ended and now_s < self._next_s):
            return
        self._filter.know_processes(timeline)
        row = self._table.currentIndex().row()
        chosen = self._rows.event_at(row) if 0 <= row < self._rows.rowCount() else None
        with self._table.keeping_place():
            self._rows.refresh()
        if chosen is not None and not self._table.currentIndex().isValid():
            again = self._rows.row_of(chosen)
            if again is not None:
                self._table.choose(again)
        self._next_s = now_s + (time.monotonic() - now_s) / _SHARE
        self._say_how_many()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)
        recolour_notes(self, palette)

    def show_selection(self, selection: Selection | None) -> None:
        """Highlight the event of a selection in another view, if it is listed; of anything else, show what its process did
        then."""
        row = None if selection is None else self._rows.row_of_selection(selection)
        if row is None:
            self._table.clearSelection()
            if selection is not None:
                rows = self._rows
                self.scroll_near(
                    selection, rows.rowCount(), lambda at: rows.event_at(at).at_ns, lambda at: rows.event_at(at).process
                )
            return
        self._table.choose(row)
        self._table.scrollTo(self._rows.index(row, 0))

    def copy(self) -> None:
        """Copy the chosen events as text, or all that are shown when none is chosen."""
        rows = self._table.chosen_rows() or range(self._rows.rowCount())
        if rows:
            copy_text(table_text(HEADS, map(self._rows.cells, rows)))
            self.said.emit(copied(len(rows), "event", "events"))

    def _on_filter_changed(self) -> None:
        self._rows.set_filter(self._filter.process, self._filter.words)
        self._table.follow()
        self._say_how_many()

    def _on_chosen(self, index: QModelIndex) -> None:
        self.selected.emit(event_selection(self._rows.event_at(index.row())))

    def _say_how_many(self) -> None:
        total, shown = self._rows.total, self._rows.rowCount()
        if not total:
            traced = self._timeline is not None and self._timeline.imported is not None
            self._filter.say(OF_A_TRACE if traced else NOTHING_YET)
        elif shown == total:
            self._filter.say("1 event" if total == 1 else f"{total:,} events")
        else:
            self._filter.say(f"{shown:,} of {total:,} events")
