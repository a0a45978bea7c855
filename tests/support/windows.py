"""The window, opened for tests and closed again, and its widgets by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.timeline.timeline import Timeline


def open_window(qtbot: QtBot) -> MainWindow:
    """The window, shown, with its chart."""
    made = MainWindow(Settings())
    qtbot.addWidget(made)
    made.contents.views.load_chart()
    with qtbot.waitExposed(made):
        made.show()
    return made


@contextmanager
def opened(qtbot: QtBot) -> Iterator[MainWindow]:
    """The window, shown; at the end its work is stopped and its run released."""
    made = open_window(qtbot)
    yield made
    made.contents.let_go()


def button(window: MainWindow, name: str) -> QToolButton:
    """One of the toolbar's."""
    found = window.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def show_run(window: MainWindow, timeline: Timeline) -> Timeline:
    """As if this run had just been made."""
    session = window.contents.session
    session.began.emit(timeline)
    session.ended.emit()
    return timeline


def sentence(window: MainWindow) -> str:
    """The sentence in the status bar."""
    found = window.findChild(QLabel, "sentence")
    assert isinstance(found, QLabel)
    return found.text()
