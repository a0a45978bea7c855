"""The spans of a track, by depth. Numpy columns without Qt; the window's thread, or an export."""

import numpy as np
from numpy.typing import NDArray

from workers.timeline.distinct import distinct
from workers.timeline.model import SpanKind
from workers.timeline.task_store import Changes, Layer
from workers.timeline.tracks import Track, TrackSpans


class TrackLevel:
    """The spans of one depth of a track, as `task_columns` reads them. They never change."""

    def __init__(self, spans: TrackSpans, mine: NDArray[np.int64] | slice) -> None:
        self.t0, self.t1, self._kind, self.name = spans.t0[mine], spans.t1[mine], spans.kind[mine], spans.name[mine]
        self.changes = Changes()
        failed = np.flatnonzero(self._kind == SpanKind.FAILED)
        self._kind = np.full(len(self.t0), SpanKind.TASK, np.uint8)
        self._kind[failed] = SpanKind.FAILED
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
        """The kinds of a part."""
        return self._kind[low:high]


class TrackLevels:
    """The levels of all tracks. Each is made when it is first shown, since a track can have 65,535."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], TrackLevel] = {}
        self._places: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def at(self, track: Track, depth: int) -> TrackLevel:
        """One depth of a track, 0 the outermost."""
        made = self._made.get((track.id, depth))
        if made is None:
            made = self._made[track.id, depth] = TrackLevel(track.spans, self._mine(track, depth))
        return made

    def overview(self, track: Track) -> list[TrackLevel]:
        """The depths to draw where a track has room for one pixel row: the outermost, and those in which something failed."""
        spans = track.spans
        failed = distinct(spans.depth[spans.kind == SpanKind.FAILED]).values.tolist()
        return [self.at(track, depth) for depth in sorted({0, *failed}) if depth < spans.height]

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
