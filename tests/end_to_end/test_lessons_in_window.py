"""Lessons in the window, from its first start to the results of the guide, by real events on real processes."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from support.lesson_walk import LessonHands
from support.spoken import faults
from support.widgets import find, label_text
from support.windows import opened

from desktop.documents.lessons.learning import LessonStep
from desktop.facts.selection import CallSelection
from desktop.window.main_window import MainWindow
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
_LIMIT_MS = 60_000


class Learner(LessonHands):
    """Goes through lessons in a window, and waits for their results."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        super().__init__(window, window.contents.learning)
        self.window = window
        self.qtbot = qtbot

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until it holds."""
        self.qtbot.waitUntil(condition, timeout=_LIMIT_MS)

    def result(self) -> Timeline:
        """Wait for the result of the lesson that runs. Returns its run."""
        self.wait(lambda: self.learning.step is LessonStep.DONE)
        timeline = self.window.contents.document.timeline
        assert timeline is not None
        assert timeline.ended
        return timeline

    def lesson(self, number: int) -> Timeline:
        """Click on a lesson, answer it by the key 1, press Enter, and wait for its run. Four presses with the page's title."""
        bar = self.window.contents.sources.tabBar()
        self.presses += 1
        self.qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).center())
        self.answer(self.open(number), 0)
        self.press(Qt.Key.Key_Return)
        return self.result()


def printed(timeline: Timeline) -> list[str]:
    return [line.text for line in timeline.lines]


def test_a_first_start_leads_to_the_results_of_the_guide_by_a_few_presses(qtbot: QtBot) -> None:
    with opened(qtbot) as window:
        window.resize(1280, 800)
        learner = Learner(window, qtbot)

        # 1. start() returns at once, and the parent is blocked in join(): three presses.
        learner.click("learn_empty")
        learner.press(Qt.Key.Key_2)
        learner.press(Qt.Key.Key_Return)
        run = learner.result()
        assert learner.presses == 3
        assert label_text(window, "lesson_said").startswith("✓")
        join = next(call for call in run.calls if call.name is CallName.JOIN)
        assert join.ended_ns is not None
        assert join.ended_ns - join.began_ns > 500_000_000
        learner.click("evidence_2_2")
        chosen = window.contents.views.chart.state.selection
        assert isinstance(chosen, CallSelection)
        assert chosen.call == join.id
        assert faults(window) == []

        # The same for an answer that is a place on an empty chart, and for one that is an order of bars.
        learner.click("lesson_next")
        assert find(window, QWidget, "moment_board").isVisible()
        learner.place(2.0)
        learner.click("lesson_run")
        learner.result()
        (guess,) = window.contents.views.chart.state.overlay().guesses
        assert guess.right is label_text(window, "lesson_said").startswith("✓")
        learner.click("lesson_next")
        lesson = learner.learning.lesson
        assert lesson is not None
        learner.answer(lesson, 0)
        learner.click("lesson_run")
        learner.result()
        guesses = window.contents.views.chart.state.overlay().guesses
        assert [one.words for one in guesses] == ["1st", "2nd", "3rd", "4th"]

        # 2. Who is who: pids. 3. Before a join, is_alive() is True. 4. After it, False. 5. Globals are not shared.
        for number, words in (
            (5, "has the pid of the program: False"),
            (6, "before: True True"),
            (8, "Global var at end of processing: [None, None]"),
        ):
            before = learner.presses
            run = learner.lesson(number)
            assert learner.presses - before == 4, number
            assert any(words in line for line in printed(run)), printed(run)
            if number == 6:
                assert any(line.startswith("after: False") for line in printed(run))
        assert label_text(window, "learn_count").startswith("6 of 15 answered")
