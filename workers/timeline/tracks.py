"""The contents of another program's trace: tracks with nested spans and instants, counters and flows.

Data only, any process and thread. Columns are numpy arrays. Times are ns from the earliest event of the trace, an end of
`lanes.OPEN` means that none is known, and names are indices in `Timeline.names`.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MOST_DEPTH = int(np.iinfo(np.uint16).max)
"""The deepest nesting that a track can hold."""


class TrackKind(StrEnum):
    """What a track shows: a thread, or operations that may overlap."""

    THREAD = "thread"
    ASYNC = "async"


@dataclass(frozen=True, slots=True)
class TrackSpans:
    """Spans by t0, an outer span before those inside it. They never change.

    t0, t1: int64 (n,) ns. kind: uint8 (n,), a SpanKind. name: uint32 (n,).
    depth: uint16 (n,), 0 outermost; spans of one depth never overlap.
    event: uint32 (n,), the place in the file of the event that each was made of, from 1; None where that is not known.
    height: the number of depths.
    """

    t0: NDArray[np.int64]
    t1: NDArray[np.int64]
    kind: NDArray[np.uint8]
    name: NDArray[np.uint32]
    depth: NDArray[np.uint16]
    event: NDArray[np.uint32] | None = field(default=None, compare=False)
    height: int = field(init=False, compare=False)
    _of_depth: dict[int, NDArray[np.uint32]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "height", int(self.depth.max()) + 1 if len(self.depth) else 0)

    def __len__(self) -> int:
        return len(self.t0)

    def neighbours(self, depth: int, index: int) -> tuple[int | None, int | None]:
        """The index of the last span of this depth before `index`, and that of the first one from `index` on."""
        mine = self._of_depth.get(depth)
        if mine is None:
            mine = self._of_depth[depth] = np.flatnonzero(self.depth == depth).astype(np.uint32)
        at = int(mine.searchsorted(np.uint32(index)))  # of a plain int numpy would copy the column
        return int(mine[at - 1]) if at else None, int(mine[at]) if at < len(mine) else None


@dataclass(frozen=True, slots=True)
class Track:
    """A sub-lane of one process.

    id: its place in `Timeline.tracks`, from 1. process: the id of its process.
    mark_t: int64 (m,) ns, ascending. mark_name: uint32 (m,). mark_event: as `TrackSpans.event`.
    """

    id: int
    process: int
    name: str
    kind: TrackKind
    spans: TrackSpans
    mark_t: NDArray[np.int64]
    mark_name: NDArray[np.uint32]
    mark_event: NDArray[np.uint32] | None = field(default=None, compare=False)


def extent(tracks: Sequence[Track]) -> tuple[int, int] | None:
    """The first and last moment on these tracks, ns; the last is `lanes.OPEN` if a span has no end. None if all are empty."""
    begins = [int(t[0]) for track in tracks for t in (track.spans.t0, track.mark_t) if len(t)]
    ends = [int(t.max()) for track in tracks for t in (track.spans.t1, track.mark_t) if len(t)]
    return (min(begins), max(ends)) if begins else None


@dataclass(frozen=True, slots=True)
class Counter:
    """One series of a counter. process: None = of the whole trace.

    t: int64 (n,) ns, ascending. value: float64 (n,), each from its time until the next.
    """

    process: int | None
    name: str
    series: str
    t: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flows:
    """Arrows between tracks. from_track, to_track: int32 (n,), track ids. from_t, to_t: int64 (n,) ns. name: uint32 (n,)."""

    from_track: NDArray[np.int32]
    from_t: NDArray[np.int64]
    to_track: NDArray[np.int32]
    to_t: NDArray[np.int64]
    name: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.from_t)

    @classmethod
    def none(cls) -> "Flows":
        """No arrows."""
        ids, times = np.empty(0, np.int32), np.empty(0, np.int64)
        return cls(ids, times, ids, times, np.empty(0, np.uint32))


class EventArguments(Protocol):
    """The arguments of the events of a file, which are not in memory."""

    def of(self, event: int, name: str) -> Sequence[tuple[str, str]]:
        """(name, value) of each argument of an event, read from the file now; the values as text.

        event: its place in the file, from 1. name: that of the event. Raises OpenError where they cannot be had.
        """

    def containing(self, words: str) -> Generator[float, None, NDArray[np.uint32]]:
        """Look for the events that have an argument with these casefolded words in its name or value.

        Yields the share that is done, from 0 to 1, every few milliseconds. Returns the places of the events, ascending. Raises
        OpenError where they cannot be searched.
        """

    @property
    def long(self) -> bool:
        """Whether there is so much text that a search of it takes longer than one waits for at each letter."""

    def unsearched(self) -> str:
        """Why they cannot be searched; empty where they can."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read of another program's trace. skipped: the number of events that are not shown, by reason; `events` counts
    them too. arguments: those of its events; None where its format has none."""

    format: str
    events: int
    processes: int
    spans: int
    marks: int
    flows: int
    counters: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    arguments: EventArguments | None = field(default=None, compare=False, repr=False)
