"""Everything that shows a timeline: what one view has selected, the others show, and each learns what is new."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QTableView, QTabWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from support import builders
from support.builders import SECOND
from support.charts import canvas
from support.widgets import find
from support.windows import show_run

from desktop.control.session import Session
from desktop.facts.selection import (
    IntervalSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    TaskSelection,
)
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.interval.interval_panel import IntervalPanel
from desktop.panels.interval.lane_rows import HEADS
from desktop.panels.output.output_panel import OutputPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.panels.tasks.tasks_panel import TasksPanel
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order, Plan
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def chart_selection(window: MainWindow) -> Selection | None:
    return window.contents.views.chart.state.selection


def test_row_of_the_table_is_chosen_everywhere(window: MainWindow) -> None:
    show_run(window, builders.joined_run(3))
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(3))
    assert chart_selection(window) == ProcessSelection(3)
    assert window.contents.views.panel(DetailsPanel).text().startswith("Process-2")


def test_what_is_chosen_elsewhere_is_said_to_be_filtered_out_of_the_timeline(window: MainWindow) -> None:
    show_run(window, builders.joined_run(2))
    field = find(window, QLineEdit, "lane_filter")
    field.setText("process-2")
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(2))
    assert window.contents.toast.text() == "The filter hides the lane of Process-1."


def test_bar_of_the_chart_is_chosen_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(3))
    heard: list[Selection | None] = []
    shown = window.contents.views.panel(ProcessesPanel).show_selection
    window.contents.views.panel(ProcessesPanel).show_selection = lambda selection: (
        heard.append(selection),
        shown(selection),
    )[1]  # type: ignore[method-assign]
    chosen = PhaseSelection(2, SECOND // 2, phase=SpanKind.ALIVE)
    window.contents.views.chart.choose(chosen)
    assert heard == [chosen]
    assert window.contents.views.panel(DetailsPanel).text().startswith("Process-1")


def test_printed_line_moves_the_view_only_when_its_moment_is_out_of_it(window: MainWindow) -> None:
    timeline = show_run(window, builders.joined_run(3))
    line = timeline.lines[-1]
    assert line.process is not None
    camera = window.contents.views.chart.state.camera
    before = camera.t0_ns, camera.t1_ns
    window.contents.views.panel(OutputPanel).selected.emit(LineSelection(line.process, line.at_ns, line=line.number))
    assert (camera.t0_ns, camera.t1_ns) == before
    find(window.contents.views.chart, QWidget, "overview").moved.emit(0, SECOND)
    width = window.contents.views.chart.scale.t1_ns - window.contents.views.chart.scale.t0_ns
    window.contents.views.panel(OutputPanel).selected.emit(LineSelection(line.process, line.at_ns, line=line.number))
    assert chart_selection(window) == LineSelection(line.process, line.at_ns, line=line.number)
    assert line.text in window.contents.views.panel(DetailsPanel).text()
    assert window.contents.views.chart.scale.t0_ns < line.at_ns < window.contents.views.chart.scale.t1_ns
    assert window.contents.views.chart.scale.t1_ns - window.contents.views.chart.scale.t0_ns == width


def test_new_run_lets_go_of_what_was_selected_in_the_one_before(window: MainWindow) -> None:
    show_run(window, builders.joined_run(3))
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(3))
    show_run(window, builders.joined_run(2))
    assert chart_selection(window) is None
    assert window.contents.views.panel(DetailsPanel).text() == ""


def test_lane_chosen_in_the_preview_stays_chosen_in_its_run(window: MainWindow) -> None:
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 2, steps=Order.BY_HAND))
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(3))
    plan = Plan.make([10_000] * 2, steps=Order.BY_HAND)
    show_run(window, Timeline.planned(plan))
    assert chart_selection(window) == ProcessSelection(3)


@pytest.mark.parametrize("selected", [None, ProcessSelection(4)])
def test_keys_go_on_from_the_lane_whose_button_began_the_run(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, selected: Selection | None
) -> None:
    """Whatever was selected before."""
    began: list[int | None] = []

    def start(_: Session, what: Plan, *, first: int | None = None) -> None:
        began.append(first)
        show_run(window, Timeline.planned(what))

    monkeypatch.setattr(Session, "start", start)
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 3, steps=Order.BY_HAND))
    window.contents.views.select(selected, None)
    qtbot.waitUntil(find(window, QToolButton, "lane_start_2").isVisible)
    qtbot.mouseClick(find(window, QToolButton, "lane_start_2"), Qt.MouseButton.LeftButton)
    assert began == [1]
    assert chart_selection(window) == (None if selected is None else ProcessSelection(2))
    qtbot.keyClick(find(window, QWidget, "timeline"), Qt.Key.Key_G)
    assert began == [1, 1]


def test_tab_that_was_hidden_is_up_to_date_when_it_is_shown(window: MainWindow) -> None:
    timeline = builders.running_run(1)
    window.contents.session.began.emit(timeline)
    tabs = find(window, QTabWidget, "tabs")
    table = find(window, QTableView, "output")
    assert isinstance(tabs, QTabWidget)
    assert isinstance(table, QTableView)
    tabs.setCurrentIndex(1)
    before = table.model().rowCount()
    timeline.add_line(2, "stdout", SECOND, "while nobody looked")
    window.contents.session.advanced.emit()
    assert table.model().rowCount() == before
    tabs.setCurrentIndex(0)
    assert table.model().rowCount() == before + 1


def test_the_next_longest_task_is_a_key_of_the_window_and_shown_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    timeline = show_run(window, builders.pooled_run(30))
    window.activateWindow()
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_F4)
    longest = [task for task in timeline.tasks if task.index == 29]
    assert chart_selection(window) == TaskSelection(longest[0].process, longest[0].began_ns, longest[0].id)
    assert "29 of 30" in window.contents.views.panel(DetailsPanel).text()
    tabs = find(window, QTabWidget, "tabs")
    tabs.setCurrentWidget(window.contents.views.panel(TasksPanel))
    assert [index.data() for index in find(window, QTableView, "tasks").selectionModel().selectedRows()] == ["29 of 30"]
    qtbot.keyClick(window, Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    assert chart_selection(window).at_ns == timeline.tasks[29].began_ns  # type: ignore[union-attr]


def test_the_critical_path_is_a_switch_of_the_menu_and_says_what_it_shows(window: MainWindow, qtbot: QtBot) -> None:
    action = window.contents.actions.path
    assert not action.isEnabled()
    show_run(window, builders.pooled_run(30))
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F7)
    assert action.isChecked()
    assert window.contents.views.chart.state.path is not None
    assert window.contents.toast.text().startswith("The critical path: ")
    qtbot.keyClick(canvas(window.contents.views.chart), Qt.Key.Key_C)
    assert not action.isChecked()


def test_the_tasks_of_a_trace_are_called_spans(window: MainWindow) -> None:
    tabs = find(window, QTabWidget, "tabs")
    at = tabs.indexOf(window.contents.views.panel(TasksPanel))
    show_run(window, builders.traced_run())
    assert tabs.tabText(at) == "Spans"
    show_run(window, builders.pooled_run())
    assert tabs.tabText(at) == "Tasks"


def test_an_interval_dragged_over_the_chart_is_shown_by_lane(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.pooled_run(30))
    panel = window.contents.views.panel(IntervalPanel)
    find(window, QTabWidget, "tabs").setCurrentWidget(panel)
    qtbot.waitUntil(lambda: canvas(window.contents.views.chart).item.paints > 0)
    target = canvas(window.contents.views.chart).viewport()
    qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    for x in (60, 120, 200):
        qtbot.mouseMove(target, QPoint(x, 40))
    qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=QPoint(200, 40))
    rows = find(panel, QTableView, "interval").model()
    qtbot.waitUntil(lambda: rows.rowCount() == 3)
    busy = rows.index(1, HEADS.index("Busy")).data()
    assert busy not in ("", "0 µs")
    assert isinstance(chart_selection(window), IntervalSelection)
