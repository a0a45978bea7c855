"""The strip of a lesson as the keyboard and a screen reader find it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from support.spoken import NAME, faults, spoken
from support.widgets import find

from desktop.look.palette import DARK_HIGH, LIGHT
from desktop.panels.learn.lesson_strip import LessonStrip
from desktop.panels.learn.spread_bars import SpreadRow
from desktop.panels.learn.strip_texts import StripOutcome, StripQuestion, StripSentence

LONG = "An answer in so many words that it does not fit into one line of a button, which is why it has several of them"


@pytest.fixture
def strip(qtbot: QtBot) -> Iterator[LessonStrip]:
    top = QWidget()
    made = LessonStrip(top)
    qtbot.addWidget(top)
    top.resize(800, 400)
    made.resize(800, 300)
    with qtbot.waitExposed(top):
        top.show()
    top.activateWindow()
    yield made
    top.close()


def walked(strip: LessonStrip, qtbot: QtBot, count: int) -> list[str]:
    """Where Tab goes from here."""
    found = []
    for _ in range(count):
        focused = strip.window().focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        now = strip.window().focusWidget()
        assert now is not None
        found.append(now.objectName())
    return found


def test_arrows_go_through_the_answers_and_tab_on_to_run(strip: LessonStrip, qtbot: QtBot) -> None:
    chosen: list[int] = []
    strip.chosen.connect(chosen.append)
    for _ in range(2):  # the answers of the second question are made later than all the rest
        strip.ask(StripQuestion("Lesson 1 of 2", "title", "question?", ("one", "two", LONG)))
        strip.show_answered(answered=True)
        QApplication.processEvents()
        for key, name in ((Qt.Key.Key_Right, "choice_2"), (Qt.Key.Key_Left, "choice_1"), (Qt.Key.Key_Down, "choice_3")):
            qtbot.keyClick(strip.window().focusWidget(), key)
            focused = strip.window().focusWidget()
            assert focused is not None
            assert focused.objectName() == name
        assert chosen == [], "an arrow alone is no answer"
        qtbot.keyClick(strip.window().focusWidget(), Qt.Key.Key_Space)
        assert chosen == [2]
        chosen.clear()
        assert walked(strip, qtbot, 1) == ["lesson_run"]
    assert faults(strip.window()) == []
    assert spoken(find(strip, QAbstractButton, "choice_3")).text(NAME) == f"3: {LONG}"
    assert spoken(find(strip, QAbstractButton, "choice_1")).role() is QAccessible.Role.RadioButton


def test_tab_goes_through_the_evidence_to_the_next_lesson(strip: LessonStrip, qtbot: QtBot) -> None:
    strip.ask(StripQuestion("Lesson 1 of 2", "title", "question?", ("one", "two")))
    sentences = (StripSentence("It was so.", ("line 3", "join()")), StripSentence("And so."))
    spread = (SpreadRow("well", (0, 1)), SpreadRow("not well", ()))
    strip.show_outcome(
        StripOutcome(True, "You said: one.", "Right.", "", sentences, spread, "change", "harder?", "yes")
    )
    QApplication.processEvents()
    find(strip, QPushButton, "lesson_leave").setFocus()
    assert walked(strip, qtbot, 7) == [
        "evidence_1_1", "evidence_1_2", "spread", "lesson_change", "lesson_harder", "lesson_again", "lesson_next",
    ]  # fmt: skip
    assert faults(strip.window()) == []


@pytest.mark.parametrize("palette", [LIGHT, DARK_HIGH])
def test_a_chosen_answer_does_not_stand_out_by_colour_alone(strip: LessonStrip, palette: object) -> None:
    strip.ask(StripQuestion("Lesson 1 of 2", "title", "question?", ("one", "two")))
    strip.set_palette(palette)  # type: ignore[arg-type]
    one, two = (find(strip, QAbstractButton, f"choice_{number}") for number in (1, 2))
    strip.choose(0)
    assert (one.isChecked(), two.isChecked()) == (True, False)
    assert spoken(one).state().checked
    strip.choose(1)
    assert (one.isChecked(), two.isChecked()) == (False, True)
