"""Two timelines on one axis, moved by real wheels, drags and keys: neither drifts, and neither stops before the other."""

from typing import NamedTuple

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run
from support.charts import canvas
from support.widgets import find

from desktop.chart.geometry.camera import Camera
from desktop.chart.shared_axis import SharedAxis
from desktop.chart.view import TimelineView
from desktop.look.palette import LIGHT
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
MIDDLE, NONE, CONTROL = Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


class Pair(NamedTuple):
    a: TimelineView
    b: TimelineView
    axis: SharedAxis
    place: QWidget

    @property
    def together(self) -> bool:
        """Whether both show the same part of the axis, to the nanosecond and to the pixel."""
        one, other, shift = self.a.state.camera, self.b.state.camera, self.axis.shift_ns
        same_time = (one.t0_ns + shift, one.t1_ns + shift) == (other.t0_ns, other.t1_ns)
        return same_time and left_of(self.a) == left_of(self.b) and self.a.scale.width_px == self.b.scale.width_px


def left_of(view: TimelineView) -> int:
    return canvas(view).mapToGlobal(QPoint(0, 0)).x()


def pair(qtbot: QtBot, a: Timeline, b: Timeline) -> Pair:
    place = QWidget()
    column = QVBoxLayout(place)
    views = TimelineView(LIGHT), TimelineView(LIGHT)
    for view, timeline in zip(views, (a, b), strict=True):
        column.addWidget(view)
        view.set_timeline(timeline)
    axis = SharedAxis(*views, place)
    qtbot.addWidget(place)
    place.resize(1000, 700)
    with qtbot.waitExposed(place):
        place.show()
    return Pair(*views, axis, place)


def turn(view: TimelineView, x: int, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    """A real wheel event."""
    target = canvas(view).viewport()
    at = QPointF(x, 100)
    event = QWheelEvent(at, QPointF(target.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches),
                        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(target, event)


def drag(view: TimelineView, qtbot: QtBot, x0: int, x1: int) -> None:
    target = canvas(view).viewport()
    qtbot.mousePress(target, MIDDLE, NONE, pos=QPoint(x0, 100))
    for step in range(1, 6):
        qtbot.mouseMove(target, QPoint(x0 + (x1 - x0) * step // 5, 100))
    qtbot.mouseRelease(target, MIDDLE, NONE, pos=QPoint(x1, 100))


def test_both_show_both_runs_as_a_whole(qtbot: QtBot) -> None:
    shown = pair(qtbot, joined_run(2), joined_run(6))
    longer = shown.b.state.timeline
    assert longer is not None
    assert shown.together
    assert shown.a.state.camera.t0_ns == 0
    assert shown.a.state.camera.t1_ns > longer.now_ns
    assert not find(shown.a, QWidget, "overview").isVisible()


def test_a_wheel_a_drag_and_a_key_in_one_move_the_other(qtbot: QtBot) -> None:
    shown = pair(qtbot, joined_run(2), joined_run(6))
    moves: list[str] = []
    shown.a.moved.connect(lambda: moves.append("a"))
    shown.b.moved.connect(lambda: moves.append("b"))
    for moved, other in ((shown.a, shown.b), (shown.b, shown.a)):
        held = moved.scale.at(400)
        turn(moved, 400, 3, CONTROL)
        assert moved.scale.x(held) == pytest.approx(400, abs=0.5)
        assert other.scale.at(400) == pytest.approx(held, abs=moved.scale.ns_per_px)
        assert shown.together
        before = moved.scale.t0_ns
        drag(moved, qtbot, 500, 300)
        assert moved.scale.t0_ns > before
        assert shown.together
        qtbot.keyClick(canvas(moved), Qt.Key.Key_A)
        assert shown.together
    assert moves.count("a") == moves.count("b") <= 16, "a view answers what it was told"
    qtbot.keyClick(canvas(shown.b), Qt.Key.Key_0)
    assert shown.together
    assert shown.a.state.camera.t0_ns == 0


def test_moments_stand_one_above_the_other_and_each_keeps_its_own_time(qtbot: QtBot) -> None:
    shown = pair(qtbot, joined_run(2), joined_run(4))
    for a_ns, b_ns in ((1_234_567_891, 42 * MS), (50 * MS, 4 * SECOND), (0, 3), (7, 0)):
        shown.axis.align(a_ns, b_ns)
        assert shown.together
        assert shown.a.scale.x(a_ns) == pytest.approx(shown.b.scale.x(b_ns), abs=1e-6)
        assert 0 <= shown.a.scale.x(a_ns) <= shown.a.scale.width_px
        assert shown.a.state.overlay().aligned_ns == a_ns
        assert shown.b.state.overlay().aligned_ns == b_ns
    shown.axis.align(0, 0)
    assert shown.a.state.overlay().aligned_ns is None
    assert (shown.a.state.camera.t0_ns, shown.b.state.camera.t0_ns) == (0, 0)


def test_where_one_run_begins_earlier_the_other_shows_what_was_before_it(qtbot: QtBot) -> None:
    shown = pair(qtbot, joined_run(2), joined_run(4))
    shown.axis.align(0, 2 * SECOND)
    assert (shown.a.state.camera.t0_ns, shown.b.state.camera.t0_ns) == (-2 * SECOND, 0)
    # To the outermost and back, in steps that are no whole pixels: nothing is lost on the way.
    for view in (shown.a, shown.b):
        turn(view, 333, 4, CONTROL)
        for x0, x1 in ((100, 900), (100, 900), (900, 100), (777, 123), (900, 100), (900, 100)):
            drag(view, qtbot, x0, x1)
            assert shown.together
    turn(shown.a, 111, -40, CONTROL)
    assert shown.together


def test_an_alignment_while_zoomed_in_brings_the_moment_into_view(qtbot: QtBot) -> None:
    shown = pair(qtbot, joined_run(4), joined_run(4))
    turn(shown.a, 900, 12, CONTROL)
    width = shown.a.state.camera.t1_ns - shown.a.state.camera.t0_ns
    shown.axis.align(60 * MS, SECOND)
    assert shown.together
    assert 0 <= shown.a.scale.x(60 * MS) <= shown.a.scale.width_px
    assert shown.a.state.camera.t1_ns - shown.a.state.camera.t0_ns == width


def test_a_run_that_goes_on_takes_the_other_along_while_it_is_followed(qtbot: QtBot) -> None:
    live = running_run(2)
    shown = pair(qtbot, joined_run(1), live)
    assert shown.b.follow
    for now in (SECOND, 3 * SECOND, 9 * SECOND):
        live.now_ns = now
        live.touch(1)
        shown.axis.refresh()
        assert shown.together
        assert shown.a.state.camera.t1_ns > now
    turn(shown.a, 400, 2, CONTROL)
    assert not shown.b.follow
    before = shown.a.scale
    live.now_ns = 30 * SECOND
    live.touch(1)
    shown.axis.refresh()
    assert shown.together
    assert (shown.a.scale.t0_ns, shown.a.scale.t1_ns) == (before.t0_ns, before.t1_ns)


def test_headers_of_different_widths_and_a_scroll_bar_leave_the_axes_alike(qtbot: QtBot) -> None:
    a, b = joined_run(2), joined_run(30)
    a.process(2).name = "a rather long name of a process"
    a.touch(2)
    shown = pair(qtbot, a, b)
    assert shown.together
    b.process(3).name = "a name that is even longer than the one above"
    b.add_process("another", b.process(2).kind, parent_id=1)
    b.touch(3)
    shown.axis.refresh()
    assert shown.together


def test_a_camera_alone_begins_at_zero() -> None:
    camera = Camera()
    camera.grown(10 * SECOND, False)
    camera.pan(-SECOND)
    assert camera.t0_ns == 0
    camera.beside = -SECOND, 20 * SECOND
    assert camera.whole()
    assert (camera.t0_ns, camera.t1_ns) == (-SECOND, 20 * SECOND)
    camera.zoom(0.5, 0)
    camera.pan(-90 * SECOND)
    assert camera.t0_ns == -SECOND
    camera.pan(900 * SECOND)
    assert camera.t1_ns == -SECOND + round(21 * SECOND * 1.2)
