"""The page without a run: three ways to begin, and the last runs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from support.widgets import find

from desktop.chart.view import TimelineView
from desktop.chart.widgets.start_page import RecentRun
from desktop.look.palette import LIGHT

LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot) -> TimelineView:
    view = TimelineView(LIGHT)
    qtbot.addWidget(view)
    view.resize(900, 500)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_each_card_begins_something_by_its_button_and_anywhere_in_it(qtbot: QtBot) -> None:
    view = shown(qtbot)
    for card, button, signal in (
        ("learn_card", "learn_empty", view.learn_requested),
        ("plan_card", "start_empty", view.start_requested),
        ("script_card", "script_empty", view.script_requested),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(find(view, QPushButton, button), LEFT)
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(find(view, QFrame, card), LEFT)


def test_recent_runs_are_offered_whole_for_a_screen_reader_and_opened(qtbot: QtBot) -> None:
    view = shown(qtbot)
    title = find(view, QLabel, "recent_title")
    assert not title.isVisible()
    long = "2026-01-02 10:00:00  " + "a name && more " * 30
    view.start_page.set_recent([RecentRun("/runs/1", "2026-01-01 10:00:00  one"), RecentRun("/runs/2", long)])
    assert title.isVisible()
    second = find(view, QPushButton, "recent_run_2")
    assert second.accessibleName() == f"Open the run {long}"
    assert second.width() <= view.width()
    with qtbot.waitSignal(view.run_requested) as opened:
        qtbot.mouseClick(second, LEFT)
    assert opened.args == ["/runs/2"]
    view.start_page.set_recent([])
    assert not title.isVisible()
    assert view.findChild(QPushButton, "recent_run_1") is None


def test_a_plan_that_cannot_run_holds_back_its_card_alone(qtbot: QtBot) -> None:
    view = shown(qtbot)
    view.set_problem("It does not fit.")
    with qtbot.assertNotEmitted(view.start_requested):
        qtbot.mouseClick(find(view, QFrame, "plan_card"), LEFT)
    assert find(view, QPushButton, "learn_empty").isEnabled()
    assert find(view, QLabel, "empty_sentence").text() == "It does not fit."
