"""The spans of a Chrome trace as columns: complete ones, and begins and ends that are matched once all are there.

Arithmetic on columns, any process and thread. Tracks and names are numbers; names are below NAMELESS. seq is an event's place
in the file.
"""

from array import array
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workers.formats.chrome.nesting import Times
from workers.timeline.lanes import OPEN

END = 1 << 31
"""A bit that is set in the name of an end."""
NAMELESS = END - 1

Names = NDArray[np.uint32]
_ODD = np.uint64(0x9E3779B97F4A7C15)
MATCHED_AT_ONCE = 1 << 15
"""So many begins and ends are matched at a time, or those of one track."""
_Places = NDArray[np.int64]
_Stack = list[tuple[int, int, int]]


class RawSpans:
    """Spans in the order of the file, with both their times."""

    def __init__(self) -> None:
        self._track, self._t0, self._t1 = array("H"), array("q"), array("q")
        self._name, self._seq = array("I"), array("I")

    def add(self, track: int, t0: int, t1: int, name: int, seq: int) -> None:
        """Add one span."""
        self._track.append(track)
        self._t0.append(t0)
        self._t1.append(t1)
        self._name.append(name)
        self._seq.append(seq)

    def extend(self, track: NDArray[np.uint16], t0: Times, t1: Times, name: Names, seq: Names) -> None:
        """Add many spans."""
        for column, more in (
            (self._track, track),
            (self._t0, t0),
            (self._t1, t1),
            (self._name, name),
            (self._seq, seq),
        ):
            column.frombytes(more.view(np.uint8).data)

    def by_track(self, tracks: int) -> "SpansByTrack":
        """The spans of each of so many tracks. Uses them up."""
        columns = [
            np.frombuffer(column, column.typecode)
            for column in (self._track, self._t0, self._t1, self._name, self._seq)
        ]
        self.__init__()  # type: ignore[misc]
        return SpansByTrack(tracks, *columns)


class SpansByTrack:
    """Spans sorted by the track they are on. counts: how many each has. first_ns: when its first begins, or OPEN."""

    def __init__(self, tracks: int, track: NDArray[np.uint16], t0: Times, t1: Times, name: Names, seq: Names) -> None:
        self._order = None if _ascends(track) else np.argsort(track, kind="stable").astype(np.uint32)
        self._t0, self._t1, self._name, self._seq = t0, t1, name, seq
        counts = np.bincount(track, minlength=tracks)
        self._bounds = np.concatenate(([0], np.cumsum(counts)))
        first = np.full(tracks, OPEN, np.int64)
        used = np.flatnonzero(counts)
        if len(used):
            first[used] = np.minimum.reduceat(t0 if self._order is None else t0[self._order], self._bounds[used])
        self.counts: list[int] = counts.tolist()
        self.first_ns: list[int] = first.tolist()

    def columns(self, track: int) -> tuple[Times, Times, Names, Names]:
        """(t0, t1, name, seq): an outer span comes before the spans within it; equal spans keep the order of the file."""
        here = slice(self._bounds[track], self._bounds[track + 1])
        places = np.arange(here.start, here.stop) if self._order is None else self._order[here].astype(np.intp)
        t0, t1, name, seq = self._t0[places], self._t1[places], self._name[places], self._seq[places]
        if np.all(t0[1:] > t0[:-1]):
            return t0, t1, name, seq
        order = np.argsort(t0, kind="stable")
        ordered = t0[order]
        if not np.all(ordered[1:] > ordered[:-1]):
            order = np.lexsort((seq, -t1, t0))
        return t0[order], t1[order], name[order], seq[order]


class RawEnds:
    """Begins of spans and, with END in their names, ends.

    operation: distinguishes operations that run at the same time, where `operations` is true.
    """

    def __init__(self, *, operations: bool) -> None:
        self._track, self._t = array("H"), array("q")
        self._name, self._seq = array("I"), array("I")
        self._operation = array("q") if operations else None

    def add(self, track: int, t: int, name: int, seq: int, operation: int = 0) -> None:
        """Add one begin or end."""
        self._track.append(track)
        self._t.append(t)
        self._name.append(name)
        self._seq.append(seq)
        if self._operation is not None:
            self._operation.append(operation)

    def extend(
        self, track: NDArray[np.uint16], t: Times, name: Names, seq: Names, operation: Times | None = None
    ) -> None:
        """Add many begins and ends."""
        for column, more in ((self._track, track), (self._t, t), (self._name, name), (self._seq, seq)):
            column.frombytes(more.view(np.uint8).data)
        if self._operation is not None and operation is not None:
            self._operation.frombytes(operation.view(np.uint8).data)

    def match(self, spans: RawSpans) -> tuple[int, int]:
        """Make spans of all. Returns (ends without a begin, spans cut at the end of the span around them). Uses them up.

        An end belongs to the innermost span with its name, or to the innermost of all where none has it. A span that began
        within that one and did not end cannot have lasted longer: it is cut.
        """
        track, t = np.frombuffer(self._track, np.uint16), np.frombuffer(self._t, np.int64)
        name, seq = np.frombuffer(self._name, np.uint32), np.frombuffer(self._seq, np.uint32)
        operation = None if self._operation is None else np.frombuffer(self._operation, np.int64)
        self.__init__(operations=operation is not None)  # type: ignore[misc]
        if not len(t):
            return 0, 0
        order = None if _ascends(seq) else np.argsort(seq).astype(np.uint32)
        if not _ascends(tracks := track if order is None else track.take(order)):
            by_track = np.argsort(tracks, kind="stable")
            order = by_track.astype(np.uint32) if order is None else order.take(by_track)
            del by_track
        del tracks
        stray = cut = 0
        for first, end in _pieces(track):
            here = slice(first, end) if order is None else order[first:end].astype(np.intp)
            piece = track[here], t[here], name[here], seq[here]
            stray_here, cut_here = _match(spans, *piece, None if operation is None else operation[here])
            stray, cut = stray + stray_here, cut + cut_here
        return stray, cut


def _pieces(track: NDArray[np.uint16]) -> Iterator[tuple[int, int]]:
    """(first, end) of pieces of whole tracks, where equal tracks are together: little memory, which stays in the cache."""
    bounds = np.cumsum(np.bincount(track))
    first = 0
    while first < len(track):
        end = int(bounds[min(int(np.searchsorted(bounds, first + MATCHED_AT_ONCE)), len(bounds) - 1)])
        yield first, end
        first = end


def _match(
    spans: RawSpans, track: NDArray[np.uint16], t: Times, name: Names, seq: Names, operation: Times | None
) -> tuple[int, int]:
    """Match the begins and ends of whole tracks, each in the order of the file. Returns the same as `RawEnds.match`."""
    other = track[1:] != track[:-1]
    if not np.all((t[1:] >= t[:-1]) | other):
        order = np.argsort(t, kind="stable")
        order = order[np.argsort(track[order], kind="stable")]
        track, t, name, seq = track[order], t[order], name[order], seq[order]
        operation = None if operation is None else operation[order]
    ends = name >= END
    grouped: _Places | None = None  # where each is, once those of an operation are together
    if operation is not None:
        grouped, other = _grouped(track, operation)
        ends = ends[grouped]
    level = np.cumsum(1 - 2 * ends.astype(np.int8), dtype=np.int32)
    first = np.concatenate(([0], np.flatnonzero(other) + 1))  # of each track, or operation
    before = np.zeros(len(first), np.int32)
    before[1:] = level[first[1:] - 1]
    level += ends
    level -= np.repeat(before, np.diff(first, append=len(t)))  # spans open now, this one included
    by_level = np.argsort(level.astype(np.uint16) if level.max() < 1 << 16 else level, kind="stable")
    closing = np.flatnonzero(ends[by_level])
    begun, ended = by_level[closing - 1], by_level[closing]  # nothing else of this level is between the two
    del by_level, closing
    told, meant = (name[where if grouped is None else grouped[where]] for where in (ended, begun))
    told = told - END
    astray = np.concatenate((ended[(told != NAMELESS) & (told != meant)], np.flatnonzero(level < 1)))
    walked = np.zeros(len(t), bool)  # what is walked through one by one
    if len(astray):
        first = _stretches(first, level, ends)
        strange = np.zeros(len(first), bool)
        strange[np.searchsorted(first, astray, "right") - 1] = True
        walked = np.repeat(strange, np.diff(first, append=len(t)))
        begun, ended = begun[~walked[ended]], ended[~walked[ended]]
    left = ~ends & ~walked
    left[begun] = False
    opened, places = np.flatnonzero(left), np.flatnonzero(walked)
    begins = np.zeros(len(t), bool)
    begins[first] = True
    begins = begins[places]
    if grouped is not None:
        begun, ended, opened, places = grouped[begun], grouped[ended], grouped[opened], grouped[places]
    end_of = np.full(len(t), -1, np.intp)
    end_of[begun] = ended
    begun = np.flatnonzero(end_of >= 0)  # in the order of each track
    spans.extend(track[begun], t[begun], t[end_of[begun]], name[begun], seq[begun])
    spans.extend(track[opened], t[opened], np.full(len(opened), OPEN, np.int64), name[opened], seq[opened])
    return _walk(spans, begins, track[places], t[places], name[places], seq[places])


def _ascends(column: NDArray[np.generic]) -> bool:
    return bool(np.all(column[1:] >= column[:-1]))  # type: ignore[operator]


def _grouped(track: NDArray[np.uint16], operation: Times) -> tuple[_Places, NDArray[np.bool_]]:
    """(places, which are of another operation than the one before) in an order in which those of an operation are together.

    Each operation keeps its own order. Sorting numbers takes a fraction of the time of sorting places by them. So the place is
    a part of each number, and the rest is mixed from track and operation. Two that come out alike are told from the result.
    """
    bits = np.uint64(max(len(track) - 1, 1).bit_length())
    mixed = (operation.view(np.uint64) ^ (track.astype(np.uint64) << np.uint64(48))) * _ODD
    keys = (mixed ^ (mixed >> np.uint64(32)) * _ODD) >> bits << bits
    keys |= np.arange(len(track), dtype=np.uint64)
    keys.sort()
    places = (keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp)
    keys >>= bits
    apart = keys[1:] != keys[:-1]
    other = _differ(track[places], operation[places])
    if not np.array_equal(apart, other):
        places = np.lexsort((operation, track))
        other = _differ(track[places], operation[places])
    return places, other


def _differ(track: NDArray[np.uint16], operation: Times) -> NDArray[np.bool_]:
    return np.asarray((track[1:] != track[:-1]) | (operation[1:] != operation[:-1]))


def _stretches(first: _Places, level: NDArray[np.int32], ends: NDArray[np.bool_]) -> _Places:
    """The places where no span is open. first: where another track or operation begins."""
    sound = np.repeat(np.minimum.reduceat(level, first) > 0, np.diff(first, append=len(level)))
    begins = np.zeros(len(level), bool)
    begins[1:] = sound[:-1] & ends[:-1] & (level[:-1] == 1)
    begins[first] = True
    return np.flatnonzero(begins)


def _walk(
    spans: RawSpans, begins: NDArray[np.bool_], track: NDArray[np.uint16], t: Times, name: Names, seq: Names
) -> tuple[int, int]:
    """Match begins and ends one after another. begins: where no span is open."""
    if not len(t):
        return 0, 0
    stack: _Stack = []
    stray = cut = at_track = 0
    rows: Iterator[tuple[bool, int, int, int, int]] = zip(
        begins.tolist(),
        track.tolist(),
        t.tolist(),
        name.tolist(),
        seq.tolist(),
        strict=True,
    )
    for begins_here, of, at, called, number in rows:
        if begins_here:
            _leave_open(spans, at_track, stack)
            at_track = of
        if called < END:
            stack.append((at, called, number))
        elif not stack:
            stray += 1
        else:
            depth = _ended_by(called - END, stack)
            cut += len(stack) - 1 - depth
            while len(stack) > depth:
                began, its_name, its_number = stack.pop()
                spans.add(at_track, began, at, its_name, its_number)
    _leave_open(spans, at_track, stack)
    return stray, cut


def _leave_open(spans: RawSpans, track: int, stack: _Stack) -> None:
    for began, name, number in stack:
        spans.add(track, began, OPEN, name, number)
    stack.clear()


def _ended_by(name: int, stack: _Stack) -> int:
    """The depth of the span that an end belongs to."""
    innermost = len(stack) - 1
    if name == NAMELESS or stack[innermost][1] == name:
        return innermost
    return next((depth for depth in range(innermost, -1, -1) if stack[depth][1] == name), innermost)
