"""Gathers the events of a Chrome trace as columns. Any process and thread.

Events come in any order. So this only sorts them by what they belong to; `chrome_timeline` makes a timeline of them.
"""

from collections import Counter as Count
from collections.abc import Iterable
from decimal import Decimal
from sys import float_info

from workers.formats.chrome.chrome_events import (
    MOST_US,
    Loose,
    TraceEvent,
    details,
    flow_number,
    identity,
    nanoseconds,
    operation_number,
    scoped_id,
    text,
)
from workers.formats.chrome.chrome_flows import FlowEnds
from workers.formats.chrome.chrome_parts import UNNAMED, WRITTEN, TraceParts, TraceTrack
from workers.formats.chrome.chrome_spans import END, RawEnds, RawSpans
from workers.timeline.lanes import OPEN

COARSE_US = 1 << 50
"""From here on a program that writes floats of microseconds loses parts of them."""
_FINE_NS, _COARSE_NS = 1, 512
_NS_A_US = Decimal(1000)  # an int would be converted at each multiplication
_EXACT, _NUMBERS = (int, Decimal), (int, float)
_MOST = float_info.max
_UNUSED_PHASES = {
    "P": "sample", "v": "memory dump", "V": "memory dump", "c": "clock synchronisation", "N": "object", "O": "object",
    "D": "object", "(": "context", ")": "context", "=": "context", "L": "context",
}  # fmt: skip
_BEGINS, _ENDS, _STEPS = frozenset("bS"), frozenset("eF"), frozenset("nTp")
_FLOWS = frozenset("stf")
_INSTANTS = frozenset("iIR")
_KNOWN_PHASES = {"M", "X", "B", "E", "C", *_UNUSED_PHASES, *_BEGINS, *_ENDS, *_STEPS, *_FLOWS, *_INSTANTS}


class Columns:
    """The events read so far.

    count: all events, used or not. spans, marks, counters: those that were used as such.
    phases: whether anything was an event at all.
    skipped: how many events were not used, by reason.
    slack_ns: by how much spans of one track may overlap because of how their times are written.
    raw: complete spans. ends, operations: begins and ends, of threads and of asynchronous operations.
    """

    def __init__(self) -> None:
        self.count = self.spans = self.marks = self.counters = 0
        self.phases = False
        self.skipped: Count[str] = Count()
        self.warnings: list[str] = []
        self.parts = TraceParts(self.skip)
        self.flows = FlowEnds()
        self.raw, self.ends, self.operations = RawSpans(), RawEnds(operations=False), RawEnds(operations=True)
        self.slack_ns = _FINE_NS
        self._name, self._end_name, self._thread = self.parts.name, self.parts.end_name, self.parts.thread

    def take_loose(self, batch: Iterable[Loose]) -> None:
        """Take events of any form."""
        threads, names = self.parts.threads, self.parts.numbers
        for event in batch:
            ts, dur = event.ts, event.dur
            if (event.ph == "X" and type(ts) in _EXACT and type(dur) in _EXACT and type(event.name) is str
                    and event.bind_id is None and type(event.pid) in WRITTEN and type(event.tid) in WRITTEN
                    and -MOST_US <= ts <= MOST_US and 0 <= dur <= MOST_US):  # fmt: skip
                track, name = threads.get((event.pid, event.tid)), names.get(event.name)
                if track is not None and name is not None and name != UNNAMED:
                    self.spans += 1
                    self.count += 1
                    t0 = round(ts * _NS_A_US)
                    self.raw.add(track, t0, t0 + round(dur * _NS_A_US), name, self.count)
                    continue
            self.add(event)

    def add(self, event: TraceEvent | Loose) -> None:
        """Take one event of any kind."""
        self.count += 1
        phase = event.ph
        if not isinstance(phase, str) or phase not in _KNOWN_PHASES:
            self.skip("unknown kind of event")
            return
        self.phases = True
        if phase == "M":
            self._describe(event)
            return
        if phase in _UNUSED_PHASES:
            self.skip(_UNUSED_PHASES[phase])
            return
        at = nanoseconds(event.ts)
        if at is None:
            self.skip("no time that can be used" if event.ts is not None and event.ts == event.ts else "no time")
            return
        if abs(at) >= COARSE_US * 1000 and not isinstance(event.ts, int):
            self.take_coarse()
        if phase == "X":
            self._complete(event, at)
        elif phase in "BE":
            track = self._thread(event)
            if track is not None:
                self.spans += phase == "B"
                name = END * (phase == "E") + (self._name(event.name) if phase == "B" else self._end_name(event.name))
                self.ends.add(track.number, at, name, self.count)
        elif phase in _INSTANTS:
            self._instant(event, at)
        elif phase in _FLOWS:
            self._flow(event, at, phase)
        elif phase == "C":
            self._count_values(event, at)
        else:
            self._operation(event, at, phase)

    def skip(self, reason: str) -> None:
        """Count an event that is not used."""
        self.skipped[reason] += 1

    def lose(self, reason: str) -> None:
        """Count an event that could not be read at all."""
        self.count += 1
        self.skipped[reason] += 1

    def take_coarse(self) -> None:
        """A time was written so that parts of it may be lost."""
        self.slack_ns = _COARSE_NS

    def warn(self, sentence: str) -> None:
        """Add a sentence for the user about the whole trace."""
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
        track = self._thread(event)
        if track is None:
            return
        self.spans += 1
        until = OPEN if lasted is None else at + lasted
        self.raw.add(track.number, at, until, self._name(event.name), self.count)
        if event.bind_id is not None:
            flow, name = flow_number(identity(event.bind_id), False, None, 0), self._name(event.name)
            if event.flow_in is True:
                self.flows.add(flow, "t" if event.flow_out is True else "f", at, track.number, name, self.count)
                track.flows += 1
            elif event.flow_out is True:
                self.flows.add(flow, "s", at, track.number, name, self.count)
                track.flows += 1

    def _instant(self, event: TraceEvent | Loose, at: int) -> None:
        pid = identity(event.pid)
        if event.s == "g" or (pid is None and event.tid is None):
            track = self.parts.whole_trace()
        elif event.s == "p" or (event.tid is None and event.s != "t"):
            track = self.parts.whole_process(pid)
        else:
            track = self._thread(event)
        if track is not None:
            self._mark(track, at, event)

    def _mark(self, track: TraceTrack, at: int, event: TraceEvent | Loose) -> None:
        self.marks += 1
        track.mark_t.append(at)
        track.mark_name.append(self._name(event.name))
        track.mark_event.append(self.count)

    def _operation(self, event: TraceEvent | Loose, at: int, phase: str) -> None:
        """A begin, step or end of an asynchronous operation, in today's form or the old one."""
        name = event.name
        track = self.parts.operations(event)
        if track is None:
            return
        if phase in _STEPS:
            self._mark(track, at, event)
            return
        number: object = event.id
        if event.id2 is not None or not isinstance(number, int | str) or isinstance(number, bool):
            number = scoped_id(event)[0]
        operation = operation_number(number, event.scope, text(name) if phase in "SF" else None)
        if phase in _BEGINS:
            self.spans += 1
            self.operations.add(track.number, at, self._name(name), self.count, operation)
        else:
            self.operations.add(track.number, at, END + self._end_name(name), self.count, operation)

    def _flow(self, event: TraceEvent | Loose, at: int, phase: str) -> None:
        track = self._thread(event)
        if track is not None:
            track.flows += 1
            name = self._name(event.name)
            self.flows.add(
                flow_number(*scoped_id(event), text(event.cat), name), phase, at, track.number, name, self.count
            )

    def _count_values(self, event: TraceEvent | Loose, at: int) -> None:
        pid, name, known = event.pid, event.name, self.parts.known_series
        plain = event.id is None and event.id2 is None and type(pid) in WRITTEN and type(name) is str
        used = False
        for key, value in details(event).items():
            if type(value) not in _NUMBERS or not -_MOST <= value <= _MOST:
                continue
            series = known.get((pid, name, key)) if plain else None
            if series is None:
                series = self.parts.counter(event, key)
                if series is None:
                    continue
                if plain:
                    known[pid, name, key] = series
            series.t.append(at)
            series.value.append(value)
            used = True
        if used:
            self.counters += 1
        else:
            self.skip("counter without a number")

    def _describe(self, event: TraceEvent | Loose) -> None:
        """The name and the place of a process or a thread."""
        given = details(event)
        match event.name:
            case "process_name" | "process_labels" | "process_sort_index":
                process = self.parts.process(identity(event.pid))
                if process is None:
                    return
                process.name = text(given.get("name")) or process.name
                process.labels = text(given.get("labels")) or process.labels
                process.order = _index(given.get("sort_index"), process.order)
            case "thread_name" | "thread_sort_index":
                track = self._thread(event)
                if track is not None:
                    track.name = text(given.get("name")) or track.name
                    track.order = _index(given.get("sort_index"), track.order)


def _index(value: object, otherwise: int) -> int:
    index = identity(value)
    return index if isinstance(index, int) else otherwise
