"""The key sheet tells every key that is bound, and what is bound is what it tells."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow, QScrollArea
from pytestqt.qtbot import QtBot
from support.widgets import find

from desktop.chart.keys import BINDINGS, Action, action_of
from desktop.dialogs.key_sheet import key_sheet, keys_of, keys_text
from desktop.window.actions import Actions


def pressed(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> object:
    return action_of(QKeyEvent(QKeyEvent.Type.KeyPress, key, modifiers))


def test_every_action_has_a_key_and_no_key_two_actions() -> None:
    keys = [key for binding in BINDINGS for key in binding.keys]
    assert len(keys) == len(set(keys))
    assert sorted(binding.action.value for binding in BINDINGS) == sorted(action.value for action in Action)


def test_each_key_of_the_table_asks_for_its_action() -> None:
    for binding in BINDINGS:
        for key in binding.keys:
            one = QKeySequence(key)[0]
            assert pressed(one.key(), one.keyboardModifiers()) == (binding.action, False), key


def test_shift_asks_for_more_and_reaches_signs_on_shifted_keys() -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    assert pressed(Qt.Key.Key_W, shift) == (Action.ZOOM_IN, True)
    assert pressed(Qt.Key.Key_F3, shift) == (Action.NEXT_MATCH, True)
    assert pressed(Qt.Key.Key_Question, shift) == (Action.KEYS, False)
    assert pressed(Qt.Key.Key_Plus, shift) == (Action.ZOOM_IN, False), "as much as minus zooms out"
    assert pressed(Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier) is None
    assert pressed(Qt.Key.Key_W, Qt.KeyboardModifier.KeypadModifier) == (Action.ZOOM_IN, False)


def test_the_sheet_shows_the_keys_of_the_actions_and_of_the_timeline(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    dialog = key_sheet(window, window.actions())
    dialog.open()
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    for action in window.actions():
        assert keys_of(action) in texts | {""}
    assert "Ctrl+Shift+P  Ctrl+K" in texts, "an action may have several"
    assert keys_of(actions.start) in texts
    assert {keys_text(binding.keys) for binding in BINDINGS} <= texts
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_sheet_shows_all_it_can_and_scrolls_the_rest_where_the_screen_is_small(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dialog = key_sheet(window, window.actions())
    available = window.screen().availableSize()
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert dialog.height() <= available.height()
    area = find(dialog, QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0 or dialog.width() >= available.width() - 60
    hidden = area.widget().height() - area.viewport().height()
    assert area.verticalScrollBar().maximum() == max(0, hidden)
