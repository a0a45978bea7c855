"""The arguments of a trace's events are read from its file when they are asked for, and are those of that very event."""

import codecs
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.arguments import found_in

from workers.analysis.search import MatchKind, arguments_of, find, searched
from workers.errors import OpenError
from workers.formats.chrome import chrome_arguments
from workers.formats.chrome.chrome_reader import read
from workers.timeline.timeline import Timeline

Write = Callable[[list[Any]], bytes]

WRITTEN: dict[str, Write] = {
    "array": lambda events: json.dumps(events).encode(),
    "object": lambda events: json.dumps({"metadata": {"traceEvents": 1}, "traceEvents": events}).encode(),
    "with a mark": lambda events: codecs.BOM_UTF8 + json.dumps(events).encode(),
    "in sequence": lambda events: "\n".join(map(json.dumps, events)).encode(),
    "one by one": lambda events: json.dumps(events, indent=3).encode(),
    "packed": lambda events: gzip.compress(json.dumps(events).encode()),
    "wide letters": lambda events: json.dumps(events).encode("utf-16"),
}


def mixed_events(count: int) -> list[Any]:
    """Events of all forms, each with a name and an argument of its own, and between them what is no event."""
    events: list[Any] = []
    for at in range(count):
        args = {"number": at, "text": f"größe {at}", "more": {"of": [at]}}
        head = {"pid": 1, "tid": at % 3, "ts": at * 10}
        form = at % 7
        if form < 3:
            events.append({"ph": "X", "dur": 5, "name": f"call {at}", **head, "args": args})
        elif form == 3:
            events.append({"ph": "B", "name": f"block {at}", **head, "args": args})
            events.append({"ph": "E", **head, "ts": at * 10 + 5, "args": {"number": -1}})
        elif form == 4:
            events.append({"ph": "b", "cat": "net", "id": at, "name": f"request {at}", **head, "args": args})
            events.append({"ph": "e", "cat": "net", "id": at, "name": f"request {at}", **head, "ts": at * 10 + 50})
        elif form == 5:
            events.append({"ph": "i", "s": "t", "name": f"mark {at}", **head, "args": args})
        else:
            events.append("no event" if at % 2 else {"ph": "?", "args": args})
    return events


def every(timeline: Timeline) -> list[tuple[str, int]]:
    """(name, place in the file) of all spans and instants."""
    found = []
    for track in timeline.tracks:
        assert track.spans.event is not None
        assert track.mark_event is not None
        for names, events in ((track.spans.name, track.spans.event), (track.mark_name, track.mark_event)):
            found += [(timeline.names[name], at) for name, at in zip(names.tolist(), events.tolist(), strict=True)]
    return found


@pytest.mark.parametrize(("form", "count"), [*((form, 40) for form in WRITTEN), ("object", 4_000), ("packed", 4_000)])
def test_the_arguments_of_an_event_are_its_own(form: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(WRITTEN[form](mixed_events(count)))
    timeline = read(path)
    assert timeline.imported is not None
    arguments = timeline.imported.arguments
    assert arguments is not None
    events = every(timeline)
    assert len(events) == sum(at % 7 < 6 for at in range(count))
    for name, event in events[:: max(1, len(events) // 30)]:
        number = name.split()[1]
        assert arguments.of(event, name) == [
            ("number", number), ("text", f"größe {number}"), ("more", f'{{"of":[{number}]}}')
        ]  # fmt: skip


def test_what_cannot_be_had_is_said_and_nothing_else_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(WRITTEN["array"](mixed_events(40)))
    timeline = read(path)
    assert timeline.imported is not None
    arguments = timeline.imported.arguments
    assert arguments is not None
    name, event = every(timeline)[3]
    assert arguments.of(event, name)
    with pytest.raises(OpenError, match="not found"):
        arguments.of(event, "another name")
    with pytest.raises(OpenError, match="not found"):
        arguments.of(10_000, name)
    kept = path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace(b'"number": 3', b'"number": 4'))
    os.utime(path, ns=(kept, kept + 1))
    with pytest.raises(OpenError, match="changed"):
        arguments.of(event, name)
    path.unlink()
    with pytest.raises(OpenError, match="no longer there"):
        arguments.of(event, name)

    path.write_bytes(WRITTEN["packed"](mixed_events(9_000)))
    monkeypatch.setattr(chrome_arguments, "MOST_PASSED", 1 << 10)
    timeline = read(path)
    assert timeline.imported is not None
    assert timeline.imported.arguments is not None
    name, event = max(every(timeline), key=lambda one: one[1])
    with pytest.raises(OpenError, match="unpack it"):
        timeline.imported.arguments.of(event, name)


@pytest.mark.parametrize("form", ["with a mark", "one by one", "packed"])
def test_spans_and_instants_are_found_by_their_arguments(form: str, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    path.write_bytes(WRITTEN[form](mixed_events(3_000)))
    timeline = read(path)
    names = sorted(name for name, _ in every(timeline))
    arguments = arguments_of(timeline)
    assert arguments is not None
    shares: list[float] = []

    def found(words: str) -> list[str]:
        matches = find(timeline, words, found_in(arguments, searched(words), shares))
        return sorted(name_of(timeline, *row) for row in zip(matches.what.tolist(), matches.of.tolist(), matches.ref.tolist(),
                                                             strict=True))  # fmt: skip

    wanted = [name for name in names if name.split()[1].startswith("70")]
    assert {name.split()[0] for name in wanted} == {"call", "block", "request", "mark"}
    assert found("GRÖSSE 70") == wanted
    assert found("größe 2999") == [name for name in names if name.endswith(" 2999")]
    shares.clear()
    assert found("no such text") == []
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1
    path.write_bytes(b"")
    with pytest.raises(OpenError, match="changed"):
        found("größe 70")


def name_of(timeline: Timeline, what: int, of: int, ref: int) -> str:
    """The name of a span or instant that was found."""
    assert what in (MatchKind.SPAN, MatchKind.INSTANT)
    track = timeline.tracks[of - 1]
    return timeline.names[int((track.spans.name if what == MatchKind.SPAN else track.mark_name)[ref])]
