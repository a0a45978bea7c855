"""The spans of a track, by depth. Numpy columns without Qt; the window's thread, an export, or the thread that reads them."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from desktop.chart.geometry.task_columns import NAMED
from desktop.look.name_colours import name_colours
from workers.timeline.distinct import distinct
from workers.timeline.model import SpanKind
from workers.timeline.task_store import Changes, Layer
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track, TrackSpans

_PREPARED = 256
"""The levels of so many tracks are made before a trace is shown: more than a window has room for."""


class TrackLevel:
    """The spans of one depth of a track, as `task_columns` reads them: coloured by name. They never change.

    colours: the number of the colour of each name.
    """

    def __init__(self, spans: TrackSpans, mine: NDArray[np.int64] | slice, colours: NDArray[np.uint8]) -> None:
        self.t0, self.t1, self.name = spans.t0[mine], spans.t1[mine], spans.name[mine]
        self.changes = Changes()
        failed = np.flatnonzero(spans.kind[mine] == SpanKind.FAILED)
        self.shades: NDArray[np.uint8] = colours.take(self.name) + np.uint8(NAMED)
        self.shades[failed] = SpanKind.FAILED
        layers = [Layer(SpanKind.TASK, self.t0, np.maximum.accumulate(self.t1))]
        if len(failed):
            layers.append(Layer(SpanKind.FAILED, self.t0[failed], np.maximum.accumulate(self.t1[failed])))
        self._layers = tuple(layers)

    def __len__(self) -> int:
        return len(self.t0)

    def layers(self, cut_ns: int | None) -> tuple[Layer, ...]:
        """All spans, and over them those that failed."""
        return self._layers

    def ends(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.int64]:
        """The ends of a part."""
        return self.t1[low:high]

    def kinds(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.uint8]:
        """What a part shows."""
        return self.shades[low:high]


class TrackLevels:
    """The levels of all tracks of a trace. Each is made when it is first shown, since a track can have 65,535.

    `levels_of` returns those of a timeline, which all its pictures share.
    """

    def __init__(self) -> None:
        self._colours: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._made: dict[tuple[int, int], TrackLevel] = {}
        self._places: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def at(self, track: Track, depth: int, names: Sequence[str]) -> TrackLevel:
        """One depth of a track, 0 the outermost. names: all names of the trace."""
        made = self._made.get((track.id, depth))
        if made is None:
            made = self._made[track.id, depth] = self._level(track, depth, names)
        return made

    def overview(self, track: Track, names: Sequence[str]) -> list[TrackLevel]:
        """The depths to draw where a track has room for one pixel row: the outermost, and those in which something failed."""
        spans = track.spans
        failed = distinct(spans.depth[spans.kind == SpanKind.FAILED]).values.tolist()
        return [self.at(track, depth, names) for depth in sorted({0, *failed}) if depth < spans.height]

    def _level(self, track: Track, depth: int, names: Sequence[str]) -> TrackLevel:
        if len(self._colours) != len(names):
            self._colours = name_colours(names)
        return TrackLevel(track.spans, self._mine(track, depth), self._colours)

    def _mine(self, track: Track, depth: int) -> NDArray[np.int64] | slice:
        """Where the spans of this depth are among all."""
        if track.spans.height == 1:
            return slice(None)
        by_depth, first = self._of(track)
        return by_depth[first[depth] : first[depth + 1]]

    def _of(self, track: Track) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(indices of the spans by depth and then time, where each depth begins among them)."""
        places = self._places.get(track.id)
        if places is None:
            depth = track.spans.depth
            by_depth = np.argsort(depth, kind="stable")
            first = depth[by_depth].searchsorted(np.arange(track.spans.height + 1))
            places = self._places[track.id] = by_depth, first
        return places


def levels_of(timeline: Timeline) -> TrackLevels:
    """The levels of its tracks, kept for as long as it is."""
    levels = _kept.get(timeline)
    if levels is None:
        levels = _kept[timeline] = TrackLevels()
    return levels


def prepare_levels(timeline: Timeline) -> None:
    """Make the levels of the first picture, before the timeline is shown: its frame has that much less to do."""
    levels = levels_of(timeline)
    for track in timeline.tracks[:_PREPARED]:
        levels.overview(track, timeline.names)


_kept: "WeakKeyDictionary[Timeline, TrackLevels]" = WeakKeyDictionary()
