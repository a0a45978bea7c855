"""Tracks in a timeline: whose they are, and what the report says of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.builders import traced_run

from workers.report.report import report
from workers.timeline.model import SpanKind, State
from workers.timeline.tracks import TrackSpans


def test_a_process_has_its_own_tracks() -> None:
    timeline = traced_run(3)
    assert [track.id for track in timeline.tracks_of(2)] == [3, 4]
    assert timeline.tracks_of(4) == []
    assert [track.spans.height for track in timeline.tracks_of(3)] == [2, 2]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 5))
def test_the_spans_of_a_depth_beside_an_index_are_found(depths: list[int], depth: int) -> None:
    count = len(depths)
    t0 = np.arange(count, dtype=np.int64)
    kind = np.full(count, SpanKind.TASK, np.uint8)
    spans = TrackSpans(t0, t0 + 1, kind, np.zeros(count, np.uint32), np.array(depths, np.uint16))
    assert spans.height == max(depths) + 1
    for index in range(count + 1):
        before = next((at for at in range(index - 1, -1, -1) if depths[at] == depth), None)
        after = next((at for at in range(index, count) if depths[at] == depth), None)
        assert spans.neighbours(depth, index) == (before, after)


def test_a_process_of_a_trace_is_neither_alive_nor_unstarted() -> None:
    process = traced_run(1).process(1)
    assert process.state is State.TRACED
    assert process.began
    assert process.ended
    assert not process.failed


def test_the_report_counts_what_was_imported() -> None:
    data = report(traced_run(2))
    assert data["imported"] == {
        "format": "chrome", "events": 28, "processes": 2, "spans": 10, "marks": 2, "flows": 1, "counters": 4, "skipped": {},
    }  # fmt: skip
    assert data["processes"][0]["exited_s"] is None
