"""The waits of a lane that were seen from outside: which are drawn, when they end, and which are a join() already."""

import time

import pytest
from support.builders import MS, SECOND, running_run
from support.finding_runs import still, waiting
from support.hanging_runs import script_run, two_locks

from workers.timeline import timeline_records
from workers.timeline.lanes import OPEN, Spans
from workers.timeline.model import CallName, SpanKind, Wait
from workers.timeline.stacks import ThreadWait
from workers.timeline.timeline import Timeline
from workers.timeline.timeline_records import MOST_WAITS


def drawn(timeline: Timeline, process: int) -> list[tuple[int, int, SpanKind]]:
    spans: Spans = timeline.lane(process).waits
    return [
        (t0, t1, SpanKind(kind))
        for t0, t1, kind in zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True)
    ]


def wait(since_s: float, until_s: float | None, kind: Wait = Wait.LOCK, *, main: bool = True) -> ThreadWait:
    return ThreadWait(7, main, kind, round(since_s * SECOND), None if until_s is None else round(until_s * SECOND))


def test_a_wait_that_was_seen_is_a_span_of_the_lane_until_it_ends() -> None:
    timeline = script_run("app.py")
    one = wait(2, None)
    timeline.add_wait(2, one)
    assert drawn(timeline, 2) == [(2 * SECOND, OPEN, SpanKind.WAITING)]
    one.until_ns = 4 * SECOND
    timeline.add_wait(2, wait(5, 7, Wait.PIPE_READ))
    assert drawn(timeline, 2) == [
        (2 * SECOND, 4 * SECOND, SpanKind.WAITING),
        (5 * SECOND, 7 * SECOND, SpanKind.WAITING),
    ]
    assert timeline.lane(2).waits.ref.tolist() == [1, 2]


@pytest.mark.parametrize("kind", Wait)
def test_every_kind_of_wait_is_drawn_but_a_sleep(kind: Wait) -> None:
    timeline = script_run("app.py")
    timeline.add_wait(2, wait(2, 3, kind))
    assert bool(drawn(timeline, 2)) == (kind is not Wait.TIME)


def test_waits_of_other_threads_are_none_of_the_lane() -> None:
    timeline = script_run("app.py")
    timeline.add_wait(2, wait(2, 3, main=False))
    assert drawn(timeline, 2) == []
    assert not timeline.draws_seen_waits


def test_a_process_that_ends_takes_its_wait_along() -> None:
    timeline = script_run("app.py")
    timeline.add_wait(2, wait(2, None))
    timeline.process(2).exited_ns, timeline.process(2).exit_code = 6 * SECOND, -15
    timeline.touch(2)
    assert drawn(timeline, 2) == [(2 * SECOND, 6 * SECOND, SpanKind.WAITING)]


def test_a_join_that_was_recorded_is_drawn_once() -> None:
    timeline = two_locks("app.py")
    assert drawn(timeline, 1) == [(500 * MS, OPEN, SpanKind.JOIN)]
    assert timeline.draws_seen_waits  # in the lanes of the workers


def test_a_wait_after_a_join_that_seems_to_begin_in_it_is_drawn() -> None:
    timeline = script_run("app.py")
    join = timeline.add_call(1, CallName.JOIN, 2, SECOND)
    join.ended_ns = 2 * SECOND
    timeline.add_wait(1, wait(1.7, 4))
    assert drawn(timeline, 1) == [
        (SECOND, 2 * SECOND, SpanKind.JOIN),
        (1700 * MS, 4 * SECOND, SpanKind.WAITING),
    ]


def test_the_parent_of_a_plan_is_free_and_does_not_wait() -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    timeline.add_wait(1, wait(2, None, Wait.PIPE_READ))
    assert drawn(timeline, 1) == []
    assert not timeline.draws_seen_waits


def test_only_waits_of_joins_are_no_reason_for_a_sign_of_waits() -> None:
    timeline = waiting()
    timeline.plan = None
    still(timeline.process(1), Wait.CHILD)
    assert not timeline.draws_seen_waits


def test_a_list_of_waits_that_is_just_full_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sorted then, and has the same first wait and the same length as before."""
    monkeypatch.setattr(timeline_records, "MOST_WAITS", 3)
    timeline = script_run("app.py")
    for since_s in (50, 10, 90):
        timeline.add_wait(2, wait(since_s, since_s + 1))
    assert len(timeline.lane(2).waits) == 3
    timeline.add_wait(2, wait(70, 71))
    spans = timeline.lane(2).waits
    assert spans.t0.tolist() == [50 * SECOND, 70 * SECOND, 90 * SECOND]
    assert [timeline.process(2).waits[ref - 1].since_ns for ref in spans.ref.tolist()] == spans.t0.tolist()


def test_of_very_many_waits_the_newest_are_drawn_and_cheaply() -> None:
    timeline = script_run("app.py")
    for number in range(MOST_WAITS + 5):
        timeline.add_wait(2, wait(number * 2, number * 2 + 1))
    spans = timeline.lane(2).waits
    assert len(spans) == MOST_WAITS
    assert int(spans.t0[0]) == 10 * SECOND
    began_s = time.process_time()
    for number in range(2000):
        timeline.add_wait(2, wait(10**6 - number, 10**6))
    assert time.process_time() - began_s < 1  # to look through all of them takes 2 ms each time
    spans = timeline.lane(2).waits
    assert len(spans) == MOST_WAITS
    assert int(spans.t0[0]) == 2 * (2000 + 5) * SECOND
    began_s = time.process_time()
    for _ in range(20):
        timeline.touch(2)
        timeline.lane(2)
    assert time.process_time() - began_s < 0.5  # reading them all again takes 20 ms each time
