"""The timeline view with real events and real pixels, fed timelines built by hand."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run
from support.charts import canvas, open_view, show
from support.widgets import find

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.chart.widgets.overview import Overview
from desktop.facts.selection import PhaseSelection, ProcessSelection, Selection
from desktop.look.palette import DARK, LIGHT
from workers.timeline.model import CallName, ProcessKind, Request, SpanKind
from workers.timeline.timeline import Timeline

# What the offscreen platform says of every menu and tooltip.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NONE, SHIFT, CONTROL = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
                        Qt.KeyboardModifier.ControlModifier)  # fmt: skip
LEFT = Qt.MouseButton.LeftButton
IN_BAR = BAR_TOP_PX + BAR_PX // 2


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    """A view on the screen, with the empty state."""
    return open_view(qtbot)


def point(view: TimelineView, row: int, at_ns: int, down: int = IN_BAR) -> QPoint:
    return QPoint(round(view.scale.x(at_ns)), AXIS_PX + row * ROW_PX + down)


def colour(image: QImage, at: QPoint) -> str:
    return QColor(image.pixel(at)).name()


def pixels(view: TimelineView) -> QImage:
    return canvas(view).viewport().grab().toImage()


def window_ns(view: TimelineView) -> tuple[int, int]:
    return view.scale.t0_ns, view.scale.t1_ns


def wheel(view: TimelineView, at: QPoint, notches: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
    target = canvas(view).viewport()
    event = QWheelEvent(QPointF(at), QPointF(target.mapToGlobal(at)), QPoint(), QPoint(0, round(120 * notches)),
                        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(target, event)


# What is drawn


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_workers_bar_is_where_its_times_are(view: TimelineView, qtbot: QtBot, palette) -> None:  # type: ignore[no-untyped-def]
    view.set_palette(palette)
    timeline = show(view, joined_run(4), qtbot)
    assert timeline is not None
    image = pixels(view)
    child = timeline.process(3)
    assert child.target_began_ns is not None
    assert child.exited_ns is not None
    inside = QPoint(0, -BAR_PX // 2 + 2)  # the bar's upper edge, above its text and badge
    began, ended = point(view, 2, child.target_began_ns) + inside, point(view, 2, child.exited_ns) + inside
    for x in range(began.x() + 2, ended.x() - 2):
        assert colour(image, QPoint(x, began.y())) == palette.alive, x
    assert colour(image, ended + QPoint(6, 0)) == palette.base
    assert colour(image, began - QPoint(4, 0)) == palette.base


def test_a_wait_in_join_is_hatched_on_the_parents_bar(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(2)
    timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    show(view, timeline, qtbot)
    image = pixels(view)
    y = AXIS_PX + IN_BAR + 5
    waiting = {colour(image, QPoint(x, y)) for x in range(round(view.scale.x(300 * MS)), round(view.scale.x(480 * MS)))}
    before = {colour(image, QPoint(x, y)) for x in range(round(view.scale.x(40 * MS)), round(view.scale.x(90 * MS)))}
    assert LIGHT.join in waiting
    assert LIGHT.alive not in waiting
    assert before == {LIGHT.alive}


def test_a_killed_worker_shows_failure_on_its_lane(view: TimelineView, qtbot: QtBot) -> None:
    timeline = show(view, joined_run(2, exit_codes={1: -9}), qtbot)
    assert timeline is not None
    exited = timeline.process(2).exited_ns
    assert exited is not None
    image, at = pixels(view), point(view, 1, exited)
    near = {colour(image, at + QPoint(dx, dy)) for dx in range(-14, 0) for dy in range(-6, 7)}
    assert LIGHT.bad in near
    assert LIGHT.good not in near


def test_an_open_span_grows_to_now(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(1)
    show(view, timeline, qtbot)
    timeline.now_ns = 510 * MS
    view.refresh()
    image, at = pixels(view), point(view, 1, 510 * MS, BAR_TOP_PX + 2)
    assert colour(image, at - QPoint(3, 0)) == LIGHT.alive
    assert colour(image, at + QPoint(4, 0)) == LIGHT.band


def test_a_question_that_waits_is_marked_at_now_on_the_parents_lane(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(1)
    show(view, timeline, qtbot)
    where = point(view, 0, timeline.now_ns, 7)
    around = [where + QPoint(dx, dy) for dx in range(-6, 7) for dy in range(-6, 7)]
    before = pixels(view)
    assert LIGHT.join not in {colour(before, at) for at in around}
    timeline.requests[1] = Request(1, "alive", 1, 400 * MS)
    timeline.touch(1)
    view.refresh()
    after = pixels(view)
    assert LIGHT.join in {colour(after, at) for at in around}


# Frames


def test_a_range_change_paints_once_and_no_change_not_at_all(view: TimelineView, qtbot: QtBot) -> None:
    show(view, running_run(4), qtbot)
    QApplication.processEvents()
    painted = canvas(view).item.paints
    view.refresh()
    QApplication.processEvents()
    assert canvas(view).item.paints == painted
    wheel(view, QPoint(300, 100), 1, CONTROL)
    QApplication.processEvents()  # the Live pill comes, and uncovers what is under it
    painted = canvas(view).item.paints
    wheel(view, QPoint(300, 100), 1, CONTROL)
    QApplication.processEvents()
    QApplication.processEvents()
    assert canvas(view).item.paints == painted + 1
    qtbot.keyClick(canvas(view), Qt.Key.Key_D)
    QApplication.processEvents()
    QApplication.processEvents()
    assert canvas(view).item.paints == painted + 2


def test_a_frame_with_news_paints_once(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(4)
    show(view, timeline, qtbot)
    QApplication.processEvents()
    painted = canvas(view).item.paints
    timeline.add_line(2, "stdout", 600 * MS, "more")
    timeline.now_ns = 5 * SECOND  # far enough for the followed end to take a step
    view.refresh()
    QApplication.processEvents()
    assert canvas(view).item.paints == painted + 1


def test_the_view_box_has_seconds_across_and_pixels_down(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(2), qtbot)
    (x0, x1), (y0, y1) = canvas(view).view_box.viewRange()
    assert (x0, x1) == pytest.approx((view.scale.t0_ns * 1e-9, view.scale.t1_ns * 1e-9))
    assert y1 - y0 == canvas(view).viewport().height()


# Following


def test_following_ends_with_a_hand_and_the_pill_brings_it_back(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(2)
    show(view, timeline, qtbot)
    pill = find(view, QPushButton, "live_pill")
    assert view.follow
    assert not pill.isVisible()
    with qtbot.waitSignal(view.follow_changed) as changed:
        wheel(view, QPoint(300, 100), 2, CONTROL)
    assert changed.args == [False]
    assert pill.isVisible()
    assert pill.geometry().bottom() < AXIS_PX, "it covers no bar"
    before = window_ns(view)
    timeline.now_ns = 60 * SECOND
    view.refresh()
    assert window_ns(view) == before
    with qtbot.waitSignal(view.follow_changed) as changed:
        qtbot.mouseClick(pill, LEFT)
    assert changed.args == [True]
    assert not pill.isVisible()
    assert view.scale.t0_ns <= 0
    assert view.scale.t1_ns > 60 * SECOND


def test_l_follows_and_the_end_of_the_run_hides_the_pill(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(2)
    show(view, timeline, qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_W)
    assert not view.follow
    qtbot.keyClick(canvas(view), Qt.Key.Key_L)
    assert view.follow
    qtbot.keyClick(canvas(view), Qt.Key.Key_L)
    assert not view.follow
    timeline.ended = True
    view.refresh()
    assert not find(view, QPushButton, "live_pill").isVisible()


# Hands


def test_control_wheel_zooms_about_the_pointer(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    under = view.scale.at(400)
    length = view.scale.length_ns
    wheel(view, QPoint(400, 100), 3, CONTROL)
    assert view.scale.length_ns < length * 0.6
    assert view.scale.x(under) == pytest.approx(400, abs=1)


def test_the_wheel_scrolls_lanes_and_shift_pans(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(30), qtbot)
    wheel(view, QPoint(400, 100), -2)
    assert view.scroll_px == 2 * ROW_PX
    view.fit()
    wheel(view, QPoint(400, 100), 4, CONTROL)
    t0 = view.scale.t0_ns
    wheel(view, QPoint(400, 100), -1, SHIFT)
    assert view.scale.t0_ns > t0


def test_shift_and_drag_pans_under_the_pointer_and_does_not_select(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    for _ in range(4):
        qtbot.keyClick(canvas(view), Qt.Key.Key_W)
    grabbed = view.scale.at(500)
    target = canvas(view).viewport()
    with qtbot.assertNotEmitted(view.selected):
        qtbot.mousePress(target, LEFT, SHIFT, pos=QPoint(500, 100))
        qtbot.mouseMove(target, QPoint(450, 100))
        qtbot.mouseMove(target, QPoint(400, 100))
        qtbot.mouseRelease(target, LEFT, pos=QPoint(400, 100))
    assert view.scale.x(grabbed) == pytest.approx(400, abs=1)


def test_a_click_selects_the_span_and_escape_clears(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    with qtbot.waitSignal(view.selected) as chosen:
        qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=point(view, 2, SECOND))
    assert chosen.args == [PhaseSelection(3, 52 * MS, phase=SpanKind.ALIVE)]
    assert "Phase         alive\nPhase began   0.052 s" in canvas(view).accessibleDescription()
    with qtbot.waitSignal(view.selected) as chosen:
        qtbot.keyClick(canvas(view), Qt.Key.Key_Escape)
    assert chosen.args == [None]


def test_a_selection_from_elsewhere_is_not_announced_again(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    with qtbot.assertNotEmitted(view.selected):
        view.select(ProcessSelection(2))


def test_a_header_selects_its_lane(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    headers = find(view, Headers)
    with qtbot.waitSignal(view.selected) as chosen:
        qtbot.mouseClick(headers, LEFT, pos=QPoint(40, 3 * ROW_PX + 5))
    assert chosen.args == [ProcessSelection(4)]


def test_helpers_unfold_from_their_header(view: TimelineView, qtbot: QtBot) -> None:
    timeline = running_run(1)
    timeline.add_process("resource tracker", ProcessKind.HELPER, 1)
    show(view, timeline, qtbot)
    assert len(view.state.rows) == 3
    qtbot.mouseClick(find(view, Headers), LEFT, pos=QPoint(40, ROW_PX + 5))
    assert [row.process for row in view.state.rows] == [1, 0, 3, 2]
    qtbot.keyClick(canvas(view), Qt.Key.Key_Return)
    assert len(view.state.rows) == 3


def test_double_click_fits_the_span(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    qtbot.mouseDClick(canvas(view).viewport(), LEFT, pos=point(view, 1, SECOND // 2))
    assert view.state.camera.t0_ns < 42 * MS
    assert SECOND + 42 * MS < view.state.camera.t1_ns < SECOND + 150 * MS


def test_f_centres_and_f_again_fits(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_W, SHIFT)
    view.select(PhaseSelection(2, 42 * MS, phase=SpanKind.ALIVE))
    length = view.scale.length_ns
    qtbot.keyClick(canvas(view), Qt.Key.Key_F)
    assert view.scale.length_ns == length
    qtbot.keyClick(canvas(view), Qt.Key.Key_F)
    assert view.scale.length_ns < 1.2 * SECOND
    qtbot.keyClick(canvas(view), Qt.Key.Key_0)
    assert view.scale.t1_ns > 4 * SECOND


def test_arrows_walk_lanes_and_what_is_in_them(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(2), qtbot)
    chosen: list[Selection | None] = []
    view.selected.connect(chosen.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(canvas(view), key)
    assert chosen[0] == ProcessSelection(1)
    assert chosen[1] == ProcessSelection(2)
    assert chosen[2] is not None
    assert chosen[2].at_ns == 40 * MS
    assert chosen[3:] == [ProcessSelection(2), ProcessSelection(1)]


def test_arrows_bring_a_lane_into_view(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(30), qtbot)
    for _ in range(20):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    row = view.state.rows[view.state.row or 0]
    top = view.scroll_px
    assert top <= row.top_px
    assert row.top_px + row.height_px <= top + canvas(view).viewport().height() - AXIS_PX


def test_hovering_tells_every_fact_as_plain_text(view: TimelineView, qtbot: QtBot) -> None:
    timeline = joined_run(2)
    timeline.process(2).name = "<img src=x>"
    show(view, timeline, qtbot)
    with qtbot.waitSignal(view.hovered) as said:
        qtbot.mouseMove(canvas(view).viewport(), point(view, 1, SECOND // 2))
    assert said.args is not None
    assert "Phase         alive\nPhase began   0.042 s" in said.args[0]
    assert said.args[0].startswith("<img src=x> (pid 1001)\n")


def test_the_overview_window_drags_the_view(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    overview = find(view, Overview)
    for _ in range(6):
        qtbot.keyClick(canvas(view), Qt.Key.Key_W)
    length = view.scale.length_ns
    left, right = overview.window_px
    middle = QPoint(round((left + right) / 2), 20)
    qtbot.mousePress(overview, LEFT, pos=middle)
    qtbot.mouseMove(overview, middle + QPoint(60, 0))
    qtbot.mouseRelease(overview, LEFT, pos=middle + QPoint(60, 0))
    assert overview.window_px[0] == pytest.approx(left + 60, abs=1.5)
    assert view.scale.length_ns == pytest.approx(length, rel=1e-3)


# The lane's menu


def choices(process: int) -> Sequence[VerbChoice]:
    return [VerbChoice("alive", "Is alive?", True), VerbChoice("join", "Join & wait", False, "It <b>is</b> joined.")]


def opened(view: TimelineView, qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: view.findChild(QMenu, "lane_menu") is not None)
    found: QMenu = find(view, QMenu, "lane_menu")
    return found


def test_the_menu_of_the_lane_with_the_keyboard_asks_for_a_verb(view: TimelineView, qtbot: QtBot) -> None:
    view.set_verbs(choices)
    show(view, running_run(2), qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    qtbot.keyClick(canvas(view), Qt.Key.Key_F10, SHIFT)
    menu = opened(view, qtbot)
    assert [action.isEnabled() for action in menu.actions()[:2]] == [True, False]
    assert menu.actions()[1].text() == "Join && wait"
    assert "It &lt;b&gt;is&lt;/b&gt; joined." in menu.actions()[1].toolTip()
    with qtbot.waitSignal(view.verb_requested) as asked:
        menu.actions()[0].trigger()
    assert asked.args == [2, "alive"]
    menu.close()


def test_without_choices_the_menu_only_arranges_the_lane(view: TimelineView, qtbot: QtBot) -> None:
    show(view, running_run(2), qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Menu)
    menu = opened(view, qtbot)
    assert all(action.data() is None for action in menu.actions())
    menu.close()


# The empty state


def test_the_empty_state_asks_to_start(view: TimelineView, qtbot: QtBot) -> None:
    button = find(view, QPushButton, "start_empty")
    assert button.isVisible()
    with qtbot.waitSignal(view.start_requested):
        qtbot.mouseClick(button, LEFT)
    show(view, running_run(1), qtbot)
    assert not button.isVisible()
    view.set_timeline(None)
    assert button.isVisible()
    view.refresh()


def test_a_run_without_any_process_yet_can_be_shown(view: TimelineView, qtbot: QtBot) -> None:
    show(view, Timeline(), qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Right)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=QPoint(100, 100))
    assert view.state.selection is None


def test_a_touchpads_smallest_turns_scroll_as_far_as_one_great_one(view: TimelineView, qtbot: QtBot) -> None:
    view.set_timeline(joined_run(30))
    for _ in range(120):
        wheel(view, QPoint(300, 200), -1 / 120)
    assert view.scroll_px == ROW_PX
    wheel(view, QPoint(300, 200), 40)
    assert view.scroll_px == 0
    wheel(view, QPoint(300, 200), -1)
    assert view.scroll_px == ROW_PX, "what was turned beyond the end is not owed"


def test_where_the_keyboard_is_can_be_seen_before_a_lane_is_chosen(view: TimelineView, qtbot: QtBot) -> None:
    other = QPushButton("elsewhere", view)
    other.show()
    show(view, joined_run(3), qtbot)
    focused = pixels(view)
    other.setFocus()
    away = pixels(view)
    y = AXIS_PX + 1
    edge = [focused.pixelColor(x, y) != away.pixelColor(x, y) for x in range(50, focused.width() - 50)]
    assert sum(edge) > len(edge) / 4, "a dotted line along the lanes"
    view.setFocus()
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    other.setFocus()
    away = pixels(view)
    view.setFocus()
    chosen = pixels(view)
    ys = range(AXIS_PX, chosen.height())
    left = [y for y in ys if any(chosen.pixelColor(x, y) != away.pixelColor(x, y) for x in (1, 2))]
    assert left, "the lane is framed"
    assert max(left) - min(left) < ROW_PX
