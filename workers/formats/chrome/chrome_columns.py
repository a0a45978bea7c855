"""Gathers the events of a Chrome trace as columns, and makes a timeline of them. Any process and thread.

Events come in any order, so nothing is known for certain before all are there: begins are matched with ends, spans nested
and arrows joined only then.
"""

from array import array
from collections import Counter as Count
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from operator import attrgetter

import numpy as np

from workers.formats.chrome.chrome_events import (
    EXACT_US,
    MOST_US,
    Loose,
    TraceEvent,
    details,
    identity,
    nanoseconds,
    scoped_id,
    text,
)
from workers.formats.chrome.chrome_flows import FlowEnds
from workers.formats.chrome.nesting import END, NAMELESS, Raw, nested, packed
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process, ProcessKind, SpanKind
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import MOST_DEPTH, Counter, Imported, Track, TrackKind, TrackSpans

MOST_PROCESSES, MOST_TRACKS, MOST_SERIES = 10_000, 50_000, 50_000
_COARSE_US = 1 << 50
_FINE_NS, _COARSE_NS = 1, 512
_NEVER = OPEN
_NS_A_US = Decimal(1000)  # an int would be made one each time
_EXACT, _WRITTEN = (int, Decimal), (int, str)
_PASSED_OVER = {
    "P": "sample", "v": "memory dump", "V": "memory dump", "c": "clock synchronisation", "N": "object", "O": "object",
    "D": "object", "(": "context", ")": "context", "=": "context", "L": "context",
}  # fmt: skip
_BEGINS, _ENDS, _STEPS = frozenset("bS"), frozenset("eF"), frozenset("nTp")
_FLOWS = frozenset("stf")
_INSTANTS = frozenset("iIR")
Identity = int | str | None
_KNOWN = {"M", "X", "B", "E", "C", *_PASSED_OVER, *_BEGINS, *_ENDS, *_STEPS, *_FLOWS, *_INSTANTS}


@dataclass(slots=True)
class _Owner:
    """One process of the trace."""

    pid: Identity
    name: str = ""
    labels: str = ""
    order: int = 0
    first_ns: int = _NEVER
    id: int = 0  # in the timeline


@dataclass(slots=True)
class _Line:
    """One track of a process, as it is gathered. number: in order of appearance, from 0."""

    number: int
    owner: _Owner
    kind: TrackKind
    tid: Identity
    name: str = ""
    order: int = 0
    first_ns: int = _NEVER
    raw: Raw = field(default_factory=Raw)
    mark_t: "array[int]" = field(default_factory=lambda: array("q"))
    mark_name: "array[int]" = field(default_factory=lambda: array("I"))
    flows: int = 0
    id: int = 0  # in the timeline


@dataclass(slots=True)
class _Series:
    owner: _Owner | None
    name: str
    series: str
    t: "array[int]" = field(default_factory=lambda: array("q"))
    value: "array[float]" = field(default_factory=lambda: array("d"))


class Columns:
    """What was read so far. count: events, all that there were."""

    def __init__(self) -> None:
        self.count = self.spans = self.marks = self.counters = 0
        self.phases = False  # whether anything was an event at all
        self.skipped: Count[str] = Count()
        self.warnings: list[str] = []
        self._names: dict[str, int] = {}
        self._owners: dict[Identity, _Owner] = {}
        self._lines: dict[object, _Line] = {}
        self._all: list[_Line] = []
        self._whole = _Owner(None, "whole trace")  # what is of no process
        self._threads: dict[tuple[object, object], _Line] = {}  # by pid and tid as they are written
        self._operations: dict[tuple[object, object], _Line] = {}  # by pid and category as they are written
        self._series: dict[object, _Series] = {}
        self._flows = FlowEnds()
        self._slack_ns = _FINE_NS

    def take(self, batch: Sequence[TraceEvent]) -> int:
        """Take events as far as their times are exact; how many those were."""
        threads, names = self._threads, self._names
        for number, event in enumerate(batch):
            ts = event.ts
            if not -EXACT_US < ts < EXACT_US:
                if ts == ts:
                    return number
                self.add(event)
                continue
            phase = event.ph
            if phase not in "XBE" or event.bind_id is not None:
                self.add(event)
                continue
            line = threads.get((event.pid, event.tid))
            name = names.get(event.name)  # type: ignore[arg-type]
            if line is None or name is None:
                self.add(event)
            elif phase == "X":
                dur = event.dur
                if 0 <= dur < EXACT_US:
                    t0 = round(ts * 1000)
                    self.spans += 1
                    self.count += 1
                    line.raw.add(t0, t0 + round(dur * 1000), name, self.count)
                else:
                    self.add(event)
            elif phase == "B":
                self.spans += 1
                self.count += 1
                line.raw.event(round(ts * 1000), name, self.count)
            elif phase == "E" and event.name:
                self.count += 1
                line.raw.event(round(ts * 1000), END + name, self.count)
            else:
                self.add(event)
        return len(batch)

    def take_loose(self, batch: Iterable[Loose]) -> None:
        """Take events of any form."""
        threads, names = self._threads, self._names
        for event in batch:
            ts, dur = event.ts, event.dur
            if (event.ph == "X" and type(ts) in _EXACT and type(dur) in _EXACT and type(event.name) is str
                    and event.bind_id is None and type(event.pid) in _WRITTEN and type(event.tid) in _WRITTEN
                    and -MOST_US <= ts <= MOST_US and 0 <= dur <= MOST_US):  # fmt: skip
                line, name = threads.get((event.pid, event.tid)), names.get(event.name)
                if line is not None and name is not None:
                    self.spans += 1
                    self.count += 1
                    t0 = round(ts * _NS_A_US)
                    line.raw.add(t0, t0 + round(dur * _NS_A_US), name, self.count)
                    continue
            self.add(event)

    def add(self, event: TraceEvent | Loose) -> None:
        """Take one event of any kind."""
        self.count += 1
        phase = event.ph
        if not isinstance(phase, str) or phase not in _KNOWN:
            self.skip("unknown kind of event")
            return
        self.phases = True
        if phase == "M":
            self._describe(event)
            return
        if phase in _PASSED_OVER:
            self.skip(_PASSED_OVER[phase])
            return
        at = nanoseconds(event.ts)
        if at is None:
            self.skip("no time that can be used" if event.ts is not None and event.ts == event.ts else "no time")
            return
        if abs(at) >= _COARSE_US * 1000 and not isinstance(event.ts, int):
            self._slack_ns = _COARSE_NS
        if phase == "X":
            self._complete(event, at)
        elif phase in "BE":
            line = self._thread(event)
            if line is not None:
                self.spans += phase == "B"
                name = END * (phase == "E") + (self._name(event.name) if phase == "B" else self._end_name(event.name))
                line.raw.event(at, name, self.count)
        elif phase in _INSTANTS:
            self._instant(event, at)
        elif phase in _FLOWS:
            self._flow(event, at, phase, (text(event.cat), text(event.name), scoped_id(event)))
        elif phase == "C":
            self._count(event, at)
        else:
            self._operation(event, at, phase)

    def skip(self, reason: str) -> None:
        """Count an event that is not used."""
        self.skipped[reason] += 1

    def lose(self, reason: str) -> None:
        """Count an event that could not be read at all."""
        self.count += 1
        self.skipped[reason] += 1

    def warn(self, sentence: str) -> None:
        """Have the reader know of something."""
        self.warnings.append(sentence)

    # One kind of event each.

    def _complete(self, event: TraceEvent | Loose, at: int) -> None:
        dur = event.dur
        if dur is None or (isinstance(dur, float) and dur != dur):
            lasted = None
        else:
            lasted = nanoseconds(dur)
            if lasted is None:
                self.skip("no duration that can be used")
                return
            if lasted < 0:
                self.skip("ends before it begins")
                return
        line = self._thread(event)
        if line is None:
            return
        self.spans += 1
        line.raw.add(at, OPEN if lasted is None else at + lasted, self._name(event.name), self.count)
        if event.bind_id is not None:
            key = "bound", identity(event.bind_id)
            if event.flow_in is True:
                self._flows.add(key, "t" if event.flow_out is True else "f", at, line.number, self._name(event.name))
                line.flows += 1
            elif event.flow_out is True:
                self._flows.add(key, "s", at, line.number, self._name(event.name))
                line.flows += 1

    def _instant(self, event: TraceEvent | Loose, at: int) -> None:
        pid = identity(event.pid)
        if event.s == "g" or (pid is None and event.tid is None):
            line = self._line("global", self._whole, TrackKind.THREAD, None, "whole trace")
        elif event.s == "p" or (event.tid is None and event.s != "t"):
            owner = self._owner(pid)
            if owner is None:
                return
            line = self._line((pid, "process"), owner, TrackKind.THREAD, None, "whole process")
        else:
            line = self._thread(event)
        if line is not None:
            self._mark(line, at, event)

    def _mark(self, line: _Line, at: int, event: TraceEvent | Loose) -> None:
        self.marks += 1
        line.mark_t.append(at)
        line.mark_name.append(self._name(event.name))

    def _operation(self, event: TraceEvent | Loose, at: int, phase: str) -> None:
        """An asynchronous one, of today's form or the old one."""
        name, scope = event.name, event.scope
        if event.id2 is None and isinstance(event, TraceEvent):
            told: object = event.id
            line = self._operations.get((event.pid, event.cat))
        else:
            told, line = scoped_id(event)[0], None
        if line is None:
            line = self._operations_line(event, everywhere=event.id2 is not None and scoped_id(event)[1])
            if line is None:
                return
        if phase in _STEPS:
            self._mark(line, at, event)
            return
        # A number instead of what it is made of: there can be as many operations as events.
        one = hash((told, text(scope) if scope is not None else "", text(name) if phase in "SF" else None))
        if phase in _BEGINS:
            self.spans += 1
            line.raw.event(at, self._name(name), self.count, one)
        else:
            line.raw.event(at, END + self._end_name(name), self.count, one)

    def _operations_line(self, event: TraceEvent | Loose, *, everywhere: bool) -> _Line | None:
        category = text(event.cat)
        owner = self._whole if everywhere else self._owner(identity(event.pid))
        if owner is None:
            return None
        line = self._line((owner.pid, everywhere, category), owner, TrackKind.ASYNC, None, category or "asynchronous")
        if line is not None and not everywhere and isinstance(event, TraceEvent):
            self._operations[event.pid, event.cat] = line
        return line

    def _flow(self, event: TraceEvent | Loose, at: int, phase: str, key: object) -> None:
        line = self._thread(event)
        if line is not None:
            line.flows += 1
            self._flows.add(key, phase, at, line.number, self._name(event.name))

    def _count(self, event: TraceEvent | Loose, at: int) -> None:
        pid, name = identity(event.pid), text(event.name)
        told = scoped_id(event)[0]
        if told is not None:
            name = f"{name} {told}"
        used = False
        for key, value in details(event).items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
                continue
            series = self._series.get((pid, name, key))
            if series is None:
                owner = None if pid is None else self._owner(pid)
                if len(self._series) >= MOST_SERIES or (owner is None and pid is not None):
                    continue
                series = self._series[pid, name, key] = _Series(owner, name, text(key))
            series.t.append(at)
            series.value.append(value)
            used = True
        if used:
            self.counters += 1
        else:
            self.skip("counter without a number")

    def _describe(self, event: TraceEvent | Loose) -> None:
        """What a process or a thread is called, and where it stands."""
        said = details(event)
        match event.name:
            case "process_name" | "process_labels" | "process_sort_index":
                owner = self._owner(identity(event.pid))
                if owner is None:
                    return
                owner.name = text(said.get("name")) or owner.name
                owner.labels = text(said.get("labels")) or owner.labels
                owner.order = _index(said.get("sort_index"), owner.order)
            case "thread_name" | "thread_sort_index":
                line = self._thread(event)
                if line is not None:
                    line.name = text(said.get("name")) or line.name
                    line.order = _index(said.get("sort_index"), line.order)

    # Names, processes and tracks.

    def _name(self, name: object) -> int:
        known = self._names.get(name) if isinstance(name, str) else None
        return self._names.setdefault(text(name), len(self._names)) if known is None else known

    def _end_name(self, name: object) -> int:
        return self._name(name) if name else NAMELESS

    def _owner(self, pid: Identity) -> _Owner | None:
        owner = self._owners.get(pid)
        if owner is None:
            if len(self._owners) >= MOST_PROCESSES:
                self.skip("of more processes than can be shown")
                return None
            owner = self._owners[pid] = _Owner(pid)
        return owner

    def _thread(self, event: TraceEvent | Loose) -> _Line | None:
        pid, tid = identity(event.pid), identity(event.tid)
        owner = self._owner(pid)
        if owner is None:
            return None
        line = self._line((pid, "thread", tid), owner, TrackKind.THREAD, tid, "")
        if line is not None and type(event.pid) in _WRITTEN and type(event.tid) in _WRITTEN:
            self._threads[event.pid, event.tid] = line
        return line

    def _line(self, key: object, owner: _Owner, kind: TrackKind, tid: Identity, name: str) -> _Line | None:
        line = self._lines.get(key)
        if line is None:
            if len(self._all) >= MOST_TRACKS:
                self.skip("of more threads than can be shown")
                return None
            line = self._lines[key] = _Line(len(self._all), owner, kind, tid, name)
            self._all.append(line)
        return line

    # All of it as a timeline.

    def timeline(self) -> Timeline:
        """What was read, as a timeline that begins with the earliest event. Nothing more can be taken afterwards."""
        timeline = Timeline()
        timeline.names = list(self._names)
        self._match()
        origin = self._origin()
        owners = self._in_order()
        named = Count(owner.name for owner in owners)
        for owner in owners:
            # Some give all processes one name, and tell them apart by what they add to it.
            told = (
                f"{owner.name} ({owner.labels})"
                if named[owner.name] > 1 and owner.name and owner.labels
                else owner.name
            )
            owner.id = _add_process(timeline, owner, told).id
        used = [line for line in self._all if len(line.raw) or line.mark_t or line.flows]
        for line in used:  # what is of no process stands with the first
            line.owner.id = (
                line.owner.id or (timeline.processes or [_add_process(timeline, line.owner, line.owner.name)])[0].id
            )
        used.sort(key=_place)
        for line in used:
            line.id = len(timeline.tracks) + 1
            timeline.tracks.append(self._track(line, origin))
        for series in self._series.values():
            timeline.counters.append(_counter(series, origin))
        timeline.flows, unjoined = self._flows.joined([line.id for line in self._all], origin)
        self.skipped["flow without its other end"] += unjoined
        timeline.now_ns = _end(timeline)
        timeline.ended = True
        timeline.warnings += self.warnings
        timeline.imported = Imported("chrome", self.count, len(owners), self.spans, self.marks, len(timeline.flows),
                                     self.counters, dict(+self.skipped))  # fmt: skip
        timeline.touch(*(process.id for process in timeline.processes))
        return timeline

    def _match(self) -> None:
        cut = 0
        for line in self._all:
            stray, cut_here = line.raw.match()
            self.skipped["end without a beginning"] += stray
            cut += cut_here
        if cut:
            self.warn(f"{cut:,} spans have no end of their own: they are shown to end with the span around them.")

    def _origin(self) -> int:
        """The earliest time there is."""
        for line in self._all:
            times = (line.raw.t0, line.mark_t)
            line.first_ns = min((int(np.frombuffer(t, np.int64).min()) for t in times if t), default=_NEVER)
            line.owner.first_ns = min(line.owner.first_ns, line.first_ns)
        series = (min(series.t) for series in self._series.values())
        first = min((line.first_ns for line in self._all), default=_NEVER)
        return min(
            0 if (first := min(first, min(series, default=_NEVER), self._flows.first_ns)) == _NEVER else first, first
        )

    def _in_order(self) -> list[_Owner]:
        return sorted(self._owners.values(), key=attrgetter("order", "first_ns"))

    def _track(self, line: _Line, origin: int) -> Track:
        t0, t1, name = line.raw.columns()
        line.raw = Raw()
        depth = nested(t0, t1, self._slack_ns) if line.kind is TrackKind.THREAD else None
        if depth is None:
            depth = packed(t0, t1)
        shown = depth < MOST_DEPTH
        if not shown.all():
            self.warn(f"{int((~shown).sum()):,} spans lie deeper than {MOST_DEPTH:,} others, and are not shown.")
            t0, t1, name, depth = t0[shown], t1[shown], name[shown], depth[shown]
        t0 -= origin
        t1[t1 != OPEN] -= origin
        mark_t = np.frombuffer(line.mark_t, np.int64) - origin
        order = np.argsort(mark_t, kind="stable")
        return Track(line.id, line.owner.id, line.name or _thread_name(line), line.kind,
                     TrackSpans(t0, t1, np.full(len(t0), SpanKind.TASK, np.uint8), name, depth),
                     mark_t[order], np.frombuffer(line.mark_name, np.uint32)[order])  # fmt: skip


def _place(line: _Line) -> tuple[object, ...]:
    """Where a track stands: by process; what is of the whole of it first, then threads, the main one first."""
    main = line.tid is not None and line.tid == line.owner.pid
    whole = line.tid is None and line.kind is TrackKind.THREAD
    return line.owner.id, line.kind is TrackKind.ASYNC, line.order, not whole, not main, line.first_ns, line.number


def _thread_name(line: _Line) -> str:
    return "thread" if line.tid is None else line.tid if isinstance(line.tid, str) else f"thread {line.tid}"


def _add_process(timeline: Timeline, owner: _Owner, name: str) -> Process:
    named = name or owner.labels or ("" if owner.pid is None else str(owner.pid))
    if not name and not owner.labels and isinstance(owner.pid, int):
        named = f"process {owner.pid}"
    process = timeline.add_process(named or "process", ProcessKind.PROGRAM)
    process.traced = True
    process.pid = owner.pid if isinstance(owner.pid, int) else None
    return process


def _counter(series: _Series, origin: int) -> Counter:
    t = np.frombuffer(series.t, np.int64) - origin
    order = np.argsort(t, kind="stable")
    return Counter(series.owner.id if series.owner else None, series.name, series.series, t[order],
                   np.frombuffer(series.value, np.float64)[order])  # fmt: skip


def _end(timeline: Timeline) -> int:
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


def _index(value: object, otherwise: int) -> int:
    index = identity(value)
    return index if isinstance(index, int) else otherwise


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False
