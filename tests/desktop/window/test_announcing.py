"""A new problem is announced: the bar above the timeline, the tab, the screen reader."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run
from support.finding_runs import killed
from support.hanging_runs import two_locks
from support.widgets import button, find, press
from support.windows import show_run

from desktop.facts.selection import ProcessSelection, WaitSelection
from desktop.look.palette import LIGHT
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.stacks.stacks_panel import StacksPanel
from desktop.widgets.notice_bar import NoticeBar
from desktop.window.main_window import MainWindow
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader is told of problems."""
    said: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent) and isinstance(event.object(), NoticeBar):
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return said


def bar(window: MainWindow) -> NoticeBar:
    return find(window, NoticeBar, "notice")


def refresh(window: MainWindow) -> None:
    """As at a later frame of the run."""
    panel = window.contents.views.panel(FindingsPanel)
    panel._next_s = 0.0
    panel.refresh()


def live(window: MainWindow, timeline: Timeline) -> Timeline:
    """As if this run went on."""
    window.contents.session.began.emit(timeline)
    return timeline


def test_runs_without_problems_have_no_bar_and_advice_is_on_the_tab(window: MainWindow, heard: list[str]) -> None:
    tabs = window.contents.layout.tabs
    at = tabs.indexOf(window.contents.views.panel(FindingsPanel))
    show_run(window, joined_run(2))
    assert bar(window).isHidden()
    assert tabs.tabIcon(at).isNull()
    assert tabs.tabText(at) == "Fi&ndings"
    timeline = joined_run(1)
    timeline.torn_records = 2
    show_run(window, timeline)
    assert bar(window).isHidden()
    assert tabs.tabToolTip(at) == "1 piece of advice"
    assert not tabs.tabIcon(at).isNull()
    assert not tabs.tabBar().tabTextColor(at).isValid()
    assert heard == []


def test_an_opened_run_with_a_problem_is_announced_once_and_leads_on(
    window: MainWindow, qtbot: QtBot, heard: list[str]
) -> None:
    timeline = show_run(window, two_locks("/home/me/two_locks.py"))
    text = bar(window).text
    assert text.startswith("Nothing makes progress any more: the program waits in join() for Process-1; ")
    assert heard == [text]
    refresh(window)
    assert heard == [text]
    tabs = window.contents.layout.tabs
    at = tabs.indexOf(window.contents.views.panel(FindingsPanel))
    assert tabs.tabText(at) == "Fi&ndings (1)"
    assert not tabs.tabIcon(at).isNull()
    assert tabs.tabToolTip(at) == "1 problem"
    assert tabs.tabBar().accessibleTabName(at) == "Findings, 1 problem"
    assert tabs.tabBar().tabTextColor(at) == QColor(LIGHT.bad_text)
    assert (
        bar(window).mapTo(window, bar(window).rect().bottomLeft()).y()
        < window.contents.views.chart.mapTo(window, window.contents.views.chart.rect().topLeft()).y() + 1
    )
    assert timeline.ended is False
    sentence = find(window, QLabel, "notice_sentence")
    assert sentence.toolTip() == sentence.accessibleName() == text
    assert " … No process is left" in sentence.text(), "cut before the sentence that concludes"
    qtbot.waitUntil(lambda: sentence.height() <= 2 * sentence.fontMetrics().lineSpacing() + 14)
    press(qtbot, window, "notice_show")
    assert window.contents.views.selection == WaitSelection(2, 700 * MS)
    assert tabs.currentWidget() is window.contents.views.panel(FindingsPanel)
    stacks = window.contents.views.panel(StacksPanel)
    assert tabs.is_offered(stacks)
    show_run(window, joined_run(1))  # without stacks, and without a problem
    assert not tabs.is_offered(stacks)
    assert bar(window).isHidden()


def test_a_problem_that_appears_while_the_run_goes_on_is_announced(window: MainWindow, heard: list[str]) -> None:
    timeline = live(window, running_run(3))
    assert bar(window).isHidden()
    killed(timeline, 2)
    refresh(window)
    assert bar(window).isHidden()  # who sent the signal may be read a moment later
    timeline.now_ns += SECOND
    timeline.touch(3)
    refresh(window)
    first = "Process-2 was killed by SIGKILL at 400 ms, not by a recorded call"
    assert bar(window).text.startswith(first)
    killed(timeline, 1, at_ns=450 * MS)
    timeline.touch(2)
    refresh(window)
    assert bar(window).text.startswith("Process-1 was killed by SIGKILL at 450 ms")
    assert bar(window).text.endswith(" And 1 more problem.")
    assert len(heard) == 2


def test_the_bar_is_reached_and_used_by_the_keyboard_alone(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, joined_run(2, exit_codes={2: 3}))
    window.activateWindow()
    reached = set()
    window.contents.sources.setFocus()
    for _ in range(60):
        focused = window.focusWidget()
        if focused is None or (focused.objectName() == "notice_close"):
            break
        reached.add(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert "notice_show" in reached
    qtbot.keyClick(button(window, "notice_show"), Qt.Key.Key_Space)
    assert window.contents.views.selection == ProcessSelection(3, 2054 * MS)
    qtbot.keyClick(button(window, "notice_close"), Qt.Key.Key_Escape)
    assert bar(window).isHidden()


def test_a_bar_that_was_closed_comes_back_for_the_next_problem_alone(window: MainWindow, qtbot: QtBot) -> None:
    timeline = live(window, running_run(3))
    timeline.now_ns += SECOND
    killed(timeline, 2)
    timeline.touch(3)
    refresh(window)
    press(qtbot, window, "notice_close")
    refresh(window)
    assert bar(window).isHidden()
    killed(timeline, 1, at_ns=450 * MS)
    timeline.touch(2)
    refresh(window)
    assert bar(window).text.startswith("Process-1 was killed")
    live(window, running_run(2))
    assert bar(window).isHidden()


def test_a_hang_that_ends_takes_the_bar_away(window: MainWindow) -> None:
    timeline = live(window, two_locks("/home/me/two_locks.py"))
    assert not bar(window).isHidden()
    for process in timeline.processes:
        for wait in process.waits:
            wait.until_ns = timeline.now_ns - MS
    timeline.now_ns += 2 * SECOND
    refresh(window)
    assert bar(window).isHidden()


def test_f8_goes_through_the_findings(window: MainWindow, qtbot: QtBot) -> None:
    timeline = show_run(window, joined_run(3, exit_codes={1: 1, 3: -11}))
    views = window.contents.views
    for number in (2, 4, 2):
        qtbot.keyClick(window, Qt.Key.Key_F8)
        assert views.selection == ProcessSelection(number, timeline.process(number).exited_ns)
