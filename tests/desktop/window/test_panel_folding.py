"""The chart gets the window: what is open on a first start, and how panels fold and open by mouse, key and selection."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QTabWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from support import builders
from support.builders import SECOND
from support.charts import canvas
from support.widgets import find
from support.windows import open_window, show_run

from desktop.facts.selection import ProcessSelection
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.settings import Settings
from desktop.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton


def tabs(window: MainWindow) -> QTabWidget:
    return find(window, QTabWidget, "tabs")


def details(window: MainWindow) -> QWidget:
    return window.contents.views.panel(DetailsPanel)


def is_open(window: MainWindow) -> tuple[bool, bool, bool]:
    """Whether plan, tabs and details show."""
    page = tabs(window).currentWidget()
    assert page is not None
    return window.contents.sources.isVisible(), page.isVisible(), details(window).isVisible()


def lanes_share(window: MainWindow) -> float:
    """The area of the lanes, without headers and axis, of that of the window."""
    chart = canvas(window.contents.views.chart)
    lanes = chart.width() * (chart.height() - 26 * window.contents.views.chart.unit_px)
    return lanes / (window.width() * window.height())


def point(window: MainWindow, process: int, at_ns: int) -> QPoint:
    """A place on the bar of a process."""
    chart = window.contents.views.chart
    row = chart.state.rows.row_of(process)
    assert row is not None
    return QPoint(round(chart.scale.x(at_ns)), round(26 + row.top_px + row.bar_px[0] + row.bar_px[1] / 2))


# Room


@pytest.mark.parametrize(
    ("size", "workers", "least"), [((1280, 800), 4, 0.45), ((1280, 800), 24, 0.45), ((1024, 640), 4, 0.35)]
)
def test_the_chart_has_the_window_on_a_first_start(
    window: MainWindow, size: tuple[int, int], workers: int, least: float
) -> None:
    window.resize(*size)
    show_run(window, builders.joined_run(workers))
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    assert is_open(window) == (True, False, False)
    assert lanes_share(window) >= least


def test_lanes_fill_a_large_window_and_keep_their_usual_height_in_a_small_one(window: MainWindow) -> None:
    chart = window.contents.views.chart
    window.resize(2560, 1440)
    show_run(window, builders.joined_run(4))
    QApplication.processEvents()
    area = canvas(chart).height() - 26
    assert 0.9 * area <= chart.state.rows.height_px <= area - 30, "the legend has its line below them"
    show_run(window, builders.traced_run(5))
    assert 0.8 * area <= chart.state.rows.height_px <= area - 30
    window.resize(900, 510)
    show_run(window, builders.joined_run(24))
    QApplication.processEvents()
    assert chart.state.rows.lane_px == 46


def test_no_lane_becomes_lower_when_the_next_process_of_the_plan_starts(window: MainWindow) -> None:
    chart = window.contents.views.chart
    window.resize(1280, 800)
    show_run(window, builders.running_run(1))
    one = chart.state.rows.lane_px
    timeline = builders.plan(4)
    run = builders.running_run(4)
    assert run.plan == timeline
    show_run(window, run)
    four = chart.state.rows.lane_px
    partly = builders.running_run(1)
    partly.plan = timeline
    show_run(window, partly)
    assert chart.state.rows.lane_px == four
    assert one is not None
    assert four is not None
    assert one > four


# Folding


@pytest.mark.parametrize(("name", "at"), [("plan", 0), ("tabs", 1), ("details", 2)])
def test_a_panel_is_folded_and_opened_by_menu_and_button_and_stays_so(qtbot: QtBot, name: str, at: int) -> None:
    window = open_window(qtbot)
    window.resize(1280, 800)
    QApplication.processEvents()
    show_run(window, builders.joined_run(2))
    window.contents.views.select(ProcessSelection(2), None)
    action = getattr(window.contents.actions, name)
    button = find(window, QToolButton, f"{name}_fold")
    before = is_open(window)[at]
    assert action.isChecked() is button.isChecked() is before
    qtbot.mouseClick(button, LEFT)
    assert is_open(window)[at] is action.isChecked() is not before
    assert window.close()
    again = open_window(qtbot)
    again.resize(1280, 800)
    QApplication.processEvents()
    show_run(again, builders.joined_run(2))
    again.contents.views.select(ProcessSelection(2), None)
    assert is_open(again)[at] is not before
    getattr(again.contents.actions, name).trigger()
    assert is_open(again)[at] is before
    assert again.close()


def test_f9_folds_both_sides_and_brings_them_back_and_shift_f9_the_tabs(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    show_run(window, builders.joined_run(2))
    window.contents.views.select(ProcessSelection(2), None)
    before = window.contents.sources.width()
    assert is_open(window) == (True, False, True)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert is_open(window) == (False, False, False)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert is_open(window) == (True, False, True)
    assert window.contents.sources.width() == before
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert is_open(window) == (True, True, True)
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert is_open(window) == (True, False, True)


def test_a_title_opens_the_tabs_by_click_and_key_and_a_double_click_folds_them(
    window: MainWindow, qtbot: QtBot
) -> None:
    show_run(window, builders.joined_run(2))
    bar = tabs(window).tabBar()
    assert bar.isVisible()
    assert tabs(window).height() <= bar.height() + 2
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert is_open(window)[1]
    assert tabs(window).currentIndex() == 1
    assert tabs(window).height() > 150
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert is_open(window)[1], "a click on the current title does not fold"
    qtbot.mouseDClick(bar, LEFT, pos=bar.tabRect(1).center())
    assert not is_open(window)[1]
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Return)
    assert is_open(window)[1]
    window.contents.actions.tabs.trigger()
    qtbot.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert is_open(window)[1], "the key of the current title opens it too"
    window.contents.actions.tabs.trigger()
    tabs(window).setCurrentWidget(window.contents.views.panel(FindingsPanel))
    assert is_open(window)[1], "who asks for a page sees it"


def test_what_is_dragged_to_its_edge_is_folded(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    handle = window.contents.layout.whole.handle(1)
    qtbot.mousePress(handle, LEFT, pos=QPoint(0, 100))
    qtbot.mouseMove(handle, QPoint(-150, 100))
    qtbot.mouseMove(handle, QPoint(-600, 100))
    qtbot.mouseRelease(handle, LEFT, pos=QPoint(0, 100))
    assert not window.contents.sources.isVisible()
    assert not window.contents.actions.plan.isChecked()
    window.contents.actions.plan.trigger()
    assert window.contents.sources.width() > 250


def test_the_keyboard_leaves_what_is_folded(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    window.activateWindow()
    find(window, QWidget, "worker_count").setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "timeline"


# Details


def test_details_come_with_a_selection_and_go_with_it(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    show_run(window, builders.joined_run(2))
    assert not details(window).isVisible()
    chart = canvas(window.contents.views.chart)
    qtbot.mouseClick(chart.viewport(), LEFT, pos=point(window, 2, SECOND // 2))
    assert details(window).isVisible()
    assert details(window).width() >= 240
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert not details(window).isVisible()
    window.contents.actions.details.trigger()
    assert details(window).isVisible(), "asked for, they show without a selection"
    window.contents.actions.details.trigger()
    qtbot.mouseClick(chart.viewport(), LEFT, pos=point(window, 2, SECOND // 2))
    assert not details(window).isVisible(), "folded away by hand they stay away"


def test_the_plan_gives_way_to_the_details_where_there_is_no_room_for_both(window: MainWindow) -> None:
    window.resize(900, 510)
    QApplication.processEvents()
    show_run(window, builders.joined_run(2))
    window.contents.layout.folding.open_tabs()
    window.contents.views.select(ProcessSelection(2), None)
    QApplication.processEvents()
    assert is_open(window) == (False, True, True)
    assert window.width() == 900
    window.contents.views.select(None, None)
    assert is_open(window) == (True, True, False)


def test_a_double_click_fits_what_the_first_click_was_on_though_details_opened(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1280, 800)
    show_run(window, builders.joined_run(4))
    QApplication.processEvents()
    chart = window.contents.views.chart
    at = point(window, 2, 820 * builders.MS)  # in its bar; where the chart is narrower, beyond its end
    qtbot.mouseClick(canvas(chart).viewport(), LEFT, pos=at)  # the first click of the two
    qtbot.mouseDClick(canvas(chart).viewport(), LEFT, pos=at)
    assert details(window).isVisible()
    assert chart.state.camera.t1_ns < 1.2 * SECOND


def test_details_do_not_open_under_a_drag(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(4))
    chart = canvas(window.contents.views.chart)
    begin = point(window, 2, SECOND // 10)
    qtbot.mousePress(chart.viewport(), LEFT, pos=begin)
    for by in (20, 40, 60):
        qtbot.mouseMove(chart.viewport(), begin + QPoint(by, 0))
    assert not details(window).isVisible()
    qtbot.mouseRelease(chart.viewport(), LEFT, pos=begin + QPoint(60, 0))
    assert details(window).isVisible()


def test_settings_of_panels_that_make_no_sense_are_as_if_absent(qtbot: QtBot) -> None:
    settings = Settings()
    settings.keep_panel("plan", False, -7)
    assert settings.panel("plan") == (False, 0)
    assert settings.panel("tabs") == (None, 0)
