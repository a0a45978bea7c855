"""The marks beside a plan's script. No QApplication."""

from support.builders import MS, joined_run, running_run

from desktop.panels.code.code_marks import current_line, make_marks
from workers.plan.listing import make_listing
from workers.plan.plan import Order, Plan
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline


def stepped(timeline: Timeline) -> Timeline:
    for at, call in enumerate(timeline.calls):
        call.step = at
    return timeline


def test_each_done_step_has_its_sign_and_its_moment() -> None:
    timeline = stepped(running_run(2))
    assert timeline.plan is not None
    listing = make_listing(timeline.plan)
    assert make_marks(listing, timeline) == {
        listing.step_lines[0]: "▶ 0.040 s",
        listing.step_lines[1]: "▶ 0.050 s",
    }


def test_a_wait_that_is_still_running_is_not_done() -> None:
    timeline = stepped(running_run(2))
    assert timeline.plan is not None
    join = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    join.step = timeline.step = 2
    listing = make_listing(timeline.plan)
    assert current_line(listing, timeline) == listing.step_lines[2]
    assert listing.text.splitlines()[listing.step_lines[2] - 1].strip() == "p1.join()"
    assert listing.step_lines[2] not in make_marks(listing, timeline)


def test_an_answer_stands_beside_its_question() -> None:
    plan = Plan.make([10_000], steps=Order.ASK_BEFORE)
    timeline = stepped(running_run(1))
    asked = timeline.add_call(1, CallName.IS_ALIVE, 2, 100 * MS)
    asked.ended_ns, asked.result, asked.step = 101 * MS, True, 1
    listing = make_listing(plan)
    assert make_marks(listing, timeline)[listing.step_lines[1]] == "◆ True 0.101 s"


def test_a_call_that_raised() -> None:
    timeline = stepped(running_run(1))
    assert timeline.plan is not None
    timeline.calls[0].error = "PicklingError"
    assert next(iter(make_marks(make_listing(timeline.plan), timeline).values())) == "✕ 0.040 s"


def test_nothing_is_stood_on_when_the_run_has_ended() -> None:
    timeline = stepped(joined_run(2))
    timeline.step = 3
    assert timeline.plan is not None
    listing = make_listing(timeline.plan)
    assert current_line(listing, timeline) is None
    assert len(make_marks(listing, timeline)) == 4


def test_by_hand_the_lines_are_found_by_worker() -> None:
    timeline = running_run(2)
    listing = make_listing(Plan.make([10_000, 10_000], steps=Order.BY_HAND))
    join = timeline.add_call(1, CallName.JOIN, 3, 100 * MS)
    assert make_marks(listing, timeline) == {
        listing.start_lines[0]: "▶ 0.040 s",
        listing.start_lines[1]: "▶ 0.050 s",
    }
    assert current_line(listing, timeline) == listing.join_lines[1]
    join.ended_ns = 200 * MS
    assert current_line(listing, timeline) is None
    assert make_marks(listing, timeline)[listing.join_lines[1]] == "⟂ 0.200 s"


def test_a_call_of_no_known_process_marks_nothing() -> None:
    timeline = running_run(1)
    listing = make_listing(Plan.make([10_000], steps=Order.BY_HAND))
    timeline.add_call(1, CallName.JOIN, None, 100 * MS)
    assert current_line(listing, timeline) is None
