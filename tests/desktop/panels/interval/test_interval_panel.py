"""The Interval panel, by real events on built timelines."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, pooled_run, traced_run
from support.widgets import column_texts, find, label_text, row_point, table

from desktop.facts.selection import IntervalSelection, ProcessSelection, TrackSelection
from desktop.look.palette import DARK, LIGHT
from desktop.panels.interval.interval_panel import NOTHING, IntervalPanel
from desktop.panels.interval.lane_rows import HEADS, LaneRows
from workers.analysis.tables.lane_measures import lane_measures
from workers.timeline.model import ProcessKind
from workers.timeline.timeline import Timeline


@pytest.fixture
def panel(qtbot: QtBot) -> IntervalPanel:
    made = IntervalPanel()
    qtbot.addWidget(made)
    made.resize(1000, 240)
    with qtbot.waitExposed(made):
        made.show()
    return made


def measured(panel: IntervalPanel, timeline: Timeline, from_ns: int, until_ns: int) -> None:
    panel.set_timeline(timeline)
    panel.show_selection(IntervalSelection(from_ns, until_ns))
    while not table(panel).model().rowCount():
        QApplication.processEvents()


def test_the_model_keeps_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model, timeline = LaneRows(), pooled_run()
    model.show_measures(timeline, list(lane_measures(timeline, 0, SECOND)))
    qtmodeltester.check(model)


def test_an_interval_is_shown_by_lane_with_empty_cells_that_say_why(panel: IntervalPanel) -> None:
    assert label_text(panel, "interval_empty") == NOTHING
    measured(panel, pooled_run(6, 2), 101 * MS, 200 * MS)
    assert label_text(panel, "interval_empty") == ""
    assert column_texts(table(panel), "Lane") == ["program", "ForkPoolWorker-1", "ForkPoolWorker-2"]
    assert column_texts(table(panel), "Busy") == ["", "8 ms", "11 ms"]
    assert column_texts(table(panel), "Begun") == ["", "2", "2"]
    assert column_texts(table(panel), "CPU %") == ["", "", ""]
    model = table(panel).model()
    for row, title, words in ((0, "Busy", "ran no tasks"), (1, "CPU", "not sampled"), (1, "Waiting", "No wait")):
        index = model.index(row, HEADS.index(title))
        assert words in index.data(Qt.ItemDataRole.ToolTipRole)
        assert words in index.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert model.index(1, HEADS.index("Busy")).data(Qt.ItemDataRole.ToolTipRole) is None
    assert model.index(1, 0).data(Qt.ItemDataRole.ForegroundRole) == QColor(LIGHT.of_process(2))
    assert label_text(panel, "interval_note").endswith("99 ms · cores busy: not sampled in it")


def test_the_curve_has_the_cores_that_were_busy(panel: IntervalPanel) -> None:
    timeline = pooled_run(6, 2)
    for at in range(8):
        timeline.add_sample(2, at * 100 * MS, at * 0.05, 1)
        timeline.add_sample(3, at * 100 * MS + MS, at * 0.1, 1)
    panel.set_palette(DARK)
    measured(panel, timeline, 100 * MS, 500 * MS)
    assert label_text(panel, "interval_note").endswith("cores busy: 1.50 on average, 1.50 at most")
    cores = find(panel, QWidget, "interval_cores")
    assert cores.accessibleDescription() == "Cores busy: 1.50 on average, 1.50 at most"
    picture = cores.grab().toImage()
    colours = [picture.pixelColor(x, picture.height() // 2).name() for x in range(picture.width())]
    assert colours.count(DARK.starting) > 0.9 * len(colours)


def test_the_last_interval_stays_while_a_lane_of_it_is_looked_at(panel: IntervalPanel, qtbot: QtBot) -> None:
    timeline = pooled_run(6, 2)
    measured(panel, timeline, 101 * MS, 200 * MS)
    selected = QSignalSpy(panel.selected)
    qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 1))
    assert selected.count() == 0
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert selected.at(0) == [ProcessSelection(2)]
    panel.show_selection(ProcessSelection(2))
    assert len(column_texts(table(panel), "Lane")) == 3
    panel.set_timeline(joined_run(1))
    assert label_text(panel, "interval_empty") == NOTHING
    measured(panel, traced_run(1), 0, SECOND)
    qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 1))
    qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    assert selected.at(1) == [TrackSelection(1, 2)]


def test_any_column_sorts_and_empty_cells_come_last(panel: IntervalPanel, qtbot: QtBot) -> None:
    measured(panel, pooled_run(40, 12), 101 * MS, 400 * MS)
    for column, order, expected in (
        (0, Qt.SortOrder.DescendingOrder, ["program", "ForkPoolWorker-12", "ForkPoolWorker-11"]),
        (HEADS.index("Ended"), Qt.SortOrder.AscendingOrder, None),
    ):
        table(panel).sortByColumn(column, order)
        names = column_texts(table(panel), "Lane")
        assert expected is None or names[:3] == expected
    ended = column_texts(table(panel), "Ended")
    assert ended[-1] == ""
    assert [int(one) for one in ended[:-1]] == sorted(int(one) for one in ended[:-1])


def test_lanes_are_copied_under_their_titles(panel: IntervalPanel, qtbot: QtBot) -> None:
    measured(panel, pooled_run(6, 2), 101 * MS, 200 * MS)
    said = QSignalSpy(panel.said)
    table(panel).setFocus()
    qtbot.keyClick(table(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == list(HEADS)
    assert [line.split("\t")[0] for line in lines[1:]] == ["program", "ForkPoolWorker-1", "ForkPoolWorker-2"]
    assert said.at(0) == ["3 lanes are on the clipboard."]


def test_a_live_run_is_measured_again_but_not_at_every_frame(
    panel: IntervalPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = pooled_run(6, 2, ended=False)
    measured(panel, timeline, 100 * MS, 10 * SECOND)
    clock = [-1.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    before = column_texts(table(panel), "Ended")
    table(panel).selectRow(1)
    running = timeline.open_tasks(2)[0]
    timeline.finish_task(running.id, running.began_ns + SECOND, None)
    panel.refresh()
    assert column_texts(table(panel), "Ended") == before
    clock[0] = 1e9
    panel.refresh()
    assert column_texts(table(panel), "Ended") == [before[0], str(int(before[1]) + 1), before[2]]
    assert [index.row() for index in table(panel).selectionModel().selectedRows()] == [1]


def test_thousands_of_lanes_are_measured_some_at_a_time(panel: IntervalPanel, qtbot: QtBot) -> None:
    timeline = joined_run(1)
    for number in range(3000):
        process = timeline.add_process(f"worker-{number}", ProcessKind.WORKER, 1)
        process.born_ns, process.exited_ns = number, SECOND
    panel.set_timeline(timeline)
    panel.show_selection(IntervalSelection(0, SECOND))
    assert table(panel).model().rowCount() == 0
    panel.show_selection(IntervalSelection(0, SECOND - 1))  # the drag goes on
    qtbot.waitUntil(lambda: table(panel).model().rowCount() == 3002)
    panel.end()
