"""The whole interface larger and smaller, and presenting it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel, QTabBar, QToolButton
from pytestqt.qtbot import QtBot
from support import builders
from support.charts import canvas
from support.cut_texts import cut_texts
from support.widgets import find
from support.windows import open_window, opened, show_run

from desktop.facts.selection import ProcessSelection
from desktop.settings import Settings
from desktop.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """With the usual letters again at the end."""
    usual = QFont(QApplication.font())
    with opened(qtbot) as made:
        made.resize(1280, 800)
        yield made
        made.contents.size.show(100)
    assert QApplication.font() == usual


def buttons(window: MainWindow) -> list[str]:
    """The names of the toolbar's buttons that show, from the left."""
    found = [one for one in window.bar.findChildren(QToolButton) if one.isVisible() and one.defaultAction() is not None]
    return [one.objectName() for one in sorted(found, key=lambda one: one.x())]


def letters_px(window: MainWindow) -> int:
    return find(window, QLabel, "sentence").fontInfo().pixelSize()


def test_keys_make_everything_larger_smaller_and_usual_again(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(4))
    chart, start = window.contents.views.chart, find(window, QToolButton, "start")
    before, unit, icon = letters_px(window), chart.unit_px, start.iconSize().width()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    QApplication.processEvents()
    assert window.contents.size.percent == 150
    assert letters_px(window) == pytest.approx(1.5 * before, abs=1)
    assert chart.unit_px == pytest.approx(1.5 * unit, abs=0.13)
    assert start.iconSize().width() > 1.3 * icon
    assert cut_texts(window) == []
    qtbot.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert window.contents.size.percent == 125
    assert Settings().zoom == 125
    qtbot.keyClick(window, Qt.Key.Key_0, CONTROL)
    assert (window.contents.size.percent, letters_px(window)) == (100, before)


def test_the_titles_of_tabs_change_with_everything_else(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(4))
    bars = window.findChildren(QTabBar)
    assert len(bars) == 2

    def letters() -> set[int]:
        return {bar.fontInfo().pixelSize() for bar in bars}

    usual, present = letters(), window.contents.actions.present
    for change in (window.contents.actions.larger, window.contents.actions.larger, window.contents.actions.smaller):
        change.trigger()
        assert letters() == {letters_px(window)}
    for change in (window.contents.actions.usual_size, present, present):
        change.trigger()
        letters()
    assert letters() == usual == {letters_px(window)}


def test_the_size_is_remembered(window: MainWindow, qtbot: QtBot) -> None:
    usual = letters_px(window)
    window.contents.actions.larger.trigger()
    window.contents.actions.larger.trigger()
    assert window.close()
    again = open_window(qtbot)
    assert again.contents.size.percent == 125
    assert letters_px(again) > usual
    again.contents.actions.usual_size.trigger()
    assert again.close()


def test_the_key_of_fit_all_shows_the_whole_run(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(4))
    camera = window.contents.views.chart.state.camera
    whole = camera.t0_ns, camera.t1_ns
    window.contents.views.chart.show_time(0, builders.SECOND)
    qtbot.keyClick(window, Qt.Key.Key_9, CONTROL)
    assert (camera.t0_ns, camera.t1_ns) == whole


@pytest.mark.parametrize("leave", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_presenting_fills_the_screen_with_large_letters_and_the_chart_alone(
    window: MainWindow, qtbot: QtBot, leave: Qt.Key
) -> None:
    show_run(window, builders.joined_run(4))
    window.contents.layout.folding.open_tabs()
    window.contents.views.select(ProcessSelection(2), None)
    before, usual = letters_px(window), window.contents.learning.strip.fontInfo().pixelSize()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert window.contents.actions.present.isChecked()
    assert window.contents.learning.strip.fontInfo().pixelSize() == pytest.approx(1.5 * usual, abs=1)
    assert letters_px(window) == 24, "the sentence is a caption"
    assert not window.menuBar().isVisible()
    assert not window.contents.layout.tabs.isVisible()
    assert buttons(window) == ["start", "join", "is_alive", "stop"], "the picture has its keys"
    chart = canvas(window.contents.views.chart)
    assert not window.contents.sources.isVisible()
    assert not window.contents.layout.folding.tabs_open
    assert chart.width() > 0.6 * window.width()
    chart.setFocus()
    with qtbot.waitSignal(window.contents.actions.fit.triggered):
        qtbot.keyClick(window, Qt.Key.Key_9, CONTROL)
    qtbot.keyClick(chart, leave)
    assert not window.isFullScreen()
    qtbot.waitUntil(lambda: buttons(window) == ["start", "join", "is_alive", "stop", "follow", "fit", "export"])
    named = {one.accessibleName() for one in window.bar.findChildren(QToolButton) if one.isVisible()}
    assert {"Follow live", "Fit all", "Export picture"} <= named
    assert letters_px(window) == before
    assert window.menuBar().isVisible()
    assert window.contents.layout.tabs.isVisible()
    assert window.contents.sources.isVisible()
    assert window.contents.layout.folding.tabs_open
    assert not window.contents.actions.present.isChecked()
    assert Settings().zoom == 100


def test_a_window_that_is_closed_while_presenting_opens_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    window.contents.actions.present.trigger()
    assert window.close()
    again = open_window(qtbot)
    assert not again.isFullScreen()
    assert again.contents.size.percent == 100
    assert again.contents.sources.isVisible()
    assert again.close()
