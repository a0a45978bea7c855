"""Nothing in the window is cut without an ellipsis, at any size of window, letters and screen."""

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QTabWidget
from pytestqt.qtbot import QtBot
from support import builders
from support.cut_texts import at_sizes, cut_texts
from support.paths import ROOT
from support.widgets import find
from support.windows import open_window, show_run

from desktop.facts.selection import ProcessSelection
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SIZES = ((900, 510), (1024, 640), (1280, 800), (2560, 1440))


def cut_anywhere(window: MainWindow) -> dict[str, list[str]]:
    """What is cut: without a run, with one and a selection, and on every tab, at each size."""
    found = {}
    for size in at_sizes(window, SIZES):
        found[f"{size} empty"] = cut_texts(window)
    window.contents.sources.plan.set_plan(builders.plan(4, Order.BY_HAND))
    for size in at_sizes(window, SIZES[:2]):
        found[f"{size} by hand"] = cut_texts(window)
    window.contents.sources.plan.set_plan(builders.plan(4))
    show_run(window, builders.joined_run(4, exit_codes={2: -9}))
    for size in at_sizes(window, SIZES):
        assert (window.width(), window.height()) == size
        found[f"{size} run"] = cut_texts(window)
    tabs = find(window, QTabWidget, "tabs")
    for size in at_sizes(window, (SIZES[0], SIZES[-1])):
        window.contents.views.select(ProcessSelection(3), None)
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            QApplication.processEvents()
            found[f"{size} {tabs.tabText(at)}"] = cut_texts(window)
        assert (window.width(), window.height()) == size
        window.contents.views.select(None, None)
    return {where: cut for where, cut in found.items() if cut}


@pytest.mark.parametrize("points", [9, 16])
def test_nothing_is_cut_without_an_ellipsis(qtbot: QtBot, points: int) -> None:
    usual = QFont(QApplication.font())
    font = QFont(usual)
    font.setPointSize(points)
    QApplication.setFont(font)
    try:
        window = open_window(qtbot)
        assert cut_anywhere(window) == {}
        assert window.close()
    finally:
        QApplication.setFont(usual)


def test_nothing_is_cut_on_a_screen_at_2x() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/support/cut_at_2x.py")],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_SCALE_FACTOR": "2", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "2.0 []"), done.stderr
