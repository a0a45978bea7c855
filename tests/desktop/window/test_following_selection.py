"""What is selected in the chart is what all panels are at; the status sentence; where the keyboard is after Start."""

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot
from support import builders
from support.builders import MS, SECOND
from support.widgets import find
from support.windows import show_run

from desktop.facts.selection import CallSelection, PhaseSelection
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.events.events_panel import EventsPanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.window import window_layout
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def talking_run() -> Timeline:
    """Three workers of which each prints a line every 10 ms."""
    timeline = builders.joined_run(3)
    for number in range(300):
        timeline.add_line(2 + number % 3, "stdout", SECOND + number * 10 * MS, f"line {number}")
    timeline.touch(1)
    return timeline


def first_row(table: QTableView) -> int:
    return table.rowAt(0)


def test_output_and_events_follow_a_bar_and_code_keeps_no_line_of_another_call(window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(builders.plan(3))
    show_run(window, talking_run())
    views = window.contents.views
    for kind, name in ((OutputPanel, "output"), (EventsPanel, "events")):
        window.contents.layout.show_tab(views.panel(kind))
        QApplication.processEvents()
        table = find(views.panel(kind), QTableView, name)
        views.select(PhaseSelection(3, 2 * SECOND, phase=SpanKind.ALIVE), None)
        row = first_row(table)
        at, who = (str(table.model().index(row, column).data()) for column in (0, 1))
        assert who == "Process-2"
        assert 2.0 <= float(at.split()[0]) < 2.1
        assert not table.selectionModel().hasSelection()
    timeline = window.contents.document.timeline
    assert timeline is not None
    call = timeline.calls[0]
    code = find(views.panel(CodePanel), QPlainTextEdit, "code")
    views.select(CallSelection(1, call.began_ns, call.id), None)
    assert code.textCursor().selectedText()
    views.select(PhaseSelection(3, 2 * SECOND, phase=SpanKind.ALIVE), None)
    assert code.textCursor().selectedText() == ""


def test_the_sentence_is_the_name_of_its_widget_and_is_announced_when_its_words_change(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(window_layout.QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    say, label = window.contents.layout.say, find(window, QLabel, "sentence")
    say("3 of 4 alive; the parent has waited in join(p2) for 12.3 s.")
    spoken = QAccessible.queryAccessibleInterface(label)
    assert spoken.text(QAccessible.Text.Name) == "3 of 4 alive; the parent has waited in join(p2) for 12.3 s."
    assert "<" not in spoken.text(QAccessible.Text.Description)
    say("3 of 4 alive; the parent has waited in join(p2) for 12.4 s.")
    assert spoken.text(QAccessible.Text.Name).endswith("12.4 s.")
    say("Done after 13.1 s: every process ended with exit code 0.")
    assert told == [
        "3 of 4 alive; the parent has waited in join(p2) for 12.3 s.",
        "Done after 13.1 s: every process ended with exit code 0.",
    ]


def test_what_is_folded_is_told_to_a_screen_reader(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(window_layout.QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    window.contents.actions.plan.trigger()
    window.contents.actions.tabs.trigger()
    window.contents.actions.tabs.trigger()
    assert told == ["The plan is folded away.", "The tabs are open.", "The tabs are folded away."]


@pytest.mark.parametrize("how", ["space", "shortcut"])
def test_after_start_by_key_the_timeline_has_the_keyboard(window: MainWindow, qtbot: QtBot, how: str) -> None:
    window.contents.sources.plan.set_plan(
        Plan.make([1000, 1000], Workload.SLEEP, StartMethod.FORK, Order.START_THEN_JOIN)
    )
    window.activateWindow()
    start = find(window, QWidget, "start_empty" if how == "shortcut" else "start")
    start.setFocus()
    with qtbot.waitSignal(window.contents.session.advanced, timeout=20_000):
        if how == "space":
            qtbot.keyClick(start, Qt.Key.Key_Space)
        else:
            qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    focused: QObject | None = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "timeline"
