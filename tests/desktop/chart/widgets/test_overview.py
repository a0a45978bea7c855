"""The strip above the chart: when it is painted again, and that what it keeps shows the same as a new one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, running_run, traced_run

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.overview_image import OverviewImage, columns_of, covered
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.task_columns import WorldGrid
from desktop.chart.widgets.overview import Overview
from desktop.look.palette import LIGHT
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackSpans

WORKERS = 12
WIDTH, HEIGHT = 400, 32


class Paints(QObject):
    """Counts the paints of a widget."""

    def __init__(self, watched: Overview) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


def tasked_run(tasks: int = 40) -> Timeline:
    """A live run, whose workers ran some tasks each, and run one more."""
    timeline = running_run(WORKERS)
    for number in range(1, WORKERS + 1):
        for task in range(tasks):
            at = 100 * MS + task * 8 * MS + number * MS
            timeline.finish_task(timeline.begin_task(1 + number, "square", at), at + 3 * MS, None)
        timeline.begin_task(1 + number, "load", 450 * MS)
    return timeline


def pixels(image: QImage) -> bytes:
    return bytes(image.constBits())


def imaged() -> tuple[Timeline, Rows, ChartStyle, OverviewImage]:
    """A live run, and an OverviewImage that has drawn one image of it."""
    timeline, style, kept = tasked_run(), ChartStyle(LIGHT), OverviewImage()
    rows = Rows.of(timeline)
    kept.image(timeline, rows, style, WorldGrid(SECOND, WIDTH), HEIGHT)
    return timeline, rows, style, kept


def shown(timeline: Timeline, rows: Rows, style: ChartStyle, qtbot: QtBot) -> Overview:
    """The strip on the screen."""
    overview = Overview()
    qtbot.addWidget(overview)
    overview.resize(500, overview.height())
    overview.show_run(timeline, rows, style, SECOND, (0, SECOND))
    with qtbot.waitExposed(overview):
        overview.show()
    return overview


def fresh(timeline: Timeline, rows: Rows, style: ChartStyle) -> bytes:
    return pixels(OverviewImage().image(timeline, rows, style, WorldGrid(SECOND, WIDTH), HEIGHT))


@pytest.mark.usefixtures("qapp")
def test_an_image_whose_work_was_spread_is_that_of_one_look() -> None:
    timeline, rows, style, kept = imaged()
    timeline.now_ns += 120 * MS
    timeline.finish_task(
        timeline.begin_task(3, "store", timeline.now_ns - 60 * MS), timeline.now_ns - 20 * MS, "ValueError"
    )
    for share in (0.2, 0.7, 1.0):
        kept.prepare(timeline, share)
    found = pixels(kept.image(timeline, rows, style, WorldGrid(SECOND, WIDTH), HEIGHT))
    assert not kept.behind
    assert found == fresh(timeline, rows, style)


@pytest.mark.usefixtures("qapp")
def test_an_image_says_that_it_lacks_what_came_after_its_work_was_done() -> None:
    timeline, rows, style, kept = imaged()
    kept.prepare(timeline, 1.0)
    timeline.finish_task(timeline.begin_task(3, "store", 460 * MS), 470 * MS, "ValueError")
    kept.image(timeline, rows, style, WorldGrid(SECOND, WIDTH), HEIGHT)
    assert kept.behind
    again = pixels(kept.image(timeline, rows, style, WorldGrid(SECOND, WIDTH), HEIGHT))
    assert not kept.behind
    assert again == fresh(timeline, rows, style)


@pytest.mark.usefixtures("qapp")
def test_the_image_of_a_run_that_ended_lacks_nothing() -> None:
    timeline, rows, style, kept = imaged()
    kept.prepare(timeline, 1.0)
    timeline.finish_task(timeline.begin_task(3, "store", 460 * MS), 470 * MS, "ValueError")
    timeline.ended = True
    assert pixels(kept.image(timeline, rows, style, WorldGrid(SECOND, WIDTH), HEIGHT)) == fresh(timeline, rows, style)
    assert not kept.behind


@pytest.mark.parametrize("length_ns", [1, 39, 5_000, 1_000_000, 80 * SECOND, 10**18])
@pytest.mark.parametrize("columns", [1, 7, 539, 1361])
def test_moments_lie_in_the_columns_whose_edges_hold_them(length_ns: int, columns: int) -> None:
    grid = WorldGrid(length_ns, columns)
    edges = grid.edges(0, columns)
    chance = np.random.default_rng(columns)
    at = np.concatenate([edges, edges - 1, edges + 1, chance.integers(0, length_ns, 500), [-5, 2 * length_ns]])
    wanted = np.clip(edges.searchsorted(at, "right") - 1, 0, columns - 1)
    assert columns_of(at, grid).tolist() == wanted.tolist()


def test_it_is_painted_when_something_of_it_changed(qtbot: QtBot) -> None:
    timeline, rows, style, _ = imaged()
    overview = shown(timeline, rows, style, qtbot)
    paints = Paints(overview)
    for _ in range(3):
        overview.show_run(timeline, rows, style, SECOND, (0, SECOND))
        QApplication.processEvents()
    assert paints.count == 0
    overview.show_run(timeline, rows, style, SECOND, (0, SECOND // 2))
    qtbot.waitUntil(lambda: paints.count == 1)


def test_news_that_comes_too_soon_for_an_image_is_painted_although_nobody_asks_again(qtbot: QtBot) -> None:
    timeline, rows, style, _ = imaged()
    overview = shown(timeline, rows, style, qtbot)
    overview.repaint()
    before = overview.grab().toImage()
    paints = Paints(overview)
    timeline.finish_task(timeline.begin_task(3, "store", 460 * MS), 500 * MS, "ValueError")
    timeline.now_ns = max(timeline.now_ns, 500 * MS)
    overview.show_run(timeline, rows, style, SECOND, (0, SECOND))
    qtbot.waitUntil(lambda: paints.count > 0 and overview.grab().toImage() != before)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=30), st.integers(1, 50), st.integers(0, 90))
def test_how_much_of_a_column_lies_in_spans(lengths: list[tuple[int, int]], wide: int, first: int) -> None:
    edges = np.cumsum(np.array(lengths, np.int64).ravel())
    t0, t1 = edges[0::2], edges[1::2]
    columns = first + np.arange(12, dtype=np.int64) * wide
    inside = np.zeros(5_000, bool)
    for began, ended in zip(t0.tolist(), t1.tolist(), strict=True):
        inside[began:ended] = True
    wanted = [int(inside[left : left + wide].sum()) for left in columns[:-1].tolist()]
    assert covered(t0, t1, columns).tolist() == wanted


@pytest.mark.usefixtures("qapp")
def test_a_trace_is_darker_where_more_of_its_threads_are_busy() -> None:
    timeline = traced_run(1)
    thread, network = timeline.tracks
    t0, none = np.array([0], np.int64), np.zeros(1, np.uint16)
    whole = TrackSpans(t0, np.array([9 * SECOND]), np.full(1, SpanKind.TASK, np.uint8), none.astype(np.uint32), none)
    part = TrackSpans(t0 + 3 * SECOND, np.array([6 * SECOND]), whole.kind, whole.name, none)
    timeline.tracks[:] = [replace(thread, spans=whole), replace(network, spans=part)]
    grid = WorldGrid(9 * SECOND, 90)
    image = OverviewImage().image(timeline, Rows.of(timeline), ChartStyle(LIGHT), grid, HEIGHT)
    line = [image.pixel(x, 0) for x in range(90)]
    assert len({*line[:29]}) == 1
    assert line[10] == line[80]
    style = ChartStyle(LIGHT)
    assert (line[10], line[45]) == (style.colour("starting/base/0.8").rgb(), style.colour("starting").rgb())
