"""Makes a timeline of the gathered events of a Chrome trace. Any process and thread.

Begins are matched with ends, spans are nested and arrows joined only here: events come in any order, so all have to be there.
"""

from collections import Counter as Count
from operator import attrgetter

import numpy as np

from workers.formats.chrome.chrome_columns import Columns
from workers.formats.chrome.chrome_parts import NEVER, TraceParts, TraceProcess, TraceSeries, TraceTrack
from workers.formats.chrome.chrome_spans import SpansByTrack
from workers.formats.chrome.nesting import nested, packed
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process, ProcessKind, SpanKind
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import MOST_DEPTH, Counter, EventArguments, Imported, Track, TrackKind, TrackSpans


def timeline_of(columns: Columns, arguments: EventArguments | None = None) -> Timeline:
    """The trace as a timeline that begins with the earliest event. Uses the columns up: nothing more can be added to them.

    arguments: those of its events.
    """
    timeline = Timeline()
    parts = columns.parts
    timeline.names = parts.names
    _match(columns)
    spans = columns.raw.by_track(len(parts.tracks))
    origin = _origin(columns, spans)
    processes = sorted(parts.processes.values(), key=attrgetter("order", "first_ns"))
    _add_processes(timeline, processes)
    for track in _used_tracks(timeline, parts, spans):
        track.id = len(timeline.tracks) + 1
        timeline.tracks.append(_finished_track(columns, track, spans, origin))
    for series in parts.series.values():
        timeline.counters.append(_counter(series, origin))
    timeline.flows, unjoined = columns.flows.joined([track.id for track in parts.tracks], origin)
    columns.skipped["flow without its other end"] += unjoined
    timeline.now_ns = _latest(timeline)
    timeline.ended = True
    timeline.warnings += columns.warnings
    timeline.imported = Imported(
        "chrome",
        columns.count,
        len(processes),
        columns.spans,
        columns.marks,
        len(timeline.flows),
        columns.counters,
        dict(+columns.skipped),
        arguments,
    )
    timeline.touch(*(process.id for process in timeline.processes))
    return timeline


def _match(columns: Columns) -> None:
    """Make spans of all begins and ends."""
    cut = 0
    for ends in (columns.ends, columns.operations):
        stray, cut_here = ends.match(columns.raw)
        columns.skipped["end without a beginning"] += stray
        cut += cut_here
    if cut:
        columns.warn(f"{cut:,} spans have no end of their own: they are shown to end with the span around them.")


def _origin(columns: Columns, spans: SpansByTrack) -> int:
    """The earliest time of any event; 0 when there is none. Sets `first_ns` of tracks and processes."""
    tracks = columns.parts.tracks
    for track, first_ns in zip(tracks, spans.first_ns, strict=True):
        track.first_ns = min(first_ns, int(np.frombuffer(track.mark_t, np.int64).min()) if track.mark_t else NEVER)
        track.process.first_ns = min(track.process.first_ns, track.first_ns)
    first = min((track.first_ns for track in tracks), default=NEVER)
    first = min(first, min((min(series.t) for series in columns.parts.series.values()), default=NEVER))
    first = min(first, columns.flows.first_ns)
    return 0 if first == NEVER else first


def _add_processes(timeline: Timeline, processes: list[TraceProcess]) -> None:
    named = Count(process.name for process in processes)
    for process in processes:
        name = process.name
        if name and named[name] > 1 and process.labels:
            # Some programs give all processes one name, and tell them apart by their labels.
            name = f"{name} ({process.labels})"
        process.id = _add_process(timeline, process, name).id


def _add_process(timeline: Timeline, process: TraceProcess, name: str) -> Process:
    pid = process.pid
    shown = name or process.labels
    if not shown and pid is not None:
        shown = f"process {pid}" if isinstance(pid, int) else pid
    added = timeline.add_process(shown or "process", ProcessKind.PROGRAM)
    added.traced = True
    added.pid = pid if isinstance(pid, int) else None
    return added


def _used_tracks(timeline: Timeline, parts: TraceParts, spans: SpansByTrack) -> list[TraceTrack]:
    """The tracks with anything on them, in the order in which they are shown."""
    used = [track for track in parts.tracks if spans.counts[track.number] or track.mark_t or track.flows]
    for track in used:
        process = track.process
        if not process.id:  # tracks of no process are shown with the first one
            first = timeline.processes[0] if timeline.processes else _add_process(timeline, process, process.name)
            process.id = first.id
    return sorted(used, key=_place)


def _place(track: TraceTrack) -> tuple[object, ...]:
    """Where a track is shown: by process; the track of the whole process first, then threads, the main thread first."""
    main = track.tid is not None and track.tid == track.process.pid
    whole = track.tid is None and track.kind is TrackKind.THREAD
    asynchronous = track.kind is TrackKind.ASYNC
    return track.process.id, asynchronous, track.order, not whole, not main, track.first_ns, track.number


def _finished_track(columns: Columns, track: TraceTrack, raw: SpansByTrack, origin: int) -> Track:
    t0, t1, name, event = raw.columns(track.number)
    depth = nested(t0, t1, columns.slack_ns) if track.kind is TrackKind.THREAD else None
    if depth is None:
        depth = packed(t0, t1)
    shown = depth < MOST_DEPTH
    if not shown.all():
        columns.warn(f"{int((~shown).sum()):,} spans lie deeper than {MOST_DEPTH:,} others, and are not shown.")
        t0, t1, name, depth, event = t0[shown], t1[shown], name[shown], depth[shown], event[shown]
    t0 -= origin
    t1[t1 != OPEN] -= origin
    spans = TrackSpans(t0, t1, np.full(len(t0), SpanKind.TASK, np.uint8), name, depth, event)
    mark_t = np.frombuffer(track.mark_t, np.int64) - origin
    order = np.argsort(mark_t, kind="stable")
    mark_name = np.frombuffer(track.mark_name, np.uint32)[order]
    mark_event = np.frombuffer(track.mark_event, np.uint32)[order]
    title = track.name or _thread_name(track)
    return Track(track.id, track.process.id, title, track.kind, spans, mark_t[order], mark_name, mark_event)


def _thread_name(track: TraceTrack) -> str:
    return "thread" if track.tid is None else track.tid if isinstance(track.tid, str) else f"thread {track.tid}"


def _counter(series: TraceSeries, origin: int) -> Counter:
    t = np.frombuffer(series.t, np.int64) - origin
    order = np.argsort(t, kind="stable")
    process = series.process.id if series.process else None
    return Counter(process, series.name, series.series, t[order], np.frombuffer(series.value, np.float64)[order])


def _latest(timeline: Timeline) -> int:
    """The latest time that is known."""
    latest = 0
    for track in timeline.tracks:
        ends = track.spans.t1[track.spans.t1 != OPEN]
        for times in (track.spans.t0, ends, track.mark_t):
            latest = max(latest, int(times.max()) if len(times) else 0)
    for counter in timeline.counters:
        latest = max(latest, int(counter.t[-1]))
    flows = timeline.flows
    return max(latest, int(max(flows.from_t.max(), flows.to_t.max())) if len(flows) else 0)
