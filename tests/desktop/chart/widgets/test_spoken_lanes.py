"""The lanes for screen readers: a child of the timeline for each row, in words, and what the keys make it say."""

import gc
from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from support.builders import MS, joined_run, running_run, threaded_run, traced_run
from support.charts import canvas, open_view, show
from support.widgets import find

from desktop.chart.view import TimelineView
from desktop.chart.widgets.spoken_lanes import SpokenLanes
from desktop.facts.glossary import of_state
from desktop.facts.selection import TaskSelection
from workers.plan.plan import Plan, StartMethod, Workload
from workers.timeline.model import ProcessKind, State
from workers.timeline.timeline import Timeline

NAME = QAccessible.Text.Name


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader says: names of what gets the focus, and announcements."""
    said: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())
        elif event.type() == QAccessible.Event.Focus and event.object().objectName() == "timeline":  # type: ignore[attr-defined]
            said.append(event.accessibleInterface().text(NAME))  # type: ignore[attr-defined]

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return said


def spoken(view: TimelineView) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(canvas(view))


def lanes(view: TimelineView) -> list[str]:
    """The names of the children that are lanes."""
    found = (spoken(view).child(at) for at in range(spoken(view).childCount()))
    return [one.text(NAME) for one in found if one.role() == QAccessible.Role.ListItem]


def sizes(count: int) -> Plan:
    return Plan.make([1000] * count, Workload.SORT, StartMethod.FORK)


def test_every_lane_is_a_child_with_its_state_and_phases_in_words(view: TimelineView, qtbot: QtBot) -> None:
    run = joined_run(2, exit_codes={2: -9})
    run.process(2).name = "sorter-2\nbold"
    show(view, run, qtbot)
    assert spoken(view).role() == QAccessible.Role.List
    assert spoken(view).text(NAME) == "Timeline"
    program, first, second = lanes(view)
    assert program.startswith("program, pid 1000: starting 25 ms, alive ")
    assert program.endswith(", ended with exit code 0")
    assert first.startswith("sorter-2‹LF›bold, pid 1001: starting 2 ms, alive 1.000 s, ")
    assert first.endswith(", ended with exit code 0, joined")
    assert second.endswith(", ended by SIGKILL (exit code -9), joined")
    meanings = [spoken(view).child(at).text(QAccessible.Text.Description) for at in range(3)]
    assert meanings == [of_state(State.EXITED), of_state(State.JOINED), of_state(State.JOINED)]


def test_a_living_and_a_planned_process_are_not_said_to_have_ended(view: TimelineView, qtbot: QtBot) -> None:
    run = running_run(2)
    planned = run.add_process("Process-3", ProcessKind.WORKER, parent_id=1)
    planned.worker = 3
    show(view, run, qtbot)
    assert lanes(view)[1].endswith("alive 458 ms so far")
    assert lanes(view)[3] == "Process-3: not started"
    lost = run.process(2)
    lost.lost, lost.lost_ns = True, 400 * MS
    run.touch(2)
    view.refresh()
    assert lanes(view)[1].endswith(", lost: its end was not seen")


@pytest.mark.parametrize("make", [threaded_run, traced_run])
def test_rows_of_threads_tracks_and_counters_have_words_too(
    view: TimelineView, qtbot: QtBot, make: Callable[[], Timeline]
) -> None:
    show(view, make(), qtbot)
    found = lanes(view)
    assert len(found) == len(view.state.rows)
    assert all(found)
    assert all(one != other for one, other in pairwise(found))


def test_a_lane_has_its_place_and_is_found_there(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(30), qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    list_ = spoken(view)
    held = list_.focusChild()
    assert held.text(NAME) == lanes(view)[1]
    assert held.state().focused
    assert held.state().selected
    assert not held.state().offscreen
    assert list_.child(29).state().offscreen
    middle = held.rect().center()
    found = list_.childAt(middle.x(), middle.y())
    assert list_.indexOfChild(found) == 1
    assert held.parent().role() == QAccessible.Role.List


def test_the_keys_of_the_selection_say_each_lane_and_each_thing(
    view: TimelineView, qtbot: QtBot, heard: list[str]
) -> None:
    run = joined_run(1)
    run.finish_task(run.begin_task(2, "square", 300 * MS), 312 * MS, "ValueError")
    show(view, run, qtbot)
    heard.clear()
    for _ in range(2):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    assert heard == lanes(view)
    del heard[:]
    for _ in range(20):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Period)
        if view.state.selection == TaskSelection(2, 300 * MS, task=1):
            break
    assert heard[0] == "Process-1 starting, from 0.040000 s, 2 ms"
    assert "Process-1 alive, from 0.042 s, 1.000 s" in heard
    assert "Output line 1, at 0.043 s, Started with n: 10000" in heard
    assert heard[-1] == "Task square, from 0.300 s, 12 ms, ValueError"
    del heard[:]
    qtbot.keyClick(canvas(view), Qt.Key.Key_Up)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Period)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Period)
    assert heard[0] == lanes(view)[0]
    view.select(TaskSelection(2, 300 * MS, task=1))  # as by a panel, which says it itself
    assert heard[-1].startswith("program ")


def test_a_lane_that_the_search_finds_is_announced_and_the_keyboard_stays_in_the_field(
    view: TimelineView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(view, joined_run(2), qtbot)
    view.search()
    field = find(view, QLineEdit, "search")
    qtbot.waitUntil(field.hasFocus)
    told: list[object] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", told.append)
    field.setText("process-2")
    assert [type(event) for event in told] == [QAccessibleAnnouncementEvent]
    assert [event.message() for event in told] == [lanes(view)[2]]  # type: ignore[attr-defined]
    with qtbot.waitSignal(QApplication.instance().focusChanged) as moved:  # type: ignore[union-attr]
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert moved.args == [field, canvas(view)], "and nowhere in between"


def test_a_call_is_said_with_its_place_in_the_code(view: TimelineView, qtbot: QtBot, heard: list[str]) -> None:
    run = joined_run(1)
    run.plan, run.calls[-1].file, run.calls[-1].line = None, "sorting.py", 41
    show(view, run, qtbot)
    qtbot.keyClick(canvas(view), Qt.Key.Key_Down)
    for _ in range(6):
        qtbot.keyClick(canvas(view), Qt.Key.Key_Period)
    assert "join() on Process-1, from 0.110 s, 935 ms, at sorting.py:41" in heard
    assert heard[-1] == "program (pid 1000), at 1.065 s, ended with exit code 0"


def test_ten_thousand_lanes_are_made_only_when_asked_for(
    view: TimelineView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Timeline(sizes(4))
    run.add_process("program", ProcessKind.PROGRAM)
    for number in range(10_000):
        run.add_process(f"Process-{number + 1}", ProcessKind.WORKER, parent_id=1)
    run.now_ns, run.ended = 500 * MS, True
    asked: list[int] = []
    words = SpokenLanes.words
    monkeypatch.setattr(SpokenLanes, "words", lambda self, index: asked.append(index) or words(self, index))
    show(view, run, qtbot)
    assert spoken(view).childCount() == 10_001
    assert spoken(view).child(9_000).text(NAME) == "Process-9000: not started"
    assert asked == [9_000]


def test_children_outlive_their_run_and_go_with_their_view(qtbot: QtBot) -> None:
    view = open_view(qtbot)
    show(view, joined_run(6), qtbot)
    list_ = spoken(view)
    children = [list_.child(at) for at in range(7)]
    numbers = [QAccessible.uniqueId(child) for child in children]
    show(view, joined_run(1), qtbot)
    gc.collect()
    assert [child.isValid() for child in children] == [True] * 2 + [False] * 5
    assert children[5].text(NAME) == ""
    assert children[5].state().invalid
    view.set_timeline(None)
    assert list_.childCount() == 0
    assert all(QAccessible.accessibleInterface(number) is not None for number in numbers)
    view.close()
    view.deleteLater()
    del view, list_, children
    qtbot.waitUntil(lambda: all(QAccessible.accessibleInterface(number) is None for number in numbers))
    gc.collect()
    other = open_view(qtbot)
    show(other, joined_run(1), qtbot)
    assert len(lanes(other)) == 2
