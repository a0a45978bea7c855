"""The About box."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from support.widgets import find

from desktop.dialogs.about import about_dialog
from desktop.environment.version import version

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def test_diagnostics_are_copied(window: QWidget, qtbot: QtBot) -> None:
    dialog = about_dialog(window)
    dialog.open()
    shown = find(dialog, QPlainTextEdit)
    assert version() in shown.toPlainText().splitlines()[0]
    copy = next(one for one in dialog.findChildren(QPushButton) if "Copy" in one.text())
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == shown.toPlainText()
    for what in ("Procession  ", "Python  ", "platform  ", "display  ", "start methods  ", "cores  ", "memory  "):
        assert f"\n{what}" in f"\n{copied}"
    assert copied.endswith("draws on offscreen")
    dialog.close()
