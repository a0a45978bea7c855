"""A finding leads to what shows it: real clicks and keys in the window, over built timelines."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run
from support.hanging_runs import failed_task, script_in, two_locks
from support.widgets import button, column_texts, find, label_text, press, row_point, table
from support.windows import sentence, show_run

from desktop.facts.fact import CodePlace
from desktop.facts.selection import CallSelection, ProcessSelection, TaskSelection, WaitSelection
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.code.code_view import CodeView
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.window.main_window import MainWindow
from workers.engines.script import Script
from workers.plan.listing import file_listing
from workers.timeline.model import RaisedBy, RaisedError
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def script(tmp_path: Path) -> str:
    return script_in(tmp_path)


def show(window: MainWindow, timeline: Timeline) -> FindingsPanel:
    show_run(window, timeline)
    panel = window.contents.views.panel(FindingsPanel)
    window.contents.layout.tabs.setCurrentWidget(panel)
    return panel


def click(qtbot: QtBot, panel: FindingsPanel, row: int = 0) -> None:
    qtbot.mouseClick(table(panel).viewport(), LEFT, pos=row_point(table(panel), row))


def code_line(window: MainWindow) -> str:
    """The line of code that is marked."""
    return find(window.contents.views.panel(CodePanel), QPlainTextEdit, "code").textCursor().selectedText()


def test_a_finding_of_a_hang_selects_the_waits_one_after_another(window: MainWindow, qtbot: QtBot, script: str) -> None:
    panel = show(window, two_locks(script))
    assert column_texts(table(panel), "Severity") == ["Problem"]
    click(qtbot, panel)
    views = window.contents.views
    assert views.selection == WaitSelection(2, 700 * MS)
    details = views.panel(DetailsPanel).text()
    assert "Process-1 waits in a with statement" in details
    assert f"At line: {script}:12" in details
    assert "Shared with: program" in details
    assert code_line(window) == "line_12 = 12"
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert views.selection == WaitSelection(3, 750 * MS)
    assert code_line(window) == "line_22 = 22"
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert views.selection == CallSelection(1, 500 * MS, 3)  # the program only waits for these
    assert window.contents.layout.tabs.currentWidget() is panel  # the list stays where it is
    code = window.contents.views.panel(CodePanel)
    window.contents.layout.show_tab(code)
    view = find(code, CodeView, "code")
    assert view.pointed == 40
    place = view.cursorRect()  # pointed at while its tab was covered
    assert view.viewport().rect().contains(place)


def test_a_finding_of_a_task_selects_the_task_and_zooms_to_it(window: MainWindow, qtbot: QtBot, script: str) -> None:
    panel = show(window, failed_task(script))
    row = column_texts(table(panel), "Finding").index("The task load raised ValueError: bad value (two_locks.py:33).")
    click(qtbot, panel, row)
    views = window.contents.views
    assert views.selection == TaskSelection(3, 4 * SECOND, 1)
    scale = views.chart.scale
    assert (scale.x(4 * SECOND + 3 * MS) - scale.x(4 * SECOND)) / scale.width_px == pytest.approx(0.2, abs=0.02)
    assert not views.chart.follow
    details = views.panel(DetailsPanel).text()
    assert "Error: ValueError: bad value" in details
    assert f"Raised at: {script}:33" in details
    assert "two_locks.py:30 load" in details
    assert code_line(window) == "line_33 = 33"


def test_a_line_in_the_details_opens_in_code_and_the_selection_stays(
    window: MainWindow, qtbot: QtBot, script: str
) -> None:
    panel = show(window, two_locks(script))
    click(qtbot, panel)
    views, tabs = window.contents.views, window.contents.layout.tabs
    selection = views.selection
    details, code = views.panel(DetailsPanel), views.panel(CodePanel)
    view = find(details, QTextEdit, "details_text")
    link = view.document().find(f"{script}:12")
    place = view.cursorRect(link).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=place - QPoint(8, 0))
    assert tabs.currentWidget() is code
    assert views.selection == selection
    assert code_line(window) == "line_12 = 12"
    assert label_text(code, "code_note") == "two_locks.py, as it is on this machine now"
    press(qtbot, code, "code_back")
    assert not button(code, "code_back").isVisible()


def test_a_file_that_is_gone_is_said_and_an_end_is_a_moment(window: MainWindow, qtbot: QtBot, script: str) -> None:
    show(window, two_locks(script))
    views = window.contents.views
    said: list[str] = []
    views.said.connect(said.append)
    views.show_place(CodePlace(script.replace("two", "gone"), 3))
    views.show_place(CodePlace("relative.py", 3))
    views.show_place(CodePlace("/dev/zero", 3))
    assert said == [
        "gone_locks.py cannot be shown: it is not on this machine any more.",
        "relative.py cannot be shown: the run does not tell its folder.",
        "zero cannot be shown: it is no plain file.",
    ]
    timeline = joined_run(2, exit_codes={2: 3})
    click(qtbot, show(window, timeline))
    assert views.selection == ProcessSelection(3, timeline.process(3).exited_ns)


def test_a_script_that_cannot_be_read_says_so_and_its_line_is_marked(
    window: MainWindow, qtbot: QtBot, script: str
) -> None:
    Path(script).write_text("import os\n\ndef f(:\n    pass\n", encoding="utf-8")
    code = window.contents.views.panel(CodePanel)
    timeline = Timeline()
    timeline.add_plan("two_locks.py")
    timeline.argv = ("python", script)
    program = timeline.process(1)
    program.pid, program.born_ns, program.start_called_ns, program.target_began_ns = 1000, MS, 0, 58 * MS
    program.target_ended_ns, program.exited_ns, program.exit_code, timeline.exit_code = 60 * MS, 71 * MS, 1, 1
    timeline.now_ns, timeline.ended = 71 * MS, True
    timeline.add_error(RaisedError(1, 60 * MS, RaisedBy.MAIN, "SyntaxError", "invalid syntax", script, 3))
    show_run(window, timeline)
    assert sentence(window) == "Failed after 71 ms: SyntaxError: invalid syntax (two_locks.py:3)."
    code.show_listing(file_listing(Script.make(script).path))  # as the window does for a run of a script
    view = find(code, CodeView, "code")
    assert view.marks == {3: "✕ SyntaxError"}
    press(qtbot, window, "notice_show")
    assert code_line(window) == "def f(:"
    assert label_text(code, "code_note") == ""  # its tab is covered
    assert not button(code, "code_back").isVisibleTo(code)
