"""Every key and press of the timeline that moves the view, as real events; and that no key acts from elsewhere."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from support.builders import MS, joined_run, running_run
from support.charts import canvas, open_view
from support.widgets import find

from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.chart.widgets.overview import Overview
from desktop.facts.selection import ProcessSelection

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot, joined_run(30))


def press(view: TimelineView, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    qtbot.keyClick(canvas(view), key, modifiers)


def span(view: TimelineView) -> tuple[int, int]:
    return view.state.camera.t0_ns, view.state.camera.t1_ns


def length(view: TimelineView) -> int:
    return span(view)[1] - span(view)[0]


@pytest.mark.parametrize(("key", "modifiers", "factor"), [
    (Qt.Key.Key_W, NONE, 0.8), (Qt.Key.Key_W, SHIFT, 0.5), (Qt.Key.Key_Plus, SHIFT, 0.8), (Qt.Key.Key_Equal, NONE, 0.8),
    (Qt.Key.Key_S, NONE, 1.25), (Qt.Key.Key_S, SHIFT, 2.0), (Qt.Key.Key_Minus, NONE, 1.25),
])  # fmt: skip
def test_keys_zoom_about_the_middle(
    view: TimelineView, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier, factor: float
) -> None:
    for _ in range(5):
        press(view, qtbot, Qt.Key.Key_W)
    before, middle = length(view), sum(span(view)) // 2
    press(view, qtbot, key, modifiers)
    assert length(view) == pytest.approx(before * factor, rel=1e-6)
    assert sum(span(view)) // 2 == pytest.approx(
        middle, abs=before / 50
    )  # the gutter moves the middle of the canvas a little
    assert not view.follow


@pytest.mark.parametrize(("modifiers", "share"), [(NONE, 0.1), (SHIFT, 0.5)])
def test_a_and_d_pan_and_undo_each_other(
    view: TimelineView, qtbot: QtBot, modifiers: Qt.KeyboardModifier, share: float
) -> None:
    for _ in range(5):
        press(view, qtbot, Qt.Key.Key_W)
    before = span(view)
    press(view, qtbot, Qt.Key.Key_D, modifiers)
    assert span(view)[0] - before[0] == pytest.approx(share * view.scale.length_ns, rel=1e-6)
    assert length(view) == before[1] - before[0]
    press(view, qtbot, Qt.Key.Key_A, modifiers)
    assert span(view) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_0, Qt.Key.Key_Home])
def test_keys_fit_the_whole_run(view: TimelineView, qtbot: QtBot, key: Qt.Key) -> None:
    whole = span(view)
    for _ in range(4):
        press(view, qtbot, Qt.Key.Key_W)
    press(view, qtbot, key)
    assert span(view) == whole


def test_pages_walk_by_as_many_lanes_as_are_seen(view: TimelineView, qtbot: QtBot) -> None:
    press(view, qtbot, Qt.Key.Key_Down)
    press(view, qtbot, Qt.Key.Key_PageDown)
    page = view.state.row
    assert page is not None
    assert 4 <= page <= 8
    press(view, qtbot, Qt.Key.Key_PageDown)
    assert view.state.row == 2 * page
    assert view.scroll_px > 0
    press(view, qtbot, Qt.Key.Key_PageUp)
    press(view, qtbot, Qt.Key.Key_PageUp)
    assert view.state.row == 0
    assert view.scroll_px == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_fold_and_unfold_the_lane(view: TimelineView, qtbot: QtBot, key: Qt.Key) -> None:
    press(view, qtbot, Qt.Key.Key_Down)
    press(view, qtbot, key)
    assert len(view.state.rows) == 1
    press(view, qtbot, key)
    assert len(view.state.rows) == 31


def test_keys_ask_for_a_copy_and_for_the_sheet(view: TimelineView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.copy_requested):
        press(view, qtbot, Qt.Key.Key_C, CONTROL)
    with qtbot.waitSignal(view.keys_requested):
        press(view, qtbot, Qt.Key.Key_Question, SHIFT)


def test_keys_act_only_while_the_timeline_has_the_focus(view: TimelineView, qtbot: QtBot) -> None:
    press(view, qtbot, Qt.Key.Key_F, CONTROL | SHIFT)
    field = find(view, QLineEdit, "lane_filter")
    assert field.hasFocus()
    before = span(view), view.state.selection, view.state.arrangement.row_px
    qtbot.keyClicks(field, "wasdhmp0.,")
    assert (span(view), view.state.selection, view.state.arrangement.row_px) == before
    assert field.text() == "wasdhmp0.,"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert canvas(view).hasFocus()
    press(view, qtbot, Qt.Key.Key_W)
    assert span(view) != before[0]


def test_a_right_click_on_a_header_selects_its_lane_and_opens_its_menu(view: TimelineView, qtbot: QtBot) -> None:
    headers = find(view, Headers)
    at = QPoint(60, view.state.rows[3].top_px + 20)
    QApplication.sendEvent(
        headers, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, headers.mapToGlobal(at), NONE)
    )
    assert view.state.selection == ProcessSelection(view.state.rows[3].process)
    menu = find(view, QMenu, "lane_menu")
    pins = [action for action in menu.actions() if action.text().startswith("Pin")]
    pins[0].trigger()
    menu.close()
    assert view.state.arrangement.pinned == (view.state.rows[0].process,) == (4,)


def test_the_edges_of_the_overviews_window_can_be_dragged_when_all_is_in_view(view: TimelineView, qtbot: QtBot) -> None:
    overview = find(view, Overview)
    right = round(overview.window_px[1])
    assert right <= overview.width() - 6, "a splitter beside it takes the last pixels"
    whole = span(view)
    qtbot.mousePress(overview, Qt.MouseButton.LeftButton, pos=QPoint(right, 20))
    for step in range(1, 9):
        qtbot.mouseMove(overview, QPoint(right - 25 * step, 20))
    qtbot.mouseRelease(overview, Qt.MouseButton.LeftButton, pos=QPoint(right - 200, 20))
    assert span(view)[0] == whole[0]
    assert round(overview.window_px[1]) == pytest.approx(right - 200, abs=1)


@pytest.mark.parametrize("key", [Qt.Key.Key_W, Qt.Key.Key_D, Qt.Key.Key_Right, Qt.Key.Key_M, Qt.Key.Key_R])
def test_no_key_moves_what_is_drawn_out_of_the_run(view: TimelineView, qtbot: QtBot, key: Qt.Key) -> None:
    run = running_run(2)
    view.set_timeline(run)
    for _ in range(40):
        press(view, qtbot, key)
    assert 0 <= span(view)[0] < span(view)[1] <= max(view.state.camera.furthest_ns, 1)
    assert length(view) > 0
    assert run.now_ns == 500 * MS
