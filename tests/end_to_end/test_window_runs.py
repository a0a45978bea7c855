"""The window from a press on a button to the picture that follows: real parents, real workers, real mouse and key events."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QTableView,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support import builders
from support.windows import button, opened, show_run

from desktop.facts.selection import ProcessSelection
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.plan.presets import PRESETS, Preset
from workers.timeline.model import CallName, SpanKind, State
from workers.timeline.timeline import Timeline

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SOON_MS = 30_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        made.activateWindow()
        yield made


def sleepers(milliseconds: int, workers: int = 2, order: Order = Order.START_THEN_JOIN) -> Plan:
    return Plan.make([milliseconds * 1000] * workers, Workload.SLEEP, StartMethod.FORK, order)


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Wait until the button is there and can be pressed, and press it."""
    wait(qtbot, lambda: can_press(window, name))
    qtbot.mouseClick(button(window, name), LEFT)


def can_press(window: MainWindow, name: str) -> bool:
    found = window.findChild(QToolButton, name)
    return isinstance(found, QToolButton) and found.isVisible() and found.isEnabled()


def timeline_of(window: MainWindow) -> Timeline:
    assert window.contents.session.timeline is not None
    return window.contents.session.timeline


def sentence(window: MainWindow) -> str:
    found = window.findChild(QLabel, "sentence")
    assert isinstance(found, QLabel)
    return found.text()


def wait(qtbot: QtBot, condition: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(condition()), timeout=SOON_MS)


def wait_alive(qtbot: QtBot, window: MainWindow, count: int) -> None:
    wait(qtbot, lambda: sum(p.state is State.ALIVE for p in timeline_of(window).processes[1:]) == count)


def wait_end(qtbot: QtBot, window: MainWindow) -> Timeline:
    wait(qtbot, lambda: not window.contents.session.running)
    return timeline_of(window)


def bar_px(window: MainWindow, process_id: int) -> float:
    """How wide the process's bar is drawn."""
    phases = timeline_of(window).lane(process_id).phases
    if not len(phases):
        return 0.0
    scale = window.contents.views.chart.scale
    return scale.x(min(int(phases.t1[-1]), timeline_of(window).now_ns)) - scale.x(int(phases.t0[0]))


def choose(qtbot: QtBot, window: MainWindow, process_id: int, verb: str) -> None:
    """Open the lane's menu by the keyboard, and choose an entry with the mouse."""
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(process_id))
    window.contents.views.chart.setFocus()
    qtbot.keyClick(window.findChild(QWidget, "timeline"), Qt.Key.Key_Menu)
    menus = [menu for menu in window.contents.views.chart.findChildren(QMenu, "lane_menu") if menu.isVisible()]
    assert len(menus) == 1
    action = next(action for action in menus[0].actions() if action.data() == verb)
    assert action.isEnabled()
    qtbot.mouseClick(menus[0], LEFT, pos=menus[0].actionGeometry(action).center())
    wait(qtbot, lambda: not menus[0].isVisible())


def test_start_join_joined(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(700, 3))
    press(qtbot, window, "start")
    assert [p.name for p in timeline_of(window).processes] == ["parent", "Process-1", "Process-2", "Process-3"]
    assert window.windowTitle().startswith("Running: sleep 3 × ")
    wait_alive(qtbot, window, 3)
    assert not button(window, "start").isEnabled()
    wait(qtbot, lambda: bar_px(window, 2) > 100)
    press(qtbot, window, "join")
    assert not button(window, "join").isEnabled()
    wait(qtbot, lambda: "the parent has waited in join(Process-1)" in sentence(window))
    waits = timeline_of(window).lane(1).inner
    assert SpanKind.JOIN in waits.kind.tolist()
    timeline = wait_end(qtbot, window)
    assert [p.state for p in timeline.processes] == [State.EXITED, State.JOINED, State.JOINED, State.JOINED]
    assert sentence(window).startswith("Done after ")
    assert sentence(window).endswith(": every process ended with exit code 0.")
    assert button(window, "start").isEnabled()
    assert not button(window, "follow").isChecked()
    assert "Running" not in window.windowTitle()


def test_started_by_key_and_again_by_key(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(30))
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_R, CONTROL)
        before = timeline_of(window)
        qtbot.keyClick(window, Qt.Key.Key_J, CONTROL)
        assert wait_end(qtbot, window) is before
        assert before.exit_code == 0


def test_start_by_keyboard_leaves_the_keyboard_with_the_timeline_not_with_stop(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.contents.sources.plan.set_plan(sleepers(60_000))
    button(window, "start").setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button(window, "start"), Qt.Key.Key_Space)
    wait_alive(qtbot, window, 2)
    assert window.contents.views.chart.hasFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert not window.contents.session.stopping
    press(qtbot, window, "stop")
    wait_end(qtbot, window)


def test_pressed_twice_quickly_is_one_run_and_one_join(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(200))
    began: list[object] = []
    window.contents.session.began.connect(began.append)
    qtbot.mouseDClick(button(window, "start"), LEFT)
    qtbot.mouseClick(button(window, "start"), LEFT)
    wait_alive(qtbot, window, 2)
    qtbot.mouseClick(button(window, "join"), LEFT)
    qtbot.mouseClick(button(window, "join"), LEFT)
    qtbot.keyClick(window, Qt.Key.Key_J, CONTROL)
    timeline = wait_end(qtbot, window)
    assert len(began) <= 1
    assert [request.verb for request in timeline.requests.values()] == ["join_rest"]


def test_question_is_pending_while_the_parent_is_in_join(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(1200))
    press(qtbot, window, "start")
    wait_alive(qtbot, window, 2)
    press(qtbot, window, "join")
    wait(qtbot, lambda: timeline_of(window).waiting_call(1) is not None)
    press(qtbot, window, "is_alive")
    timeline = timeline_of(window)
    assert len(timeline.pending) == 2
    wait(qtbot, lambda: sentence(window).endswith("2 questions wait until the parent is free."))
    wait_end(qtbot, window)
    assert timeline.pending == []
    assert next(call.result for call in timeline.calls if call.name is CallName.IS_ALIVE) is False


def test_workers_that_wait_to_be_joined_are_said(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(50))
    press(qtbot, window, "start")
    wait(qtbot, lambda: sentence(window) == "0 of 2 alive; 2 have exited and wait to be joined: press Join.")
    press(qtbot, window, "join")
    wait_end(qtbot, window)


def test_stop_ends_everything_and_start_works_again(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(60_000))
    press(qtbot, window, "start")
    wait_alive(qtbot, window, 2)
    pids = [p.pid for p in timeline_of(window).processes]
    press(qtbot, window, "stop")
    assert not button(window, "stop").isEnabled()
    timeline = wait_end(qtbot, window)
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)
    assert sentence(window).startswith("Stopped after ")
    window.contents.sources.plan.set_plan(sleepers(30))
    press(qtbot, window, "start")
    press(qtbot, window, "join")
    assert wait_end(qtbot, window) is not timeline


def test_by_hand(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(60_000, 4, Order.BY_HAND))
    choose(qtbot, window, 3, "start")
    wait_alive(qtbot, window, 1)
    timeline = timeline_of(window)
    assert [p.state for p in timeline.processes[1:]] == [State.PLANNED, State.ALIVE, State.PLANNED, State.PLANNED]
    assert window.contents.views.chart.state.selection == ProcessSelection(3)
    press(qtbot, window, "start")
    wait_alive(qtbot, window, 4)
    assert not button(window, "start").isEnabled()
    choose(qtbot, window, 2, "terminate")
    wait(qtbot, lambda: timeline.process(2).signal_name == "SIGTERM")
    choose(qtbot, window, 3, "kill")
    wait(qtbot, lambda: timeline.process(3).signal_name == "SIGKILL")
    choose(qtbot, window, 2, "join")
    wait(qtbot, lambda: timeline.process(2).state is State.JOINED)
    choose(qtbot, window, 4, "alive")
    wait(qtbot, lambda: any(call.result for call in timeline.calls if call.name is CallName.IS_ALIVE))
    choose(qtbot, window, 4, "kill")
    choose(qtbot, window, 5, "kill")
    wait(qtbot, lambda: timeline.alive == 0)
    choose(qtbot, window, 1, "finish")
    wait_end(qtbot, window)
    assert [p.exit_code for p in timeline.processes] == [0, -15, -9, -9, -9]


def test_by_hand_from_buttons_and_keys_and_the_script_says_the_same(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    """Every call by a button of its lane or a key on it; what the run printed is what its script prints under plain python."""
    window.contents.sources.plan.set_plan(sleepers(60_000, 2, Order.BY_HAND))
    press(qtbot, window, "start")
    wait(qtbot, lambda: timeline_of(window).waiting_for_person)
    timeline = timeline_of(window)

    def made(count: int) -> bool:
        return len(timeline.calls) == count and timeline.calls[-1].ended_ns is not None

    press(qtbot, window, "lane_alive_2")
    wait(qtbot, lambda: made(1))
    press(qtbot, window, "lane_start_2")
    wait(qtbot, lambda: made(2))
    for count, key, verb in ((3, Qt.Key.Key_I, "alive"), (4, Qt.Key.Key_X, "terminate"), (5, Qt.Key.Key_J, "join")):
        wait(qtbot, lambda verb=verb: can_press(window, f"lane_{verb}_2"))
        qtbot.keyClick(window.findChild(QWidget, "timeline"), key)
        wait(qtbot, lambda count=count: made(count))
    press(qtbot, window, "lane_alive_2")
    wait(qtbot, lambda: made(6))
    assert [(call.name.value, call.process, call.result) for call in timeline.calls] == [
        ("is_alive", 2, False), ("start", 2, None), ("is_alive", 2, True),
        ("terminate", 2, None), ("join", 2, True), ("is_alive", 2, False),
    ]  # fmt: skip
    press(qtbot, window, "end_parent")
    wait_end(qtbot, window)
    assert [process.exit_code for process in timeline.processes] == [0, -15, None]
    code = window.findChild(QPlainTextEdit, "code")
    assert isinstance(code, QPlainTextEdit)
    script = tmp_path / "same.py"
    script.write_text(code.toPlainText(), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    printed = [line.text for line in timeline.lines]
    parents = [line for line in done.stdout.splitlines() if not line.startswith("Worker")]
    assert parents == [line for line in printed if not line.startswith("Worker")]
    assert parents == ["p1 alive:? False", "p1 alive:? True", "p1 alive:? False", "We're done"]


def test_by_hand_again_from_a_lane_of_the_run_before(qtbot: QtBot, window: MainWindow) -> None:
    show_run(window, builders.joined_run(3))
    window.contents.sources.plan.set_plan(sleepers(30, 2, Order.BY_HAND))
    press(qtbot, window, "start")
    wait(qtbot, lambda: timeline_of(window).waiting_for_person)
    assert [p.state for p in timeline_of(window).processes[1:]] == [State.PLANNED] * 2, (
        "the parent alone, and its lanes"
    )
    press(qtbot, window, "start")
    press(qtbot, window, "join")
    first = wait_end(qtbot, window)
    choose(qtbot, window, 3, "start")
    wait(qtbot, lambda: timeline_of(window) is not first)
    wait(qtbot, lambda: timeline_of(window).process(3).pid is not None)
    assert timeline_of(window).process(2).state is State.PLANNED
    choose(qtbot, window, 1, "finish")
    wait_end(qtbot, window)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.example)
def test_presets_give_what_the_guide_says(qtbot: QtBot, window: MainWindow, preset: Preset) -> None:
    """With less to do: the second sorter has enough that it lives on while the first one is joined."""
    sizes = [10_000] * 4 if len(preset.sizes) == 4 else [100_000, 1_500_000]
    window.contents.sources.plan.set_plan(Plan.make(sizes, preset.workload, StartMethod.FORK, preset.order))
    press(qtbot, window, "start")
    press(qtbot, window, "join")
    timeline = wait_end(qtbot, window)
    asked = [
        (timeline.process(call.process).worker, call.result)
        for call in timeline.calls
        if call.name is CallName.IS_ALIVE and call.process is not None
    ]
    said = {
        Order.START_THEN_JOIN: [],
        Order.ASK_BEFORE: [(1, True), (2, True)],
        Order.ASK_BETWEEN: [(2, True), (1, False)],
        Order.ASK_AFTER: [(1, False), (2, False)],
    }
    assert asked == said[preset.order]
    if preset.workload is Workload.SORT:
        ends = {watched.process: watched.value for watched in timeline.watched if watched.when == "ended"}
        assert [ends[number].count("True") for number in range(1, 6)] == [0, 1, 1, 1, 1]
        assert len(set(ends.values())) == 5
        lines = [line.text for line in timeline.lines if line.process == 1]
        assert lines[-1] == "Global var at end of processing: [None, None, None, None]"


@pytest.mark.parametrize(
    ("workload", "ending", "detail"),
    [
        (Workload.FAIL, "Process-1: exit code 1", "Exit code: 1"),
        (Workload.CRASH, "Process-1: SIGKILL (exit code -9)", "Exit code: SIGKILL (-9)"),
    ],
)
def test_failure_is_shown(qtbot: QtBot, window: MainWindow, workload: Workload, ending: str, detail: str) -> None:
    window.contents.sources.plan.set_plan(Plan.make([1000, 1000], workload))
    press(qtbot, window, "start")
    press(qtbot, window, "join")
    wait_end(qtbot, window)
    assert "2 of 2 failed" in sentence(window)
    assert ending in sentence(window)
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(2))
    assert detail in window.contents.views.panel(DetailsPanel).text()
    if workload is Workload.FAIL:
        assert any("failed on purpose" in line.text for line in timeline_of(window).lines)


def test_sliders_moved_during_a_run_do_not_change_it(qtbot: QtBot, window: MainWindow) -> None:
    plan = sleepers(300, 2)
    window.contents.sources.plan.set_plan(plan)
    press(qtbot, window, "start")
    count = window.findChild(QWidget, "worker_count_slider")
    qtbot.keyClick(count, Qt.Key.Key_PageUp)
    qtbot.keyClick(window.findChild(QWidget, "size_1"), Qt.Key.Key_Right)
    assert window.contents.sources.plan.plan() != plan
    note = window.findChild(QLabel, "running_note")
    assert isinstance(note, QLabel)
    assert note.isVisible()
    code = window.findChild(QPlainTextEdit, "code")
    assert isinstance(code, QPlainTextEdit)
    assert "p2.start()" in code.toPlainText()
    assert "p3" not in code.toPlainText()
    press(qtbot, window, "join")
    timeline = wait_end(qtbot, window)
    assert timeline.plan == plan
    assert len([p for p in timeline.processes if p.worker]) == 2
    assert window.contents.sources.plan.plan().workers == 6
    assert not note.isVisible()


def test_export_while_it_runs_and_after(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.contents.sources.plan.set_plan(sleepers(300))
    press(qtbot, window, "start")
    wait_alive(qtbot, window, 2)
    assert window.export_to(tmp_path / "early.png")
    press(qtbot, window, "join")
    wait_end(qtbot, window)
    assert window.export_to(tmp_path / "late.svg")
    assert "Process-2" in (tmp_path / "late.svg").read_text(encoding="utf-8")
    assert window.export_to(tmp_path / "run.procession")


def close_question(window: MainWindow) -> QDialog:
    found = window.findChild(QDialog, "close_question")
    assert isinstance(found, QDialog)
    return found


def answer(qtbot: QtBot, window: MainWindow, text: str) -> None:
    found = [one for one in close_question(window).findChildren(QAbstractButton) if text in one.text().replace("&", "")]
    qtbot.mouseClick(found[0], LEFT)


def test_closing_in_the_middle_asks_and_then_ends_the_tree(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(60_000))
    press(qtbot, window, "start")
    wait_alive(qtbot, window, 2)
    pids = [p.pid for p in timeline_of(window).processes]
    assert not window.close()
    assert close_question(window).isVisible()
    answer(qtbot, window, "Keep running")
    wait(qtbot, lambda: window.findChild(QDialog, "close_question") is None)
    assert window.isVisible()
    assert window.contents.session.running
    assert not window.close()
    assert not window.close()
    assert len(window.findChildren(QDialog, "close_question")) == 1
    answer(qtbot, window, "Stop and close")
    assert not window.isVisible()
    assert not any(psutil.pid_exists(pid) for pid in pids if pid)


def test_question_says_when_the_run_has_ended_meanwhile(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(60_000))
    press(qtbot, window, "start")
    wait_alive(qtbot, window, 2)
    assert not window.close()
    window.contents.session.stop()
    wait_end(qtbot, window)
    answer(qtbot, window, "Close")
    assert not window.isVisible()


def test_views_that_were_hidden_are_up_to_date_when_shown(qtbot: QtBot, window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(sleepers(50))
    press(qtbot, window, "start")
    press(qtbot, window, "join")
    wait_end(qtbot, window)
    tabs = window.findChild(QTabWidget, "tabs")
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentIndex(1)
    table = window.findChild(QTableView, "processes")
    assert isinstance(table, QTableView)
    model = table.model()
    cells = [str(model.index(row, column).data()) for row in range(3) for column in range(model.columnCount())]
    assert cells.count("joined") == 2
