"""The facts of a measured interval."""

from support.builders import MS, SECOND, joined_run, traced_run
from support.facts import facts_of

from desktop.facts.interval_facts import interval_words
from desktop.facts.selection import IntervalSelection, TaskSelection
from workers.analysis.measure import measure


def test_the_unknown_of_an_interval_is_not_shown_as_none() -> None:
    timeline = traced_run(2)
    measured = facts_of(timeline, IntervalSelection.between(0, SECOND))
    assert measured["Processes alive"] == "unknown; the trace has spans of 2"
    assert (measured["Spans begun"], measured["Spans ended"]) == ("6", "0")
    assert "Tasks begun" not in measured
    assert interval_words(measure(timeline, 0, SECOND)) == ("1.000 s", "spans of 2 processes", "6 begun, 0 ended")


def test_a_short_interval_begins_and_ends_at_different_times() -> None:
    timeline = joined_run(1)
    measured = facts_of(timeline, IntervalSelection.between(SECOND + 250, SECOND + 1_500))
    assert (measured["From"], measured["To"]) == ("1.000000250 s", "1.000001500 s")
    task = timeline.begin_task(2, "square", 200 * MS)
    timeline.finish_task(task, 200 * MS + 64_000, None)
    known = facts_of(timeline, TaskSelection(2, 200 * MS, task=1))
    assert (known["Began"], known["Ended"]) == ("0.200000 s", "0.200064 s")
