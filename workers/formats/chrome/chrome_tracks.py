"""Makes the events of an imported trace for a Chrome trace again: its tracks, counters and arrows.

Any process and thread; events are made as they are asked for.
"""

from collections.abc import Iterator, Mapping, Set

import numpy as np

from workers.formats.chrome.chrome_json import Event, at, microseconds, track_name
from workers.formats.chrome.nesting import Times, nested
from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Counter, Track, TrackKind

_FIRST_TID = 100_000_000
_FIRST_FLOW = 1 << 40
_LOOK_BACK = 64


def events(timeline: Timeline, pids: Mapping[int, int]) -> Iterator[Event]:
    """All events. pids: the number of each process in the trace."""
    tids: dict[int, int] = {}
    apart: set[int] = set()  # tracks of which each row becomes a track
    joined = {*timeline.flows.from_track.tolist(), *timeline.flows.to_track.tolist()}
    asynchronous = 0
    following = _FIRST_TID
    for track in timeline.tracks:
        tids[track.id] = following
        pid = pids[track.process]
        names = [track.name]
        if track.kind is TrackKind.ASYNC:
            yield from _operations(timeline, track, pid, following, asynchronous)
            asynchronous += len(track.spans)
        else:
            alone = nested(track.spans.t0, track.spans.t1, 0) is not None
            if not alone:
                apart.add(track.id)
                names += [f"{track.name} ({row})" for row in range(2, track.spans.height + 1)]
            yield from _thread(timeline, track, pid, following, alone=alone)
        marks = following
        if track.id in joined and len(track.mark_t):
            # Perfetto takes a mark for a slice: an arrow after a mark would end at it.
            marks += len(names)
            names.append(f"{track.name}: marks")
        for row, name in enumerate(names):
            yield from track_name(pid, following + row, name)
        for when, mark in zip(track.mark_t.tolist(), track.mark_name.tolist(), strict=True):
            yield {"ph": "i", "s": "t", **at(pid, marks, when), "name": timeline.names[mark]}
        following += len(names)
    for counter in timeline.counters:
        yield from _values(counter, pids)
    yield from _arrows(timeline, pids, tids, apart)


def _thread(timeline: Timeline, track: Track, pid: int, tid: int, *, alone: bool) -> Iterator[Event]:
    """The spans of a thread. alone: on one track, since they overlap only where one is within another; else a track a row."""
    for t0, t1, name, depth in _spans(track):
        head = {"pid": pid, "tid": tid if alone else tid + depth, "name": timeline.names[name], "ts": microseconds(t0)}
        if t1 == OPEN:
            yield {"ph": "B", **head}
        else:
            yield {"ph": "X", **head, "dur": microseconds(t1 - t0)}


def _operations(timeline: Timeline, track: Track, pid: int, tid: int, first: int) -> Iterator[Event]:
    for number, (t0, t1, name, _) in enumerate(_spans(track), first + 1):
        head = {"cat": track.name, "id": number, "name": timeline.names[name]}
        yield {"ph": "b", **head, **at(pid, tid, t0)}
        if t1 != OPEN:
            yield {"ph": "e", **head, **at(pid, tid, t1)}


def _spans(track: Track) -> Iterator[tuple[int, int, int, int]]:
    spans = track.spans
    return zip(spans.t0.data, spans.t1.data, spans.name.data, spans.depth.data, strict=True)


def _values(counter: Counter, pids: Mapping[int, int]) -> Iterator[Event]:
    place = {} if counter.process is None else {"pid": pids[counter.process]}
    for when, value in zip(counter.t.data, counter.value.data, strict=True):
        yield {"ph": "C", **place, "name": counter.name, "ts": microseconds(when), "args": {counter.series: value}}


def _arrows(timeline: Timeline, pids: Mapping[int, int], tids: Mapping[int, int], apart: Set[int]) -> Iterator[Event]:
    flows = timeline.flows
    columns = (flows.from_track, flows.from_t, flows.to_track, flows.to_t, flows.name)
    reach: dict[int, Times] = {}

    def end(number: int, at_ns: int) -> Event:
        track = timeline.tracks[number - 1]
        row = _row_at(track, at_ns) if number in apart else 0
        return at(pids[track.process], tids[number] + row, at_ns)

    def within(number: int, at_ns: int) -> bool:
        spans = timeline.tracks[number - 1].spans
        if number not in reach:
            reach[number] = np.maximum.accumulate(spans.t1)
        before = int(np.searchsorted(spans.t0, at_ns, "right"))
        return before > 0 and int(reach[number][before - 1]) >= at_ns

    for number, (leaves, left, arrives, arrived, name) in enumerate(zip(*(c.data for c in columns), strict=True)):
        head = {"cat": "flow", "id": _FIRST_FLOW + number, "name": timeline.names[name]}
        yield {"ph": "s", **head, **end(leaves, left)}
        # Without bp "e" Perfetto has the arrow end at the slice that begins next.
        where = {"bp": "e"} if within(arrives, arrived) else {}
        yield {"ph": "f", **where, **head, **end(arrives, arrived)}


def _row_at(track: Track, at_ns: int) -> int:
    """The row of the latest span that covers this moment; the first row where none is near."""
    spans = track.spans
    after = int(np.searchsorted(spans.t0, at_ns, "right"))
    near = range(after - 1, max(-1, after - 1 - _LOOK_BACK), -1)
    return next((int(spans.depth[span]) for span in near if spans.t1[span] >= at_ns), 0)
