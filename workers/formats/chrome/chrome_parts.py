"""The processes, tracks and counters of a Chrome trace, while its events are gathered. Any process and thread."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from types import NoneType

from workers.formats.chrome.chrome_events import Loose, TraceEvent, identity, scoped_id, text
from workers.formats.chrome.chrome_spans import NAMELESS
from workers.timeline.lanes import OPEN
from workers.timeline.tracks import TrackKind

MOST_PROCESSES, MOST_TRACKS, MOST_SERIES = 10_000, 50_000, 50_000
NEVER = OPEN
WRITTEN = (int, str, NoneType)
"""The types of a pid or tid that is used as it is written."""
UNNAMED = 1 << 30
"""Looked up for events without a name; all names' numbers are below."""
Identity = int | str | None


@dataclass(slots=True)
class TraceProcess:
    """One process of the trace. id: its number in the timeline, from 1; 0 until it has one."""

    pid: Identity
    name: str = ""
    labels: str = ""
    order: int = 0
    first_ns: int = NEVER
    id: int = 0


@dataclass(slots=True)
class TraceTrack:
    """One track of a process. number: in order of appearance, from 0. id: its number in the timeline, from 1."""

    number: int
    process: TraceProcess
    kind: TrackKind
    tid: Identity
    name: str = ""
    order: int = 0
    first_ns: int = NEVER
    mark_t: "array[int]" = field(default_factory=lambda: array("q"))
    mark_name: "array[int]" = field(default_factory=lambda: array("I"))
    mark_event: "array[int]" = field(default_factory=lambda: array("I"))
    flows: int = 0
    id: int = 0


@dataclass(slots=True)
class TraceSeries:
    """The values of one counter. process: None for one of the whole trace."""

    process: TraceProcess | None
    name: str
    series: str
    t: "array[int]" = field(default_factory=lambda: array("q"))
    value: "array[float]" = field(default_factory=lambda: array("d"))


class TraceParts:
    """Finds the part of the trace that an event belongs to, and makes it where it is the first of its part.

    skip: called with a reason for each event of a part that is too many.
    names: all names. numbers: the number of each, as events write it; UNNAMED for none.
    threads, known_operations: numbers of tracks by pid and tid, or by pid and category, as events write them.
    series: by pid, name and key. known_series: the same as events without an id write them.

    These are looked up directly for each event, and a method is called only where that finds nothing.
    """

    def __init__(self, skip: Callable[[str], None]) -> None:
        self.names: list[str] = []
        self.numbers: dict[object, int] = {None: UNNAMED, "": UNNAMED}
        self.processes: dict[Identity, TraceProcess] = {}
        self.tracks: list[TraceTrack] = []
        self.threads: dict[tuple[object, object], int] = {}
        self.known_operations: dict[tuple[object, object], int] = {}
        self.series: dict[object, TraceSeries] = {}
        self.known_series: dict[tuple[object, object, str], TraceSeries] = {}
        self._unnamed: int | None = None
        self._skip = skip
        self._whole = TraceProcess(None, "whole trace")  # has the tracks of no process
        self._tracks: dict[object, TraceTrack] = {}

    def name(self, name: object) -> int:
        """The number of a name."""
        known = self.numbers.get(name, UNNAMED) if isinstance(name, str) else UNNAMED
        if known != UNNAMED:
            return known
        shown = text(name)
        number = self.numbers.get(shown) if shown else self._unnamed
        if number is None:
            number = len(self.names)
            self.names.append(shown)
        if not shown:
            self._unnamed = number
            return number
        self.numbers[shown] = number
        if isinstance(name, str):
            self.numbers[name] = number
        return number

    def end_name(self, name: object) -> int:
        """The number of the name that an end gives; most ends give none."""
        return self.name(name) if name else NAMELESS

    def process(self, pid: Identity) -> TraceProcess | None:
        """The process with this pid; None when there are too many."""
        process = self.processes.get(pid)
        if process is None:
            if len(self.processes) >= MOST_PROCESSES:
                self._skip("of more processes than can be shown")
                return None
            process = self.processes[pid] = TraceProcess(pid)
        return process

    def thread(self, event: TraceEvent | Loose) -> TraceTrack | None:
        """The track of the event's thread; None when there are too many."""
        pid, tid = identity(event.pid), identity(event.tid)
        process = self.process(pid)
        if process is None:
            return None
        track = self._track((pid, "thread", tid), process, TrackKind.THREAD, tid, "")
        if track is not None and type(event.pid) in WRITTEN and type(event.tid) in WRITTEN:
            self.threads[event.pid, event.tid] = track.number
        return track

    def whole_trace(self) -> TraceTrack | None:
        """The track of marks that belong to no process; None when there are too many tracks."""
        return self._track("global", self._whole, TrackKind.THREAD, None, "whole trace")

    def whole_process(self, pid: Identity) -> TraceTrack | None:
        """The track of marks that belong to no thread of a process; None when there are too many."""
        process = self.process(pid)
        if process is None:
            return None
        return self._track((pid, "process"), process, TrackKind.THREAD, None, "whole process")

    def operations(self, event: TraceEvent | Loose) -> TraceTrack | None:
        """The track of an asynchronous event: one for each category of a process, or of the whole trace where the event's id
        counts in all processes. None when there are too many."""
        if event.id2 is None and isinstance(event, TraceEvent):
            number = self.known_operations.get((event.pid, event.cat))
            if number is not None:
                return self.tracks[number]
        everywhere = event.id2 is not None and scoped_id(event)[1]
        category = text(event.cat)
        process = self._whole if everywhere else self.process(identity(event.pid))
        if process is None:
            return None
        key = process.pid, everywhere, category
        track = self._track(key, process, TrackKind.ASYNC, None, category or "asynchronous")
        if track is not None and not everywhere and isinstance(event, TraceEvent):
            self.known_operations[event.pid, event.cat] = track.number
        return track

    def counter(self, event: TraceEvent | Loose, key: str) -> TraceSeries | None:
        """The values of this key of the event's counter; None when there are too many."""
        pid, name, number = identity(event.pid), text(event.name), scoped_id(event)[0]
        if number is not None:
            name = f"{name} {number}"
        series = self.series.get((pid, name, key))
        if series is None:
            process = None if pid is None else self.process(pid)
            if len(self.series) >= MOST_SERIES or (process is None and pid is not None):
                return None
            series = self.series[pid, name, key] = TraceSeries(process, name, text(key))
        return series

    def _track(
        self, key: object, process: TraceProcess, kind: TrackKind, tid: Identity, name: str
    ) -> TraceTrack | None:
        track = self._tracks.get(key)
        if track is None:
            if len(self.tracks) >= MOST_TRACKS:
                self._skip("of more threads than can be shown")
                return None
            track = self._tracks[key] = TraceTrack(len(self.tracks), process, kind, tid, name)
            self.tracks.append(track)
        return track
