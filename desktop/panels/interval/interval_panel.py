"""The Interval panel: a measured interval by lane, and how many cores were busy in it. The window's thread."""

import time
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.facts.formatting import format_moment
from desktop.facts.selection import IntervalSelection, ProcessSelection, Selection, TrackSelection
from desktop.facts.tables.interval_columns import LANE_FACTS
from desktop.look.palette import LIGHT, Palette
from desktop.panels.interval.core_line import POINTS, CoreLine
from desktop.panels.interval.lane_rows import HEADS, LaneRows
from desktop.panels.run_panel import RunPanel
from desktop.widgets.clipboard import copied, copy_text, table_text
from desktop.widgets.note import Note, recolour_notes
from desktop.widgets.record_table import SORTED_HEAD_PX, LongTable
from workers.analysis.tables.lane_measures import LaneMeasure, cores_busy, lane_measures
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline

NOTHING = "Drag over the timeline to measure an interval: which lanes were alive, busy, idle or waiting in it."
_SLICE_S = 0.008
_REST_S, _REST = 0.25, 20
"""A live run is measured again after so long, and after so many times what it took."""


class IntervalPanel(RunPanel):
    """The last measured interval, also after something else was selected: so a lane can be looked at and compared.

    Ten thousand lanes are measured some at a time; the table shows them when all are known.
    """

    def __init__(self) -> None:
        super().__init__()
        self._timeline: Timeline | None = None
        self._interval: IntervalSelection | None = None
        self._known: tuple[IntervalSelection | None, int] = (None, -1)
        self._began_s = self._next_s = 0.0
        self._measuring: Iterator[LaneMeasure] | None = None
        self._measures: list[LaneMeasure] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_time)
        self._rows = LaneRows(self)
        self._table = LongTable("interval", "Interval by lane", self._rows, by_click=False)
        self._table.setAlternatingRowColors(True)
        self._table.make_sortable()
        self._table.fit_columns(
            ("process 1 · MainThread", *(fact.sample for fact in LANE_FACTS)), head_px=SORTED_HEAD_PX
        )
        self._table.horizontalHeader().setStretchLastSection(True)
        self._words = Note(wrap=False)
        self._words.setObjectName("interval_note")
        self._cores = CoreLine()
        self._empty = Note(NOTHING)
        self._empty.setObjectName("interval_empty")
        self._empty.setContentsMargins(8, 8, 8, 8)
        self._body = QWidget()
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 4)
        head.setSpacing(10)
        head.addWidget(self._words, 1)
        head.addWidget(self._cores, 1)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addLayout(head)
        body.addWidget(self._table, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._body, 1)
        whole.addWidget(self._empty)
        whole.addStretch(0)
        self._body.hide()
        self._table.chosen.connect(self._on_chosen)
        self._table.copy_requested.connect(self.copy)
        self.set_palette(LIGHT)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Measure this run from now on; the interval of the run before is dropped."""
        self._stop()
        self._timeline, self._interval, self._known = timeline, None, (None, -1)
        self._rows.show_measures(None, ())
        self._body.hide()
        self._empty.show()

    def refresh(self) -> None:
        """Measure the interval, if it is another one or the run has news."""
        timeline, interval = self._timeline, self._interval
        if timeline is None or interval is None:
            return
        news = (interval, timeline.revision)
        waits = self._known[0] == interval and not timeline.ended and time.monotonic() < self._next_s
        if news == self._known or waits or (self._measuring is not None and self._known[0] == interval):
            return
        self._known, self._began_s = news, time.monotonic()
        self._measuring, self._measures = lane_measures(timeline, *interval.interval), []
        self._say(timeline, interval)
        self._on_time()

    def show_selection(self, selection: Selection | None) -> None:
        """Show an interval that was selected. Anything else leaves the last one."""
        if isinstance(selection, IntervalSelection) and self._timeline is not None:
            self._interval = selection
            self._empty.hide()
            self._body.show()
            if self.isVisible():
                self.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._rows.set_palette(palette)
        self._cores.set_palette(palette)
        recolour_notes(self, palette)

    def copy(self) -> None:
        """Copy the chosen lanes as text, or all when none is chosen."""
        rows = self._table.chosen_places() or range(self._rows.rowCount())
        if rows:
            copy_text(table_text(HEADS, map(self._rows.cells, rows)))
            self.said.emit(copied(len(rows), "lane", "lanes"))

    def end(self) -> None:
        """Measure no more."""
        self._stop()

    def _on_time(self) -> None:
        """Measure lanes for a moment."""
        until_s = time.monotonic() + _SLICE_S
        for measured in self._measuring or ():
            self._measures.append(measured)
            if time.monotonic() >= until_s:
                self._timer.start()
                return
        self._stop()
        self._next_s = time.monotonic() + max(_REST_S, _REST * (time.monotonic() - self._began_s))
        place = self._table.only_chosen()
        chosen = None if place is None else self._rows.measure_at(place)
        self._rows.show_measures(self._timeline, self._measures)
        if chosen is not None:
            rows = range(self._rows.rowCount())
            same = (row for row in rows if _lane(self._rows.measure_at(row)) == _lane(chosen))
            self._table.show_chosen(next(same, None), scroll=False)

    def _stop(self) -> None:
        self._timer.stop()
        self._measuring = None

    def _say(self, timeline: Timeline, interval: IntervalSelection) -> None:
        t0_ns, t1_ns = interval.interval
        lasts_ns = t1_ns - t0_ns
        times = f"{format_moment(t0_ns, lasts_ns)} to {format_moment(t1_ns, lasts_ns)}"
        busy = cores_busy(timeline, t0_ns, t1_ns, POINTS)
        if busy is None:
            cores = "cores busy: not sampled in it"
        else:
            cores = f"cores busy: {np.nanmean(busy):.2f} on average, {np.nanmax(busy):.2f} at most"
        self._words.setText(f"{times}, {format_duration(lasts_ns / 1e9)} · {cores}")
        self._words.setToolTip(self._words.text())
        self._cores.show_cores(busy, cores.capitalize())

    def _on_chosen(self, index: QModelIndex) -> None:
        measured = self._rows.measure_at(index.row())
        self.selected.emit(
            TrackSelection(measured.process, measured.track) if measured.track else ProcessSelection(measured.process)
        )


def _lane(measured: LaneMeasure) -> tuple[int, int]:
    return measured.process, measured.track
