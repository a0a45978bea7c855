"""What a person presses in the window, before a run and after it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QFileDialog, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from support import builders
from support.widgets import find
from support.windows import button, show_run

from desktop.dialogs.key_sheet import window_keys
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order, Plan

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier


def choose_order(window: MainWindow, order: Order) -> None:
    combo = find(window, QComboBox, "steps")
    combo.setCurrentText(str(order))


def shown_names(window: MainWindow) -> list[str]:
    return (
        []
        if window.contents.document.timeline is None
        else [process.name for process in window.contents.document.timeline.processes]
    )


def test_lanes_of_a_plan_by_hand_come_and_go_with_it(window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 2))
    assert shown_names(window) == []
    choose_order(window, Order.BY_HAND)
    assert shown_names(window) == ["parent", "Process-1", "Process-2"]
    count = find(window, QSpinBox, "worker_count")
    count.setValue(3)
    assert shown_names(window) == ["parent", "Process-1", "Process-2", "Process-3"]
    choose_order(window, Order.START_THEN_JOIN)
    assert shown_names(window) == []
    choose_order(window, Order.BY_HAND)
    assert len(shown_names(window)) == 4


def test_lane_of_the_preview_has_a_menu_that_can_start_it(window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 2, steps=Order.BY_HAND))
    choices = {choice.verb: choice for choice in window.contents.commands.verbs_of(2)}
    assert choices["start"].enabled
    assert choices["start"].text == "Process-1.start()"
    assert not choices["kill"].enabled


def test_the_parent_is_ended_by_hand_alone(window: MainWindow, qtbot: QtBot) -> None:
    """The button is there for plans by hand, and lanes lose theirs with the plan; another run has fewer processes."""
    end = button(window, "end_parent")
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 2))
    assert not end.isVisible()
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 8, steps=Order.BY_HAND))
    qtbot.waitUntil(end.isVisible)
    assert not end.isEnabled()
    assert "Nothing is running" in end.toolTip()
    last = button(window, "lane_start_9")
    qtbot.waitUntil(last.isVisible)
    show_run(window, builders.joined_run(1))
    qtbot.waitUntil(lambda: not last.isVisible())
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 2))
    qtbot.waitUntil(lambda: not end.isVisible())


def test_run_that_is_over_stays_while_the_plan_changes(window: MainWindow) -> None:
    over = show_run(window, builders.joined_run(2))
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 3, steps=Order.BY_HAND))
    assert window.contents.document.timeline is over
    choices = {choice.verb: choice for choice in window.contents.commands.verbs_of(2)}
    assert choices["start"].text == "Process-1.start() in a new run"
    assert choices["start"].enabled


def test_every_key_of_the_window_has_words_in_the_key_sheet(window: MainWindow) -> None:
    assert [keys for keys, words in window_keys(window.actions()) if not words] == []


def test_question_mark_in_the_timeline_opens_the_key_sheet(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    window.activateWindow()
    window.contents.views.chart.setFocus()
    qtbot.waitUntil(window.contents.views.chart.hasFocus)
    qtbot.keyClick(find(window, QWidget, "timeline"), Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "key_sheet") is not None)
    sheet = find(window, QDialog, "key_sheet")
    sheet.close()


def test_control_c_in_the_timeline_copies_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    window.activateWindow()
    window.contents.views.chart.setFocus()
    qtbot.waitUntil(window.contents.views.chart.hasFocus)
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(find(window, QWidget, "timeline"), Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().image().width() > 400
    assert window.contents.toast.text() == "The picture is on the clipboard."


def test_the_export_dialog_passes_on_what_was_chosen(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_run(window, builders.joined_run(3))
    target = tmp_path / "chosen.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "PNG picture (*.png)"))
    window.contents.actions.export.trigger()
    dialog = find(window, QDialog, "export_dialog")
    for name, value in (("export_width", 900), ("export_height", 500)):
        field = find(dialog, QSpinBox, name)
        field.setValue(value)
    choose = find(dialog, QAbstractButton, "export_choose")
    qtbot.mouseClick(choose, Qt.MouseButton.LeftButton)
    assert (QImage(str(target)).width(), QImage(str(target)).height()) == (1800, 1000)
