"""Answers lessons by real events, as a learner does."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QWidget

from desktop.documents.lessons.learning import Learning, LessonStep
from desktop.window.main_window import MainWindow
from support.widgets import find
from workers.lessons.lesson import AnswerKind, Lesson

LEFT = Qt.MouseButton.LeftButton
Wait = Callable[[Callable[[], bool]], None]


class LessonHands:
    """Mouse and keyboard for lessons. root: what holds the list, the strip and the page. presses: how many clicks and keys."""

    def __init__(self, root: QWidget, learning: Learning) -> None:
        self.root = root
        self.learning = learning
        self.presses = 0

    @classmethod
    def of(cls, window: MainWindow) -> "LessonHands":
        """The hands for the lessons of a window."""
        return cls(window, window.contents.learning)

    def click(self, name: str) -> None:
        """Click a button, in its middle."""
        QApplication.processEvents()
        button = find(self.root, QWidget, name)
        assert button.isVisible(), name
        assert button.isEnabled(), name
        self.presses += 1
        QTest.mouseClick(button, LEFT)

    def press(self, key: Qt.Key) -> None:
        """Press a key where the keyboard is."""
        focused = self.root.window().focusWidget()
        assert focused is not None
        self.presses += 1
        QTest.keyClick(focused, key)

    def open(self, row: int) -> Lesson:
        """Click on a row of the list of lessons; the first one is a heading."""
        QApplication.processEvents()
        listed = find(self.root, QListWidget, "learn_list")
        item = listed.item(row)
        listed.scrollToItem(item)
        self.presses += 1
        QTest.mouseClick(listed.viewport(), LEFT, pos=listed.visualItemRect(item).center())
        lesson = self.learning.lesson
        assert lesson is not None
        QApplication.processEvents()
        return lesson

    def answer(self, lesson: Lesson, choice: int) -> None:
        """Give one of the lesson's answers: by key, by dragging the bars, or by a click on the empty chart."""
        page = self.learning.page
        match lesson.kind:
            case AnswerKind.CHOICE:
                self.press(Qt.Key(Qt.Key.Key_1 + choice))
            case AnswerKind.ORDER:
                wanted = [lesson.items[number].text for number in lesson.choices[choice].order]
                for place, name in enumerate(wanted):
                    self.drag(name, place)
                assert list(page.order.order) == wanted
            case AnswerKind.MOMENT:
                assert lesson.moment is not None
                self.place(lesson.moment.axis_s * (0.15 + 0.3 * choice))

    def place(self, at_s: float) -> None:
        """Click on the empty chart at a moment."""
        board = self.learning.page.moment
        self.presses += 1
        QTest.mouseClick(board, LEFT, pos=QPoint(board.x_of(at_s), board.lane_y))

    def drag(self, name: str, place: int) -> None:
        """Drag a bar to a column, in steps as a mouse does."""
        board = self.learning.page.order
        begin = board.bar_of(name).center()
        end = QPoint(board.column_middle(place), begin.y())
        self.presses += 1
        QTest.mousePress(board, LEFT, pos=begin)
        for step in range(1, 9):
            QTest.mouseMove(board, begin + (end - begin) * step / 8)
        QTest.mouseRelease(board, LEFT, pos=end)

    def run(self, wait: Wait) -> None:
        """Press Run, and wait until what happened stands beside the answer."""
        self.click("lesson_run")
        wait(lambda: self.learning.step is LessonStep.DONE)
