"""The window, for whatever is tested in it."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from windows import opened

from desktop.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made
