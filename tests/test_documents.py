"""The tables of the project's pages that are made from the code."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from support.documents import check_part, table

from desktop.chart.keys import BINDINGS, POINTER
from desktop.window.actions import Actions

pytestmark = pytest.mark.pages


def code(keys: list[str]) -> str:
    """The keys as they are typed, each as code."""
    return ", ".join(f"`{key}`" for key in keys)


def test_readme_lists_the_keys_of_the_window(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    Actions(window)
    rows = [
        (code([key.toString() for key in action.shortcuts()]), action.text().replace("&", "").rstrip("…"))
        for action in window.findChildren(QAction)
        if action.shortcuts()
    ]
    assert ("`Ctrl+R`", "Start") in rows
    check_part("README.md", "keys of the window", table(("key", "everywhere"), rows))


def test_readme_lists_the_keys_of_the_timeline() -> None:
    rows = [(code(list(binding.keys)), binding.text) for binding in BINDINGS]
    check_part("README.md", "keys of the timeline", table(("key", "while the timeline has the focus"), rows))


def test_readme_lists_what_the_mouse_does() -> None:
    check_part("README.md", "mouse", table(("mouse", "in the timeline"), POINTER))
