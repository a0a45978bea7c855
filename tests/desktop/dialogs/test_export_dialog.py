"""How the dialog before an export looks."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desktop.dialogs.export_dialog import ExportDialog
from desktop.look.palette import DARK, LIGHT
from desktop.widgets.note import Note


@pytest.mark.parametrize("dark", [False, True])
def test_what_it_says_can_be_read_on_either_ground(qtbot: QtBot, dark: bool) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dialog = ExportDialog(window, dark=dark)
    colours = {note.palette().color(QPalette.ColorRole.WindowText).name() for note in dialog.findChildren(Note)}
    assert colours == {(DARK if dark else LIGHT).quiet}
