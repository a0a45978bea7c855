"""A lesson step by step, with built runs in place of processes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QListWidget, QProgressBar, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from support.builders import SECOND, joined_run
from support.lesson_folders import write_lessons
from support.lesson_walk import LessonHands
from support.spoken import faults
from support.widgets import find, label_text

from desktop.documents.document import Document
from desktop.documents.lessons.learning import CHANGING, UNANSWERED, Learning, LessonStep
from desktop.facts.fact import CodePlace
from desktop.facts.selection import CallSelection, LineSelection
from desktop.panels.code.code_view import CodeView
from desktop.panels.learn.learn_panel import SIGNS, LearnPanel, Progress
from workers.engines.script import Script
from workers.lessons.lesson_progress import load_progress
from workers.timeline.timeline import Timeline

LEFT = Qt.MouseButton.LeftButton
OWN = 15
CHOICE, ORDER, MOMENT, MANY = range(OWN + 2, OWN + 6)
"""The rows of the teacher's lessons: a heading stands before them, as before our own."""


class BuiltRuns(QObject):
    """A session whose runs are timelines that `made` makes by their numbers; a run is over when `end` is called."""

    began = Signal(object)
    launched = Signal(object)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.made: Callable[[int], Timeline] = lambda _: joined_run(2)
        self.scripts: list[Script] = []
        self.source: Script | None = None
        self.timeline: Timeline | None = None
        self.folder: str | None = None
        self.stopped = self.running = False

    def start(self, script: Script) -> None:
        """As the session does."""
        self.scripts.append(script)
        self.source, self.folder = script, f"/nowhere/{len(self.scripts)}"
        self.stopped, self.running = False, True
        self.timeline = self.made(len(self.scripts))
        self.began.emit(self.timeline)

    def stop(self) -> None:
        """As the session does, and the run is over at once."""
        self.end(stopped=True)

    def end(self, *, stopped: bool = False) -> None:
        """The run is over."""
        self.stopped, self.running = stopped, False
        self.ended.emit()
        QApplication.processEvents()


class Bench(LessonHands):
    """The views of the lessons, without a window around them. told: what was emitted last, by the name of the signal."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        root = QWidget()
        qtbot.addWidget(root)
        self.session = BuiltRuns()
        self.opened: list[str] = []
        panel = LearnPanel()
        super().__init__(root, Learning(root, panel, self.session, Document(root), self))  # type: ignore[arg-type]
        right = QVBoxLayout()
        right.addWidget(self.learning.strip)
        right.addWidget(self.learning.page, 1)
        row = QHBoxLayout(root)
        row.addWidget(panel)
        row.addLayout(right, 1)
        root.resize(1000, 700)
        self.told: dict[str, Any] = {}
        for name in ("prepared", "selected", "place_chosen", "guessed", "said"):
            getattr(self.learning, name).connect(lambda *news, name=name: self.told.update({name: news}))
        self.learning.page_wanted.connect(self.learning.page.setVisible)
        self.learning.run_requested.connect(self.start)
        self.learning.load(folder)
        self.learning.show_in_front(True)
        with qtbot.waitExposed(root):
            root.show()
        root.activateWindow()

    def open(self, where: int | str) -> Any:
        """A row of the list is clicked; a folder of a run is only noted, as the window opens it."""
        if isinstance(where, str):
            return self.opened.append(where)
        return super().open(where)

    def start(self) -> None:
        """As the window's Start: nothing runs where there is a problem."""
        script, problem, _ = self.told["prepared"]
        if not problem:
            self.session.start(script)

    def go(self, row: int, choice: int) -> Any:
        """Open a lesson, give an answer, and run it once."""
        lesson = self.open(row)
        self.answer(lesson, choice)
        self.click("lesson_run")
        self.session.end()
        return lesson

    @property
    def outcome(self) -> str:
        """The prediction beside the fact."""
        return label_text(self.root, "lesson_said")

    @property
    def rows(self) -> list[str]:
        """The list of lessons."""
        listed = find(self.root, QListWidget, "learn_list")
        return [listed.item(at).text() for at in range(listed.count())]


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, write_lessons(tmp_path / "of a class"))


# The list


def test_a_teachers_lessons_stand_in_a_group_and_a_broken_one_is_a_row_with_its_sentence(
    bench: Bench, qtbot: QtBot
) -> None:
    own, theirs = bench.rows[1 : OWN + 1], bench.rows[OWN + 1 :]
    assert bench.rows[0] == "Lessons"
    assert own[0] == "○  1. start() returns at once"
    assert theirs[0] == "From of a class"
    assert theirs[1:5] == ["○  1. Exit codes", "○  2. Order", "○  3. Moment", "○  4. Many"]
    assert theirs[5].startswith("✕  5-broken/lesson.toml: choices 2, holds, column 1: a process has no exitcode")
    listed = find(bench.root, QListWidget, "learn_list")
    item = listed.item(OWN + 6)
    listed.scrollToItem(item)
    qtbot.mouseClick(listed.viewport(), LEFT, pos=listed.visualItemRect(item).center())
    assert bench.learning.lesson is None
    assert label_text(bench.root, "learn_count") == "0 of 19 answered, 0 right"


def test_a_folder_without_lessons_is_said_and_ours_stay(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path)
    assert bench.told["said"][0].startswith("There is no lesson in ")
    assert len(bench.rows) == OWN + 1


def test_a_lesson_is_opened_by_keyboard(bench: Bench, qtbot: QtBot) -> None:
    listed = find(bench.root, QListWidget, "learn_list")
    listed.setFocus()
    listed.setCurrentRow(2)
    qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert bench.learning.lesson is not None
    assert bench.learning.lesson.number == 2


# Asking


def test_nothing_runs_before_the_question_is_answered(bench: Bench) -> None:
    bench.open(CHOICE)
    assert "print, args" in find(bench.root, CodeView, "lesson_code").toPlainText()
    assert not find(bench.root, QPushButton, "lesson_run").isEnabled()
    assert bench.told["prepared"][1] == UNANSWERED
    bench.press(Qt.Key.Key_Return)
    assert bench.session.scripts == []
    bench.press(Qt.Key.Key_2)
    assert bench.told["prepared"][1] == ""
    bench.press(Qt.Key.Key_1)
    bench.press(Qt.Key.Key_Return)
    assert [script.path.parent.name for script in bench.session.scripts] == ["1-choice"]
    assert not bench.learning.page.isVisible()
    bench.session.end()
    assert bench.outcome == "✓  You said: 0.  Right.", "the last answer counts"


def test_only_what_comes_with_procession_runs_unasked(bench: Bench) -> None:
    bench.open(CHOICE)
    assert bench.told["prepared"][2] is False
    bench.open(1)
    assert bench.told["prepared"][2] is True


def test_escape_leaves_a_lesson_from_the_strip_and_from_the_board(bench: Bench, qtbot: QtBot) -> None:
    for row in (CHOICE, MOMENT):
        bench.open(row)
        with qtbot.waitSignal(bench.learning.list_wanted):
            bench.press(Qt.Key.Key_Escape)
        assert bench.learning.lesson is None
        assert not bench.learning.strip.isVisible()
        assert not bench.learning.page.isVisible()


def test_bars_are_ordered_and_a_moment_is_placed_by_keys_too(bench: Bench) -> None:
    bench.open(ORDER)
    first = bench.learning.page.order.order
    assert first == ("program ends", "Process-2 ends", "Process-1 ends"), "none of the answers"
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Left):
        bench.press(key)
    assert bench.learning.page.order.order == ("Process-1 ends", "Process-2 ends", "program ends")
    spoken = bench.learning.page.order.accessibleName()
    assert spoken == "Order: Process-1 ends first, Process-2 ends second, program ends third. Chosen: Process-2 ends"
    bench.press(Qt.Key.Key_Return)
    bench.session.end()
    assert bench.outcome.startswith("✓")
    bench.open(MOMENT)
    bench.press(Qt.Key.Key_Right)
    bench.press(Qt.Key.Key_PageDown)
    assert bench.learning.page.moment.at_s == pytest.approx(6 * 4.0 / 20)
    assert bench.learning.page.moment.accessibleName() == "the end of Process-1: placed at 1.20 s, of 4 s"


# The answer beside the fact


def test_a_choice_stands_beside_what_happened(bench: Bench) -> None:
    for choice, said, why in (
        (1, "✕  You said: 3.  Not this time.", "It is the third answer."),
        (0, "✓  You said: 0.  Right.", ""),
    ):
        lesson = bench.go(CHOICE, choice)
        assert bench.outcome.startswith(said)
        assert label_text(bench.root, "lesson_why") == why
        assert label_text(bench.root, "lesson_sentence_1") == "Process-1 ended with 0."
        assert load_progress().right(lesson) is (choice == 0)
        sign = SIGNS[Progress.RIGHT if choice == 0 else Progress.WRONG]
        assert bench.rows[CHOICE] == f"{sign}  1. Exit codes"
    assert faults(bench.root) == []


def test_a_run_that_decides_nothing_is_said_and_is_not_held_against_the_answer(bench: Bench) -> None:
    bench.session.made = lambda _: joined_run(2, exit_codes={1: -9})
    lesson = bench.go(CHOICE, 0)
    assert bench.outcome.startswith("?  You said: 0.  This run does not decide the question")
    assert load_progress().has(lesson)
    assert load_progress().right(lesson) is None
    assert bench.rows[CHOICE].startswith(SIGNS[Progress.UNDECIDED])


def test_a_run_that_contradicts_the_usual_answer_says_so(bench: Bench) -> None:
    bench.session.made = lambda _: joined_run(2, exit_codes={1: 3})
    bench.go(CHOICE, 1)
    assert bench.outcome.startswith("✓  You said: 3.  Right. So it was: 3.")
    assert "this run contradicts that" in bench.outcome


def test_what_shows_a_sentence_is_selected(bench: Bench) -> None:
    lesson = bench.go(CHOICE, 0)
    bench.click("evidence_1_1")
    assert bench.told["place_chosen"][0] == CodePlace(str(lesson.path), 6)
    bench.click("evidence_1_2")
    assert isinstance(bench.told["selected"][0], CallSelection)
    bench.click("evidence_2_1")
    assert isinstance(bench.told["selected"][0], LineSelection)


def test_bars_that_were_ordered_are_numbered_in_the_chart(bench: Bench) -> None:
    bench.go(ORDER, 1)
    (guesses,) = bench.told["guessed"]
    assert [(one.process, one.words, one.right) for one in guesses] == [
        (2, "1st (you: 2nd)", False), (3, "2nd (you: 1st)", False), (1, "3rd", True),
    ]  # fmt: skip
    timeline = bench.session.timeline
    assert timeline is not None
    assert [one.at_ns for one in guesses] == [timeline.process(at).exited_ns for at in (2, 3, 1)]
    assert label_text(bench.root, "lesson_why") == "The last one that was started."


def test_a_moment_that_was_placed_is_drawn_beside_the_one_that_was(bench: Bench) -> None:
    bench.go(MOMENT, 1)
    ((guess,),) = bench.told["guessed"]
    assert (guess.process, guess.right) == (2, False)
    assert guess.guessed_ns == pytest.approx(4.0 * 0.45 * SECOND, abs=0.03 * SECOND)
    assert guess.words.startswith("the end of Process-1: 1.0")


# Many runs


def test_many_runs_show_their_spread_and_each_of_them_opens(bench: Bench, qtbot: QtBot) -> None:
    bench.session.made = lambda number: joined_run(2, exit_codes={1: 1 if number == 2 else 0})
    bench.answer(bench.open(MANY), 0)
    bench.click("lesson_run")
    for number in (1, 2, 3):
        qtbot.waitUntil(lambda number=number: len(bench.session.scripts) == number, timeout=30_000)
        progress = find(bench.root, QProgressBar, "lesson_progress")
        assert progress.isVisible()
        assert progress.format() == f"Run {number} of 3"
        bench.session.end()
    spread = bench.learning.strip.spread
    assert spread.accessibleName() == "It ends well: 2 of 3 runs; It fails: 1 of 3 runs"
    qtbot.mouseClick(spread, LEFT, pos=spread.place_of(1).center().toPoint())
    spread.setFocus()
    qtbot.keyClick(spread, Qt.Key.Key_Right)
    qtbot.keyClick(spread, Qt.Key.Key_Return)
    assert bench.opened == ["/nowhere/2", "/nowhere/3"]
    assert bench.outcome.startswith("✕  You said: Never.  Not this time.")


def test_runs_that_are_stopped_leave_the_question_with_its_answer(bench: Bench, qtbot: QtBot) -> None:
    bench.answer(bench.open(MANY), 1)
    bench.click("lesson_run")
    bench.session.end()
    qtbot.waitUntil(lambda: len(bench.session.scripts) == 2, timeout=30_000)
    bench.click("lesson_stop")
    assert bench.learning.step is LessonStep.ASKING
    assert bench.learning.page.isVisible()
    assert not load_progress().answered
    bench.click("lesson_run")
    for number in (3, 4, 5):
        qtbot.waitUntil(lambda number=number: len(bench.session.scripts) == number, timeout=30_000)
        bench.session.end()
    assert bench.learning.strip.spread.accessibleName().startswith("It ends well: 3 of 3 runs")


# After it


def test_one_thing_is_changed_in_a_copy_and_run(bench: Bench, qtbot: QtBot) -> None:
    lesson = bench.go(CHOICE, 0)
    bench.click("lesson_change")
    view = find(bench.root, CodeView, "lesson_code")
    assert 'args=("bye",)' in view.toPlainText()
    assert view.pointed == 4
    assert label_text(bench.root, "lesson_hint") == "Print something else."
    assert bench.told["prepared"][1] == CHANGING
    view.moveCursor(view.textCursor().MoveOperation.End)
    qtbot.keyClicks(view, "# mine")
    bench.click("lesson_run")
    copy = bench.session.scripts[-1].path
    assert copy != lesson.path
    assert copy.read_text().endswith("# mine")
    assert lesson.path.read_text() == lesson.listing
    bench.session.end()
    assert "You changed the program" in bench.outcome
    assert load_progress().right(lesson) is True, "a change is no other answer"


def test_a_harder_question_shows_its_answer_when_it_is_asked_for(bench: Bench) -> None:
    bench.go(CHOICE, 0)
    bench.click("lesson_harder")
    assert label_text(bench.root, "lesson_harder_text") == "And without join()?"
    bench.click("lesson_harder")
    assert label_text(bench.root, "lesson_harder_text") == "And without join()?  The parent waits at its exit."


def test_enter_goes_on_to_the_next_lesson_that_is_not_answered(bench: Bench) -> None:
    bench.answer(bench.open(CHOICE), 0)
    bench.press(Qt.Key.Key_Return)
    bench.session.end()
    bench.press(Qt.Key.Key_Return)
    assert bench.learning.lesson is not None
    assert bench.learning.lesson.id == "2-order"
    assert bench.learning.page.isVisible()


def test_another_program_that_runs_leaves_the_lesson(bench: Bench, tmp_path: Path) -> None:
    bench.open(CHOICE)
    other = tmp_path / "other.py"
    other.touch()
    bench.session.start(Script.make(str(other)))
    assert bench.learning.lesson is None
