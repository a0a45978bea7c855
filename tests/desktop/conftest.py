"""The window as a fixture, and a pointer that is over no widget at the start of each test."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QCursor
from pytestqt.qtbot import QtBot
from support.windows import opened

from desktop.window.main_window import MainWindow


@pytest.fixture(autouse=True)
def _pointer_away(qapp: object) -> None:
    """Where an earlier test left the pointer is where keys would zoom."""
    QCursor.setPos(-1, -1)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made
