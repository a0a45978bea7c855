"""What is written beside the lessons can be read, light and dark."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QListWidget, QSplitter
from pytestqt.qtbot import QtBot
from support.widgets import find

from desktop.look.palette import DARK, DARK_HIGH, LIGHT, Palette
from desktop.look.theme import apply_theme
from desktop.panels.learn.learn_panel import LearnPanel, LessonRow, Progress
from desktop.panels.learn.lesson_page import LessonPage
from desktop.widgets.note import Note


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    style, palette = qapp.style().objectName(), qapp.palette()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)


@pytest.mark.parametrize("palette", [DARK, LIGHT, DARK_HIGH])
def test_notes_and_headings_have_the_colours_of_the_theme(app: QApplication, qtbot: QtBot, palette: Palette) -> None:
    apply_theme(app, palette)
    window = QSplitter()
    qtbot.addWidget(window)
    page, panel = LessonPage(lambda _event: False), LearnPanel()
    window.addWidget(page)
    window.addWidget(panel)
    window.show()
    page.show_listing("x = 1")
    panel.show_rows([LessonRow("Lessons", "1. One", Progress.OPEN)])
    for part in (page, panel):
        part.set_palette(palette)
    sheet = app.styleSheet()
    app.setStyleSheet("")  # as for letters of another size
    app.setStyleSheet(sheet)
    QApplication.processEvents()
    note = find(page, Note)
    assert note.text() == "The program"
    assert note.palette().color(QPalette.ColorRole.WindowText).name() == palette.quiet.lower()
    heading = find(panel, QListWidget).item(0)
    assert heading.text() == "Lessons"
    assert heading.foreground().color().name() == palette.quiet.lower()
