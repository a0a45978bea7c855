"""Traces of the programs that write them most, in every form of file: what is in them is read, and written again the same."""

import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from support.perfetto import draw
from support.trace_producers import PRODUCERS, Produced

from workers.formats.chrome import chrome_writer
from workers.formats.chrome.chrome_reader import read
from workers.timeline.timeline import Timeline

PRODUCER = pytest.mark.parametrize("producer", PRODUCERS, ids=lambda producer: producer.__name__)


def opened(path: Path, content: str | bytes) -> Timeline:
    """The timeline of a trace."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)


def tracks(timeline: Timeline) -> set[tuple[str, str]]:
    """(process, track) of all that have anything."""
    return {(timeline.process(track.process).name, track.name) for track in timeline.tracks}


def spans(timeline: Timeline) -> Counter[tuple[str, str, str, int, int]]:
    """(process, kind of track, name, began, ended) of each."""
    return Counter(
        (timeline.process(track.process).name, str(track.kind), timeline.names[name], t0, t1)
        for track in timeline.tracks
        for name, t0, t1 in zip(track.spans.name, track.spans.t0.tolist(), track.spans.t1.tolist(), strict=True)
    )


@PRODUCER
def test_all_of_it_is_read_and_the_rest_is_counted(producer: Callable[[], Produced], tmp_path: Path) -> None:
    made = producer()
    timeline = opened(tmp_path / "a.json", made.content)
    found = timeline.imported
    assert found is not None
    assert (found.spans, found.marks, found.flows, found.counters) == (
        made.spans,
        made.marks,
        made.flows,
        made.counters,
    )
    assert dict(found.skipped) == made.skipped
    assert tuple(process.name for process in timeline.processes) == made.processes
    assert tracks(timeline) == made.tracks
    events = json.loads(made.content)
    assert found.events == len(events if isinstance(events, list) else events["traceEvents"])
    names = {track.id: track.name for track in timeline.tracks}
    flows = timeline.flows
    ends = zip(flows.from_track.tolist(), flows.to_track.tolist(), strict=True)
    assert Counter((names[a], names[b]) for a, b in ends) == Counter(made.arrows)
    assert (flows.from_t <= flows.to_t).all()
    assert timeline.warnings == []


@PRODUCER
@pytest.mark.parametrize("form", ["gzip", "array", "object", "unterminated", "lines"])
def test_every_form_of_file_is_the_same(producer: Callable[[], Produced], form: str, tmp_path: Path) -> None:
    made = producer()
    whole = json.loads(made.content)
    events = whole if isinstance(whole, list) else whole["traceEvents"]
    forms = {
        "gzip": lambda: gzip.compress(made.content.encode()),
        "array": lambda: json.dumps(events),
        "object": lambda: json.dumps({"displayTimeUnit": "ns", "traceEvents": events}),
        "unterminated": lambda: json.dumps(events)[:-1] + ",\n",
        "lines": lambda: "[\n" + "".join(f"{json.dumps(event)},\n" for event in events),
    }
    one, other = opened(tmp_path / "a.json", made.content), opened(tmp_path / "b.json", forms[form]())
    assert spans(one) == spans(other)
    assert one.imported == other.imported
    assert other.warnings == []


@PRODUCER
def test_a_file_that_is_cut_opens_as_far_as_it_goes(producer: Callable[[], Produced], tmp_path: Path) -> None:
    made = producer()
    begins = made.content.index('"ph"')
    most = 0
    for cut in range(begins + 200, len(made.content), 301):
        timeline = opened(tmp_path / "a.json", made.content[:cut])
        assert timeline.imported is not None
        assert most <= timeline.imported.events
        most = timeline.imported.events
    assert most > 0


@PRODUCER
def test_it_is_written_as_perfetto_wants_it_and_read_again_the_same(
    producer: Callable[[], Produced], tmp_path: Path
) -> None:
    first = opened(tmp_path / "a.json", producer().content)
    out = io.BytesIO()
    chrome_writer.write(first, out)
    drawn = draw(out.getvalue())
    assert drawn.wrong == []
    again = opened(tmp_path / "b.json", out.getvalue())
    assert spans(again) == spans(first)
    assert [process.name for process in again.processes] == [process.name for process in first.processes]
    assert [(c.name, c.series, c.t.tolist(), c.value.tolist()) for c in again.counters] == [
        (c.name, c.series, c.t.tolist(), c.value.tolist()) for c in first.counters
    ]
    assert again.imported is not None
    assert first.imported is not None
    assert (again.imported.marks, again.imported.flows) == (first.imported.marks, first.imported.flows)
    assert not again.imported.skipped
