"""What the details link to. No QApplication."""

from support.builders import SECOND, traced_run

from desktop.facts.relations import relations
from desktop.facts.selection import ProcessSelection, SpanSelection, TrackSelection


def test_a_span_of_a_trace_links_to_what_is_around_within_and_beside_it() -> None:
    timeline = traced_run(2)  # of each process: main 0-9, in it load 1-5 and wait from 6 on; request 0-4 and 2-6
    links = {
        fact.label: (fact.text, fact.link) for fact in relations(timeline, SpanSelection(1, SECOND, track=1, span=1))
    }
    assert links == {
        "Process": ("process 1 (pid 101)", ProcessSelection(1)),
        "Within": ("main · 0.000 s", SpanSelection(1, 0, track=1, span=0)),
        "Next span": ("wait · 6.000 s", SpanSelection(1, 6 * SECOND, track=1, span=2)),
    }
    outer = {fact.label: fact.link for fact in relations(timeline, SpanSelection(1, 0, track=1, span=0))}
    assert outer["First in it"] == SpanSelection(1, SECOND, track=1, span=1)
    assert "Within" not in outer


def test_what_only_overlaps_is_not_within() -> None:
    timeline = traced_run(1)
    labels = [fact.label for fact in relations(timeline, SpanSelection(1, 2 * SECOND, track=2, span=1))]
    assert labels == ["Process"]
    assert [fact.label for fact in relations(timeline, TrackSelection(1, track=2))] == ["Process"]
