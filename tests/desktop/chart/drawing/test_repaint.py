"""Painting the rows that are due over the last frame gives what painting all gives, and is done only where nothing else of the
chart has changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, running_run
from support.charts import canvas, open_view

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_painting import paint_chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.frame_caches import FrameCaches
from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.drawing.overlay import Overlay
from desktop.chart.drawing.repaint import Repaint
from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.rows import Rows
from desktop.facts.selection import ProcessSelection, TaskSelection
from desktop.look.palette import DARK, LIGHT
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

AREA = QRectF(0, 0, 900, 260)
WORKERS = 12
FRAME_NS = 16_666_667


@pytest.fixture
def style(qapp: object) -> ChartStyle:
    return ChartStyle(LIGHT)


def run() -> Timeline:
    """Much of a minute of a run, of which a pixel column is four frames wide."""
    timeline = running_run(WORKERS)
    timeline.now_ns = 45 * SECOND
    for worker in range(2, WORKERS + 2):
        t0 = np.arange(400, dtype=np.int64) * 110 * MS + worker * MS
        timeline.add_tasks(worker, t0, t0 + 60 * MS, timeline.tasks.names.number("square"))
    return timeline


def go_on(timeline: Timeline) -> None:
    """One more frame's time, in which each worker ended a task; now and then one failed."""
    began_ns, timeline.now_ns = timeline.now_ns, timeline.now_ns + FRAME_NS
    for worker in range(2, WORKERS + 2):
        task = timeline.begin_task(worker, "square", began_ns + worker)
        timeline.finish_task(task, timeline.now_ns - worker, "ValueError" if task % 50 == 0 else None)


def picture(chart: Chart, style: ChartStyle, of: QImage, caches: FrameCaches, only: list[int] | None = None) -> QImage:
    painter = QPainter(of)
    paint_chart(painter, style, chart, caches, only)
    painter.end()
    return of


class Screen:
    """A chart as it is shown, frame after frame."""

    def __init__(self, timeline: Timeline, style: ChartStyle, row_px: int = 12) -> None:
        self.style = style
        self.caches = FrameCaches()
        self.chart = Chart(timeline, Rows.of(timeline, Arrangement(row_px=row_px)), AREA, 0, 60 * SECOND)
        self.image = QImage(900, 260, QImage.Format.Format_RGB32)
        self._repaint = Repaint(self.caches.images)

    def show(self) -> list[int] | None:
        """The next frame. The rows that it painted, None for all."""
        rows = self._repaint.rows(self.chart, self.style)
        if rows is None:
            picture(self.chart, self.style, self.image, self.caches)
        elif rows:
            painted = picture(self.chart, self.style, self.image.copy(), self.caches, rows)
            painter = QPainter(self.image)
            for row in map(self.chart.rows.__getitem__, rows):
                place = QRectF(0, self.chart.top(row), AREA.width(), row.height_px).toRect()
                painter.drawImage(place, painted, place)  # no more than these comes to be seen
            painter.end()
        return rows


def test_frame_by_frame_the_screen_shows_what_painting_all_of_it_does(style: ChartStyle) -> None:
    timeline = run()
    screen = Screen(timeline, style)
    painted = []
    for _ in range(60):
        painted.append(screen.show())
        whole = QImage(screen.image.size(), screen.image.format())
        assert screen.image == picture(screen.chart, style, whole, screen.caches)
        go_on(timeline)
    some = [rows for rows in painted if rows is not None]
    assert len(some) > 30, "in most frames no column is begun"
    assert 0 < sum(map(len, some)) < len(some) * WORKERS * 0.6, "and in each of them some lanes are due"


CHANGES: dict[str, Callable[[Screen, Timeline], Any]] = {
    "a process ended": lambda _, timeline: timeline.touch(3),
    "a line was printed": lambda _, timeline: timeline.add_line(3, "stdout", timeline.now_ns, "hello"),
    "the run has ended": lambda _, timeline: setattr(timeline, "ended", True),
    "now is in another column": lambda _, timeline: setattr(timeline, "now_ns", timeline.now_ns + SECOND),
    "another part is in view": lambda screen, _: setattr(screen, "chart", replace(screen.chart, t1_ns=50 * SECOND)),
    "it was scrolled": lambda screen, _: setattr(screen, "chart", replace(screen.chart, scroll_px=5)),
    "something was chosen": lambda screen, _: setattr(
        screen, "chart", replace(screen.chart, selection=ProcessSelection(2))
    ),
    "a task is chosen, whose frame may end any time": lambda screen, _: (
        setattr(screen, "chart", replace(screen.chart, selection=TaskSelection(2, 0, task=1))),
        screen.show(),
    ),
    "a mark was set": lambda screen, _: setattr(
        screen, "chart", replace(screen.chart, overlay=Overlay(bookmarks=(Bookmark(SECOND, "here"),)))
    ),
    "a search shows what it found": lambda screen, _: setattr(
        screen, "chart", replace(screen.chart, overlay=Overlay(matches=np.array([SECOND])))
    ),
    "the colours are others": lambda screen, _: setattr(screen, "style", ChartStyle(DARK)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_all_is_painted_when_more_than_tasks_changed(
    style: ChartStyle, change: Callable[[Screen, Timeline], Any]
) -> None:
    timeline = run()
    screen = Screen(timeline, style)
    screen.show()
    assert screen.show() is not None
    change(screen, timeline)
    assert screen.show() is None


def test_rows_with_texts_and_marks_are_painted_with_all_others(style: ChartStyle) -> None:
    screen = Screen(run(), style, row_px=46)
    screen.show()
    assert screen.show() is None


def test_window_paints_what_is_due_alone_and_all_when_it_was_covered(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = run()
    view = open_view(qtbot, timeline)
    view.arrange(Arrangement(row_px=12))
    item = canvas(view).item
    painted: list[set[int] | None] = []
    paint_item = item.paint

    def watched(*args: Any) -> None:
        painted.append(None if item.rows_to_paint is None else set(item.rows_to_paint))
        paint_item(*args)

    item.paint = watched
    view.redraw()
    canvas(view).viewport().update()
    qtbot.waitUntil(lambda: painted[-1:] == [None])
    monkeypatch.setattr(LaneImages, "is_due", lambda _, process, *__: process in (3, 5))
    painted.clear()
    for _ in range(2):  # one repaint for both
        timeline.begin_task(3, "square", timeline.now_ns)
        view.refresh()
    qtbot.waitUntil(lambda: bool(painted))
    assert painted == [{view.state.rows.index_of(3), view.state.rows.index_of(5)}]
    timeline.begin_task(3, "square", timeline.now_ns)
    view.refresh()
    canvas(view).viewport().update()  # as when something that covered it goes away
    qtbot.waitUntil(lambda: len(painted) == 2)
    assert painted[1] is None
