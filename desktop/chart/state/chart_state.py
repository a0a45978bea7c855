"""The state of the timeline view: the run, its rows, the interval in view, the selection. No widgets; the window's thread.

The interaction changes it, and the display shows it.
"""

import time
from dataclasses import replace

from desktop.chart.drawing.overlay import Guess, Overlay
from desktop.chart.drawing.shown_links import ShownLinks
from desktop.chart.geometry import lane_filter
from desktop.chart.geometry.arrangement import SHIFTING, Arrangement
from desktop.chart.geometry.camera import Camera
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.selected_span import frame_px, span_of
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.state.hits import hit, hit_thread, hit_track
from desktop.chart.state.navigation import Navigation
from desktop.facts.interval_facts import interval_words
from desktop.facts.selection import (
    BookmarkSelection,
    IntervalSelection,
    OnTrack,
    ProcessSelection,
    Selection,
    ThreadSelection,
    TrackSelection,
)
from desktop.facts.sheets import sheet_text
from workers.analysis.critical_path import CriticalPath, critical_path
from workers.analysis.measure import measure
from workers.analysis.search import Matches
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import extent

_MANY = 500
_REST = 6.0
"""The pause between two layouts of very many rows: so many times as long as the layout took."""


class ChartState:
    """The state of one view of one run.

    row: the index of the row that has the keyboard; None for no row.
    links: the arrows to draw.
    found: the matches of the search; None while nothing is searched.
    aligned_ns: the moment at which the run is aligned with another one beside it.
    room_px: the height that the lanes may fill.
    guesses: what was predicted of the run, drawn beside what happened.
    shows_path: whether the critical path is drawn, once the run has ended.
    behind: whether the rows are out of date, because laying them out was put off.
    """

    def __init__(self, timeline: Timeline | None = None) -> None:
        self.timeline = timeline
        self.camera = Camera()
        self.rows = Rows()
        self.links = ShownLinks()
        self.selection: Selection | None = None
        self.row: int | None = None
        self.arrangement = Arrangement()
        self.found: Matches | None = None
        self.aligned_ns: int | None = None
        self.guesses: tuple[Guess, ...] = ()
        self.shows_path = False
        self.room_px = 0.0
        self.behind = False
        self._linked = -1
        self._laid_out: tuple[int, Arrangement, int, float] | None = None
        self._rested_s = 0.0
        self._words = ""
        self._filtered: tuple[str, int] = "", 0
        self._path: tuple[bool, CriticalPath | None] = False, None  # whether it is known, and it

    def take_in(self) -> None:
        """Update rows and links after news of the run. The keyboard stays with its process."""
        timeline = self.timeline
        if timeline is None:
            return
        # Tasks, samples and printed lines change neither.
        if timeline.facts != self._linked:
            self._linked = timeline.facts
            self.links = ShownLinks.of(timeline, self.selection)
        self._filter(timeline)
        room_px = self.room_px if self.arrangement.fills and len(self.rows) < _MANY else 0.0
        shifting = timeline.facts if self.arrangement.order in SHIFTING else 0
        wanted = timeline.shape, self.arrangement, shifting, room_px
        self.behind = wanted != self._laid_out and not self._may_lay_out(timeline)
        if wanted != self._laid_out and not self.behind:
            held, began = self.held_row, time.monotonic()
            self.rows = Rows.of(timeline, self.arrangement, room_px)
            if len(self.rows) >= _MANY:
                room_px = 0.0  # which they do not ask for: with it in `wanted` they would be laid out again
            self._laid_out = timeline.shape, self.arrangement, shifting, room_px
            self._rested_s = time.monotonic() + _REST * (time.monotonic() - began)
            if held is not None:
                self.row = self.rows.index_again(held)

    def _filter(self, timeline: Timeline) -> None:
        """Update the hidden lanes: the filter may ask for the state of a process, which changes."""
        wanted = self._words, timeline.facts if self._words else 0
        if wanted != self._filtered:
            self._filtered = wanted
            hidden = lane_filter.hidden(timeline, self._words)
            if hidden != self.arrangement.hidden:
                self.arrangement = replace(self.arrangement, hidden=hidden)

    def _may_lay_out(self, timeline: Timeline) -> bool:
        """Whether there is time to lay the rows out. Very many rows are not laid out at every frame: where thousands of
        processes start in a second, nothing else would be done."""
        arranged = self._laid_out is None or self._laid_out[1] != self.arrangement
        return arranged or timeline.ended or len(self.rows) < _MANY or time.monotonic() >= self._rested_s

    @property
    def held_row(self) -> Row | None:
        """The row that has the keyboard."""
        return None if self.row is None or self.row >= len(self.rows) else self.rows[self.row]

    def toggle(self, index: int) -> None:
        """Fold or unfold a row: helpers, threads, children, tracks, or the workers of a machine."""
        row, now = self.rows[index], self.arrangement
        if row.helpers_of:
            opened = now.expanded if now.expanded is not None else frozenset(row.helpers_of for row in self.rows)
            self.arrange(replace(now, expanded=opened ^ {row.helpers_of}))
        elif row.host:
            self.arrange(replace(now, folded_hosts=now.folded_hosts ^ {row.host}))
        elif row.threads_of:
            self.arrange(now.with_threads([row.threads_of], not row.expanded))
        elif row.folds and (row.members or self.timeline is None or self.timeline.children_of(row.process)):
            self.arrange(replace(now, collapsed=now.collapsed ^ {row.process}))
        elif row.folds:
            self.arrange(replace(now, folded_tracks=now.folded_tracks ^ {row.process}))

    def filter(self, words: str) -> None:
        """Hide the lanes that do not match the words, of later processes too."""
        self._words = words
        self.take_in()

    def arrange(self, arrangement: Arrangement) -> None:
        """Arrange the lanes in another way. The keyboard stays with its row, or moves to the row that it is folded into."""
        held = self.held_row
        self.arrangement, self.row = arrangement, None
        self.take_in()
        if held is not None:
            self.row = self.rows.index_again(held)

    def choose(self, selection: Selection | None) -> bool:
        """Select something, or nothing. Returns whether that is a change."""
        if selection is not None:
            self.focus_row_of(selection)
        changed = selection != self.selection
        self.selection = selection
        if changed and self.timeline is not None:
            self.links = ShownLinks.of(self.timeline, selection)
        return changed

    def focus_row_of(self, selection: Selection) -> None:
        """Give the keyboard to the row that shows this, if there is one."""
        index = self.rows.index_showing(selection)
        self.row = self.row if index is None else index

    def under(
        self, x_px: float, y_px: float, scale: TimeScale, scroll_px: float = 0.0
    ) -> tuple[int | None, Selection | None]:
        """The index of the row at a height below the top of the lanes, and the thing there; no thing on a row of helpers."""
        index = self.rows.at(y_px, scroll_px)
        if index is None or self.timeline is None:
            return None, None
        row = self.rows[index]
        if not (row.process or row.track or row.thread):
            return index, whole(row)
        look = hit if row.process else hit_track if row.track else hit_thread
        return index, look(self.timeline, row, scale, x_px, y_px - self.rows.y(row, scroll_px))

    def unfold(self, selection: Selection) -> bool:
        """Unfold the rows that hide the track or thread of a thing. Returns whether any did."""
        if self.timeline is None:
            return False
        thread = self.rows.thread_of(selection)
        if thread:
            if not self.rows.is_folded(thread):
                return False
        elif not isinstance(selection, OnTrack) or self.rows.row_of_track(selection.track) is not None:
            return False
        above, now = {selection.process}, self.arrangement
        parent = self.timeline.process(selection.process).parent_id
        while parent is not None and parent not in above:
            above.add(parent)
            parent = self.timeline.process(parent).parent_id
        host = self.timeline.process(selection.process).host
        opened = replace(now, collapsed=now.collapsed - above, folded_tracks=now.folded_tracks - {selection.process},
                         folded_hosts=now.folded_hosts - {host})  # fmt: skip
        if thread:
            opened = opened.with_threads([selection.process], True)
        if opened != now:
            self.arrange(opened)
            self.row = self.rows.index_showing(selection)
        return opened != now

    def words(self, index: int | None, selection: Selection | None) -> str:
        """Every fact of a thing that `under` found; on a row of helpers their names."""
        if self.timeline is None or index is None:
            return ""
        if selection is not None:
            return sheet_text(self.timeline, selection)
        return ", ".join(self.timeline.process(member).name for member in self.rows[index].members)

    def place_px(self, selection: Selection) -> tuple[Row, int, int] | None:
        """(row, top, height) of a thing: of its row, or on a track's row of its span's depth. None while no row shows it."""
        index = self.rows.index_showing(selection)
        if index is None:
            return None
        row = self.rows[index]
        if not row.track or self.timeline is None:
            return row, row.top_px, row.height_px
        top, height = frame_px(self.timeline, row, selection)
        return row, row.top_px + int(top) - 1, int(height) + 3

    def interval(self, selection: Selection) -> tuple[int, int] | None:
        """The interval of a thing: of a span itself, of a moment from and to that moment, of a process its whole life, of a
        traced process or track all that the trace has of it. None before it began."""
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
        if span is None and isinstance(selection, ThreadSelection):
            tasks = self.timeline.tasks.of_thread(selection.thread)
            cut_ns = self.timeline.process(selection.process).last_ns
            if tasks is not None and len(tasks):
                span = int(tasks.t0[0]), int(tasks.ends(0, len(tasks), cut_ns).max())
        return None if span is None else (span[0], min(span[1], self.timeline.now_ns))

    def within_run(self, at_ns: int) -> int:
        """The moment of the run that is nearest to a time."""
        return min(max(0, at_ns), self.timeline.now_ns) if self.timeline is not None else 0

    @property
    def path(self) -> CriticalPath | None:
        """The critical path where it is to be drawn; None before the end of the run, and where it has none."""
        timeline = self.timeline
        if not self.shows_path or timeline is None or not timeline.ended:
            return None
        if not self._path[0]:
            self._path = True, critical_path(timeline)
        return self._path[1]

    def overlay(self) -> Overlay:
        """The measured interval with its words, the marks, and the moments of the matches."""
        if self.timeline is None:
            return Overlay()
        selection = self.selection
        interval = selection.interval if isinstance(selection, IntervalSelection) else None
        words = () if interval is None else interval_words(measure(self.timeline, *interval))
        marks = tuple(self.timeline.bookmarks)
        chosen = selection.bookmark if isinstance(selection, BookmarkSelection) else None
        matches = None if self.found is None else self.found.t
        suspends = tuple(self.timeline.suspends)
        path = self.path
        steps = () if path is None else path.steps
        return Overlay(interval, words, marks, chosen, matches, self.aligned_ns, suspends, self.guesses, steps)

    def fit(self, selection: Selection) -> bool:
        """Fill the view with something. Returns whether the view moved: a moment has no length to fill it with."""
        span = self.interval(selection)
        if span is None or span[1] <= span[0]:
            return False
        room = (span[1] - span[0]) // 20
        return self.camera.show(span[0] - room, span[1] + room)

    def row_by(self, by: int) -> Selection | None:
        """Move the keyboard by some rows. Returns the lane that this selects; None on a row of helpers."""
        if not len(self.rows):
            return None
        at = (0 if by >= 0 else len(self.rows) - 1) if self.row is None else self.row + by
        self.row = min(max(0, at), len(self.rows) - 1)
        row = self.rows[self.row]
        return whole(row) if row.process or row.track or row.thread else None

    def landmark_by(self, by: int) -> tuple[Selection | None, tuple[int, int] | None]:
        """The next or previous thing in the lane that has the keyboard, and its interval. Before the first comes the lane
        itself."""
        held = self.held_row
        if self.timeline is None or held is None or not (held.process or held.track or held.thread):
            return self.row_by(0), None
        if held.track:
            things = Navigation.of_track(self.timeline, self.timeline.tracks[held.track - 1])
        elif held.thread:
            things = Navigation.of_thread(self.timeline, self.timeline.thread(held.thread))
        else:
            things = Navigation.of_lane(self.timeline, held.process)
        landmark = things.next(self.selection, by)
        if landmark is not None:
            return landmark.selection, (landmark.t0_ns, landmark.t1_ns)
        return (self.selection if by > 0 and len(things) else whole(held)), None


def whole(row: Row) -> Selection | None:
    """The selection of a row as a whole: its process, thread or track; of a counter or all threads the process. None for a row
    of helpers."""
    owner = row.process or row.under
    if not owner:
        return None
    if row.thread:
        return ThreadSelection(owner, row.thread)
    return TrackSelection(owner, row.track) if row.track else ProcessSelection(owner)
