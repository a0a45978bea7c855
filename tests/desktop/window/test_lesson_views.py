"""The lessons in their places in the window: room, full screen, and what is drawn in the timeline."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from support.builders import SECOND, joined_run
from support.lesson_walk import LessonHands
from support.widgets import find
from support.windows import button, sentence, show_run

from desktop.chart.drawing.overlay import Guess
from desktop.documents.lessons.learning import UNANSWERED
from desktop.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_the_cards_take_no_room_from_the_timeline_and_a_lesson_fills_it(window: MainWindow, qtbot: QtBot) -> None:
    begin = find(window, QWidget, "timeline_empty")
    for size, least in (((1024, 640), 0.35), ((1280, 800), 0.45)):
        window.resize(*size)
        QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert begin.width() * begin.height() / (size[0] * size[1]) >= least
    hands = LessonHands.of(window)
    hands.click("learn_empty")
    page, strip = find(window, QWidget, "lesson_page"), find(window, QWidget, "lesson")
    QApplication.processEvents()
    assert page.isVisible()
    assert not begin.isVisible()
    assert strip.y() + strip.height() == page.y(), "the question is directly above it"
    assert sentence(window) == UNANSWERED == button(window, "start").toolTip()

    # On a full screen there are the question and the program, and Escape ends the full screen before it leaves the lesson.
    window.contents.actions.present.trigger()
    QApplication.processEvents()
    assert page.isVisible()
    assert strip.isVisible()
    assert not window.contents.sources.isVisible()
    assert not window.contents.layout.tabs.isVisible()
    hands.press(Qt.Key.Key_1)
    hands.press(Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.contents.layout.tabs.isVisible()
    assert page.isVisible()
    assert button(window, "start").isEnabled(), "the answer is kept"

    # While another page is in front, the lesson waits.
    sources = window.contents.sources
    sources.setCurrentWidget(sources.plan)
    assert not strip.isVisible()
    assert not page.isVisible()
    assert begin.isVisible()
    sources.setCurrentWidget(sources.learn)
    assert strip.isVisible()
    assert page.isVisible()
    hands.click("lesson_leave")
    assert not strip.isVisible()
    assert begin.isVisible()


def test_predictions_are_drawn_until_another_run_is_shown(window: MainWindow) -> None:
    show_run(window, joined_run(2))
    QApplication.processEvents()
    chart = window.contents.views.chart
    without = chart.grab().toImage()
    beyond = chart.state.timeline.now_ns * 2 if chart.state.timeline is not None else 0
    for guess in (
        Guess(2, SECOND, "1st (you: 2nd)", right=False),
        Guess(2, SECOND, "the end: 1 s", True, 2 * SECOND, "your answer: 2 s"),
        Guess(2, SECOND, "the end: 1 s", False, beyond, "your answer: far beyond the end"),
    ):
        chart.show_guesses([guess])
        assert chart.grab().toImage() != without
    chart.show_guesses(())
    assert chart.grab().toImage() == without
    chart.show_guesses([Guess(2, SECOND, "1st", right=True)])
    show_run(window, joined_run(2))
    assert chart.state.overlay().guesses == ()
