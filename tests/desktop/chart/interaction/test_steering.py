"""The buttons in the headers of a run by hand, and the keys that do the same, as real events."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from support.builders import MS, joined_run, plan
from support.charts import canvas, open_view
from support.spoken import faults, spoken
from support.widgets import find

from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.control import abilities
from desktop.facts.selection import ProcessSelection
from workers.plan.plan import Order
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
KEYS = {"start": Qt.Key.Key_G, "alive": Qt.Key.Key_I, "join": Qt.Key.Key_J, "terminate": Qt.Key.Key_X}


def by_hand(workers: int = 3) -> Timeline:
    """A run by hand whose parent waits for the user, and whose first worker lives."""
    timeline = Timeline.planned(plan(workers, Order.BY_HAND))
    parent, child = timeline.process(1), timeline.process(2)
    parent.pid, parent.start_called_ns, parent.target_began_ns = 1000, 0, 25 * MS
    child.pid, child.start_called_ns, child.start_returned_ns, child.target_began_ns = 1001, 30 * MS, 31 * MS, 32 * MS
    timeline.waiting_for_person, timeline.now_ns = True, 500 * MS
    return timeline


def steered(view: TimelineView) -> TimelineView:
    """As the window does."""

    def choices(process: int) -> list[VerbChoice]:
        timeline = view.state.timeline
        assert timeline is not None
        found = abilities.verbs(timeline, timeline.process(process), True, False)
        return [VerbChoice(one.verb, one.text, one.ability.enabled, one.ability.why_not) for one in found]

    view.set_verbs(choices)
    QApplication.processEvents()  # the headers become wider
    return view


def buttons(view: TimelineView) -> dict[str, QToolButton]:
    """The buttons that are shown, by their object names."""
    found = find(view, Headers).findChildren(QToolButton)
    return {one.objectName(): one for one in found if one.isVisible()}


def test_every_lane_of_a_worker_has_its_four_buttons(qtbot: QtBot) -> None:
    timeline = by_hand()
    view = open_view(qtbot, timeline)
    bare_px = find(view, Headers).width()
    steered(view)
    shown = buttons(view)
    assert set(shown) == {f"lane_{verb}_{process}" for verb in KEYS for process in (2, 3, 4)}
    assert find(view, Headers).width() > bare_px, "names and states keep their room"
    for name, one in shown.items():
        row = view.state.rows.row_of(int(name[-1]))
        assert row is not None
        assert row.top_px <= one.y() < one.y() + one.height() <= row.top_px + row.height_px
        assert one.x() > find(view, Headers).width() / 2
    enabled = {name for name, one in shown.items() if one.isEnabled()}
    assert enabled == {
        *("lane_alive_2", "lane_join_2", "lane_terminate_2"),
        *("lane_start_3", "lane_alive_3", "lane_start_4", "lane_alive_4"),
    }
    with qtbot.waitSignal(view.verb_requested) as asked:
        qtbot.mouseClick(shown["lane_start_4"], LEFT)
    assert asked.args == [4, "start"]
    assert view.state.selection is None, "the details would move the button away from the pointer"
    timeline.process(2).exited_ns, timeline.process(2).exit_code = 450 * MS, 0
    timeline.touch(2)
    view.show_verbs()
    assert not shown["lane_terminate_2"].isEnabled()
    view.set_timeline(joined_run(3))
    QApplication.processEvents()
    assert buttons(view) == {}
    assert find(view, Headers).width() == bare_px


def test_a_view_that_cannot_steer_has_none(qtbot: QtBot) -> None:
    assert buttons(open_view(qtbot, by_hand())) == {}


@pytest.mark.parametrize("verb", KEYS)
def test_the_keys_of_a_lane_do_the_same_and_say_why_not(qtbot: QtBot, verb: str) -> None:
    view = steered(open_view(qtbot, by_hand()))
    for process in (2, 3):
        view.select(ProcessSelection(process))
        button = buttons(view)[f"lane_{verb}_{process}"]
        if button.isEnabled():
            with qtbot.waitSignal(view.verb_requested) as asked:
                qtbot.keyClick(canvas(view), KEYS[verb])
            assert asked.args == [process, verb]
        else:
            with qtbot.waitSignal(view.said) as said, qtbot.assertNotEmitted(view.verb_requested):
                qtbot.keyClick(canvas(view), KEYS[verb])
            assert said.args == [button.accessibleDescription()]
    view.choose(None)
    view.state.row = None
    with qtbot.waitSignal(view.said) as said, qtbot.assertNotEmitted(view.verb_requested):
        qtbot.keyClick(canvas(view), KEYS[verb])
    assert "Select the lane" in str(said.args)


def test_what_the_buttons_are_is_told_to_a_screen_reader(qtbot: QtBot) -> None:
    view = steered(open_view(qtbot, by_hand()))
    start, join = (spoken(buttons(view)[name]) for name in ("lane_start_2", "lane_join_2"))
    assert start.text(QAccessible.Text.Name) == "Process-1.start()"
    assert start.text(QAccessible.Text.Description) == "It was started already: a process starts once."
    assert start.state().disabled
    assert join.text(QAccessible.Text.Name) == "Process-1.join()"
    assert join.text(QAccessible.Text.Description) == "Key on the lane of Process-1: J"
    assert "It was started already" in buttons(view)["lane_start_2"].toolTip()
    with qtbot.waitSignal(view.verb_requested) as asked:
        join.actionInterface().doAction("Press")
    assert asked.args == [2, "join"]
    assert faults(view) == []


def test_buttons_stay_with_their_lanes(qtbot: QtBot) -> None:
    """Scrolled, pinned, and where lanes are too low for them."""
    view = steered(open_view(qtbot, by_hand(40)))
    few = len(buttons(view))
    assert 0 < few < 4 * 12, "only lanes in view have some"
    view.arrange(Arrangement(pinned=(41,)))
    view.scroll_to(10 * 46)
    for name, one in buttons(view).items():
        process = int(name.rsplit("_", 1)[1])
        row = view.state.rows.row_of(process)
        assert row is not None
        index = view.state.rows.at(one.geometry().center().y(), view.scroll_px)
        assert view.state.rows[index or 0] == row
    assert "lane_start_41" in buttons(view)
    before = len(find(view, Headers).findChildren(QToolButton))
    for scroll_px in range(0, 1000, 37):
        view.scroll_to(scroll_px)
    assert len(find(view, Headers).findChildren(QToolButton)) <= before + 8, "they are used again"
    view.arrange(Arrangement(row_px=12))
    assert buttons(view) == {}
    view.arrange(Arrangement(row_px=24))
    view.scroll_to(0)
    at = buttons(view)["lane_start_3"]
    assert find(view, Headers).childAt(at.geometry().center()) is at


@pytest.mark.parametrize("moved", ["another lane on top", "out of view"])
def test_a_button_that_is_held_while_the_lanes_move_acts_on_its_own_process(qtbot: QtBot, moved: str) -> None:
    view = steered(open_view(qtbot, by_hand(40)))
    held = buttons(view)["lane_terminate_2"]
    asked: list[tuple[int, str]] = []
    view.verb_requested.connect(lambda *what: asked.append(what))
    qtbot.mousePress(held, LEFT)
    if moved == "out of view":
        view.scroll_to(25 * 46)
    else:
        view.arrange(Arrangement(pinned=(41,)))
    QApplication.processEvents()
    qtbot.mouseRelease(held, LEFT)
    assert asked == ([] if moved == "out of view" else [(2, "terminate")])
    names = [one.objectName() for one in find(view, Headers).findChildren(QToolButton) if one.objectName()]
    assert len(names) == len(set(names)), "a hidden button keeps no name of a process"


def test_the_lane_of_a_button_is_the_one_that_keys_act_on_and_that_is_seen_as_chosen(qtbot: QtBot) -> None:
    timeline = by_hand()
    timeline.process(3).pid, timeline.process(3).start_called_ns = 1002, 33 * MS
    view = steered(open_view(qtbot, timeline))
    view.choose(ProcessSelection(3))
    with qtbot.waitSignals([view.selected, view.verb_requested]):
        qtbot.mouseClick(buttons(view)["lane_alive_2"], LEFT)
    assert view.state.selection == ProcessSelection(2)
    timeline.add_process("resource tracker", ProcessKind.HELPER, parent_id=1)  # a row between the lanes
    timeline.touch(1)
    view.refresh()
    assert view.state.rows.index_of(2) == 2, "the lane has moved"
    with qtbot.waitSignal(view.verb_requested) as asked:
        qtbot.keyClick(canvas(view), KEYS["terminate"])
    assert asked.args == [2, "terminate"]
