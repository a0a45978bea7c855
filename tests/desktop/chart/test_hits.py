"""What lies under a point of a lane, without a screen."""

from builders import MS, SECOND, joined_run

from desktop.chart.glyphs import BOXES
from desktop.chart.hits import hit, stops
from desktop.chart.rows import BAR_PX, BAR_TOP_PX, Rows
from desktop.chart.time_scale import TimeScale
from desktop.selection import Selection
from workers.model import MarkKind, SpanKind

IN_BAR = BAR_TOP_PX + BAR_PX / 2


def at(process: int, at_ns: int, y: float = IN_BAR, off_px: float = 0.0) -> Selection:
    timeline = joined_run(4)
    scale = TimeScale(0, timeline.now_ns, 0, 1000)
    row = Rows.of(timeline).row_of(process)
    assert row is not None
    return hit(timeline, row, scale, scale.x(at_ns) + off_px, y)


def test_a_phase_is_hit_in_the_bar() -> None:
    assert at(3, SECOND) == Selection(3, 52 * MS, phase=int(SpanKind.ALIVE))


def test_a_wait_is_hit_inside_the_parents_bar() -> None:
    hit_wait = at(1, SECOND // 2)
    assert hit_wait.call is not None
    assert hit_wait.process == 1
    assert hit_wait.phase is None


def test_a_line_is_hit_at_its_dot_below_the_bar() -> None:
    assert at(2, 43 * MS, BOXES[MarkKind.OUTPUT].middle_px).line == 1


def test_a_bar_is_hit_within_three_pixels_and_not_beyond() -> None:
    assert at(3, 50 * MS, off_px=-2, y=BAR_TOP_PX).phase == SpanKind.STARTING
    assert at(3, 50 * MS, off_px=-40) == Selection(3)


def test_beside_everything_is_the_lane() -> None:
    assert at(2, 3 * SECOND) == Selection(2)
    assert at(2, 500 * MS, y=2) == Selection(2)


def test_the_stops_of_a_lane_are_in_order_of_time() -> None:
    every = stops(joined_run(1), 2)
    assert [stop.t0_ns for stop in every] == sorted(stop.t0_ns for stop in every)
    phases = [stop.selection.phase for stop in every if stop.selection.phase]
    assert phases == [SpanKind.STARTING, SpanKind.ALIVE, SpanKind.ENDING, SpanKind.ZOMBIE]
    assert [stop.selection.line for stop in every if stop.selection.line] == [1, 2]
