"""The command palette, by keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMainWindow, QTreeWidget
from pytestqt.qtbot import QtBot
from support.widgets import find

from desktop.chart.keys import BINDINGS, Action
from desktop.control.abilities import Ability
from desktop.dialogs.command_palette import NO_MATCH, CommandPalette, PaletteCommand, timeline_commands, window_commands
from desktop.look.palette import LIGHT
from desktop.window.actions import Actions

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def opened(
    window: QMainWindow, commands: list[PaletteCommand], qtbot: QtBot
) -> tuple[CommandPalette, QLineEdit, QTreeWidget]:
    palette = CommandPalette(window, commands, LIGHT)
    with qtbot.waitExposed(palette):
        palette.show()
    return palette, find(palette, QLineEdit), find(palette, QTreeWidget)


def shown(commands: QTreeWidget) -> list[str]:
    return [commands.topLevelItem(at).text(0) for at in range(commands.topLevelItemCount())]


def test_every_action_of_the_window_and_of_the_timeline_is_there_with_its_key(
    window: QMainWindow, qtbot: QtBot
) -> None:
    actions = Actions(window)
    commands = window_commands(window.actions()) + timeline_commands(lambda _: None, enabled=True, why_not="")
    palette, _, entries = opened(window, commands, qtbot)
    texts = shown(entries)
    assert len(texts) == len(window.actions()) + len(BINDINGS)
    assert entries.topLevelItem(texts.index("Start")).text(1) == actions.start.shortcut().toString()
    palette.close()


def test_letters_arrows_and_enter_carry_a_command_out(window: QMainWindow, qtbot: QtBot) -> None:
    done: list[Action] = []
    palette, field, entries = opened(window, timeline_commands(done.append, enabled=True, why_not=""), qtbot)
    qtbot.keyClicks(field, "lane ")
    wanted = shown(entries)
    assert 2 < len(wanted) < len(BINDINGS)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    binding = next(binding for binding in BINDINGS if f"Timeline: {binding.text}" == wanted[1])
    assert done == [binding.action]
    assert not palette.isVisible()


def test_what_cannot_be_done_says_why_and_is_not_done(window: QMainWindow, qtbot: QtBot) -> None:
    actions = Actions(window)
    actions.show(actions.join, Ability(False, "Nothing runs."))
    actions.join.triggered.connect(lambda: pytest.fail("it was disabled"))
    palette, field, _ = opened(window, window_commands([actions.join]), qtbot)
    qtbot.keyClicks(field, "join")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert field.placeholderText() == "Nothing runs."
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_letters_that_no_command_has_are_answered_and_nothing_moves(window: QMainWindow, qtbot: QtBot) -> None:
    done: list[Action] = []
    palette, field, entries = opened(window, timeline_commands(done.append, enabled=True, why_not=""), qtbot)
    place, height = field.geometry(), palette.height()
    qtbot.keyClicks(field, "qqq")
    said = find(palette, QLabel, "no_command")
    assert said.isVisible()
    assert said.text() == NO_MATCH
    assert not entries.isVisible()
    qtbot.waitUntil(lambda: palette.height() < height)
    assert field.geometry() == place
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(field, key)
    assert done == []
    assert palette.isVisible()
    field.clear()
    assert entries.isVisible()
    assert not said.isVisible()
    assert (field.geometry(), palette.height()) == (place, height)
    palette.close()
