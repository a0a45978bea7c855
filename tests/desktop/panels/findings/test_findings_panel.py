"""The findings panel, fed with built timelines."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.builders import SECOND, joined_run, running_run, traced_run
from support.widgets import column_texts, find, label_text, row_point, table

from desktop.panels.findings.finding_rows import FindingRows
from desktop.panels.findings.findings_panel import NO_RUN, NOTHING, SO_FAR, FindingsPanel
from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline


@pytest.fixture
def panel(qtbot: QtBot) -> FindingsPanel:
    made = FindingsPanel()
    qtbot.addWidget(made)
    made.resize(700, 220)
    made.show()
    return made


def two_bad_ends() -> Timeline:
    return joined_run(3, exit_codes={1: 1, 3: -11})


def test_the_model_keeps_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    rows = FindingRows()
    timeline = two_bad_ends()
    rows.show(timeline, findings(timeline))
    qtmodeltester.check(rows)


def test_empty_states_say_how_much_is_known(panel: FindingsPanel) -> None:
    assert label_text(panel, "findings_empty") == NO_RUN
    panel.set_timeline(Timeline.planned(running_run().plan))  # type: ignore[arg-type]
    assert label_text(panel, "findings_empty") == NO_RUN
    panel.set_timeline(running_run(2))
    assert label_text(panel, "findings_empty") == SO_FAR
    panel.set_timeline(joined_run(2))
    assert label_text(panel, "findings_empty") == NOTHING


def test_findings_are_listed_with_moment_and_word(panel: FindingsPanel) -> None:
    panel.set_timeline(two_bad_ends())
    assert label_text(panel, "findings_empty") == ""
    assert label_text(panel, "findings_note") == "2 findings"
    assert column_texts(table(panel), "Severity") == ["Problem", "Problem"]
    assert column_texts(table(panel), "Time") == ["1.044 s", "3.064 s"]
    assert column_texts(table(panel), "Finding")[0] == "Process-1 ended with exit code 1 at 1.044 s."


def test_a_click_asks_for_the_evidence_and_another_one_for_the_next(panel: FindingsPanel, qtbot: QtBot) -> None:
    timeline = two_bad_ends()
    panel.set_timeline(timeline)
    first, second = findings(timeline)
    asked: list[tuple[Finding, int]] = []
    panel.evidence_asked.connect(lambda finding, number: asked.append((finding, number)))
    qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 1))
    table(panel).setCurrentIndex(table(panel).model().index(0, 0))
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert asked == [(second, 0), (first, 0), (first, 1)]
    panel.show_selection(None)  # something else was selected meanwhile
    panel.choose(first)
    assert asked[-1] == (first, 0)
    assert table(panel).currentIndex().row() == 0


def test_the_count_is_emitted_when_it_changes(panel: FindingsPanel) -> None:
    spy = QSignalSpy(panel.counted)
    panel.set_timeline(two_bad_ends())
    panel.set_timeline(joined_run(3, exit_codes={1: 1, 2: 1}))
    panel.set_timeline(None)
    assert [spy.at(at)[0] for at in range(spy.count())] == [2, 0]


def test_a_live_run_is_looked_through_now_and_then_and_at_its_end(
    panel: FindingsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def count(timeline: Timeline) -> list[object]:
        looked.append(timeline)
        return []

    monkeypatch.setattr("desktop.panels.findings.findings_panel.findings", count)
    timeline = running_run(2)
    panel.set_timeline(timeline)
    for _ in range(100):
        timeline.touch(1)
        panel.refresh()
    assert len(looked) < 10
    looked.clear()
    timeline.ended = True
    for _ in range(100):
        panel.refresh()
    assert len(looked) == 1


def test_findings_are_copied_as_text(panel: FindingsPanel, qtbot: QtBot) -> None:
    panel.set_timeline(two_bad_ends())
    button = find(panel, QPushButton, "findings_copy")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Severity\tTime\tFinding\tWhere"
    assert len(lines) == 3
    table(panel).selectRow(1)
    qtbot.keyClick(table(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1:] == [
        "Problem\t3.064 s\tProcess-3 crashed with SIGSEGV at 3.064 s: in native code, or by abort().\t"
    ]


def test_names_are_literal_and_the_place_is_short_with_all_of_it_in_the_tooltip(panel: FindingsPanel) -> None:
    timeline = joined_run(1)
    timeline.plan = None
    child = timeline.process(2)
    start = next(call for call in timeline.calls_on(2) if call.name is CallName.START)
    start.error, start.file, start.line = "OSError", "/some/<b>where</b>/main.py", 7
    child.name, child.error, child.pid, child.exited_ns = "<img src=x>\x1b", "start() raised OSError", None, None
    panel.set_timeline(timeline)
    assert column_texts(table(panel), "Finding") == ["<img src=x>‹ESC› could not be started: start() raised OSError."]
    assert column_texts(table(panel), "Where") == ["main.py:7"]
    index = table(panel).model().index(0, 3)
    said = "start() at /some/&lt;b&gt;where&lt;/b&gt;/main.py:7"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == f'<p style="white-space:pre">{said}</p>'


def test_a_long_sentence_is_seen_whole(panel: FindingsPanel) -> None:
    timeline = running_run(1)
    timeline.now_ns = 10 * SECOND
    timeline.add_call(1, CallName.JOIN, 2, SECOND)
    timeline.process(2).paused_ns = 2 * SECOND
    panel.set_timeline(timeline)
    view = table(panel)
    line = view.fontMetrics().lineSpacing()
    assert view.rowHeight(0) >= 2 * line  # it does not fit on one line of this panel
    panel.resize(1800, 220)
    assert view.rowHeight(0) < 2 * line


def test_in_a_trace_nothing_is_looked_for(panel: FindingsPanel) -> None:
    panel.set_timeline(traced_run())
    assert label_text(panel, "findings_empty") == "Findings are about recorded runs: a trace has none."
