"""Writes a run as a Chrome trace, the JSON that Perfetto and chrome://tracing open. Any process, no Qt.

Each process of the run has one track for its own life and one or more each for the calls that it made on others and for the
tasks that it ran, so that no two slices of a track overlap except where one lies within the other. Times are microseconds
from the program's start with exactly three decimals, which keeps every nanosecond. Events are written as they are made.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

from workers.formats import chrome_tracks
from workers.formats.chrome_json import Json, at, microseconds
from workers.lanes import OPEN, Spans
from workers.model import Call, CallName, LinkKind, Process, Sample, SpanKind
from workers.report import version
from workers.timeline import Timeline

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


def write(timeline: Timeline, file: BinaryIO, *, compressed: bool = False) -> None:
    """Write the trace to `file`, gzipped if `compressed`."""
    if compressed:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0, filename="") as packed:
            _write(timeline, packed)
    else:
        _write(timeline, file)


def _write(timeline: Timeline, file: "BinaryIO | gzip.GzipFile") -> None:
    file.write(b'{"displayTimeUnit": "ms",\n"otherData": ' + _text(_about(timeline)).encode() + b',\n"traceEvents": [')
    separator = b"\n"
    for event in events(timeline):
        file.write(separator + _text(event).encode())
        separator = b",\n"
    file.write(b"\n]}\n")


def events(timeline: Timeline) -> Iterator[dict[str, Any]]:
    """The trace's events; a `ts` or `dur` is text that is a JSON number."""
    pids = _pids(timeline.processes)
    yield from chain.from_iterable(_names(process, pids, order) for order, process in enumerate(timeline.processes))
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


def _names(process: Process, pids: dict[int, int], order: int) -> Iterator[dict[str, Any]]:
    pid = pids[process.id]
    labels = [str(process.kind), process.exit_text]
    for name, args in (
        ("process_name", {"name": process.name}),
        ("process_labels", {"labels": ", ".join(filter(None, labels))}),
        ("process_sort_index", {"sort_index": order}),
    ):
        yield {"ph": "M", "pid": pid, "tid": _OWN_TRACK, "name": name, "args": args}
    yield {"ph": "M", "pid": pid, "tid": _OWN_TRACK, "name": "thread_name", "args": {"name": "life"}}


def _life(timeline: Timeline, process: Process, pid: int) -> Iterator[dict[str, Any]]:
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


def _facts(process: Process) -> dict[str, Any]:
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


def _marks(timeline: Timeline, process: Process, pid: int) -> Iterator[dict[str, Any]]:
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
) -> Iterator[dict[str, Any]]:
    """The calls that `process` made. tracks: by call id, filled in; reaps: the call's id by the child that it joined."""
    free: list[int] = []
    for call in sorted(timeline.calls_by(process.id), key=lambda call: (call.began_ns, -_end(timeline, call))):
        end = _end(timeline, call)
        track = _free_track(free, call.began_ns, end)
        tracks[call.id] = _FIRST_CALL_TRACK + track
        child = timeline.process(call.process) if call.process is not None else None
        yield _slice(pid, tracks[call.id], f"{call.name}({child.name if child else ''})", "call", call.began_ns, end,
                     _call_facts(call))  # fmt: skip
        if child is not None and _collects(call, child) and child.exited_ns is not None:
            reaps[child.id] = call.id
            began = min(max(_exit(timeline, child)[0], call.began_ns), end - 1)
            yield _slice(pid, tracks[call.id], "reap", "call", began, end, {"exit_code": child.exit_code})
    for track in range(len(free)):
        name = "calls" if track == 0 else f"calls {track + 1}"
        yield {"ph": "M", "pid": pid, "tid": _FIRST_CALL_TRACK + track, "name": "thread_name", "args": {"name": name}}


def _tasks(timeline: Timeline, process: Process, pid: int) -> Iterator[dict[str, Any]]:
    """The tasks that `process` ran; one that it took to the grave ends with it."""
    free: list[int] = []
    ran = timeline.tasks.of(process.id)
    for number in range(0 if ran is None else len(ran)):
        task = ran.task(number, process.id, timeline.tasks.names)  # type: ignore[union-attr]
        end = task.ended_ns if task.ended_ns is not None else process.exited_ns or timeline.now_ns
        end = max(task.began_ns + 1, end)
        facts = {"submitted": None if task.submitted_ns is None else microseconds(task.submitted_ns), "error": task.error,
                 "ended": None if task.ended_ns is not None else "unknown"}  # fmt: skip
        track = _FIRST_TASK_TRACK + _free_track(free, task.began_ns, end)
        yield _slice(pid, track, task.name, "task", task.began_ns, end, _known(facts))
    for track in range(len(free)):
        name = "tasks" if track == 0 else f"tasks {track + 1}"
        yield {"ph": "M", "pid": pid, "tid": _FIRST_TASK_TRACK + track, "name": "thread_name", "args": {"name": name}}


def _free_track(free: list[int], began_ns: int, ended_ns: int) -> int:
    """The first track on which nothing goes on any more; `free` says until when each is taken."""
    track = next((number for number, until in enumerate(free) if until <= began_ns), len(free))
    free[track : track + 1] = [ended_ns]
    return track


def _end(timeline: Timeline, call: Call) -> int:
    ended = timeline.end_of(call)
    return max(call.began_ns + 1, timeline.now_ns if ended is None else ended)


def _collects(call: Call, child: Process) -> bool:
    """Whether this is the join that first returned with its child dead."""
    return call.name is CallName.JOIN and call.ended_ns is not None and call.ended_ns == child.joined_ns


def _call_facts(call: Call) -> dict[str, Any]:
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


def _flows(
    timeline: Timeline, pids: dict[int, int], reaps: dict[int, int], tracks: dict[int, int]
) -> Iterator[dict[str, Any]]:
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


def _counters(timeline: Timeline, process: Process, pid: int) -> Iterator[dict[str, Any]]:
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


def _counter(pid: int, name: str, series: str, at_ns: int, value: float) -> dict[str, Any]:
    return {"ph": "C", "pid": pid, "name": name, "ts": microseconds(at_ns), "args": {series: value}}


def _slice(
    pid: int, tid: int, name: str, category: str, began_ns: int, ended_ns: int, args: dict[str, Any]
) -> dict[str, Any]:
    event = {"ph": "X", "pid": pid, "tid": tid, "name": name, "cat": category, "ts": microseconds(began_ns),
             "dur": microseconds(max(0, ended_ns - began_ns))}  # fmt: skip
    return {**event, "args": args} if args else event


def _instant(pid: int, name: str, at_ns: int, args: dict[str, Any]) -> dict[str, Any]:
    return {"ph": "i", "s": "t", **at(pid, _OWN_TRACK, at_ns), "name": name, "cat": "mark", "args": args}


def _rows(spans: Spans) -> list[tuple[int, int, int]]:
    return list(zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True))


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _text(value: Any) -> str:
    """JSON text; numbers that are text already go in as they are."""
    if isinstance(value, Json):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_text(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)
