"""The colours that a person chooses, all over the window."""

import pytest
from PySide6.QtWidgets import QApplication
from support import builders
from support.windows import show_run

from desktop.look.palette import DARK, LIGHT
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
