"""Writes a run as a Chrome trace, the JSON that Perfetto and chrome://tracing open. Any process, no Qt.

Each process of the run has one track for its own life and one or more each for the calls that it made on others and for the
tasks that it ran, so that no two slices of a track overlap except where one lies within the other. Times are microseconds
from the program's start with exactly three decimals, which keeps every nanosecond. Events are written as they are made.
"""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

from workers.errors import CancelledError
from workers.formats.blocks import Progress
from workers.formats.chrome import chrome_tracks
from workers.formats.chrome.chrome_json import Event, at, encoded, microseconds, track_name
from workers.formats.chrome.nesting import NestedRows
from workers.report.report import version
from workers.timeline.lanes import OPEN, Spans
from workers.timeline.model import Bookmark, Call, CallName, LinkKind, Process, Sample, SpanKind
from workers.timeline.task_store import UNKNOWN_NS
from workers.timeline.timeline import Timeline

_PHASES = {
    SpanKind.STARTING: "starting",
    SpanKind.ALIVE: "alive",
    SpanKind.ENDING: "ending",
    SpanKind.ZOMBIE: "exited, not collected",
}
_OWN_TRACK = 1
_FIRST_CALL_TRACK = 2
_FIRST_TASK_TRACK = 1_000_000
_FIRST_MADE_UP_PID = 2_000_000_000
_EXIT_NS = 1_000
_HELD = 256
"""Events that are written at once, and after which somebody may say to go no further."""


def write(timeline: Timeline, file: BinaryIO, *, compressed: bool = False, progress: Progress | None = None) -> None:
    """Write the trace to `file`, gzipped if `compressed`. Raises CancelledError when `progress` says so."""
    if compressed:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0, filename="") as packed:
            _write(timeline, packed, progress)
    else:
        _write(timeline, file, progress)


def _write(timeline: Timeline, file: "BinaryIO | gzip.GzipFile", progress: Progress | None) -> None:
    file.write(b'{"displayTimeUnit":"ms",\n"otherData":' + encoded(_about(timeline)) + b',\n"traceEvents":[\n')
    expected = max(1, _about_as_many(timeline))
    held: list[bytes] = []
    written = 0
    for event in events(timeline):
        if len(held) == _HELD:  # another one follows, so a comma does
            file.write(b",\n".join(held) + b",\n")
            written += len(held)
            held.clear()
            if progress is not None and not progress(min(1.0, written / expected)):
                raise CancelledError("Saving was cancelled.")
        held.append(encoded(event))
    file.write(b",\n".join(held) + b"\n]}\n")


def _about_as_many(timeline: Timeline) -> int:
    """How many events there are going to be, as far as it can be told at once."""
    tracks = sum(len(track.spans) + len(track.mark_t) for track in timeline.tracks)
    values = sum(len(counter.t) for counter in timeline.counters) + 2 * sum(map(len, timeline.samples.values()))
    own = len(timeline.tasks) + len(timeline.lines) + 3 * len(timeline.calls) + 8 * len(timeline.processes)
    return tracks + values + own + 2 * len(timeline.flows)


def events(timeline: Timeline) -> Iterator[Event]:
    """The trace's events. A `ts` or `dur` is JSON already, a number to its last digit."""
    pids = _pids(timeline.processes)
    order = {process: place for place, (process, _) in enumerate(timeline.tree())}
    yield from chain.from_iterable(_names(process, pids, order[process.id]) for process in timeline.processes)
    whose = next(iter(pids.values()), 0)
    yield from (_bookmark(mark, whose) for mark in timeline.bookmarks)
    reaps: dict[int, int] = {}
    tracks: dict[int, int] = {}
    for process in timeline.processes:
        yield from _life(timeline, process, pids[process.id])
        yield from _marks(timeline, process, pids[process.id])
        yield from _calls(timeline, process, pids[process.id], reaps, tracks)
        yield from _tasks(timeline, process, pids[process.id])
        yield from _counters(timeline, process, pids[process.id])
    yield from _flows(timeline, pids, reaps, tracks)
    yield from chrome_tracks.events(timeline, pids)


def _about(timeline: Timeline) -> dict[str, str]:
    about = {
        "producer": f"Procession {version()}",
        "started_at": timeline.started_at,
        "python": timeline.python,
        "host": timeline.host,
        "command": " ".join(timeline.argv),
        "plan": timeline.plan.title if timeline.plan else "",
    }
    return {name: value for name, value in about.items() if value}


def _pids(processes: Iterable[Process]) -> dict[int, int]:
    """A number of its own for each process: its pid, or a made-up one where it has none or another had it before."""
    used: set[int] = set()
    pids: dict[int, int] = {}
    for process in processes:
        pid = process.pid
        if pid is None or pid in used or not 0 < pid < _FIRST_MADE_UP_PID:
            pid = _FIRST_MADE_UP_PID + process.id
        used.add(pid)
        pids[process.id] = pid
    return pids


def _names(process: Process, pids: dict[int, int], order: int) -> Iterator[Event]:
    pid = pids[process.id]
    facts: list[tuple[str, Event]] = [
        ("process_name", {"name": process.name}),
        ("process_sort_index", {"sort_index": order}),
    ]
    if not process.traced:
        labels = ", ".join(filter(None, (str(process.kind), process.exit_text)))
        facts.append(("process_labels", {"labels": labels}))
    for name, args in facts:
        yield {"ph": "M", "pid": pid, "tid": _OWN_TRACK, "name": name, "args": args}
    yield from track_name(pid, _OWN_TRACK, "life")


def _bookmark(mark: Bookmark, pid: int) -> Event:
    """A person's own mark. It is of the whole run, whichever process it names."""
    return {"ph": "i", "s": "g", **at(pid, _OWN_TRACK, mark.at_ns), "name": mark.label or "mark", "cat": "bookmark"}


def _life(timeline: Timeline, process: Process, pid: int) -> Iterator[Event]:
    args = _facts(process)
    for began, ended, kind in _rows(timeline.lane(process.id).phases):
        end = timeline.now_ns if ended == OPEN else ended
        yield _slice(pid, _OWN_TRACK, _PHASES.get(SpanKind(kind), "other"), "life", began, end, args)
        args = {}
    if process.exited_ns is not None:
        began, end = _exit(timeline, process)
        how = {"exit_code": process.exit_code, "signal": process.signal_name}
        yield _slice(pid, _OWN_TRACK, "exit", "life", began, end, _known(how))


def _exit(timeline: Timeline, process: Process) -> tuple[int, int]:
    """Where the short slice lies that a join's arrow begins in: at the start of the slice after the exit, if any."""
    rows = _rows(timeline.lane(process.id).phases)
    began = max((end for _, end, kind in rows if kind != SpanKind.ZOMBIE), default=process.exited_ns or 0)
    end = max((timeline.now_ns if end == OPEN else end for _, end, kind in rows if kind == SpanKind.ZOMBIE), default=0)
    return began, min(end, began + _EXIT_NS) if end > began else began + 1


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
        }
    )


def _marks(timeline: Timeline, process: Process, pid: int) -> Iterator[Event]:
    if process.lost and process.lost_ns is not None:
        yield _instant(pid, "lost", process.lost_ns, {})
    for line in timeline.lines_of(process.id):
        yield _instant(pid, "printed", line.at_ns, {"stream": line.stream, "text": line.text})
    for value in timeline.watched_of(process.id):
        args = {"name": value.name, "value": value.value, "when": value.when}
        yield _instant(pid, f"value of {value.name}", value.at_ns, args)
    for sent in timeline.signalled:
        if sent.process == process.id:
            yield _instant(pid, "signal sent", sent.at_ns, {"signal": sent.signal})
    for call in timeline.calls_on(process.id):
        if call.name is CallName.IS_ALIVE and call.result is not None:
            yield _instant(pid, "is_alive()", call.ended_ns or call.began_ns, {"result": call.result})


def _calls(
    timeline: Timeline, process: Process, pid: int, reaps: dict[int, int], tracks: dict[int, int]
) -> Iterator[Event]:
    """The calls that `process` made. tracks: by call id, filled in; reaps: the call's id by the child that it joined."""
    rows = NestedRows()
    for call in sorted(timeline.calls_by(process.id), key=lambda call: (call.began_ns, -_end(timeline, call))):
        end = _end(timeline, call)
        tracks[call.id] = _FIRST_CALL_TRACK + rows.take(call.began_ns, end)
        child = timeline.process(call.process) if call.process is not None else None
        yield _slice(pid, tracks[call.id], f"{call.name}({child.name if child else ''})", "call", call.began_ns, end,
                     _call_facts(call))  # fmt: skip
        if child is not None and _collects(call, child) and child.exited_ns is not None:
            reaps[child.id] = call.id
            began = min(max(_exit(timeline, child)[0], call.began_ns), end - 1)
            yield _slice(pid, tracks[call.id], "reap", "call", began, end, {"exit_code": child.exit_code})
    yield from _track_names(pid, _FIRST_CALL_TRACK, "calls", rows.count)


def _tasks(timeline: Timeline, process: Process, pid: int) -> Iterator[Event]:
    """The tasks that `process` ran; one that it took to the grave ends with it."""
    ran = timeline.tasks.of(process.id)
    if ran is None:
        return
    rows = NestedRows()
    names = timeline.tasks.names
    last = timeline.now_ns if process.exited_ns is None else process.exited_ns
    columns = (column.data for column in (ran.t0, ran.t1, ran.submitted, ran.name, ran.error))
    for began, ended, submitted, name, error in zip(*columns, strict=True):
        end = max(began + 1, last if ended == OPEN else ended)
        facts: Event = {}
        if submitted != UNKNOWN_NS:
            facts["submitted"] = microseconds(submitted)
        if error:
            facts["error"] = names[error]
        if ended == OPEN:
            facts["ended"] = "unknown"
        yield _slice(pid, _FIRST_TASK_TRACK + rows.take(began, end), names[name], "task", began, end, facts)
    yield from _track_names(pid, _FIRST_TASK_TRACK, "tasks", rows.count)


def _track_names(pid: int, first: int, name: str, count: int) -> Iterator[Event]:
    """What the tracks that one kind of thing needed are called, in their order."""
    for number in range(count):
        yield from track_name(pid, first + number, name if number == 0 else f"{name} {number + 1}")


def _end(timeline: Timeline, call: Call) -> int:
    ended = timeline.end_of(call)
    return max(call.began_ns + 1, timeline.now_ns if ended is None else ended)


def _collects(call: Call, child: Process) -> bool:
    """Whether this is the join that first returned with its child dead."""
    return call.name is CallName.JOIN and call.ended_ns is not None and call.ended_ns == child.joined_ns


def _call_facts(call: Call) -> Event:
    return _known(
        {
            "timeout_s": call.timeout_s,
            "result": call.result,
            "error": call.error,
            "file": call.file or None,
            "line": call.line or None,
            "times": call.times if call.times > 1 else None,
        }
    )


def _flows(timeline: Timeline, pids: dict[int, int], reaps: dict[int, int], tracks: dict[int, int]) -> Iterator[Event]:
    starts = {call.process: call for call in timeline.calls if call.name is CallName.START and call.error is None}
    for number, link in enumerate(timeline.links(), 1):
        if link.kind is LinkKind.START:
            call = starts.get(link.to_process)
            if call is None:
                continue
            ends = (at(pids[call.by], tracks[call.id], call.began_ns),
                    at(pids[link.to_process], _OWN_TRACK, link.to_ns))  # fmt: skip
        else:
            call = timeline.call(reaps[link.from_process])
            leaves = _exit(timeline, timeline.process(link.from_process))[0]
            arrives = min(max(leaves, call.began_ns), _end(timeline, call) - 1)
            ends = (at(pids[link.from_process], _OWN_TRACK, leaves),
                    at(pids[call.by], tracks[call.id], arrives))  # fmt: skip
        head = {"cat": "link", "name": str(link.kind), "id": number}
        yield {"ph": "s", **head, **ends[0]}
        yield {"ph": "f", "bp": "e", **head, **ends[1]}


def _counters(timeline: Timeline, process: Process, pid: int) -> Iterator[Event]:
    samples: Sequence[Sample] = timeline.samples.get(process.id, ())
    before = None
    for sample in samples:
        yield _counter(pid, "memory", "bytes", sample.at_ns, sample.rss_bytes)
        if before is not None and sample.at_ns > before.at_ns:
            used = max(0.0, (sample.cpu_s - before.cpu_s) * 1e9 / (sample.at_ns - before.at_ns))
            yield _counter(pid, "CPU", "cores", sample.at_ns, round(used, 4))
        before = sample
    if samples and process.exited_ns is not None:
        # Without a last zero the value would go on to the end of the trace.
        for name, series in (("memory", "bytes"), ("CPU", "cores")):
            yield _counter(pid, name, series, max(process.exited_ns, samples[-1].at_ns), 0)


def _counter(pid: int, name: str, series: str, at_ns: int, value: float) -> Event:
    return {"ph": "C", "pid": pid, "name": name, "ts": microseconds(at_ns), "args": {series: value}}


def _slice(pid: int, tid: int, name: str, category: str, began_ns: int, ended_ns: int, args: Event) -> Event:
    event = {"ph": "X", "pid": pid, "tid": tid, "name": name, "cat": category, "ts": microseconds(began_ns),
             "dur": microseconds(max(0, ended_ns - began_ns))}  # fmt: skip
    if args:
        event["args"] = args
    return event


def _instant(pid: int, name: str, at_ns: int, args: Event) -> Event:
    return {"ph": "i", "s": "t", **at(pid, _OWN_TRACK, at_ns), "name": name, "cat": "mark", "args": args}


def _rows(spans: Spans) -> list[tuple[int, int, int]]:
    return list(zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True))


def _known(facts: dict[str, Any]) -> Event:
    return {name: value for name, value in facts.items() if value is not None}
