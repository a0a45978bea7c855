"""Makes the events of a recorded run for a Chrome trace: lives, calls, tasks, marks, counters and arrows.

Each process has one track for its own life, one or more each for the calls that it made and the tasks that it ran, and one for
each thread that ran tasks: two slices of a track never overlap unless one lies within the other. Any process; events are made
as they are asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workers.formats.chrome.chrome_json import Event, at, microseconds, track_name
from workers.formats.chrome.nesting import NestedRows
from workers.timeline.lanes import OPEN, Spans
from workers.timeline.model import Call, CallName, LinkKind, Process, Sample, SpanKind
from workers.timeline.task_store import UNKNOWN_NS, LaneTasks
from workers.timeline.timeline import Timeline

LIFE_TRACK = 1
_FIRST_CALL_TRACK = 2
_FIRST_TASK_TRACK = 1_000_000
_EXIT_NS = 1_000
_PHASES = {
    SpanKind.STARTING: "starting",
    SpanKind.ALIVE: "alive",
    SpanKind.ENDING: "ending",
    SpanKind.ZOMBIE: "exited, not reaped",
}


class _TrackNumbers:
    """The numbers of tracks in one process. used: those that are taken."""

    def __init__(self, used: set[int]) -> None:
        self._used = used
        self._next = _FIRST_TASK_TRACK

    def take(self, wanted: int | None = None) -> int:
        """The wanted number where it is free, or else one of its own."""
        while wanted is None or wanted in self._used:
            wanted, self._next = self._next, self._next + 1
        self._used.add(wanted)
        return wanted


class _TaskTracks:
    """The tracks of one worker's or thread's tasks. numbers: of all tracks of the process. native: the thread's own number.

    A number that the kernel gave to two threads, one after the other, stands for the first of them.
    """

    def __init__(self, numbers: _TrackNumbers, native: int | None = None) -> None:
        self._numbers = numbers
        self._native = native
        self._tracks: list[int] = []
        self._rows = NestedRows()

    def take(self, began_ns: int, ended_ns: int) -> int:
        """The number of a track on which there is room for a slice."""
        row = self._rows.take(began_ns, ended_ns)
        while row >= len(self._tracks):
            self._tracks.append(self._numbers.take(None if self._tracks else self._native))
        return self._tracks[row]

    def names(self, pid: int, name: str) -> Iterator[Event]:
        """Their names."""
        return _track_names(pid, self._tracks, name)


class RunEvents:
    """The events of the processes of a run. pids: the number that stands for each process in the trace."""

    def __init__(self, timeline: Timeline, pids: Mapping[int, int]) -> None:
        self._timeline = timeline
        self._pids = pids
        self._call_tracks: dict[int, int] = {}  # by the id of the call
        self._reaping: dict[int, int] = {}  # the id of the join() that reaped a process

    def events(self) -> Iterator[Event]:
        """All of them, one process after another, and then the arrows between processes."""
        for process in self._timeline.processes:
            pid = self._pids[process.id]
            yield from self._life(process, pid)
            yield from self._marks(process, pid)
            yield from self._calls(process, pid)
            yield from self._tasks(process, pid)
            yield from self._counters(process, pid)
        yield from self._flows()

    def _life(self, process: Process, pid: int) -> Iterator[Event]:
        args = _facts(process)
        for began, ended, kind in _rows(self._timeline.lane(process.id).phases):
            end = self._timeline.now_ns if ended == OPEN else ended
            yield _slice(pid, LIFE_TRACK, _PHASES.get(SpanKind(kind), "other"), "life", (began, end), args)
            args = {}
        if process.exited_ns is not None:
            result = {"exit_code": process.exit_code, "signal": process.signal_name}
            yield _slice(pid, LIFE_TRACK, "exit", "life", self._exit(process), _known(result))

    def _exit(self, process: Process) -> tuple[int, int]:
        """The place of the short slice that the arrow of a join() leaves: the start of the slice after the exit, if any."""
        rows = _rows(self._timeline.lane(process.id).phases)
        began = max((end for _, end, kind in rows if kind != SpanKind.ZOMBIE), default=process.exited_ns or 0)
        now_ns = self._timeline.now_ns
        ends = (now_ns if end == OPEN else end for _, end, kind in rows if kind == SpanKind.ZOMBIE)
        end = max(ends, default=0)
        return began, min(end, began + _EXIT_NS) if end > began else began + 1

    def _marks(self, process: Process, pid: int) -> Iterator[Event]:
        timeline = self._timeline
        if process.lost and process.lost_ns is not None:
            yield _instant(pid, "lost", process.lost_ns, {})
        for line in timeline.lines_of(process.id):
            yield _instant(pid, "printed", line.at_ns, {"stream": line.stream, "text": line.text})
        for value in timeline.watched_of(process.id):
            args = {"name": value.name, "value": value.value, "when": value.when}
            yield _instant(pid, f"value of {value.name}", value.at_ns, args)
        for sent in timeline.signalled_to(process.id):
            yield _instant(pid, "signal sent", sent.at_ns, {"signal": sent.signal})
        for call in timeline.calls_on(process.id):
            if call.name is CallName.IS_ALIVE and call.result is not None:
                yield _instant(pid, "is_alive()", call.ended_ns or call.began_ns, {"result": call.result})

    def _calls(self, process: Process, pid: int) -> Iterator[Event]:
        """The calls that the process made. Notes their tracks, and which of them reaped a child."""
        timeline = self._timeline
        rows = NestedRows()
        for call in sorted(timeline.calls_by(process.id), key=lambda call: (call.began_ns, -self._end(call))):
            end = self._end(call)
            track = self._call_tracks[call.id] = _FIRST_CALL_TRACK + rows.take(call.began_ns, end)
            child = timeline.process(call.process) if call.process is not None else None
            title = f"{call.name}({child.name if child else ''})"
            yield _slice(pid, track, title, "call", (call.began_ns, end), _call_facts(call))
            if child is not None and _reaps(call, child) and child.exited_ns is not None:
                self._reaping[child.id] = call.id
                began = min(max(self._exit(child)[0], call.began_ns), end - 1)
                yield _slice(pid, track, "reap", "call", (began, end), {"exit_code": child.exit_code})
        yield from _track_names(pid, range(_FIRST_CALL_TRACK, _FIRST_CALL_TRACK + rows.count), "calls")

    def _end(self, call: Call) -> int:
        ended = self._timeline.end_of(call)
        return max(call.began_ns + 1, self._timeline.now_ns if ended is None else ended)

    def _tasks(self, process: Process, pid: int) -> Iterator[Event]:
        """The tasks that the process ran, and those of its threads: on tracks with the threads' own numbers and names."""
        ran = self._timeline.tasks.of(process.id)
        numbers = _TrackNumbers(set(range(1, _FIRST_CALL_TRACK + 1 + len(self._timeline.calls_by(process.id)))))
        if ran is not None:
            tracks = _TaskTracks(numbers)
            yield from self._slices(process, pid, ran, tracks, {})
            yield from tracks.names(pid, "tasks")
        for thread in self._timeline.threads_of(process.id):
            ran = self._timeline.tasks.of_thread(thread.id)
            if ran is not None:
                tracks = _TaskTracks(numbers, thread.native_id)
                about = {} if thread.interpreter is None else {"interpreter": thread.interpreter}
                yield from self._slices(process, pid, ran, tracks, about)
                yield from tracks.names(pid, thread.name or f"thread {thread.number}")

    def _slices(
        self, process: Process, pid: int, ran: LaneTasks, tracks: "_TaskTracks", about: Event
    ) -> Iterator[Event]:
        """Tasks of one worker or thread. One that did not end ends with the process. about: facts of all of them."""
        names = self._timeline.tasks.names
        last = self._timeline.now_ns if process.exited_ns is None else process.exited_ns
        columns = (column.data for column in (ran.t0, ran.t1, ran.submitted, ran.name, ran.error))
        for began, ended, submitted, name, error in zip(*columns, strict=True):
            end = max(began + 1, last if ended == OPEN else ended)
            facts: Event = dict(about)
            if submitted != UNKNOWN_NS:
                facts["submitted"] = microseconds(submitted)
            if error:
                facts["error"] = names[error]
            if ended == OPEN:
                facts["ended"] = "unknown"
            yield _slice(pid, tracks.take(began, end), names[name], "task", (began, end), facts)

    def _counters(self, process: Process, pid: int) -> Iterator[Event]:
        samples: Sequence[Sample] = self._timeline.samples.get(process.id, ())
        before = None
        for sample in samples:
            yield _counter(pid, "memory", "bytes", sample.at_ns, sample.rss_bytes)
            if before is not None and sample.at_ns > before.at_ns:
                used = max(0.0, (sample.cpu_s - before.cpu_s) * 1e9 / (sample.at_ns - before.at_ns))
                yield _counter(pid, "CPU", "cores", sample.at_ns, round(used, 4))
            before = sample
        if samples and process.exited_ns is not None:
            # Without a zero at the end the last value would last until the end of the trace.
            for name, series in (("memory", "bytes"), ("CPU", "cores")):
                yield _counter(pid, name, series, max(process.exited_ns, samples[-1].at_ns), 0)

    def _flows(self) -> Iterator[Event]:
        """An arrow from each start() to the life that it began, and from each exit to the join() that reaped it."""
        timeline = self._timeline
        starts = {call.process: call for call in timeline.calls if call.name is CallName.START and call.error is None}
        for number, link in enumerate(timeline.links(), 1):
            if link.kind is LinkKind.START:
                call = starts.get(link.to_process)
                if call is None:
                    continue
                leaves = at(self._pids[call.by], self._call_tracks[call.id], call.began_ns)
                arrives = at(self._pids[link.to_process], LIFE_TRACK, link.to_ns)
            else:
                call = timeline.call(self._reaping[link.from_process])
                exit_ns = self._exit(timeline.process(link.from_process))[0]
                reap_ns = min(max(exit_ns, call.began_ns), self._end(call) - 1)
                leaves = at(self._pids[link.from_process], LIFE_TRACK, exit_ns)
                arrives = at(self._pids[call.by], self._call_tracks[call.id], reap_ns)
            head = {"cat": "link", "name": str(link.kind), "id": number}
            yield {"ph": "s", **head, **leaves}
            yield {"ph": "f", "bp": "e", **head, **arrives}


def _facts(process: Process) -> Event:
    return _known(
        {
            "id": process.id,
            "parent_id": process.parent_id,
            "pid": process.pid,
            "ppid": process.ppid,
            "start_method": process.start_method,
            "exit_code": process.exit_code,
            "error": process.error,
            "cpu_s": process.cpu_s,
            "peak_rss_bytes": process.peak_rss_bytes,
            "host": process.host or None,
            "address": process.address or None,
            "clock_within_ns": process.clock_within_ns or None,
        }
    )


def _call_facts(call: Call) -> Event:
    return _known(
        {
            "timeout_s": call.timeout_s,
            "result": call.result,
            "error": call.error,
            "file": call.file or None,
            "line": call.line or None,
            "times": call.times if call.times > 1 else None,
            "thread": call.thread or None,
        }
    )


def _reaps(call: Call, child: Process) -> bool:
    """Whether this is the join() that first returned after its child's end."""
    return call.name is CallName.JOIN and call.ended_ns is not None and call.ended_ns == child.joined_ns


def _track_names(pid: int, tracks: Iterable[int], name: str) -> Iterator[Event]:
    """The names of the tracks that one kind of slice needed, in their order."""
    for number, track in enumerate(tracks, 1):
        yield from track_name(pid, track, name if number == 1 else f"{name} {number}")


def _slice(pid: int, tid: int, name: str, category: str, interval: tuple[int, int], args: Event) -> Event:
    began_ns, ended_ns = interval
    event = {"ph": "X", "pid": pid, "tid": tid, "name": name, "cat": category, "ts": microseconds(began_ns),
             "dur": microseconds(max(0, ended_ns - began_ns))}  # fmt: skip
    if args:
        event["args"] = args
    return event


def _instant(pid: int, name: str, at_ns: int, args: Event) -> Event:
    return {"ph": "i", "s": "t", **at(pid, LIFE_TRACK, at_ns), "name": name, "cat": "mark", "args": args}


def _counter(pid: int, name: str, series: str, at_ns: int, value: float) -> Event:
    return {"ph": "C", "pid": pid, "name": name, "ts": microseconds(at_ns), "args": {series: value}}


def _rows(spans: Spans) -> list[tuple[int, int, int]]:
    return list(zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True))


def _known(facts: dict[str, Any]) -> Event:
    return {name: value for name, value in facts.items() if value is not None}
