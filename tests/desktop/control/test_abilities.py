"""What can be done when: every button and menu entry asks here."""

import sys

import pytest
from support import builders
from support.builders import MS, SECOND

from desktop.control import abilities
from desktop.control.abilities import Ability
from workers.plan.plan import Order, Plan, Step, Verb
from workers.timeline.model import CallName, ProcessKind, Request
from workers.timeline.timeline import Timeline


def request(timeline: Timeline, verb: str, worker: int = 0, *, answered: bool = False) -> None:
    number = len(timeline.requests) + 1
    timeline.requests[number] = Request(number, verb, worker, 100 * MS, 200 * MS if answered else None)


def by_hand(workers: int = 3, *, started: tuple[int, ...] = ()) -> Timeline:
    """A run by hand whose parent waits."""
    timeline = Timeline.planned(builders.plan(workers, Order.BY_HAND))
    parent = timeline.process(1)
    parent.pid, parent.start_called_ns, parent.target_began_ns = 1000, 0, 25 * MS
    timeline.waiting_for_person = True
    for number in started:
        child = timeline.process(number + 1)
        child.pid, child.start_called_ns, child.start_returned_ns = 1000 + number, 30 * MS, 31 * MS
    return timeline


def of(
    timeline: Timeline, process_id: int, running: bool = True, stopping: bool = False, following: Plan | None = None
) -> dict[str, Ability]:
    choices = abilities.verbs(timeline, timeline.process(process_id), running, stopping, following)
    return {entry.verb: entry.ability for entry in choices}


def test_stacks_are_read_of_a_run_that_goes_on() -> None:
    timeline = builders.running_run()
    assert abilities.look(timeline, True, False).enabled == sys.platform.startswith("linux")
    assert "is being stopped" in abilities.look(timeline, True, True).why_not
    assert "Nothing is running" in abilities.look(timeline, False, False).why_not
    assert "Nothing is running" in abilities.look(None, False, False).why_not
    assert not abilities.look(Timeline(), True, False).enabled


def test_start() -> None:
    assert abilities.start(None, False, False, "").enabled
    assert abilities.start(None, False, False, "It does not fit.") == Ability(False, "It does not fit.")
    assert not abilities.start(builders.running_run(), True, False, "").enabled
    assert abilities.start(builders.joined_run(), False, False, "").enabled
    assert "stopped" in abilities.start(builders.running_run(), True, True, "").why_not


def test_start_by_hand_is_for_what_is_left() -> None:
    assert abilities.start(by_hand(started=(1,)), True, False, "").enabled
    timeline = by_hand(started=(1, 3))
    assert abilities.unstarted(timeline) == [2]
    request(timeline, "start", 2)
    assert abilities.unstarted(timeline) == []
    assert not abilities.start(timeline, True, False, "").enabled


def test_join_once() -> None:
    timeline = builders.running_run()
    assert abilities.join(timeline, True, False).enabled
    request(timeline, "join_rest")
    assert "was pressed" in abilities.join(timeline, True, False).why_not


def test_join_stays_pressed_after_its_answer() -> None:
    timeline = builders.running_run()
    request(timeline, "join_rest", answered=True)
    assert not abilities.join(timeline, True, False).enabled


def test_join_where_there_is_none() -> None:
    timeline = builders.running_run(2)
    timeline.plan = Plan.make([1, 1], steps=[Step(Verb.START, 1), Step(Verb.START, 2)])
    assert "no join" in abilities.join(timeline, True, False).why_not


def test_join_by_hand_is_for_started_workers_not_yet_joined() -> None:
    timeline = by_hand(started=(1, 2, 3))
    assert abilities.unjoined(timeline) == [1, 2, 3]
    timeline.process(2).joined_ns = SECOND
    timeline.add_call(1, CallName.JOIN, 3, SECOND)
    request(timeline, "join", 3)
    assert abilities.unjoined(timeline) == []
    assert "No started worker" in abilities.join(timeline, True, False).why_not


def test_worker_whose_start_is_on_its_way_can_be_joined_already() -> None:
    timeline = by_hand()
    request(timeline, "start", 2)
    assert abilities.unjoined(timeline) == [2]
    assert abilities.started(timeline) == [2]


def test_worker_whose_start_failed_is_not_joined() -> None:
    timeline = by_hand(started=(1,))
    child = timeline.process(2)
    child.pid, child.error = None, "start() raised OSError"
    assert abilities.unjoined(timeline) == []


@pytest.mark.parametrize("what", [abilities.join, abilities.ask])
def test_nothing_to_ask_without_a_parent(what: object) -> None:
    assert callable(what)
    assert what(None, False, False) == Ability(False, "Nothing is running: press Start first.")
    assert what(builders.joined_run(), False, False).why_not == "Nothing is running: press Start first."
    assert "being stopped" in what(builders.running_run(), True, True).why_not
    timeline = builders.running_run()
    timeline.process(1).exited_ns = SECOND
    assert what(timeline, True, False).why_not == "The parent has ended."


def test_ask_only_what_was_started() -> None:
    assert "No worker" in abilities.ask(by_hand(), True, False).why_not
    assert abilities.ask(by_hand(started=(2,)), True, False).enabled


def test_stop() -> None:
    assert abilities.stop(True, False).enabled
    assert abilities.stop(False, False).why_not == "Nothing is running."
    assert not abilities.stop(True, True).enabled


def test_parent_can_be_told_to_finish_once() -> None:
    timeline = by_hand()
    assert of(timeline, 1)["finish"].enabled
    assert abilities.finish(timeline, True, False).enabled
    request(timeline, "finish")
    assert "already asked to" in of(timeline, 1)["finish"].why_not
    assert "already asked to" in abilities.finish(timeline, True, False).why_not
    assert "Nothing is running" in abilities.finish(timeline, False, False).why_not
    assert "Nothing is running" in abilities.finish(None, True, False).why_not


def test_lane_of_a_worker_that_is_not_started() -> None:
    can = of(by_hand(), 2)
    assert can["start"].enabled
    assert not can["join"].enabled
    assert can["alive"].enabled, "Python answers False"
    assert can["kill"].why_not == "It is not a process yet."


def test_lane_of_a_living_worker() -> None:
    can = of(by_hand(started=(1,)), 2)
    assert "starts once" in can["start"].why_not
    assert all(can[verb].enabled for verb in ("join", "alive", "terminate", "kill"))


def test_lane_of_a_worker_that_has_ended() -> None:
    timeline = by_hand(started=(1,))
    timeline.process(2).exited_ns = SECOND
    can = of(timeline, 2)
    assert can["join"].enabled
    assert can["terminate"].why_not == "It has ended."


def test_worker_of_a_plan_with_steps_is_not_started_from_its_lane() -> None:
    assert "by hand" in of(builders.running_run(), 2)["start"].why_not


def test_preview_starts_a_run_with_one_worker() -> None:
    timeline = Timeline.planned(builders.plan(3, Order.BY_HAND))
    can = of(timeline, 3, running=False)
    assert can["start"].enabled
    assert not can["join"].enabled


def test_lane_of_a_run_that_is_over_starts_the_next_run_by_hand() -> None:
    over = builders.joined_run(3)
    assert not of(over, 2, running=False)["start"].enabled
    assert not of(over, 2, running=False, following=builders.plan(3))["start"].enabled
    assert of(over, 3, running=False, following=builders.plan(2, Order.BY_HAND))["start"].enabled
    assert not of(over, 4, running=False, following=builders.plan(2, Order.BY_HAND))["start"].enabled
    texts = [
        entry.text for entry in abilities.verbs(over, over.process(3), False, False, builders.plan(2, Order.BY_HAND))
    ]
    assert texts[0] == "Process-2.start() in a new run"


@pytest.mark.parametrize(
    "change", ["paused", "join asked", "join begun", "in join", "in start", "asked to end", "ended"]
)
def test_parent_is_not_free(change: str) -> None:
    timeline = by_hand(started=(1,))
    assert abilities.parent_is_free(timeline)
    timeline.waiting_for_person = change in ("paused", "join asked", "ended")
    match change:
        case "paused":
            timeline.process(1).paused = True
        case "join asked":
            request(timeline, "join", 1)
        case "join begun":  # the step is known, the call is not
            request(timeline, "join", 1, answered=True)
        case "in join":
            timeline.add_call(1, CallName.JOIN, 2, 200 * MS)
        case "in start":
            timeline.add_call(1, CallName.START, 3, 200 * MS)
        case "asked to end":
            request(timeline, "finish", answered=True)
        case "ended":
            timeline.process(1).exited_ns = SECOND
    assert not abilities.parent_is_free(timeline)


@pytest.mark.parametrize("verb", ["alive", "join"])
def test_parent_by_hand_is_free_once_its_call_is_over(verb: str) -> None:
    """That it waits for the user again is in another journal, which may be read later; what it does at once does not matter."""
    timeline = by_hand(started=(1, 2))
    timeline.waiting_for_person = False
    request(timeline, verb, 1, answered=True)
    call = timeline.add_call(1, CallName.IS_ALIVE if verb == "alive" else CallName.JOIN, 2, 200 * MS)
    call.request = 1
    assert not abilities.parent_is_free(timeline)
    call.ended_ns = 201 * MS
    assert abilities.parent_is_free(timeline)
    request(timeline, "alive", 2)
    assert abilities.parent_is_free(timeline)
    ordered = builders.running_run()
    ordered.waiting_for_person = False
    assert not abilities.parent_is_free(ordered), "a plan with steps goes on to the next one"


@pytest.mark.parametrize(("running", "stopping"), [(False, False), (True, True), (True, False)])
def test_what_cannot_be_done_says_why(running: bool, stopping: bool) -> None:
    for timeline in (None, by_hand(), by_hand(started=(1,)), builders.running_run(), builders.joined_run()):
        found = [
            abilities.start(timeline, running, stopping, ""),
            abilities.join(timeline, running, stopping),
            abilities.ask(timeline, running, stopping),
            abilities.stop(running, stopping),
        ]
        for process in timeline.processes if timeline else []:
            found += (
                [entry.ability for entry in abilities.verbs(timeline, process, running, stopping)] if timeline else []
            )
        assert all(can.enabled != bool(can.why_not) for can in found)


def on_cluster(order: Order = Order.START_THEN_JOIN) -> Timeline:
    """A run of three tasks on a cluster, whose client waits for the user; one worker lives."""
    timeline = Timeline.planned(Plan.make([1, 1, 1], steps=order, engine="dask"))
    client = timeline.process(1)
    client.pid, client.start_called_ns, client.target_began_ns = 1000, 0, 25 * MS
    worker = timeline.add_process("Dask worker 0", ProcessKind.CLUSTER_WORKER, parent_id=1)
    worker.pid, worker.start_called_ns, worker.target_began_ns = 1001, 30 * MS, 40 * MS
    timeline.waiting_for_person = True
    return timeline


def test_tasks_of_a_cluster_are_submitted_asked_and_awaited_as_workers_are() -> None:
    timeline = on_cluster()
    assert abilities.ask(timeline, True, False) == Ability(False, "No task was submitted yet.")
    assert abilities.started(timeline) == []
    timeline.submitted |= {1, 2}
    assert abilities.ask(timeline, True, False).enabled
    assert abilities.started(timeline) == [1, 2]
    assert abilities.join(timeline, True, False).enabled
    request(timeline, "join_rest")
    assert "Join was pressed" in abilities.join(timeline, True, False).why_not


def test_tasks_of_a_cluster_by_hand() -> None:
    timeline = on_cluster(Order.BY_HAND)
    assert abilities.start(timeline, True, False, "").enabled
    assert abilities.unstarted(timeline) == [1, 2, 3]
    assert not abilities.join(timeline, True, False).enabled
    timeline.submitted.add(1)
    request(timeline, "start", 2)
    assert abilities.unstarted(timeline) == [3]
    assert abilities.unjoined(timeline) == [1, 2]
    timeline.collected.add(1)
    assert abilities.unjoined(timeline) == [2]
    timeline.submitted |= {2, 3}
    assert not abilities.start(timeline, True, False, "").enabled


def test_each_task_of_a_cluster_has_the_calls_that_a_worker_has() -> None:
    timeline = on_cluster(Order.BY_HAND)
    timeline.submitted |= {1, 2}
    timeline.collected.add(1)

    def told() -> dict[str, str]:
        entries = abilities.verbs(timeline, timeline.process(1), True, False)
        assert [entry.group for entry in entries] == [f"Task sort-{n}" for n in (1, 2, 3) for _ in range(5)] + [""]
        return {entry.wanted: entry.ability.why_not for entry in entries if entry.verb != "kill"}

    assert told() == {
        "start 1": "It was submitted already.", "join 1": "Its result was awaited already.", "alive 1": "",
        "terminate 1": "Its result was awaited already.",
        "start 2": "It was submitted already.", "join 2": "", "alive 2": "", "terminate 2": "",
        "start 3": "", "join 3": "It has not been submitted yet.", "alive 3": "It has not been submitted yet.",
        "terminate 3": "It has not been submitted yet.", "finish": "",
    }  # fmt: skip
    kills = [entry for entry in abilities.verbs(timeline, timeline.process(1), True, False) if entry.verb == "kill"]
    assert {entry.ability for entry in kills} == {Ability(False, abilities.NO_KILL)}
    request(timeline, "start", 3)
    assert told()["start 3"] == "It was submitted already."
    ordered = on_cluster()
    assert "by hand" in abilities.verbs(ordered, ordered.process(1), True, False)[0].ability.why_not


def test_a_worker_of_a_cluster_is_reached_from_outside() -> None:
    timeline = on_cluster()
    choices = of(timeline, 2)
    assert {verb: ability.enabled for verb, ability in choices.items()} == {"terminate": True, "kill": True}
    timeline.process(2).host = "10.0.0.7"  # of a cluster that ran before
    assert "sends no signals to workers on 10.0.0.7" in of(timeline, 2)["kill"].why_not
    assert not of(timeline, 2)["terminate"].enabled
