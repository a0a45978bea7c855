"""The marks beside a plan's script. No QApplication."""

from support.builders import MS, joined_run, running_run

from desktop.panels.code.calls_by_hand import made_by_hand
from desktop.panels.code.code_marks import current_line, make_marks
from workers.plan.listing import Listing, make_listing
from workers.plan.plan import Order, Plan
from workers.timeline.model import CallName, Request, Signalled
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


def by_hand(workers: int = 2) -> Timeline:
    """A run by hand half a second in, whose starts the user asked for."""
    timeline = running_run(workers)
    timeline.plan = Plan.make([10_000] * workers, steps=Order.BY_HAND)
    for number, call in enumerate(timeline.calls, 1):
        call.request = number
    return timeline


def listing_of(timeline: Timeline) -> Listing:
    assert timeline.plan is not None
    return make_listing(timeline.plan, made_by_hand(timeline, timeline.plan))


def test_by_hand_every_call_has_a_line_of_its_own() -> None:
    timeline = by_hand()
    for number in (3, 4):  # the same worker is asked twice
        asked = timeline.add_call(1, CallName.IS_ALIVE, 3, number * 30 * MS)
        asked.ended_ns, asked.result, asked.request = asked.began_ns + MS, True, number
    join = timeline.add_call(1, CallName.JOIN, 3, 200 * MS)
    join.request = 5
    listing = listing_of(timeline)
    lines = listing.step_lines
    assert [listing.text.splitlines()[line - 1].strip() for line in lines] == [
        "p1.start()", "p2.start()", *['print(f"p2 alive:? {p2.is_alive()}")'] * 2, "p2.join()",
    ]  # fmt: skip
    assert make_marks(listing, timeline) == {
        lines[0]: "▶ 0.040 s",
        lines[1]: "▶ 0.050 s",
        lines[2]: "◆ True 0.091 s",
        lines[3]: "◆ True 0.121 s",
    }
    assert current_line(listing, timeline) == lines[4]
    join.ended_ns = 300 * MS
    assert current_line(listing, timeline) is None
    assert make_marks(listing, timeline)[lines[4]] == "⟂ 0.300 s"


def test_by_hand_the_script_has_what_the_parent_did_and_nothing_else() -> None:
    """A call that raised would end the script. Python joins at exit by itself. A signal of the user is no call."""
    timeline = by_hand()
    refused = timeline.add_call(1, CallName.START, 2, 100 * MS)
    refused.ended_ns, refused.error, refused.request = 101 * MS, "AssertionError", 3
    timeline.add_call(1, CallName.JOIN, 2, 400 * MS)  # nobody asked for it
    timeline.add_sent_signal(Signalled(3, 45 * MS, "SIGTERM"))
    timeline.requests[4] = Request(4, "alive", 1, 200 * MS)
    text = listing_of(timeline).text
    body = text[text.index("# By hand") : text.index('    print("We')]
    assert [line.strip() for line in body.splitlines()[1:] if line.strip()] == [
        "p1.start()",
        "# SIGTERM was sent to p2 from outside, not by the parent.",
        "p2.start()",
        '# Waits for the parent: print(f"p1 alive:? {p1.is_alive()}")',
    ]


def test_a_call_of_no_known_process_marks_nothing() -> None:
    timeline = by_hand(1)
    timeline.add_call(1, CallName.JOIN, None, 100 * MS)
    assert current_line(listing_of(timeline), timeline) is None
