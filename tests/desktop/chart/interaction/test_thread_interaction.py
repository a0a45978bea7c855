"""Mouse and keys on the rows of threads, as real events."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from support.builders import MS, threaded_run
from support.charts import canvas, open_view
from support.widgets import find

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.facts.selection import ProcessSelection, TaskSelection, ThreadSelection
from desktop.facts.sheets import describe, sheet_text
from desktop.look.palette import LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot, threaded_run(threads=4, tasks=6))


def place(view: TimelineView, index: int, at_ns: int) -> QPoint:
    """Where a moment of a row shows on the canvas."""
    row = view.state.rows[index]
    return QPoint(round(view.scale.x(at_ns)), AXIS_PX + row.top_px + row.height_px // 2)


def colour(view: TimelineView, at: QPoint) -> str:
    image = canvas(view).viewport().grab().toImage()
    return QColor(image.pixelColor(at.x(), at.y())).name()


def test_a_thread_shows_its_tasks_and_a_click_selects_one(view: TimelineView, qtbot: QtBot) -> None:
    at, gap = place(view, 3, 125 * MS), place(view, 3, 450 * MS)
    assert colour(view, at) == LIGHT.starting
    assert colour(view, place(view, 3, 172 * MS)) == LIGHT.bad  # the second one raised
    assert colour(view, gap) not in (LIGHT.starting, LIGHT.bad, LIGHT.alive)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=at)
    chosen = TaskSelection(1, 102 * MS, 7)
    assert view.state.selection == chosen
    timeline = view.state.timeline
    assert timeline is not None
    assert "pool_1 (5002)" in sheet_text(timeline, chosen)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=gap)
    assert view.state.selection == ThreadSelection(1, 2)
    sheet = describe(timeline, ThreadSelection(1, 2))
    assert sheet is not None
    facts = {fact.label: fact.text for fact in sheet.facts}
    assert (sheet.title, facts["Tasks"], facts["Failed"], facts["In tasks"]) == ("pool_1", "6", "1", "240 ms")


def test_the_row_above_the_threads_shows_how_many_run_tasks_and_folds_them(view: TimelineView, qtbot: QtBot) -> None:
    busy = place(view, 1, 125 * MS)
    assert colour(view, busy) != colour(view, place(view, 1, 450 * MS))
    headers = find(view, Headers)
    row = view.state.rows[1]
    assert row.threads_of == 1
    count = len(view.state.rows)
    for left in (count - 4, count):
        qtbot.mouseClick(headers, LEFT, pos=QPoint(headers.width() // 2, row.top_px + 8))
        assert len(view.state.rows) == left
    qtbot.mouseClick(headers, LEFT, pos=QPoint(headers.width() // 2, view.state.rows[2].top_px + 8))
    assert view.state.selection == ThreadSelection(1, 1)


def test_keys_go_along_the_tasks_of_a_thread_and_back_to_its_process(view: TimelineView, qtbot: QtBot) -> None:
    view.select(ThreadSelection(1, 1))
    for expected in (TaskSelection(1, 101 * MS, 1), TaskSelection(1, 151 * MS, 2)):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Period)
        assert view.state.selection == expected
    for expected in (TaskSelection(1, 101 * MS, 1), ThreadSelection(1, 1)):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Comma)
        assert view.state.selection == expected
    qtbot.keyClick(canvas(view), Qt.Key.Key_Left)
    assert view.state.selection == ProcessSelection(1)


def test_a_task_that_is_found_in_a_folded_thread_is_unfolded(qtbot: QtBot) -> None:
    view = open_view(qtbot, threaded_run(threads=32, tasks=2))
    assert [row.thread for row in view.state.rows if row.under == 1] == [0]
    qtbot.keyClicks(canvas(view), "/")
    field = find(view, QLineEdit, "search")
    field.clear()
    qtbot.keyClicks(field, "pool_30")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    selection = view.state.selection
    assert isinstance(selection, TaskSelection)
    index = view.state.rows.index_showing(selection)
    assert index is not None
    assert view.state.rows[index].thread == 31
