"""Answers lessons in a window by real events, as a learner does."""

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


def learning(window: MainWindow) -> Learning:
    """What takes the lessons of a window through their steps."""
    return window.contents.learning


def click(window: MainWindow, name: str) -> None:
    """Click a button of the window, in its middle."""
    button = find(window, QWidget, name)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    QTest.mouseClick(button, LEFT)


def press(window: MainWindow, key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    focused = window.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def open_by_list(window: MainWindow, number: int) -> Lesson:
    """Click on a lesson in the list, by its number from 1."""
    window.contents.sources.setCurrentWidget(window.contents.sources.learn)
    QApplication.processEvents()
    listed = find(window, QListWidget, "learn_list")
    item = listed.item(number)  # the first one is the heading
    listed.scrollToItem(item)
    QTest.mouseClick(listed.viewport(), LEFT, pos=listed.visualItemRect(item).center())
    lesson = learning(window).lesson
    assert lesson is not None
    return lesson


def answer(window: MainWindow, lesson: Lesson, choice: int) -> None:
    """Give one of the lesson's answers: by key, by dragging the bars, or by a click on the empty chart."""
    page = learning(window).page
    match lesson.kind:
        case AnswerKind.CHOICE:
            press(window, Qt.Key(Qt.Key.Key_1 + choice))
        case AnswerKind.ORDER:
            for place, number in enumerate(lesson.choices[choice].order):
                drag_bar(window, lesson.items[number].text, place)
            if page.order.order != tuple(lesson.items[number].text for number in lesson.choices[choice].order):
                raise AssertionError(page.order.order)
        case AnswerKind.MOMENT:
            assert lesson.moment is not None
            at_s = lesson.moment.axis_s * (0.15 + 0.3 * choice)
            QTest.mouseClick(page.moment, LEFT, pos=QPoint(page.moment.x_of(at_s), page.moment.lane_y))


def drag_bar(window: MainWindow, name: str, place: int) -> None:
    """Drag a bar to a column, in steps as a mouse does."""
    board = learning(window).page.order
    begin = board.bar_of(name).center()
    end = QPoint(board.column_middle(place), begin.y())
    QTest.mousePress(board, LEFT, pos=begin)
    for step in range(1, 9):
        QTest.mouseMove(board, begin + (end - begin) * step / 8)
        QApplication.processEvents()
    QTest.mouseRelease(board, LEFT, pos=end)


def run(window: MainWindow, wait: Wait) -> None:
    """Press Run, and wait until what happened stands beside the answer."""
    click(window, "lesson_run")
    wait(lambda: learning(window).step is LessonStep.DONE)
