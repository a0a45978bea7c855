"""The table of processes, fed with built timelines."""

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.builders import SECOND, joined_run, running_run
from support.widgets import column_texts, row_point, table

from desktop.facts.formatting import UNKNOWN
from desktop.facts.process_columns import COLUMNS, short_globals
from desktop.facts.selection import CallSelection, ProcessSelection
from desktop.panels.processes.process_rows import ProcessRows
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.widgets.record_table import CELL_PX
from desktop.widgets.sorted_rows import SortedRows
from workers.timeline.model import ProcessKind, Watched

LABELS = [column.label for column in COLUMNS]


@pytest.fixture
def panel(qtbot: QtBot) -> ProcessesPanel:
    made = ProcessesPanel()
    qtbot.addWidget(made)
    made.resize(1200, 240)
    made.show()
    return made


def header_point(panel: ProcessesPanel, label: str) -> QPoint:
    header = table(panel).horizontalHeader()
    at = LABELS.index(label)
    return QPoint(header.sectionViewportPosition(at) + header.sectionSize(at) // 2, header.height() // 2)


def selected_names(panel: ProcessesPanel) -> list[str]:
    return [str(index.data()) for index in table(panel).selectionModel().selectedRows()]


def test_the_models_keep_qts_rules(qtmodeltester: ModelTester) -> None:
    rows, proxy = ProcessRows(), SortedRows()
    proxy.setSourceModel(rows)
    timeline = running_run(2)
    rows.set_timeline(timeline)
    qtmodeltester.check(proxy)
    timeline.add_process("Process-3", ProcessKind.WORKER, parent_id=1)
    rows.refresh()
    assert proxy.rowCount() == 4


def test_a_row_a_process_in_the_order_of_the_run(panel: ProcessesPanel) -> None:
    panel.set_timeline(joined_run(3, exit_codes={2: -9, 3: 1}))
    assert column_texts(table(panel), "Name") == ["program", "Process-1", "Process-2", "Process-3"]
    assert column_texts(table(panel), "Exit code") == ["0", "0", "SIGKILL (-9)", "1"]
    assert column_texts(table(panel), "Joined")[0] == UNKNOWN


def test_a_click_on_a_header_sorts_numbers_as_numbers(panel: ProcessesPanel, qtbot: QtBot) -> None:
    timeline = joined_run(12)
    timeline.process(2).pid = 99_999
    panel.set_timeline(timeline)
    header = table(panel).horizontalHeader().viewport()
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton, pos=header_point(panel, "Pid"))
    assert column_texts(table(panel), "Pid") == [str(n) for n in [1000, *range(1002, 1013), 99_999]]
    qtbot.mouseClick(header, Qt.MouseButton.LeftButton, pos=header_point(panel, "Pid"))
    assert column_texts(table(panel), "Pid")[0] == "99999"


def test_names_sort_by_their_numbers(panel: ProcessesPanel, qtbot: QtBot) -> None:
    panel.set_timeline(running_run(11))
    table(panel).sortByColumn(LABELS.index("Name"), Qt.SortOrder.AscendingOrder)
    assert column_texts(table(panel), "Name") == [*(f"Process-{n}" for n in range(1, 12)), "program"]


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
@pytest.mark.parametrize("label", ["CPU", "Joined", "Globals at the end", "Start method"])
def test_what_is_not_known_comes_last(panel: ProcessesPanel, order: Qt.SortOrder, label: str) -> None:
    timeline = joined_run(4)
    timeline.process(3).cpu_s, timeline.process(4).cpu_s = 10.0, 9.0
    timeline.process(3).cpu_whole = timeline.process(4).cpu_whole = True
    panel.set_timeline(timeline)
    table(panel).sortByColumn(LABELS.index(label), order)
    shown = column_texts(table(panel), label)
    known = [text for text in shown if text != UNKNOWN]
    assert shown == known + [UNKNOWN] * (len(shown) - len(known))
    if label == "CPU":
        assert known == (["9.000 s", "10.000 s"] if order is Qt.SortOrder.AscendingOrder else ["10.000 s", "9.000 s"])


def test_only_changed_processes_are_announced(panel: ProcessesPanel) -> None:
    timeline = running_run(5)
    rows = ProcessRows()
    rows.set_timeline(timeline)
    spy = QSignalSpy(rows.dataChanged)
    rows.refresh()
    assert spy.count() == 0
    timeline.process(4).exit_code = 3
    timeline.touch(4)
    rows.refresh()
    announced = [(spy.at(n)[0].row(), spy.at(n)[1].row()) for n in range(spy.count())]
    assert announced == [(3, 3)]
    rows.refresh()
    assert spy.count() == 1


def test_updates_come_in_place_and_keep_the_selection(panel: ProcessesPanel, qtbot: QtBot) -> None:
    timeline = running_run(3)
    panel.set_timeline(timeline)
    table(panel).sortByColumn(LABELS.index("Exited"), Qt.SortOrder.AscendingOrder)
    qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 2))
    assert selected_names(panel) == ["Process-2"]
    last = timeline.process(4)
    last.exited_ns, last.exit_code = 2 * SECOND, 0
    timeline.touch(4)
    timeline.add_process("Process-4", ProcessKind.WORKER, parent_id=1)
    with qtbot.assertNotEmitted(panel.selected):
        panel.refresh()
    assert column_texts(table(panel), "Name")[0] == "Process-3"
    assert column_texts(table(panel), "State")[0] == "exited, not joined"
    assert len(column_texts(table(panel), "Name")) == 5
    assert selected_names(panel) == ["Process-2"]


def test_click_arrows_and_enter_select(panel: ProcessesPanel, qtbot: QtBot) -> None:
    panel.set_timeline(running_run(3))
    view = table(panel)
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 1))
    assert heard.args == [ProcessSelection(2)]
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert heard.args == [ProcessSelection(3)]
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == [ProcessSelection(3)]


def test_show_selection_has_no_echo(panel: ProcessesPanel, qtbot: QtBot) -> None:
    panel.set_timeline(running_run(3))
    with qtbot.assertNotEmitted(panel.selected):
        panel.show_selection(CallSelection(3, 0, call=1))
        assert selected_names(panel) == ["Process-2"]
        panel.show_selection(ProcessSelection(99))
        assert selected_names(panel) == []


def test_the_focus_alone_selects_nothing(panel: ProcessesPanel, qtbot: QtBot) -> None:
    panel.set_timeline(running_run(3))
    with qtbot.assertNotEmitted(panel.selected):
        table(panel).setFocus(Qt.FocusReason.TabFocusReason)


def test_copy_gives_a_header_and_the_selected_rows(panel: ProcessesPanel, qtbot: QtBot) -> None:
    panel.set_timeline(running_run(3))
    view = table(panel)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    everything = QGuiApplication.clipboard().text().splitlines()
    assert everything[0].split("\t") == LABELS
    assert [line.split("\t")[0] for line in everything[1:]] == ["program", "Process-1", "Process-2", "Process-3"]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 2))
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    chosen = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[:2] for line in chosen[1:]] == [["Process-2", "1002"]]


def test_a_name_is_literal(panel: ProcessesPanel) -> None:
    timeline = running_run(1)
    timeline.process(2).name = "<b>x</b>\t\x1b"
    panel.set_timeline(timeline)
    assert column_texts(table(panel), "Name")[1] == "<b>x</b>→ ‹ESC›"


def test_emptied_again(panel: ProcessesPanel) -> None:
    panel.set_timeline(running_run(1))
    panel.set_timeline(None)
    panel.refresh()
    assert table(panel).model().rowCount(QModelIndex()) == 0


@pytest.mark.parametrize("exit_code", [-15, -9, -6, 255])
def test_how_a_process_ended_is_seen_whole(panel: ProcessesPanel, exit_code: int) -> None:
    timeline = joined_run(1, exit_codes={1: exit_code})
    timeline.process(2).cpu_s = 0.0
    panel.set_timeline(timeline)
    shown = table(panel)
    for label in ("Exit code", "CPU"):
        at = next(at for at, column in enumerate(COLUMNS) if column.label == label)
        text = shown.model().index(1, at).data()
        assert shown.fontMetrics().horizontalAdvance(text) + CELL_PX <= shown.columnWidth(at), text


def test_another_run_is_seen_from_its_top(panel: ProcessesPanel) -> None:
    panel.set_timeline(joined_run(40))
    panel.show_selection(ProcessSelection(35))
    assert table(panel).rowAt(0) > 0
    panel.set_timeline(joined_run(50))
    assert table(panel).rowAt(0) == 0


def test_long_values_of_globals_are_cut_in_the_middle_and_their_name_is_shortened(panel: ProcessesPanel) -> None:
    timeline = joined_run(2)
    values = [f"[{', '.join(['None'] * 30)}, {at}]" for at in (1, 2)]
    for number, value in enumerate(values, 2):
        timeline.watched.append(Watched(number, "global_var_list", SECOND, "ended", value))
    panel.set_timeline(timeline)
    at = LABELS.index("Globals at the end")
    delegate = table(panel).itemDelegateForColumn(at)
    assert isinstance(delegate, QStyledItemDelegate)
    shown = []
    for row in (1, 2):
        option, index = QStyleOptionViewItem(), table(panel).model().index(row, at)
        delegate.initStyleOption(option, index)
        room = table(panel).columnWidth(at) - CELL_PX
        shown.append(table(panel).fontMetrics().elidedText(option.text, option.textElideMode, room))
        assert index.data(Qt.ItemDataRole.ToolTipRole) == f"<p>global_var_list = {values[row - 1]}</p>"
    assert shown[0].startswith("globa…_list = [None")
    assert [text[-4:] for text in shown] == [", 1]", ", 2]"]
    assert (
        short_globals("n = 1; a_name_of_many_letters = x_of_many_letters = 2")
        == "n = 1; a_nam…tters = x_of_many_letters = 2"
    )
