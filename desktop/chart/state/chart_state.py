"""What the timeline view knows: the run, its rows, the part in view, what is selected. No widgets; the window's thread.

The view turns events into calls on this, and draws what it then says.
"""

import time
from dataclasses import replace

from desktop.chart.drawing.chart import frame_px, span_of
from desktop.chart.drawing.links import ShownLinks
from desktop.chart.drawing.overlay import Overlay
from desktop.chart.geometry import lane_filter
from desktop.chart.geometry.arrangement import SHIFTING, Arrangement
from desktop.chart.geometry.camera import Camera
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.state.hits import hit, hit_track
from desktop.chart.state.navigation import Navigation
from desktop.facts.interval_facts import interval_words
from desktop.facts.selection import (
    BookmarkSelection,
    IntervalSelection,
    OnTrack,
    ProcessSelection,
    Selection,
    TrackSelection,
)
from desktop.facts.sheets import sheet_text
from workers.analysis.measure import measure
from workers.analysis.search import Match
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import extent

_MANY = 500
_REST = 6.0
"""How many times as long as laying out took nothing is laid out again."""


class ChartState:
    """The state of one view of one run. row: the index of the row that has the keyboard, None = none yet."""

    def __init__(self, timeline: Timeline | None = None) -> None:
        self.timeline = timeline
        self.camera = Camera()
        self.rows = Rows()
        self.links = ShownLinks()
        self.selection: Selection | None = None
        self.row: int | None = None
        self.arrangement = Arrangement()
        self.aligned_ns: int | None = None  # where another run is shown beside this one, the moment that they share
        self.behind = False  # the rows are not yet what they should be
        self._linked = -1
        self._laid_out: tuple[int, Arrangement, int] | None = None
        self._rested_s = 0.0
        self._words = ""
        self._filtered: tuple[str, int] = "", 0

    def take_in(self) -> None:
        """Lay the rows and links out anew, as far as the run's changes move them. The keyboard stays with its process."""
        timeline = self.timeline
        if timeline is None:
            return
        # Tasks, samples and printed lines move neither.
        if timeline.facts != self._linked:
            self._linked = timeline.facts
            self.links = ShownLinks.of(timeline, self.selection)
        self._filter(timeline)
        wanted = timeline.shape, self.arrangement, timeline.facts if self.arrangement.order in SHIFTING else 0
        self.behind = wanted != self._laid_out and not self._may_lay_out(timeline)
        if wanted != self._laid_out and not self.behind:
            held, began = self.held_row, time.monotonic()
            self.rows, self._laid_out = Rows.of(timeline, self.arrangement), wanted
            self._rested_s = time.monotonic() + _REST * (time.monotonic() - began)
            if held is not None:
                self.row = self.rows.index_again(held)

    def _filter(self, timeline: Timeline) -> None:
        """Bring what the filter hides up to date: a process's state may be what it is filtered by."""
        wanted = self._words, timeline.facts if self._words else 0
        if wanted != self._filtered:
            self._filtered = wanted
            hidden = lane_filter.hidden(timeline, self._words)
            if hidden != self.arrangement.hidden:
                self.arrangement = replace(self.arrangement, hidden=hidden)

    def _may_lay_out(self, timeline: Timeline) -> bool:
        """Not at every frame where there are very many rows: thousands of processes a second would leave time for nothing
        else. They come a moment later then."""
        arranged = self._laid_out is None or self._laid_out[1] != self.arrangement
        return arranged or timeline.ended or len(self.rows) < _MANY or time.monotonic() >= self._rested_s

    @property
    def held_row(self) -> Row | None:
        """The row that has the keyboard."""
        return None if self.row is None or self.row >= len(self.rows) else self.rows[self.row]

    def toggle(self, index: int) -> None:
        """Open or fold a row of helpers, or what a process started."""
        row, now = self.rows[index], self.arrangement
        if row.helpers_of:
            opened = now.expanded if now.expanded is not None else frozenset(row.helpers_of for row in self.rows)
            self.arrange(replace(now, expanded=opened ^ {row.helpers_of}))
        elif row.folds and (row.members or self.timeline is None or self.timeline.children_of(row.process)):
            self.arrange(replace(now, collapsed=now.collapsed ^ {row.process}))
        elif row.folds:
            self.arrange(replace(now, folded_tracks=now.folded_tracks ^ {row.process}))

    def filter(self, words: str) -> None:
        """Leave only the lanes that the words leave, of processes that are still to come too."""
        self._words = words
        self.take_in()

    def arrange(self, arrangement: Arrangement) -> None:
        """Lay the lanes out in another way. The keyboard stays with its row, or with the one that now stands for it."""
        held = self.held_row
        self.arrangement, self.row = arrangement, None
        self.take_in()
        if held is not None:
            self.row = self.rows.index_again(held)

    def choose(self, selection: Selection | None) -> bool:
        """Select something, or nothing. Whether that is a change."""
        if selection is not None:
            self.stand_on(selection)
        changed = selection != self.selection
        self.selection = selection
        if changed and self.timeline is not None:
            self.links = ShownLinks.of(self.timeline, selection)
        return changed

    def stand_on(self, selection: Selection) -> None:
        """Take the keyboard to the row that shows this, if one does."""
        index = self.rows.index_showing(selection)
        self.row = self.row if index is None else index

    def under(
        self, x_px: float, y_px: float, scale: TimeScale, scroll_px: float = 0.0
    ) -> tuple[int | None, Selection | None]:
        """The row at a height below the top of the lanes, and what is there: nothing on a row of helpers."""
        index = self.rows.at(y_px, scroll_px)
        if index is None or self.timeline is None:
            return None, None
        row = self.rows[index]
        if not row.process and not row.track:
            return index, whole(row)
        look = hit if row.process else hit_track
        return index, look(self.timeline, row, scale, x_px, y_px - self.rows.y(row, scroll_px))

    def unfold(self, selection: Selection) -> bool:
        """Open what is folded over the track of what is selected. Whether anything was."""
        if self.timeline is None or not isinstance(selection, OnTrack):
            return False
        if self.rows.row_of_track(selection.track) is not None:
            return False
        above, now = {selection.process}, self.arrangement
        parent = self.timeline.process(selection.process).parent_id
        while parent is not None and parent not in above:
            above.add(parent)
            parent = self.timeline.process(parent).parent_id
        opened = replace(now, collapsed=now.collapsed - above, folded_tracks=now.folded_tracks - {selection.process})
        if opened != now:
            self.arrange(opened)
            self.row = self.rows.index_showing(selection)
        return opened != now

    def words(self, index: int | None, selection: Selection | None) -> str:
        """Every fact of what `under` found; the names of the helpers on their row."""
        if self.timeline is None or index is None:
            return ""
        if selection is not None:
            return sheet_text(self.timeline, selection)
        return ", ".join(self.timeline.process(member).name for member in self.rows[index].members)

    def place_px(self, selection: Selection) -> tuple[Row, int, int] | None:
        """The row that shows what is selected, and top and height of that row, or of the selected span's depth, which is
        less than a row of many; None while nothing shows it."""
        index = self.rows.index_showing(selection)
        if index is None:
            return None
        row = self.rows[index]
        if not row.track or self.timeline is None:
            return row, row.top_px, row.height_px
        top, height = frame_px(self.timeline, row, selection)
        return row, row.top_px + int(top) - 1, int(height) + 3

    def interval(self, selection: Selection) -> tuple[int, int] | None:
        """When what is selected is: an interval, phase, wait or task, a moment, the whole life of a process, or all that a
        trace tells of a process or track. None before it began."""
        if self.timeline is None:
            return None
        span = span_of(self.timeline, selection)
        if span is None and selection.at_ns is not None:
            span = selection.at_ns, selection.at_ns
        if span is None and isinstance(selection, ProcessSelection):
            phases = self.timeline.lane(selection.process).phases
            tracks = self.timeline.tracks_of(selection.process)
            span = (int(phases.t0[0]), int(phases.t1[-1])) if len(phases) else extent(tracks)
        if span is None and isinstance(selection, TrackSelection):
            tracks = self.timeline.tracks_of(selection.process)
            span = extent([track for track in tracks if track.id == selection.track])
        return None if span is None else (span[0], min(span[1], self.timeline.now_ns))

    def within_run(self, at_ns: int) -> int:
        """The moment of the run that is nearest to a time."""
        return min(max(0, at_ns), self.timeline.now_ns) if self.timeline is not None else 0

    def overlay(self, found: Match | None = None, corner: tuple[float, float] = (0.0, 0.0)) -> Overlay:
        """The measured interval with what was measured, the marks, and where the matches of a search are. corner: what lies
        over the upper right corner of the lanes."""
        if self.timeline is None:
            return Overlay()
        selection = self.selection
        interval = selection.interval if isinstance(selection, IntervalSelection) else None
        words = () if interval is None else interval_words(measure(self.timeline, *interval))
        marks = tuple(self.timeline.bookmarks)
        chosen = selection.bookmark if isinstance(selection, BookmarkSelection) else None
        matches = None if found is None else found.t
        suspends = tuple(self.timeline.suspends)
        return Overlay(interval, words, marks, chosen, matches, self.aligned_ns, corner, suspends)

    def fit(self, selection: Selection) -> bool:
        """Fill the view with what is selected, by hand. Whether the view moved; a moment has nothing to fill it with."""
        span = self.interval(selection)
        if span is None or span[1] <= span[0]:
            return False
        room = (span[1] - span[0]) // 20
        return self.camera.show(span[0] - room, span[1] + room)

    def row_by(self, by: int) -> Selection | None:
        """Move the keyboard by some rows, and say which lane that selects: none on a row of helpers."""
        if not len(self.rows):
            return None
        at = (0 if by >= 0 else len(self.rows) - 1) if self.row is None else self.row + by
        self.row = min(max(0, at), len(self.rows) - 1)
        row = self.rows[self.row]
        return whole(row) if row.process or row.track else None

    def stop_by(self, by: int) -> tuple[Selection | None, tuple[int, int] | None]:
        """The next or previous span or mark in the keyboard's lane, and when it is; before the first comes the lane."""
        held = self.held_row
        if self.timeline is None or held is None or not (held.process or held.track):
            return self.row_by(0), None
        if held.track:
            stops = Navigation.of_track(self.timeline, self.timeline.tracks[held.track - 1])
        else:
            stops = Navigation.of_lane(self.timeline, held.process)
        stop = stops.next(self.selection, by)
        if stop is not None:
            return stop.selection, (stop.t0_ns, stop.t1_ns)
        return (self.selection if by > 0 and len(stops) else whole(held)), None


def whole(row: Row) -> Selection | None:
    """What a row shows, as a whole: a process, a track, of a counter its process. None for a row of helpers."""
    owner = row.process or row.under
    if not owner:
        return None
    return TrackSelection(owner, row.track) if row.track else ProcessSelection(owner)
