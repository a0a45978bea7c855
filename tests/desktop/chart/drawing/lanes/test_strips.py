"""Strips of values over time: every peak shows, and where nothing was seen nothing is drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from support.builders import MS, SECOND, running_run, traced_run

from desktop.chart.drawing.chart import AXIS_PX, Chart
from desktop.chart.drawing.chart_painting import paint_chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.strips import NOTHING, column_values, cpu, cpu_steps, highest, memory_steps
from desktop.chart.geometry.arrangement import ROW_PX, Arrangement
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.state.chart_state import ChartState
from desktop.look.name_colours import name_colours
from desktop.look.palette import LIGHT
from workers.timeline.model import Sample
from workers.timeline.samples import Samples
from workers.timeline.timeline import Timeline


def sampled(*rows: tuple[int, float, int]) -> Samples:
    samples = Samples()
    for at_ns, cpu_s, rss in rows:
        samples.append(Sample(at_ns, cpu_s, rss))
    return samples


def test_cpu_is_what_was_used_between_two_looks_and_nothing_after_the_last() -> None:
    t, cores = cpu_steps(sampled((0, 0.0, 5), (200 * MS, 0.1, 6), (400 * MS, 0.5, 7)))
    assert t.tolist() == [0, 200 * MS, 400 * MS]
    assert cores.tolist() == pytest.approx([0.5, 2.0, NOTHING])


def test_a_long_time_without_a_look_is_a_gap() -> None:
    looks = sampled((0, 0.0, 5), (200 * MS, 0.1, 6), (5 * SECOND, 4.0, 7), (5_200 * MS, 4.2, 8))
    assert cpu_steps(looks)[1].tolist() == pytest.approx([0.5, NOTHING, 1.0, NOTHING])
    assert memory_steps(looks)[1].tolist() == [5, NOTHING, 7, NOTHING]


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 9)), max_size=25), st.integers(0, 60), st.integers(1, 40))
def test_a_column_shows_the_highest_value_of_its_time(rows: list[tuple[int, int]], start: int, columns: int) -> None:
    rows = sorted(dict(rows).items())
    t = np.array([at for at, _ in rows], np.int64)
    value = np.array([one for _, one in rows], np.float64)
    if len(value):
        value[-1] = NOTHING
    edges = np.arange(start, start + 2 * columns + 1, 2, dtype=np.int64)
    until = [*t[1:].tolist(), 10**6][: len(t)]
    for column, found in enumerate(column_values(t, value, edges).tolist()):
        left, right = edges[column], edges[column + 1]
        here = [
            one for at, end, one in zip(t.tolist(), until, value.tolist(), strict=True) if at < right and end > left
        ]
        assert found == max(here, default=NOTHING)


@pytest.mark.parametrize(("most", "full"), [(0, 1), (0.3, 0.5), (1, 1), (1.01, 2), (17, 20), (51, 100)])
def test_the_full_height_is_a_round_number(most: float, full: float) -> None:
    assert highest([0.0, most]) == pytest.approx(full)


def painted(timeline: Timeline, arrangement: Arrangement | None = None) -> tuple[QImage, Chart]:
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    rows = Rows.of(timeline, arrangement)
    chart = Chart(timeline, rows, QRectF(0, 0, 800, 600), 0, max(SECOND, timeline.now_ns))
    painter = QPainter(image)
    paint_chart(painter, ChartStyle(LIGHT), chart)
    painter.end()
    return image, chart


@pytest.mark.usefixtures("qapp")
def test_usage_lies_below_the_bar_where_it_was_sampled_and_nowhere_else() -> None:
    timeline = running_run(1)
    timeline.now_ns = SECOND
    for step in range(1, 4):
        timeline.add_sample(2, step * 200 * MS, step * 0.2, 40 * 10**6)
    image, chart = painted(timeline)
    y = AXIS_PX + ROW_PX + BAR_TOP_PX + BAR_PX + 5
    style = ChartStyle(LIGHT)
    area = style.colour(cpu(style)).name()
    shown = [x for x in range(800) if QColor(image.pixel(x, y)).name() == area]
    assert shown[0] == pytest.approx(chart.scale.x(200 * MS), abs=2)
    assert shown[-1] == pytest.approx(chart.scale.x(600 * MS), abs=2)
    assert len(shown) >= shown[-1] - shown[0] - 5  # grid lines and dots may lie over it


@pytest.mark.usefixtures("qapp")
def test_tracks_have_a_row_a_depth_and_counters_an_area() -> None:
    timeline = traced_run(2)
    image, chart = painted(timeline)
    thread, network, counter = (chart.rows[index] for index in (1, 2, 3))
    assert (thread.track, network.track, counter.counter) == (1, 2, 1)
    assert thread.owner == 1
    assert chart.rows[4].process == 2
    outer, within, last = (LIGHT.name_colours[number] for number in name_colours(["main", "load", "wait"]).tolist())

    def at(at_ns: int, y: float) -> str:
        return QColor(image.pixel(round(chart.scale.x(at_ns)), round(AXIS_PX + y))).name()

    inner = thread.top_px + thread.height_px - 7
    assert at(8 * SECOND, thread.top_px + 15) == outer
    assert at(2_500 * MS, inner) == within
    assert at(5_500 * MS, inner) not in LIGHT.name_colours
    assert at(8_500 * MS, inner) == last  # it was never closed, and reaches to the last known moment
    area = ChartStyle(LIGHT).colour("alive/base/0.45").name()
    assert at(2_300 * MS, counter.top_px + counter.height_px - 6) == area
    assert at(2_300 * MS, counter.top_px + 8) != area
    assert at(8 * SECOND, counter.top_px + 8) == area


def test_the_tracks_of_a_process_can_be_folded() -> None:
    rows = Rows.of(traced_run(2), Arrangement(folded_tracks=frozenset({1})))
    assert [row.process for row in rows][:2] == [1, 2]
    assert (rows[0].folds, rows[0].expanded) == (True, False)
    assert (rows[1].folds, rows[1].expanded) == (True, True)


def test_whatever_is_pointed_at_on_a_track_belongs_to_its_process() -> None:
    timeline = traced_run(2)
    state = ChartState(timeline)
    state.take_in()
    scale = TimeScale(0, timeline.now_ns, 0, 800)
    for y in range(state.rows.height_px):
        index, selection = state.under(300, y, scale)
        assert index is not None
        row = state.rows[index]
        assert selection is not None
        assert selection.process == row.owner
        state.row = index
        state.arrange(Arrangement(folded_tracks=frozenset({1}), row_px=20 + y % 2))
        assert state.held_row is not None
        assert state.held_row.owner == row.owner
        state.arrange(Arrangement())
