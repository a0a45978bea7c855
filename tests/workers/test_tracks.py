"""Tracks in a timeline: whose they are, and what the report says of them."""

from builders import traced_run

from workers.model import State
from workers.report import report


def test_a_process_has_its_own_tracks() -> None:
    timeline = traced_run(3)
    assert [track.id for track in timeline.tracks_of(2)] == [3, 4]
    assert timeline.tracks_of(4) == []
    assert [track.spans.height for track in timeline.tracks_of(3)] == [2, 2]


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
