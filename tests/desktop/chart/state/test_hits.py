"""What lies under a point of a lane, without a screen."""

import numpy as np
import pytest
from support.builders import MS, SECOND, joined_run, traced_run
from support.hanging_runs import two_locks

from desktop.chart.drawing.glyphs import GLYPHS, shift_px
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.state.hits import hit, hit_track
from desktop.facts.selection import (
    CallSelection,
    InstantSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
    TrackSelection,
    WaitSelection,
)
from workers.timeline.lanes import OPEN
from workers.timeline.model import MarkKind, ProcessKind, SpanKind
from workers.timeline.timeline import Timeline

IN_BAR = BAR_TOP_PX + BAR_PX / 2


def at(process: int, at_ns: int, y: float = IN_BAR, off_px: float = 0.0) -> Selection:
    timeline = joined_run(4)
    scale = TimeScale(0, timeline.now_ns, 0, 1000)
    row = Rows.of(timeline).row_of(process)
    assert row is not None
    return hit(timeline, row, scale, scale.x(at_ns) + off_px, y)


def test_a_phase_is_hit_in_the_bar() -> None:
    assert at(3, SECOND) == PhaseSelection(3, 52 * MS, phase=SpanKind.ALIVE)


def test_a_wait_is_hit_inside_the_parents_bar() -> None:
    hit_wait = at(1, SECOND // 2)
    assert isinstance(hit_wait, CallSelection)
    assert hit_wait.process == 1


def test_a_wait_that_was_seen_is_hit_where_it_is_drawn() -> None:
    timeline = two_locks("app.py")
    scale = TimeScale(0, timeline.now_ns, 0, 1000)
    row = Rows.of(timeline).row_of(2)
    assert row is not None
    assert hit(timeline, row, scale, scale.x(5 * SECOND), IN_BAR) == WaitSelection(2, 700 * MS)


def test_a_line_is_hit_at_its_dot_below_the_bar() -> None:
    assert at(2, 43 * MS, GLYPHS[MarkKind.OUTPUT].middle_px) == LineSelection(2, 43 * MS, line=1)


@pytest.mark.parametrize("row_px", [46, 90, 240])
def test_marks_of_high_lanes_are_hit_where_they_are_drawn(row_px: int) -> None:
    timeline = joined_run(4)
    scale = TimeScale(0, timeline.now_ns, 0, 1000)
    row = Rows.of(timeline, Arrangement(row_px=row_px)).row_of(2)
    assert row is not None
    top, height = row.bar_px
    x = scale.x(43 * MS)
    assert hit(timeline, row, scale, x, top + height + 5) == LineSelection(2, 43 * MS, line=1)
    joined = timeline.process(2).joined_ns
    assert joined is not None
    assert isinstance(hit(timeline, row, scale, scale.x(joined) + 5, top + height / 2), CallSelection)
    assert shift_px(MarkKind.ALIVE_TRUE, row) == 0, "questions stay between the top of the lane and its bar"


def test_a_bar_is_hit_within_three_pixels_and_not_beyond() -> None:
    starting = at(3, 50 * MS, off_px=-2, y=BAR_TOP_PX)
    assert isinstance(starting, PhaseSelection)
    assert starting.phase is SpanKind.STARTING
    assert at(3, 50 * MS, off_px=-40) == ProcessSelection(3)


def test_beside_everything_is_the_lane() -> None:
    assert at(2, 3 * SECOND) == ProcessSelection(2)
    assert at(2, 500 * MS, y=2) == ProcessSelection(2)


def _tasks(seed: int, *, long: bool) -> Timeline:
    """A worker with tasks that overlap; long: one of them lasts as long as all others."""
    chance = np.random.default_rng(seed)
    timeline = Timeline()
    worker = timeline.add_process("worker", ProcessKind.POOL_WORKER)
    worker.born_ns = worker.start_called_ns = worker.target_began_ns = 0
    t0 = np.sort(chance.integers(0, 10_000, 6_000)) * MS
    t1 = t0 + chance.integers(0, 3, len(t0)) * MS
    if long:
        t0[0], t1[0] = 0, OPEN if seed % 2 else 10_000 * MS
    name = timeline.tasks.names.number("square")
    timeline.add_tasks(worker.id, t0, t1, np.full(len(t0), name, np.uint32))
    timeline.now_ns = 11_000 * MS
    timeline.touch(worker.id)
    return timeline


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("long", [False, True])
def test_the_task_under_the_pointer_is_the_latest_there_or_the_nearest(seed: int, long: bool) -> None:
    timeline = _tasks(seed, long=long)
    tasks = timeline.tasks.of(1)
    assert tasks is not None
    row = Rows.of(timeline).row_of(1)
    assert row is not None
    # Next to the beginning no task may be within reach; at the end an open task reaches until now.
    for begin, end in ((0, 12_000), (4_000, 4_100), (9_990, 11_020), (500, 501)):
        scale = TimeScale(begin * MS, end * MS, 0, 997)
        near_ns = round(3 * scale.ns_per_px)
        for x in range(0, 997, 17):
            at = scale.at(x)
            away = np.maximum(np.maximum(tasks.t0 - at, at - np.minimum(tasks.t1, timeline.now_ns)), 0)
            got = hit(timeline, row, scale, x, IN_BAR)
            if away.min() > near_ns:
                assert not isinstance(got, TaskSelection)
            else:
                assert isinstance(got, TaskSelection)
                index = tasks.at(got.task)
                assert away[index] == away.min()
                if not away[index]:
                    assert index == np.flatnonzero(away == 0)[-1]


def on_track(timeline: Timeline, track: int, at_ns: int, y: float, *, off_px: float = 0.0) -> Selection:
    row = Rows.of(timeline).row_of_track(track)
    assert row is not None
    scale = TimeScale(0, timeline.now_ns, 0, 900)
    return hit_track(timeline, row, scale, scale.x(at_ns) + off_px, y)


def test_a_span_of_a_trace_is_hit_in_its_depth() -> None:
    timeline = traced_run(2)
    assert on_track(timeline, 1, 2 * SECOND, 21) == SpanSelection(1, 0, track=1, span=0)
    assert on_track(timeline, 1, 2 * SECOND, 39) == SpanSelection(1, SECOND, track=1, span=1)
    # The asynchronous track of the second process; the inner span ends after the outer one.
    assert on_track(timeline, 4, 5 * SECOND, 30) == SpanSelection(2, 2 * SECOND, track=4, span=1)
    assert on_track(timeline, 4, 5 * SECOND, 12) == TrackSelection(2, track=4)


def test_a_span_that_was_never_closed_is_hit_until_now() -> None:
    timeline = traced_run(1)
    last = SpanSelection(1, 6 * SECOND, track=1, span=2)
    assert on_track(timeline, 1, 8 * SECOND, 39) == last
    timeline.now_ns = 7 * SECOND
    row = Rows.of(timeline).row_of_track(1)
    assert row is not None
    scale = TimeScale(0, 9 * SECOND, 0, 900)
    assert hit_track(timeline, row, scale, scale.x(7 * SECOND) + 2, 39) == last
    assert hit_track(timeline, row, scale, scale.x(8 * SECOND), 39) == TrackSelection(1, track=1)


def test_a_span_of_a_trace_is_hit_within_three_pixels_and_not_beyond() -> None:
    timeline = traced_run(1)
    inner = SpanSelection(1, SECOND, track=1, span=1)
    assert on_track(timeline, 1, SECOND, 39, off_px=-2) == inner
    assert on_track(timeline, 1, 5 * SECOND, 39, off_px=2) == inner
    assert on_track(timeline, 1, 5 * SECOND, 39, off_px=20) == TrackSelection(1, track=1)


def test_an_instant_of_a_trace_is_hit_in_the_row_of_the_instants() -> None:
    timeline = traced_run(1)
    assert on_track(timeline, 1, 3 * SECOND, 3, off_px=3) == InstantSelection(1, 3 * SECOND, track=1, instant=0)
    assert on_track(timeline, 1, 3 * SECOND, 21) == SpanSelection(1, 0, track=1, span=0), "below it are spans"
    assert on_track(timeline, 1, 3 * SECOND, 8, off_px=9) == TrackSelection(1, track=1)
