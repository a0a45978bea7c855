"""The details panel: the selection in full, kept up to date."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QToolButton, QToolTip
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run, traced_run
from support.charts import font
from support.widgets import find

from desktop.facts.glossary import of_state
from desktop.facts.selection import (
    CallSelection,
    InstantSelection,
    LineSelection,
    ProcessSelection,
    SpanSelection,
    TaskSelection,
)
from desktop.look.palette import DARK
from desktop.panels.details.details_panel import EMPTY, GONE, DetailsPanel
from workers.formats.chrome.chrome_reader import read
from workers.plan.listing import make_listing
from workers.timeline.model import CallName


@pytest.fixture
def panel(qtbot: QtBot) -> DetailsPanel:
    made = DetailsPanel()
    qtbot.addWidget(made)
    made.resize(260, 400)
    made.show()
    return made


def view(panel: DetailsPanel) -> QTextEdit:
    return find(panel, QTextEdit, "details_text")


def copy_button(panel: DetailsPanel) -> QToolButton:
    return find(panel, QToolButton, "details_copy")


def shown_labels(panel: DetailsPanel) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def test_empty_says_what_to_do(panel: DetailsPanel) -> None:
    assert panel.objectName() == "details"
    assert EMPTY in shown_labels(panel)
    assert panel.text() == ""
    assert not copy_button(panel).isEnabled()


def test_a_process_in_full(panel: DetailsPanel) -> None:
    panel.set_timeline(joined_run(2, exit_codes={1: -11}))
    panel.show_selection(ProcessSelection(2))
    assert EMPTY not in shown_labels(panel)
    assert panel.text().splitlines()[0] == "Process-1 (pid 1001)"
    shown = view(panel).toPlainText().splitlines()
    assert shown[shown.index("Exit code") + 1] == "SIGSEGV (-11)"
    assert shown[shown.index("Printed lines") + 1] == "2"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_word_explains_itself_under_the_pointer(panel: DetailsPanel, qtbot: QtBot) -> None:
    run = joined_run(2)
    panel.set_timeline(run)
    panel.show_selection(ProcessSelection(2))
    text = view(panel)

    def rest_on(word: str) -> None:
        cursor = text.document().find(word)
        at = text.cursorRect(cursor).center() - QPoint(4, 0)
        QApplication.sendEvent(text.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, text.viewport().mapToGlobal(at)))

    rest_on("State")
    qtbot.waitUntil(lambda: QToolTip.isVisible() and QToolTip.text() == of_state(run.process(2).state))
    rest_on("Exit code")
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_copy_and_the_shown_text_agree(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.set_timeline(joined_run(2))
    panel.show_selection(CallSelection(1, 0, call=1))
    qtbot.mouseClick(copy_button(panel), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == panel.text()
    assert "Returned: 0.041 s" in copied


def test_a_wait_grows_without_losing_what_a_person_marked(panel: DetailsPanel) -> None:
    timeline = running_run(1)
    call = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    panel.set_timeline(timeline)
    panel.show_selection(CallSelection(1, 0, call=call.id))
    assert "Duration: 400 ms so far" in panel.text()
    cursor = view(panel).textCursor()
    cursor.setPosition(view(panel).toPlainText().index("program"))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
    view(panel).setTextCursor(cursor)
    timeline.now_ns = 3 * SECOND
    panel.refresh()
    assert "2.900 s so far" in view(panel).toPlainText()
    assert view(panel).textCursor().selectedText() == "program"
    call.ended_ns = 4 * SECOND
    timeline.touch(1)
    panel.refresh()
    assert "Returned: 4.000 s" in panel.text()


def test_text_is_literal(panel: DetailsPanel) -> None:
    timeline = running_run(1)
    timeline.process(2).name = "<img src=x>"
    panel.set_timeline(timeline)
    panel.show_selection(ProcessSelection(2))
    assert "<img src=x> (pid 1001)" in shown_labels(panel)
    assert "<img src=x>" in view(panel).toPlainText()
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in panel.findChildren(QLabel))


def test_a_huge_line_is_shortened_on_screen_and_whole_in_the_copy(panel: DetailsPanel) -> None:
    timeline = running_run(1)
    timeline.add_line(2, "stdout", 1, "x" * 1_000_000)
    line = timeline.lines[-1]
    panel.set_timeline(timeline)
    panel.show_selection(LineSelection(2, 0, line=line.number))
    assert len(view(panel).toPlainText()) < 5_000
    assert len(panel.text()) > 1_000_000


def test_a_long_value_wraps_inside_the_panel(panel: DetailsPanel) -> None:
    timeline = running_run(1)
    timeline.process(2).error = "x" * 300
    panel.set_timeline(timeline)
    panel.show_selection(ProcessSelection(2))
    assert view(panel).horizontalScrollBar().maximum() == 0
    assert view(panel).document().size().width() <= view(panel).viewport().width()


def test_values_are_below_their_labels_where_words_would_be_broken_beside_them(
    panel: DetailsPanel, qtbot: QtBot
) -> None:
    timeline = running_run(1)
    timeline.process(2).start_method = "forkserver"
    panel.set_timeline(timeline)
    panel.show_selection(ProcessSelection(2))

    def broken() -> list[str]:
        """Words that go on in another line."""
        found: list[str] = []
        assert view(panel).document().size().height() > 0  # asking lays the text out
        block = view(panel).document().begin()
        while block.isValid():
            layout, text = block.layout(), block.text()
            ends = [layout.lineAt(at).textStart() for at in range(1, layout.lineCount())]
            found += [text for at in ends if text[at - 1].isalnum() and text[at].isalnum()]
            block = block.next()
        return found

    beside = view(panel).toPlainText()
    small, large = panel.font(), font(21)
    for letters in (small, large, small):
        panel.show_selection(ProcessSelection(2))
        panel.setFont(letters)
        QApplication.processEvents()
        assert broken() == []
        panel.show_selection(None)
        panel.show_selection(ProcessSelection(2))
        assert broken() == []
        assert view(panel).toPlainText() == beside
        timeline.now_ns += 70 * MS
        panel.refresh()
        assert "Process-1" in view(panel).toPlainText()
        beside = view(panel).toPlainText()
        link = view(panel).document().find("program")
        place = view(panel).cursorRect(link).center() - QPoint(8, 0)
        with qtbot.waitSignal(panel.selected) as chosen:
            qtbot.mouseClick(view(panel).viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert chosen.args == [ProcessSelection(1)]


def test_what_is_no_longer_kept(panel: DetailsPanel) -> None:
    panel.set_timeline(running_run(1))
    panel.show_selection(LineSelection(1, 0, line=999))
    assert panel.text() == GONE


def test_another_run_forgets_the_selection(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.set_timeline(joined_run(1))
    with qtbot.assertNotEmitted(panel.selected):
        panel.show_selection(ProcessSelection(2))
    panel.set_timeline(running_run(1))
    assert panel.text() == ""
    assert EMPTY in shown_labels(panel)


def test_a_new_palette_recolours_what_is_shown(panel: DetailsPanel) -> None:
    panel.set_timeline(joined_run(1))
    panel.show_selection(ProcessSelection(2))
    panel.set_palette(DARK)
    assert "Process-1" in view(panel).toPlainText()
    cursor = view(panel).document().find("Process-1")
    assert cursor.charFormat().foreground().color() == QColor(DARK.text)


def test_a_process_links_to_its_family_its_calls_and_its_output(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.resize(300, 900)
    timeline = joined_run(3)
    timeline.plan = None
    panel.set_timeline(timeline)
    panel.show_selection(ProcessSelection(3))
    lines = panel.text().splitlines()
    assert "Parent: program (pid 1000)" in lines
    assert "Next process: Process-3 (pid 1003)" in lines
    assert "On it: start() · program · 0.050 s · plan.py:22" in lines
    assert "Printed: Function idx:  2 20000" in lines
    text = view(panel)
    qtbot.waitUntil(lambda: text.viewport().height() > 700)  # the panel is laid out in its new size
    at = text.cursorRect(text.document().find("program (pid 1000)")).center() - QPoint(8, 0)
    with qtbot.waitSignal(panel.selected) as followed:
        qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert followed.args == [ProcessSelection(1)]
    assert panel.text().startswith("program (pid 1000)")
    assert "Child: Process-1 (pid 1001)" in panel.text().splitlines()


def test_a_call_of_a_plan_is_placed_in_the_script_that_the_person_sees(panel: DetailsPanel) -> None:
    timeline = joined_run(3)
    assert timeline.plan is not None
    timeline.calls[1].step = 1
    panel.set_timeline(timeline)
    panel.show_selection(ProcessSelection(3))
    line = make_listing(timeline.plan).step_lines[1]
    assert f"On it: start() · program · 0.050 s · line {line} of the plan's script" in panel.text().splitlines()


def test_enter_follows_a_link(panel: DetailsPanel, qtbot: QtBot) -> None:
    panel.set_timeline(joined_run(2))
    panel.show_selection(CallSelection(1, 0, call=1))
    text = view(panel)
    text.setTextCursor(text.document().find("start() · Process-2"))
    with qtbot.waitSignal(panel.selected) as followed:
        qtbot.keyClick(text, Qt.Key.Key_Return)
    assert followed.args == [CallSelection(1, 50 * MS, call=2)]


def test_tasks_link_to_the_ones_before_and_after_in_their_worker(panel: DetailsPanel) -> None:
    run = joined_run(2)
    for at in range(3):
        run.finish_task(run.begin_task(2, f"step{at}", (100 + at) * MS), (101 + at) * MS, None)
    panel.set_timeline(run)
    panel.show_selection(TaskSelection(2, 0, task=2))
    assert panel.text().splitlines()[-3:] == [
        "Worker: Process-1 (pid 1001)", "Previous task: step0 · 0.100 s", "Next task: step2 · 0.102 s",
    ]  # fmt: skip


def test_a_number_is_not_parted_from_its_unit_and_copied_with_a_plain_blank(panel: DetailsPanel) -> None:
    panel.set_timeline(joined_run(1))
    panel.show_selection(ProcessSelection(2))
    document = view(panel).document()
    laid_out = {block.text() for block in _blocks(document)}
    assert any("\N{NO-BREAK SPACE}s" in text for text in laid_out)
    assert any("pid\N{NO-BREAK SPACE}1000" in text for text in laid_out)
    assert not any(re.search(r"\d (s|ms)\b|pid \d", text) for text in laid_out)
    assert "\N{NO-BREAK SPACE}" not in panel.text()
    assert "\N{NO-BREAK SPACE}" not in view(panel).toPlainText()


def test_the_arguments_of_a_traces_event_are_shown_or_why_not(panel: DetailsPanel, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    events = [
        {"ph": "X", "pid": 1, "tid": 1, "ts": at, "dur": 1, "name": "call", "args": {"task_id": f"id {at}"}}
        for at in (0, 9)
    ]
    events.append({"ph": "i", "s": "t", "pid": 1, "tid": 1, "ts": 5, "name": "mark", "args": {"‮hidden": [None]}})
    path.write_text(json.dumps(events))
    timeline = read(path)
    panel.set_timeline(timeline)
    assert "Arguments: read from the file" in panel.text()
    panel.show_selection(SpanSelection(1, 9_000, track=1, span=1))
    assert "args.task_id: id 9" in panel.text()
    panel.show_selection(InstantSelection(1, 5_000, track=1, instant=0))
    assert "args.‹U+202E›hidden: [null]" in panel.text()
    path.unlink()
    panel.show_selection(SpanSelection(1, 0, track=1, span=0))
    assert "Arguments: not shown: the file is no longer there" in panel.text()


def test_the_flows_of_a_span_are_counted_though_they_may_be_too_many_to_draw(panel: DetailsPanel) -> None:
    timeline = traced_run(3)  # from the first thread to the second at 1 s to 6 s, and from that to the third
    panel.set_timeline(timeline)
    panel.show_selection(SpanSelection(2, 0, track=3, span=0))
    assert "Flows: 1 in, 1 out" in panel.text()
    panel.show_selection(SpanSelection(2, 6 * SECOND, track=3, span=2))
    assert "Flows: 1 in, 0 out" in panel.text(), "it was never closed"
    panel.show_selection(SpanSelection(1, 0, track=2, span=0))
    assert "Flows" not in panel.text()


def _blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()
