"""The events panel, fed with built timelines."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run, traced_run
from support.widgets import find, label_text, row_point, table

from desktop.facts.selection import CallSelection, ProcessSelection
from desktop.look.palette import LIGHT
from desktop.panels.events.event_rows import HEADS, EventRows
from desktop.panels.events.events_panel import NOTHING_YET, OF_A_TRACE, EventsPanel
from workers.timeline.model import CallName


@pytest.fixture
def panel(qtbot: QtBot) -> EventsPanel:
    made = EventsPanel()
    qtbot.addWidget(made)
    made.resize(700, 220)
    made.show()
    return made


def rows(panel: EventsPanel) -> list[tuple[str, ...]]:
    model = table(panel).model()
    return [tuple(str(model.index(row, at).data()) for at in range(1, len(HEADS))) for row in range(model.rowCount())]


def row_with(panel: EventsPanel, *cells: str) -> int:
    return next(row for row, found in enumerate(rows(panel)) if found[: len(cells)] == cells)


def test_the_model_keeps_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model = EventRows()
    model.set_timeline(joined_run(3))
    model.refresh()
    qtmodeltester.check(model)


def test_everything_is_listed_by_time(panel: EventsPanel) -> None:
    timeline = joined_run(2, exit_codes={2: -9})
    panel.set_timeline(timeline)
    moments = [table(panel).model().index(row, 0).data() for row in range(len(rows(panel)))]
    assert moments == sorted(moments, key=lambda text: float(text.split()[0]))
    assert label_text(panel, "events_note") == f"{len(moments)} events"
    assert ("Process-2", "exited", "exit code SIGKILL (-9)") in rows(panel)
    exited = table(panel).model().index(row_with(panel, "Process-2", "exited"), HEADS.index("Event"))
    assert exited.data(Qt.ItemDataRole.ForegroundRole) == QColor(LIGHT.bad_text)


def test_what_comes_at_the_end_is_added_and_kept_in_view(panel: EventsPanel) -> None:
    timeline = running_run(8)
    panel.set_timeline(timeline)
    added = QSignalSpy(table(panel).model().rowsInserted)
    reset = QSignalSpy(table(panel).model().modelReset)
    timeline.add_call(1, CallName.JOIN, 2, SECOND)
    timeline.ended = True  # so that it looks at once
    panel.refresh()
    assert (added.count(), reset.count()) == (1, 0)
    assert rows(panel)[-1][:2] == ("program", "join() called")
    assert table(panel).rowAt(table(panel).viewport().height() - 5) == len(rows(panel)) - 1


def test_what_comes_late_is_put_where_it_belongs_and_the_choice_stays(panel: EventsPanel, qtbot: QtBot) -> None:
    timeline = running_run(2)
    panel.set_timeline(timeline)
    row = row_with(panel, "Process-2", "born")
    table(panel).selectRow(row)
    late = timeline.add_call(1, CallName.IS_ALIVE, 2, 5 * MS)  # read late
    timeline.ended = True
    panel.refresh()
    assert rows(panel)[row_with(panel, rows(panel)[0][0], "is_alive() called")]
    assert table(panel).currentIndex().row() == row_with(panel, "Process-2", "born") == row + 1
    assert late.began_ns == 5 * MS


def test_a_click_and_enter_select_what_happened(panel: EventsPanel, qtbot: QtBot) -> None:
    timeline = joined_run(2)
    panel.set_timeline(timeline)
    row = row_with(panel, "Process-1", "exited")
    table(panel).scrollTo(table(panel).model().index(row, 0))
    with qtbot.waitSignal(panel.selected) as clicked:
        qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), row))
    assert clicked.args == [ProcessSelection(2, timeline.process(2).exited_ns)]
    join = next(call for call in timeline.calls if call.name is CallName.JOIN)
    table(panel).selectRow(row_with(panel, "program", "join() called"))
    with qtbot.waitSignal(panel.selected) as entered:
        qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert entered.args == [CallSelection(1, join.began_ns, call=join.id)]


def test_a_call_that_is_selected_elsewhere_is_highlighted(panel: EventsPanel) -> None:
    timeline = joined_run(2)
    panel.set_timeline(timeline)
    join = next(call for call in timeline.calls if call.name is CallName.JOIN)
    panel.show_selection(CallSelection(1, join.began_ns, call=join.id))
    assert table(panel).currentIndex().row() == row_with(panel, "program", "join() called")
    panel.show_selection(ProcessSelection(2))
    assert not table(panel).selectionModel().hasSelection()


def test_filtered_by_process_and_words(panel: EventsPanel, qtbot: QtBot) -> None:
    panel.set_timeline(joined_run(3))
    whole = len(rows(panel))
    whose, search = find(panel, QComboBox, "events_process"), find(panel, QLineEdit, "events_search")
    assert isinstance(whose, QComboBox)
    assert isinstance(search, QLineEdit)
    whose.setCurrentIndex(whose.findData(3))
    assert {row[0] for row in rows(panel)} == {"Process-2"}
    qtbot.keyClicks(search, "EXIT CODE")
    assert rows(panel) == [("Process-2", "exited", "exit code 0")]
    assert label_text(panel, "events_note") == f"1 of {whole} events"


def test_chosen_rows_are_copied_and_all_when_none_is_chosen(panel: EventsPanel, qtbot: QtBot) -> None:
    panel.set_timeline(joined_run(1))
    table(panel).selectRow(row_with(panel, "Process-1", "exited"))
    qtbot.keyClick(table(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "\t".join(HEADS)
    assert [line.split("\t")[1:] for line in lines[1:]] == [["Process-1", "exited", "exit code 0"]]
    table(panel).clearSelection()
    panel.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1 + len(rows(panel))


def test_empty_and_traces_say_so(panel: EventsPanel) -> None:
    assert label_text(panel, "events_note") == NOTHING_YET
    panel.set_timeline(traced_run(1))
    assert label_text(panel, "events_note") == OF_A_TRACE
