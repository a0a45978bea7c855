"""Back and forward among the views that the user had, by keys."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run
from support.charts import canvas, open_view, show

from desktop.chart.keys import Action
from desktop.chart.view import TimelineView
from desktop.facts.selection import ProcessSelection

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot, joined_run(3))


def interval(view: TimelineView) -> tuple[int, int]:
    return view.state.camera.t0_ns, view.state.camera.t1_ns


def at_rest(view: TimelineView, qtbot: QtBot) -> None:
    """Until the view is remembered."""
    qtbot.waitUntil(lambda: view.at_rest)


def test_zoom_filter_pins_and_selection_go_back_and_forward(view: TimelineView, qtbot: QtBot) -> None:
    chart = canvas(view)
    states = []

    def shown() -> tuple[object, ...]:
        return interval(view), view.state.selection, view.arrangement.pinned, view.arrangement.hidden

    steps = (
        lambda: view.show_time(0, SECOND),
        lambda: view.choose(ProcessSelection(3)),
        lambda: view.act(Action.PIN),
    )
    states.append(shown())
    for step in steps:
        step()
        at_rest(view, qtbot)
        states.append(shown())
    assert len({str(state) for state in states}) == 4
    for state in states[-2::-1]:
        qtbot.keyClick(chart, Qt.Key.Key_Left, ALT)
        assert shown() == state
    qtbot.keyClick(chart, Qt.Key.Key_Left, ALT)
    assert shown() == states[0], "there is none before the first"
    for state in states[1:]:
        qtbot.keyClick(chart, Qt.Key.Key_Right, ALT)
        assert shown() == state


def test_a_filter_is_taken_back(view: TimelineView, qtbot: QtBot) -> None:
    qtbot.keyClick(canvas(view), Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    field = view.focusWidget()
    assert field is not None
    qtbot.keyClicks(field, "Process-2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view.arrangement.hidden
    qtbot.keyClick(canvas(view), Qt.Key.Key_Left, ALT)
    assert not view.arrangement.hidden
    qtbot.keyClick(canvas(view), Qt.Key.Key_Right, ALT)
    assert view.arrangement.hidden


def test_many_moves_without_a_rest_are_one_step(view: TimelineView, qtbot: QtBot) -> None:
    before = interval(view)
    for _ in range(6):
        qtbot.keyClick(canvas(view), Qt.Key.Key_W)
    near = interval(view)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Left, ALT)
    assert interval(view) == before
    qtbot.keyClick(canvas(view), Qt.Key.Key_Right, ALT)
    assert interval(view) == near


def test_a_new_step_after_going_back_forgets_what_was_gone_back_from(view: TimelineView, qtbot: QtBot) -> None:
    view.show_time(0, SECOND)
    at_rest(view, qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Left, ALT)
    view.show_time(500 * MS, SECOND)
    at_rest(view, qtbot)
    here = interval(view)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Right, ALT)
    assert interval(view) == here


def test_views_of_another_run_are_not_gone_back_to(view: TimelineView, qtbot: QtBot) -> None:
    view.show_time(0, SECOND)
    at_rest(view, qtbot)
    show(view, joined_run(2), qtbot)
    whole = interval(view)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Left, ALT)
    assert interval(view) == whole
