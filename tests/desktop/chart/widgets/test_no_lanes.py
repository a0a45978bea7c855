"""What the chart shows when a filter hides all lanes, with real keys and clicks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from support.builders import joined_run
from support.charts import open_view
from support.widgets import find

from desktop.chart.view import TimelineView
from desktop.chart.widgets.search_bar import SearchBar
from desktop.facts.selection import ProcessSelection
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot, joined_run(4))


def filter_by(view: TimelineView, qtbot: QtBot, words: str) -> QLineEdit:
    qtbot.keyClick(
        view.focusProxy(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    field = find(view, QLineEdit, "lane_filter")
    assert field.hasFocus()
    qtbot.keyClicks(field, words)
    return field


def test_a_filter_that_leaves_no_lane_says_so_and_offers_to_be_cleared(view: TimelineView, qtbot: QtBot) -> None:
    said = find(view, QWidget, "no_lanes")
    assert not said.isVisible()
    field = filter_by(view, qtbot, "nobody")
    assert len(view.state.rows) == 0
    assert said.isVisible()
    assert find(said, QLabel).text() == "The filter leaves no lane."
    box = said.geometry()
    assert view.focusProxy().rect().contains(box)
    clear = find(said, QPushButton, "clear_filter")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert field.text() == ""
    assert len(view.state.rows) == 5
    assert not said.isVisible()
    assert view.focusProxy().hasFocus()


def test_a_run_that_has_no_lanes_yet_is_not_blamed_on_a_filter(view: TimelineView, qtbot: QtBot) -> None:
    filter_by(view, qtbot, "nobody")
    view.set_timeline(joined_run(1))
    said = find(view, QWidget, "no_lanes")
    assert not said.isVisible()
    assert len(view.state.rows) == 2


def test_a_run_without_processes_says_so_when_it_is_over(view: TimelineView, qtbot: QtBot) -> None:
    said = find(view, QWidget, "no_lanes")
    empty = Timeline()
    view.set_timeline(empty)
    assert not said.isVisible(), "they may be still to come"
    empty.ended = True
    view.refresh()
    assert said.isVisible()
    assert find(said, QLabel).text() == "There is no process in it."
    assert not find(said, QPushButton, "clear_filter").isVisible()
    view.set_timeline(joined_run(1))
    assert not said.isVisible()


def test_a_match_whose_lane_is_filtered_out_is_said_to_be(view: TimelineView, qtbot: QtBot) -> None:
    filter_by(view, qtbot, "process-2")
    view.setFocus()
    qtbot.keyClick(view.focusProxy(), Qt.Key.Key_Slash)
    bar = find(view, SearchBar, "search_bar")
    count = find(bar, QLabel, "search_count")
    qtbot.keyClicks(bar.field, "process-3")
    assert view.state.selection == ProcessSelection(4)
    assert count.text() == "1 of 1, filtered out"
    bar.field.clear()
    qtbot.keyClicks(bar.field, "process-2")
    assert count.text() == "1 of 1"
    bar.field.clear()
    qtbot.keyClicks(bar.field, "process-4")
    assert count.text() == "1 of 1, filtered out"
    find(view, QLineEdit, "lane_filter").clear()
    assert count.text() == "1 of 1", "once the lane is there again"


def test_what_is_shown_from_elsewhere_is_said_to_be_filtered_out(view: TimelineView, qtbot: QtBot) -> None:
    filter_by(view, qtbot, "process-2")
    said: list[str] = []
    view.said.connect(said.append)
    view.select(ProcessSelection(3))
    view.reveal(ProcessSelection(3))
    assert said == []
    view.select(ProcessSelection(4))
    view.reveal(ProcessSelection(4))
    assert said == ["The filter hides the lane of Process-3."]
