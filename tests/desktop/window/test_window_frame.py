"""The window before its contents: at its final size, in its colours, and with little imported for it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from support.paths import ROOT

from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from desktop.window.window_frame import LEAST_PX


@pytest.fixture
def late(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window that is painted, and not more."""
    made = MainWindow(Settings(), late=True)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.painted):
        made.show()
    yield made
    made.close()


def places(window: MainWindow) -> list[QRect]:
    """Where the window and its bars lie."""
    parts: list[QWidget] = [window, window.menuBar(), window.bar, window.statusBar()]
    return [part.geometry() for part in parts]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_moves_and_no_colour_changes_when_the_contents_come(qtbot: QtBot, theme: str) -> None:
    settings = Settings()
    settings.theme = "dark" if theme == "dark" else "light"
    window = MainWindow(settings, late=True)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.painted):
        window.show()
    before, ground = places(window), window.grab().toImage().pixelColor(window.width() // 2, 60)
    titles = [action.text() for action in window.menuBar().actions()]
    window.complete()
    QApplication.processEvents()
    assert places(window) == before
    assert window.grab().toImage().pixelColor(2, 60) == ground
    assert [action.text() for action in window.menuBar().actions()] == titles
    assert all(menu.actions() for menu in window.menus.values())
    window.contents.views.load_chart()
    QApplication.processEvents()
    assert places(window) == before
    window.close()


def test_a_window_that_is_completed_is_the_one_that_is_made_at_once(late: MainWindow, qtbot: QtBot) -> None:
    late.complete()
    late.complete()
    whole = MainWindow(Settings())
    qtbot.addWidget(whole)
    names = [sorted(filter(None, map(QWidget.objectName, one.findChildren(QWidget)))) for one in (late, whole)]
    assert names[0] == names[1]
    QApplication.processEvents()
    assert late.minimumSizeHint().boundedTo(QSize(*LEAST_PX)) == late.minimumSizeHint()  # it was given that much before
    whole.close()


def test_it_can_be_closed_before_its_contents_come(late: MainWindow) -> None:
    assert late.close()
    assert not late.isVisible()


def test_the_first_paint_waits_for_nothing_that_takes_long_to_import() -> None:
    code = "import sys, desktop.window.app; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "desktop.window.window_frame" in loaded
    long = {
        "numpy",
        "pyqtgraph",
        "psutil",
        "multiprocessing",
        "PySide6.QtSvg",
        "workers.timeline.timeline",
        "desktop.panels.plan.plan_panel",
    }
    assert not loaded & long
