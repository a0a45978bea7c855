"""The key sheet and the About box."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.help_texts import KEYS, about_dialog, diagnostics, keys_dialog
from desktop.version import version

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def test_key_sheet_names_every_key_of_the_actions(window: QMainWindow) -> None:
    actions = Actions(window)
    told = {key for _, keys in KEYS for key, _ in keys}
    portable = QKeySequence.SequenceFormat.PortableText
    keys = {action.shortcut().toString(portable) for action in window.actions() if not action.shortcut().isEmpty()}
    assert actions.start.shortcut().toString(portable) == "Ctrl+R"
    assert keys <= told


def test_key_sheet_shows_what_it_knows(window: QMainWindow, qtbot: QtBot) -> None:
    dialog = keys_dialog(window)
    dialog.open()
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Ctrl+R", "Start", "W, S", "Zoom in, out", "?"} <= texts
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_diagnostics_are_copied(window: QWidget, qtbot: QtBot) -> None:
    dialog = about_dialog(window)
    dialog.open()
    shown = dialog.findChild(QPlainTextEdit)
    assert isinstance(shown, QPlainTextEdit)
    assert f"Procession {version()}" in shown.toPlainText()
    copy = next(one for one in dialog.findChildren(QPushButton) if "Copy" in one.text())
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert [line.split(":")[0].split(" ")[0] for line in copied] == [
        "Procession", "Python", "PySide6", copied[3].split(" ")[0], "Start", "Cores", "Memory",
    ]  # fmt: skip
    assert "offscreen" in diagnostics()
    dialog.close()
