"""The stacks panel, fed with built timelines: equal stacks once, lines that open, and refusals in words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run
from support.hanging_runs import LIBRARY, script_run, two_locks, wait_in
from support.widgets import button, find, label_text, press

from desktop.facts.fact import CodePlace
from desktop.facts.selection import WaitSelection
from desktop.panels.stacks.stacks_panel import ASKED, NO_STACKS, StacksPanel
from workers.system.python_stacks import GONE
from workers.timeline.model import Wait
from workers.timeline.stacks import CodeFrame, ThreadStack
from workers.timeline.timeline import Timeline

SCRIPT = "/home/me/plan.py"


@pytest.fixture
def panel(qtbot: QtBot) -> StacksPanel:
    made = StacksPanel()
    qtbot.addWidget(made)
    made.set_action(QAction("&What is it doing?", made))
    made.resize(800, 300)
    made.show()
    return made


def six_of_eight(*, problem: str = "") -> Timeline:
    """Six workers wait in one call, one in another, and the program in a third."""
    timeline = script_run(SCRIPT, 7)
    get, put = CodeFrame("Queue.get", LIBRARY + "queues.py", 103), CodeFrame("Queue.put", LIBRARY + "queues.py", 88)
    for number in range(2, 8):
        wait_in(timeline, timeline.process(number), get, CodeFrame("work", SCRIPT, 41), Wait.LOCK, SECOND)
    wait_in(timeline, timeline.process(8), put, CodeFrame("feed", SCRIPT, 50), Wait.LOCK, SECOND)
    join = CodeFrame("BaseProcess.join", LIBRARY + "process.py", 149)
    wait_in(timeline, timeline.process(1), join, CodeFrame("main", SCRIPT, 60), Wait.CHILD, SECOND)
    if problem:
        for number in (7, 8):
            timeline.process(number).stacks_problem = problem
    return timeline


def refresh(panel: StacksPanel) -> None:
    """As at a later frame of the run."""
    panel._next_s = 0.0
    panel.refresh()


def tree(panel: StacksPanel) -> QTreeWidget:
    return find(panel, QTreeWidget, "stacks")


def heads(panel: StacksPanel) -> list[str]:
    return [_item(panel, at).text(0) for at in range(tree(panel).topLevelItemCount())]


def _item(panel: StacksPanel, at: int, child: int | None = None) -> QTreeWidgetItem:
    item = tree(panel).topLevelItem(at)
    assert item is not None
    return item if child is None else item.child(child)


def test_equal_stacks_are_listed_once_the_most_frequent_first(panel: StacksPanel) -> None:
    panel.set_timeline(six_of_eight())
    assert heads(panel) == [
        "6 of 8 threads are in Queue.get() (plan.py:41)",
        "1 of 8 threads is in join() (plan.py:60)",
        "1 of 8 threads is in Queue.put() (plan.py:50)",
    ]
    assert _item(panel, 0, 0).text(0).startswith("Process-1, MainThread; Process-2, MainThread")
    assert [_item(panel, 0, at).text(0) for at in (1, 2)] == ["Queue.get    queues.py:103", "work    plan.py:41"]
    assert label_text(panel, "stacks_note") == "8 threads, read at 4.000 s"


def test_a_click_or_enter_on_a_frame_asks_for_its_line(panel: StacksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(six_of_eight())
    asked = QSignalSpy(panel.place_chosen)
    frame = _item(panel, 0, 2)
    at = tree(panel).visualItemRect(frame).center()
    qtbot.mouseClick(tree(panel).viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.at(0) == [CodePlace(SCRIPT, 41)]
    qtbot.keyClick(tree(panel), Qt.Key.Key_Up)
    qtbot.keyClick(tree(panel), Qt.Key.Key_Return)
    assert asked.at(1) == [CodePlace(LIBRARY + "queues.py", 103)]


def test_a_click_on_a_head_selects_the_wait_of_its_first_process(panel: StacksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(six_of_eight())
    chosen = QSignalSpy(panel.selected)
    at = tree(panel).visualItemRect(_item(panel, 0)).center()
    qtbot.mouseClick(tree(panel).viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.at(0) == [WaitSelection(2, SECOND)]


def test_what_the_system_refuses_is_said_once_with_what_would_allow_it(panel: StacksPanel) -> None:
    why = "The system lets nobody read the stacks of processes until it is restarted (kernel.yama.ptrace_scope is 3)."
    panel.set_timeline(six_of_eight(problem=why))
    assert heads(panel)[0] == f"Process-6, Process-7: {why}"
    timeline = six_of_eight(problem=GONE)
    panel.set_timeline(timeline)
    assert not any("ended" in head for head in heads(panel))


def test_a_look_that_was_asked_for_is_waited_for(panel: StacksPanel) -> None:
    timeline = script_run(SCRIPT)
    panel.set_timeline(timeline)
    assert label_text(panel, "stacks_empty") == NO_STACKS
    panel.wait_for_look()
    assert label_text(panel, "stacks_empty") == ASKED
    timeline.now_ns += 500 * MS
    refresh(panel)
    assert label_text(panel, "stacks_empty") == ASKED
    worker = timeline.process(2)
    worker.stacks = (ThreadStack(1001, "MainThread", (CodeFrame("work", SCRIPT, 7),)),)
    worker.stacks_ns = timeline.now_ns
    timeline.touch(2)
    refresh(panel)
    assert heads(panel) == ["1 of 1 threads is at plan.py:7"]
    assert label_text(panel, "stacks_note") == "1 thread, read at 10.500 s"


def test_a_look_without_an_answer_is_given_up(panel: StacksPanel) -> None:
    timeline = script_run(SCRIPT)
    panel.set_timeline(timeline)
    panel.wait_for_look()
    timeline.now_ns += 20 * SECOND
    refresh(panel)
    assert label_text(panel, "stacks_empty") == NO_STACKS


def test_it_is_offered_while_there_is_something_to_see(panel: StacksPanel) -> None:
    offered: list[bool] = []
    panel.offered.connect(offered.append)
    panel.set_timeline(joined_run(1))
    assert offered[-1] is False
    panel.set_timeline(two_locks(SCRIPT))
    assert offered[-1] is True
    panel.set_timeline(script_run(SCRIPT))
    assert offered[-1] is False
    panel.wait_for_look()
    assert offered[-1] is True


def test_another_run_has_other_stacks(panel: StacksPanel) -> None:
    panel.set_timeline(two_locks(SCRIPT))
    assert len(heads(panel)) == 3
    panel.set_timeline(joined_run(1))
    assert heads(panel) == []
    panel.set_timeline(None)
    assert heads(panel) == []


def test_the_button_asks(panel: StacksPanel, qtbot: QtBot) -> None:
    assert button(panel, "stacks_look").text() == "&What is it doing?"
    action = panel.findChild(QAction)
    assert isinstance(action, QAction)
    pressed = QSignalSpy(action.triggered)
    press(qtbot, panel, "stacks_look")
    assert pressed.count() == 1


def test_hostile_names_are_written_out(panel: StacksPanel) -> None:
    timeline = script_run(SCRIPT)
    worker = timeline.process(2)
    worker.name = "a\x1b[31m\nb"
    frames = (CodeFrame("work\u202e", "/home/me/<b>x\x07.py", 3),)
    worker.stacks, worker.stacks_ns = (ThreadStack(1001, "<i>T\x00", frames),), SECOND
    panel.set_timeline(timeline)
    shown = [heads(panel)[0], _item(panel, 0, 0).text(0), _item(panel, 0, 1).text(0)]
    assert not any(character < " " or character == "\u202e" for text in shown for character in text)
