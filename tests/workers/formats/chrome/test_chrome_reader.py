"""Chrome traces of others: what each kind of event becomes, and what is done with what makes no sense."""

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.paths import ROOT

from workers.errors import CancelledError, OpenError
from workers.formats.chrome import chrome_writer
from workers.formats.chrome.chrome_reader import read
from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track, TrackKind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a trace can be written."""
    return tmp_path / "trace.json"


def opened(path: Path, content: Any) -> Timeline:
    """The timeline of a trace; content: bytes, text, or events."""
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)


def spans(timeline: Timeline, track: Track) -> list[tuple[str, int, int | None, int]]:
    """(name, began, ended, depth) of each span, times in µs."""
    rows = zip(track.spans.name, track.spans.t0, track.spans.t1, track.spans.depth, strict=True)
    return [(timeline.names[n], int(a) // 1000, None if b == OPEN else int(b) // 1000, int(d)) for n, a, b, d in rows]


def counted(timeline: Timeline) -> tuple[int, int, int, int, int]:
    """(processes, spans, marks, flows, counter values) that were read."""
    found = timeline.imported
    assert found is not None
    return found.processes, found.spans, found.marks, found.flows, found.counters


def x(name: str, ts: Any, dur: Any, pid: Any = 1, tid: Any = 1, **more: Any) -> dict[str, Any]:
    """A complete event."""
    return {"ph": "X", "name": name, "ts": ts, "dur": dur, "pid": pid, "tid": tid, **more}


def event(ph: str, ts: float, name: str | None = None, **more: Any) -> dict[str, Any]:
    """Any event of process 1, thread 1."""
    return {"ph": ph, "ts": ts, "pid": 1, "tid": 1, **({} if name is None else {"name": name}), **more}


def test_spans_nest_by_time_in_whatever_order_they_come(path: Path) -> None:
    timeline = opened(path, [
        x("inner", 12, 3), x("outer", 10, 10), event("E", 30), event("B", 25, "b"), event("B", 26, "unclosed", tid=2),
        x("beside", 12, 3, tid=3),
    ])  # fmt: skip
    first, second, third = timeline.tracks
    assert spans(timeline, first) == [("outer", 0, 10, 0), ("inner", 2, 5, 1), ("b", 15, 20, 0)]
    assert spans(timeline, third if third.name == "thread 2" else second) == [("unclosed", 16, None, 0)]
    assert counted(timeline) == (1, 5, 0, 0, 0)
    assert timeline.now_ns == 20_000


def test_an_end_belongs_to_the_innermost_span_of_its_name(path: Path) -> None:
    begun = [event("B", at, name) for at, name in ((0, "a"), (1, "b"), (2, "c"))]
    timeline = opened(path, [*begun, event("E", 5, "b"), event("E", 6, "something else"), event("E", 7)])
    assert spans(timeline, timeline.tracks[0]) == [("a", 0, 6, 0), ("b", 1, 5, 1), ("c", 2, 5, 2)]
    assert timeline.imported is not None
    assert timeline.imported.skipped == {"end without a beginning": 1}
    assert "no end of their own" in timeline.warnings[0]


def test_spans_that_overlap_on_one_thread_have_rows_of_their_own(path: Path) -> None:
    timeline = opened(path, [x("a", 0, 10), x("b", 5, 10), x("c", 12, 1)])
    assert spans(timeline, timeline.tracks[0]) == [("a", 0, 10, 0), ("b", 5, 15, 1), ("c", 12, 13, 0)]


def test_asynchronous_operations_are_distinguished_by_their_ids(path: Path) -> None:
    timeline = opened(path, [
        event("b", 0, "load", cat="net", id="0x1"), event("b", 2, "load", cat="net", id="0x2"),
        event("n", 3, "header", cat="net", id="0x1"), event("e", 4, "load", cat="net", id="0x1"),
        event("e", 9, "load", cat="net", id="0x2"), event("S", 1, "old", cat="db", id=7),
        event("T", 2, "old", cat="db", id=7), event("F", 5, "old", cat="db", id=7),
        event("b", 1, "everywhere", cat="ipc", id2={"global": "g"}),
        {**event("e", 3, "everywhere", cat="ipc", id2={"global": "g"}), "pid": 2},
    ])  # fmt: skip
    by_name = {track.name: track for track in timeline.tracks}
    assert all(track.kind is TrackKind.ASYNC for track in timeline.tracks)
    assert spans(timeline, by_name["net"]) == [("load", 0, 4, 0), ("load", 2, 9, 1)]
    assert spans(timeline, by_name["db"]) == [("old", 1, 5, 0)]
    assert spans(timeline, by_name["ipc"]) == [("everywhere", 1, 3, 0)]
    assert counted(timeline)[1:3] == (4, 2)


def test_arrows_join_tracks_in_the_order_of_time(path: Path) -> None:
    timeline = opened(path, [
        {**event("f", 9, "go", cat="c", id=1, bp="e"), "tid": 3}, event("s", 1, "go", cat="c", id=1),
        {**event("t", 5, "go", cat="c", id=1), "tid": 2}, event("s", 1, "lonely", cat="c", id=2),
        x("out", 0, 1, bind_id="0x9", flow_out=True), x("in", 4, 1, tid=2, bind_id="0x9", flow_in=True),
    ])  # fmt: skip
    flows, names = timeline.flows, {track.id: track.name for track in timeline.tracks}
    columns = (flows.from_track, flows.from_t, flows.to_track, flows.to_t)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    arrows = {(names[a], t // 1000, names[b], u // 1000) for a, t, b, u in rows}
    assert arrows == {("thread 1", 1, "thread 2", 5), ("thread 2", 5, "thread 3", 9), ("thread 1", 0, "thread 2", 4)}
    assert timeline.imported is not None
    assert timeline.imported.skipped == {"flow without its other end": 1}


def test_arrows_come_in_the_order_of_the_file_in_every_process(path: Path) -> None:
    """Python hashes texts otherwise in each process."""
    count = 40
    events = [x("work", 0, 5 * count), *({**x("work", 0, 5 * count), "tid": number + 2} for number in range(count))]
    for number in range(count):
        name = f"flow {number * 7 % count}"
        events += [event("s", number, name, cat="c", id=name), {**event("f", number + count, name, cat="c", id=name),
                   "tid": number + 2}]  # fmt: skip
    path.write_text(json.dumps(events))
    code = (
        "import sys, pathlib\n"
        "from workers.formats.chrome.chrome_reader import read\n"
        "timeline = read(pathlib.Path(sys.argv[1]))\n"
        "flows = timeline.flows\n"
        "print(flows.from_t.tolist(), flows.to_track.tolist(), [timeline.names[name] for name in flows.name.tolist()])\n"
    )
    said = [
        subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
                       capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1]
    assert said[0].startswith(str([number * 1000 for number in range(count)]))


def test_counters_have_a_series_for_each_of_their_values(path: Path) -> None:
    timeline = opened(path, [event("C", 5, "memory", args={"heap": 2, "stack": 1.5}), event("C", 1, "memory", args={"heap": 1}),
                             event("C", 3, "memory", args={"heap": "?"})])  # fmt: skip
    series = {counter.series: (counter.t.tolist(), counter.value.tolist()) for counter in timeline.counters}
    assert series == {"heap": ([0, 4000], [1.0, 2.0]), "stack": ([4000], [1.5])}
    assert counted(timeline)[4] == 2


def test_processes_and_threads_have_their_names_and_order(path: Path) -> None:
    timeline = opened(path, [
        x("a", 0, 1, pid=7, tid=8), x("b", 0, 1, pid=7, tid=7), x("c", 5, 1, pid="worker:9", tid="main"),
        {"ph": "M", "pid": 7, "name": "process_name", "args": {"name": "server"}},
        {"ph": "M", "pid": 7, "tid": 8, "name": "thread_name", "args": {"name": "loop"}},
        {"ph": "M", "pid": 7, "name": "process_sort_index", "args": {"sort_index": 9}},
        {"ph": "M", "pid": 3, "name": "process_labels", "args": {"labels": "idle"}},
    ])  # fmt: skip
    assert [(process.name, process.pid) for process in timeline.processes] == [
        ("worker:9", None),
        ("idle", 3),
        ("server", 7),
    ]
    assert [(track.process, track.name) for track in timeline.tracks] == [(1, "main"), (3, "thread 7"), (3, "loop")]


def test_marks_stand_on_their_thread_their_process_or_the_whole(path: Path) -> None:
    timeline = opened(path, [x("a", 0, 9), event("i", 1, "t", s="t"), event("I", 2, "p", s="p"), event("R", 3, "r"),
                             {"ph": "i", "ts": 4, "s": "g", "name": "g"}])  # fmt: skip
    where = {track.name: [timeline.names[name] for name in track.mark_name] for track in timeline.tracks}
    assert where == {"whole process": ["p"], "whole trace": ["g"], "thread 1": ["t", "r"]}
    assert counted(timeline) == (1, 1, 4, 0, 0)


def test_every_nanosecond_is_kept(path: Path) -> None:
    for base in ("0", "8999999999", "1700000000000000"):
        timeline = opened(
            path, f'[{{"ph":"X","pid":1,"ts":{base}.001,"dur":0.001}},{{"ph":"X","pid":1,"ts":{base}.003,"dur":0.255}}]'
        )
        found = timeline.tracks[0].spans
        assert (found.t0.tolist(), found.t1.tolist()) == ([0, 2], [1, 257])


@pytest.mark.parametrize("time", ['"12.5"', "12.5", '"1.25e1"', "125e-1"])
def test_a_time_can_be_text(path: Path, time: str) -> None:
    timeline = opened(path, f'[{{"ph":"X","pid":"1","ts":{time},"dur":"1"}},{{"ph":"i","pid":1,"ts":14,"tid":null}}]')
    assert timeline.now_ns == 1500
    assert counted(timeline)[:3] == (1, 1, 1)


@pytest.mark.parametrize(("bad", "reason"), [
    ('{"ph":"X","ts":NaN,"dur":1}', "no time"),
    ('{"ph":"X","ts":Infinity,"dur":1}', "no time that can be used"),
    ('{"ph":"X","ts":1e400,"dur":1}', "no time that can be used"),
    ('{"ph":"X","ts":true,"dur":1}', "no time that can be used"),
    ('{"ph":"X","ts":[1],"dur":1}', "no time that can be used"),
    ('{"ph":"X","ts":1e30,"dur":1}', "no time that can be used"),
    ('{"ph":"X","dur":1}', "no time"),
    ('{"ph":"X","ts":1,"dur":-1}', "ends before it begins"),
    ('{"ph":"X","ts":1,"dur":"long"}', "no duration that can be used"),
    ('{"ph":"X","ts":' + "9" * 5000 + "}", "not readable as an event"),
    ('{"ph":"X","ts":1,"args":' + "[" * 100_000 + "]" * 100_000 + "}", "not readable as an event"),
    ('{"ph":"X","ts":1,"args":' + "[" * 501 + "]" * 501 + "}", "not readable as an event"),
    ('{"ph":"X","ts":1,"other":' + '{"ph":' * 500 + "1" + "}" * 500 + "}", "not readable as an event"),
    ('{"ph":"X","ts":1,,}', "not readable as an event"),
    ('{"ph":"?","ts":1}', "unknown kind of event"),
    ('{"ph":["X"],"ts":1}', "unknown kind of event"),
    ("null", "not readable as an event"),
    ('"text"', "not readable as an event"),
    ('[{"ph":"X"}]', "not readable as an event"),
    ('{"ph":"P","ts":1}', "sample"),
    ('{"ph":"v","ts":1}', "memory dump"),
    ('{"ph":"c","ts":1}', "clock synchronisation"),
    ('{"ph":"C","ts":1,"args":{"x":[]}}', "counter without a number"),
])  # fmt: skip
def test_what_makes_no_sense_is_counted_and_the_rest_is_read(path: Path, bad: str, reason: str) -> None:
    good = json.dumps(x("good", 3, 4))
    timeline = opened(path, f"[{good}, {bad}, {good}]")
    found = timeline.imported
    assert found is not None
    assert (found.events, found.spans, dict(found.skipped)) == (3, 2, {reason: 1})
    assert timeline.now_ns == 4000


@pytest.mark.parametrize("depth", [490, 510, 2000, 100_000])
def test_the_deepest_nesting_that_is_read_is_the_same_on_every_python(path: Path, depth: int) -> None:
    deep = x("deep", 3, 1, args={"v": 7, "strings": "[" * 600 + "]" * 600, "list": [{}] * 600})
    text = json.dumps(deep).replace("7", "[" * depth + "]" * depth)
    timeline = opened(path, "[" + ",\n".join([json.dumps(x("good", 1, 4)), text] * 3) + "]")
    assert timeline.imported is not None
    assert timeline.imported.spans == (6 if depth == 490 else 3)
    assert timeline.imported.skipped == ({} if depth == 490 else {"not readable as an event": 3})


def test_negative_times_count_from_the_earliest_too(path: Path) -> None:
    timeline = opened(path, [x("a", -5, 1), x("b", 5, 1)])
    assert spans(timeline, timeline.tracks[0]) == [("a", 0, 1, 0), ("b", 10, 11, 0)]


def test_a_hundred_thousand_spans_within_one_another(path: Path) -> None:
    count = 100_000
    timeline = opened(path, [x("deep", at, 2 * (count - at)) for at in range(count)])
    assert counted(timeline)[1] == count
    assert len(timeline.tracks[0].spans) == timeline.tracks[0].spans.height == 65_535
    assert "34,465 spans lie deeper" in timeline.warnings[0]


@pytest.mark.parametrize("write", [
    lambda events: json.dumps(events),
    lambda events: "\ufeff" + json.dumps({"otherData": {"traceEvents": [1]}, "traceEvents": events, "more": "]}"}),
    lambda events: json.dumps(events, indent=4),
    lambda events: json.dumps(events)[:-1],
    lambda events: json.dumps(events)[:-1] + ",\n",
    lambda events: json.dumps(events)[:-1] + ", ]",
    lambda events: "\n".join(map(json.dumps, events)),
    lambda events: json.dumps({"traceEvents": events})[:-2],
    lambda events: json.dumps(events).encode("utf-16"),
    lambda events: gzip.compress(json.dumps(events).encode()),
    lambda events: b"".join(gzip.compress(part.encode()) for part in json.dumps(events).partition(",")) + b"\0" * 99,
], ids=["array", "object", "indented", "unterminated", "comma", "trailing comma", "lines", "unterminated object", "utf-16",
        "gzip", "two gzips"])  # fmt: skip
def test_every_form_of_file_is_the_same_trace(path: Path, write: Any) -> None:
    events = [
        x(f"é {n % 7}", n * 10, 5, tid=n % 3, args={"list": [{"a": '},{"ph"'}, {"b": "\\"}]}) for n in range(5000)
    ]
    timeline = opened(path, write(events))
    assert counted(timeline) == (1, 5000, 0, 0, 0)
    assert timeline.warnings == []
    assert sorted(timeline.names) == sorted(f"é {n}" for n in range(7))


def test_a_file_that_is_cut_anywhere_opens_as_far_as_it_goes(path: Path) -> None:
    events = [x(f"e{n}", n, 1, args={"s": "}]", "x": [{}]}) for n in range(20)]
    text = json.dumps({"traceEvents": events})
    whole = [text.index(json.dumps(one)) + len(json.dumps(one)) for one in events]
    for cut in range(20, len(text), 3):
        timeline = opened(path, text[:cut])
        assert counted(timeline)[1] == sum(at <= cut for at in whole), text[:cut]
    packed = gzip.compress(json.dumps(events * 200).encode())
    timeline = opened(path, packed[: len(packed) // 2])
    assert 0 < counted(timeline)[1] < 4000
    assert timeline.warnings == ["The file is cut off: it ends in the middle of what was written."]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"nodes": [1, 2]}', b"\x80\x04\x95\x00", b"hello", b"<html>", gzip.compress(b"", mtime=0)]
)
def test_other_files_are_refused_in_one_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(OpenError, match=r"trace"):
        read(path)


def test_reading_tells_how_far_it_is_and_can_be_stopped(path: Path) -> None:
    path.write_text(json.dumps([x("a", n, 1) for n in range(20_000)]))
    reported: list[float] = []
    read(path, lambda done: bool(reported.append(done)) or True)
    assert reported == sorted(reported)
    assert reported[-1] == 1.0
    with pytest.raises(CancelledError):
        read(path, lambda done: False)


def test_a_file_that_expands_without_measure_is_left_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.formats.blocks.FREE_BYTES", 1 << 20)
    bomb = gzip.compress(b'[{"ph":"i","ts":1,"name":"a"},' + b" " * (1 << 25))
    timeline = opened(path, bomb)
    assert timeline.warnings == ["The file expands to more than a trace ever does, and was read no further."]
    assert counted(timeline)[2] == 1


def test_a_packed_file_has_no_more_events_than_fit_in_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"[" + b'{"ph":"i","ts":1},' * 400_000
    assert opened(path, gzip.compress(content)).imported is not None
    monkeypatch.setattr("workers.formats.chrome.chrome_reader.FREE_EVENTS", 10_000)
    timeline = opened(path, gzip.compress(content))
    assert timeline.warnings == ["The file expands to more than a trace ever does, and was read no further."]
    assert counted(timeline)[2] < 200_000
    assert counted(opened(path, content))[2] == 400_000  # as it is, a file may have as many as it holds


def test_columns_are_of_the_promised_kinds(path: Path) -> None:
    timeline = opened(path, [x("a", 0, 1), event("i", 1, "m")])
    (track,) = timeline.tracks
    kinds = [column.dtype for column in (track.spans.t0, track.spans.t1, track.spans.kind, track.spans.name,
                                         track.spans.depth, track.mark_t, track.mark_name)]  # fmt: skip
    assert kinds == [np.int64, np.int64, np.uint8, np.uint32, np.uint16, np.int64, np.uint32]


def test_an_imported_trace_is_the_same_after_writing_and_reading(path: Path) -> None:
    first = opened(path, [
        x("a", 0.001, 10), x("in a", 1, 2), event("B", 20, "open"), x("in open", 21, 1), event("i", 3, "mark"),
        x("one", 0, 10, tid=2), x("across", 5, 10.333, tid=2), event("b", 1, "load", cat="net", id=1),
        event("e", 9, "load", cat="net", id=1), event("b", 2, "never", cat="net", id=2),
        event("C", 5, "memory", args={"heap": 2.5}), {"ph": "C", "ts": 6, "name": "load", "args": {"all": 1}},
        event("s", 1, "go", cat="c", id=1), {**event("f", 6, "go", cat="c", id=1, bp="e"), "tid": 2},
        {"ph": "M", "pid": 1, "name": "process_name", "args": {"name": "server"}},
    ])  # fmt: skip
    out = io.BytesIO()
    chrome_writer.write(first, out)
    json.loads(out.getvalue())
    again = opened(path, out.getvalue())
    assert drawn(again) == drawn(first)
    assert counted(again) == counted(first)
    assert [(c.name, c.series, c.t.tolist(), c.value.tolist()) for c in again.counters] == [
        (c.name, c.series, c.t.tolist(), c.value.tolist()) for c in first.counters
    ]
    assert (again.flows.from_t.tolist(), again.flows.to_t.tolist()) == (
        first.flows.from_t.tolist(),
        first.flows.to_t.tolist(),
    )
    assert [process.name for process in again.processes] == ["server"]


def drawn(timeline: Timeline) -> list[tuple[Any, ...]]:
    """Every span and mark: what it is called, on what kind of track, and when, to the nanosecond."""
    rows = []
    for track in timeline.tracks:
        for name, t0, t1 in zip(track.spans.name, track.spans.t0.tolist(), track.spans.t1.tolist(), strict=True):
            rows.append((timeline.names[name], track.kind, t0, t1))
        for name, t in zip(track.mark_name, track.mark_t.tolist(), strict=True):
            rows.append((timeline.names[name], "mark", t, t))
    return sorted(rows)
