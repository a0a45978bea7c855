"""The Output panel: every printed line with its time and process, to filter, search and copy. The window's thread."""

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHeaderView

from desktop.facts.selection import LineSelection, Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.output.output_rows import OutputRows
from desktop.panels.record_list import RecordFilter, RecordList
from desktop.widgets.clipboard import copied, copy_text
from desktop.widgets.note import recolour_notes
from desktop.widgets.record_table import FollowingTable
from workers.plan.sizes import format_bytes
from workers.timeline.timeline import Timeline

NOTHING_YET = "Nothing printed yet"
NOTHING = "Nothing was printed"
OF_A_TRACE = "A trace has no output"


class OutputPanel(RecordList):
    """What the run printed."""

    def __init__(self) -> None:
        self._rows = OutputRows()
        super().__init__(
            RecordFilter("output", "&Lines of:", "&Search:", "lines"),
            FollowingTable("output", "Output", self._rows),
        )
        self._timeline: Timeline | None = None
        self._revision = (-1, -1)
        header = self._table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._table.fit_columns(("12,345.678 s", "ForkPoolWorker-12"))
        self._filter.changed.connect(self._on_filter_changed)
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self.set_palette(LIGHT)
        self.set_timeline(None)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show the output of this run from its beginning; None empties the panel."""
        self._timeline = timeline
        self._filter.clear_processes()
        self._rows.set_timeline(timeline)
        self._rows.set_filter(None, self._filter.words)
        self._revision = (-1, -1)
        self.refresh()
        self._table.follow()

    def refresh(self) -> None:
        """List the lines printed since the last refresh."""
        timeline = self._timeline
        revision = (0, 0) if timeline is None else (timeline.revision, timeline.lines_seen)
        if revision == self._revision:
            return
        self._revision = revision
        if timeline is not None:
            self._filter.know_processes(timeline)
            with self._table.keeping_place() as place:
                place.gone = self._rows.refresh()
        self._say_how_many()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)
        recolour_notes(self, palette)

    def show_selection(self, selection: Selection | None) -> None:
        """Highlight the line selected in another view, if it is listed; else show what the process printed then."""
        row = self._rows.row_of(selection.line) if isinstance(selection, LineSelection) else None
        if row is None:
            self._table.clearSelection()
            if selection is not None and not isinstance(selection, LineSelection):
                rows = self._rows
                self.scroll_near(
                    selection, rows.rowCount(), lambda at: rows.line(at).at_ns, lambda at: rows.line(at).process or 1
                )
            return
        self._table.choose(row)
        self._table.scrollTo(self._rows.index(row, 0))

    def copy(self) -> None:
        """Copy the chosen lines as text, or all that are shown when none is chosen."""
        rows = self._table.chosen_rows() or range(self._rows.rowCount())
        if rows:
            copy_text(self._rows.text_of(rows))
            self.said.emit(copied(len(rows), "line", "lines"))

    def _on_filter_changed(self) -> None:
        self._rows.set_filter(self._filter.process, self._filter.words)
        self._table.follow()
        self._say_how_many()

    def _on_chosen(self, index: QModelIndex) -> None:
        line = self._rows.line(index.row())
        # A line of an unknown writer belongs to the lane of the program: it came through the program's pipe.
        self.selected.emit(LineSelection(line.process or 1, line.at_ns, line.number))

    def _say_how_many(self) -> None:
        timeline = self._timeline
        if timeline is None or not timeline.lines_seen:
            traced = timeline is not None and timeline.imported is not None
            ended = timeline is not None and timeline.ended
            self._filter.say(OF_A_TRACE if traced else NOTHING if ended else NOTHING_YET)
            return
        kept, shown = len(timeline.lines), self._rows.rowCount()
        text = f"{kept:,} lines" if shown == kept else f"{shown:,} of {kept:,} lines"
        if timeline.lines_seen > kept:
            text += f"; {timeline.lines_seen - kept:,} older ones dropped"
        if timeline.dropped_output_bytes:
            text += f"; {format_bytes(timeline.dropped_output_bytes)} lost"
        self._filter.say("1 line" if text == "1 lines" else text)
