"""What the keyboard stands on next, against sorting everything."""

import numpy as np
import pytest
from support.builders import MS, SECOND, joined_run, traced_run
from support.hanging_runs import two_locks

from desktop.chart.state.navigation import Landmark, Navigation
from desktop.facts.selection import (
    InstantSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
    WaitSelection,
)
from workers.timeline.model import CallName, ProcessKind, SpanKind, Wait
from workers.timeline.stacks import ThreadWait
from workers.timeline.timeline import Timeline


def span_of(stop: Landmark) -> int:
    """The index of the span that this is."""
    assert isinstance(stop.selection, SpanSelection)
    return stop.selection.span


def walk(stops: Navigation, by: int = 1) -> list[Landmark]:
    """From one end to the other."""
    found: list[Landmark] = []
    held: Selection | None = None
    while len(found) <= len(stops) and (stop := stops.next(held, by)) is not None:
        found.append(stop)
        held = stop.selection
    return found


def crowded(seed: int) -> Timeline:
    """A worker whose tasks, waits and lines often begin together, some of them for as long as others."""
    chance = np.random.default_rng(seed)
    timeline = Timeline()
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER)
    worker.born_ns = worker.start_called_ns = worker.target_began_ns = 0
    for _ in range(30):
        began = int(chance.integers(0, 12)) * MS
        task = timeline.begin_task(worker.id, "square", began)
        if chance.random() < 0.8:
            timeline.finish_task(task, began + int(chance.integers(0, 3)) * MS, None)
    for _ in range(6):
        call = timeline.add_call(worker.id, CallName.JOIN, worker.id, int(chance.integers(0, 12)) * MS)
        call.ended_ns = call.began_ns + MS
    for at in sorted(chance.integers(0, 12, 12).tolist()):
        timeline.add_line(worker.id, "stdout", at * MS, "line")
    timeline.now_ns = 20 * MS
    timeline.touch(worker.id)
    return timeline


@pytest.mark.parametrize("by", [1, -1])
def test_a_wait_that_was_seen_is_a_stop_of_its_lane(by: int) -> None:
    timeline = two_locks("app.py")
    timeline.add_wait(2, ThreadWait(1001, True, Wait.PIPE_READ, 9 * SECOND))
    every = [stop.selection for stop in walk(Navigation.of_lane(timeline, 2), by)]
    waits = [WaitSelection(2, 700 * MS), WaitSelection(2, 9 * SECOND)]
    assert [stop for stop in every if isinstance(stop, WaitSelection)] == waits[::by]


def test_the_stops_of_a_lane_are_in_order_of_time() -> None:
    every = walk(Navigation.of_lane(joined_run(1), 2))
    assert [stop.t0_ns for stop in every] == sorted(stop.t0_ns for stop in every)
    phases = [stop.selection.phase for stop in every if isinstance(stop.selection, PhaseSelection)]
    assert phases == [SpanKind.STARTING, SpanKind.ALIVE, SpanKind.ENDING, SpanKind.ZOMBIE]
    assert [stop.selection.line for stop in every if isinstance(stop.selection, LineSelection)] == [1, 2]


@pytest.mark.parametrize("seed", range(8))
def test_every_thing_is_met_once_in_both_directions(seed: int) -> None:
    timeline = crowded(seed)
    stops = Navigation.of_lane(timeline, 1)
    forth, back = walk(stops), walk(stops, -1)
    assert len(forth) == len(stops) == len({stop.selection for stop in forth})
    assert forth == back[::-1]
    times = [(stop.t0_ns, -stop.t1_ns) for stop in forth]
    assert times == sorted(times)
    assert {stop.selection.task for stop in forth if isinstance(stop.selection, TaskSelection)} == set(range(1, 31))
    assert all(stop.t1_ns <= timeline.now_ns for stop in forth)


def test_a_track_is_walked_through_span_by_span_the_outer_one_first() -> None:
    timeline = traced_run(1)
    thread, network = timeline.tracks
    every = walk(Navigation.of_track(timeline, thread))
    assert [stop.selection for stop in every] == [
        SpanSelection(1, 0, track=1, span=0),
        SpanSelection(1, SECOND, track=1, span=1),
        InstantSelection(1, 3 * SECOND, track=1, instant=0),
        SpanSelection(1, 6 * SECOND, track=1, span=2),
    ]
    assert [stop.t1_ns for stop in every] == [9 * SECOND, 5 * SECOND, 3 * SECOND, 9 * SECOND]
    assert [span_of(stop) for stop in walk(Navigation.of_track(timeline, network), -1)] == [1, 0]


def test_what_is_elsewhere_leads_to_the_first_or_the_last() -> None:
    stops = Navigation.of_track(traced_run(2), traced_run(2).tracks[2])
    first, last = stops.next(SpanSelection(1, SECOND, track=1, span=1), 1), stops.next(ProcessSelection(2), -1)
    assert first is not None
    assert last is not None
    assert (span_of(first), span_of(last)) == (0, 2)
