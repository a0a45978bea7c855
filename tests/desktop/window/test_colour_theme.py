"""The colours that a person chooses, all over the window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from support import builders
from support.windows import open_window, show_run

from desktop.look.palette import DARK, DARK_HIGH, LIGHT, LIGHT_HIGH
from desktop.window.main_window import MainWindow

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_theme_is_switched_at_run_time(window: MainWindow) -> None:
    show_run(window, builders.joined_run(2))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for name, palette in (("dark", DARK), ("light", LIGHT)):
        next(action for action in window.contents.actions.themes.actions() if action.data() == name).trigger()
        assert app.palette().window().color().name() == palette.window
        image = window.contents.views.chart.grab().toImage()
        assert image.pixelColor(image.width() - 40, image.height() - 10).name() == palette.base


def application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def test_high_contrast_is_chosen_in_the_menu_and_kept(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    contents = window.contents
    contents.actions.contrast.trigger()
    assert contents.colours.palette == LIGHT_HIGH
    image = contents.views.chart.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(image.height() // 2)}
    assert LIGHT_HIGH.line in colours
    assert LIGHT.line not in colours
    next(action for action in contents.actions.themes.actions() if action.data() == "dark").trigger()
    assert application().palette().window().color() == QColor(DARK_HIGH.window)
    again = open_window(qtbot)
    assert again.contents.actions.contrast.isChecked()
    assert again.contents.colours.palette == DARK_HIGH
    again.contents.actions.contrast.trigger()
    assert again.contents.colours.palette == DARK
    again.contents.let_go()


def test_high_contrast_is_had_where_the_desktop_asks_for_it(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    style_hints = application().styleHints()
    if not hasattr(style_hints, "accessibility"):
        pytest.skip("Qt tells it from 6.10 on")
    hints = style_hints.accessibility()
    colours = window.contents.colours
    assert colours.palette == LIGHT
    for wanted, palette in (
        (Qt.ContrastPreference.HighContrast, LIGHT_HIGH), (Qt.ContrastPreference.NoPreference, LIGHT),
    ):  # fmt: skip
        monkeypatch.setattr(type(hints), "contrastPreference", lambda _, wanted=wanted: wanted)
        hints.contrastPreferenceChanged.emit(wanted)
        assert colours.palette == palette
        assert application().palette().windowText().color() == QColor(palette.text)
    assert not window.contents.actions.contrast.isChecked()
