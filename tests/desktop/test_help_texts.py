"""The About box."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.help_texts import about_dialog, diagnostics
from desktop.version import version

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


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
