"""The Tasks panel, by real events on built timelines."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, pooled_run, threaded_run, traced_run
from support.widgets import column_texts, find, label_text, press, row_point, table

from desktop.facts.selection import ProcessSelection, Selection, SpanSelection, TaskSelection
from desktop.look.palette import DARK, LIGHT
from desktop.panels.tasks.empty_words import NO_SPANS, NO_TASKS, NO_TASKS_YET
from desktop.panels.tasks.tasks_panel import TasksPanel
from desktop.panels.tasks.work_asker import AT_ONCE
from desktop.panels.tasks.work_rows import WorkRows
from workers.analysis.tables.work_table import work_source
from workers.analysis.tables.work_view import WorkQuery, view_of
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Imported


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[TasksPanel]:
    made = TasksPanel()
    qtbot.addWidget(made)
    made.resize(1100, 320)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.end()


def tasks(panel: TasksPanel) -> QTableView:
    return table(panel, "tasks")


def shown(panel: TasksPanel) -> list[str]:
    """The titles of the columns that are shown."""
    view = tasks(panel)
    model = view.model()
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    return [title for at, title in enumerate(titles) if not view.isColumnHidden(at)]


def column(panel: TasksPanel, title: str) -> list[str]:
    return column_texts(tasks(panel), title)


def write(panel: TasksPanel, qtbot: QtBot, text: str) -> None:
    """Type a filter."""
    field = find(panel, QLineEdit, "tasks_filter")
    field.clear()
    qtbot.keyClicks(field, text)


def click_head(panel: TasksPanel, qtbot: QtBot, title: str) -> None:
    header = tasks(panel).horizontalHeader()
    at = next(at for at in range(header.count()) if header.model().headerData(at, Qt.Orientation.Horizontal) == title)
    tasks(panel).scrollTo(tasks(panel).model().index(0, at))
    place = QPoint(header.sectionViewportPosition(at) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def click_row(view: QTableView, qtbot: QtBot, row: int) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(view, row))


def plot(panel: TasksPanel) -> QWidget:
    return find(panel, QWidget, "tasks_durations")


def test_the_models_keep_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model = WorkRows()
    model.show_view(view_of(work_source(pooled_run()).table(), WorkQuery()))
    qtmodeltester.check(model)


def test_every_task_has_a_row_with_what_is_known_of_it(panel: TasksPanel) -> None:
    panel.set_timeline(pooled_run(20))
    assert shown(panel) == [
        "Task", "Function", "Arguments", "Worker", "Waited", "Duration", "CPU", "Error", "Began",
    ]  # fmt: skip
    model = tasks(panel).model()
    row = column(panel, "Task").index("14 of 20")
    cells = [
        str(model.index(row, at).data()) for at in range(model.columnCount()) if not tasks(panel).isColumnHidden(at)
    ]
    assert cells == [
        "14 of 20", "load", "(14,)", "ForkPoolWorker-2", "14 ms", "14 ms", "7 ms", "ValueError", "0.142 s",
    ]  # fmt: skip
    colours = {str(model.index(row, at).data()): model.index(row, at).data(Qt.ItemDataRole.ForegroundRole)
               for at in range(model.columnCount())}  # fmt: skip
    assert colours["ForkPoolWorker-2"] == QColor(LIGHT.of_process(3))
    assert colours["ValueError"] == QColor(LIGHT.bad_text)
    assert label_text(panel, "tasks_note") == "20 tasks, 2 failed"


def test_without_calls_a_task_has_its_number_and_no_empty_columns(panel: TasksPanel) -> None:
    panel.set_timeline(threaded_run())
    assert shown(panel) == ["Task", "Function", "Worker", "Waited", "Duration", "Error", "Began"]
    assert column(panel, "Task")[:3] == ["1", "2", "3"]
    assert "program · pool_0" in column(panel, "Worker")
    assert "–" in column(panel, "Waited")  # the last tasks were not seen when they were submitted


@pytest.mark.parametrize(
    ("timeline", "words"),
    [
        (joined_run(2), NO_TASKS),
        (Timeline(), NO_TASKS_YET),
        (None, "No run yet."),
    ],
)
def test_a_run_without_tasks_says_so(panel: TasksPanel, timeline: Timeline | None, words: str) -> None:
    panel.set_timeline(pooled_run(3))
    panel.set_timeline(timeline)
    assert label_text(panel, "tasks_empty") == words
    assert not tasks(panel).isVisible()
    panel.set_timeline(pooled_run(3))
    assert label_text(panel, "tasks_empty") == ""
    assert tasks(panel).isVisible()


def test_a_trace_without_spans_says_so(panel: TasksPanel) -> None:
    empty = Timeline()
    empty.imported, empty.ended = Imported("chrome", 1, 0, 0, 1, 0, 0), True
    panel.set_timeline(empty)
    assert label_text(panel, "tasks_empty") == NO_SPANS


def test_a_filter_is_typed_and_a_bad_one_is_explained_under_the_field(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(pooled_run(20))
    write(panel, qtbot, "error >10ms")
    assert column(panel, "Task") == ["14 of 20"]
    assert label_text(panel, "tasks_note") == "1 of 20 tasks"
    write(panel, qtbot, ">10")
    field = find(panel, QLineEdit, "tasks_filter")
    assert "has no unit" in label_text(panel, "tasks_problem")
    assert field.accessibleDescription() == label_text(panel, "tasks_problem")
    assert len(column(panel, "Task")) == 20
    write(panel, qtbot, "forkpoolworker-2 square")
    assert label_text(panel, "tasks_problem") == ""
    assert label_text(panel, "tasks_note") == "0 of 20 tasks"


def test_a_click_on_a_title_sorts_and_the_chosen_task_stays_chosen_and_in_view(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(pooled_run(200))
    click_row(tasks(panel), qtbot, 0)
    click_head(panel, qtbot, "Duration")
    assert column(panel, "Task")[:3] == ["1 of 200", "2 of 200", "3 of 200"]
    click_head(panel, qtbot, "Duration")
    assert column(panel, "Task")[:3] == ["200 of 200", "199 of 200", "198 of 200"]
    chosen = tasks(panel).selectionModel().selectedRows()
    assert [index.data() for index in chosen] == ["1 of 200"]
    assert tasks(panel).viewport().rect().contains(row_point(tasks(panel), chosen[0].row()))
    click_head(panel, qtbot, "Duration")
    assert column(panel, "Task")[:3] == ["1 of 200", "3 of 200", "5 of 200"]  # as the workers began them


def test_rows_select_tasks_and_tasks_select_rows(panel: TasksPanel, qtbot: QtBot) -> None:
    timeline = pooled_run(20)
    panel.set_timeline(timeline)
    heard: list[Selection] = []
    panel.selected.connect(heard.append)
    click_row(tasks(panel), qtbot, 3)
    qtbot.keyClick(tasks(panel), Qt.Key.Key_Down)
    assert list(dict.fromkeys(heard)) == [TaskSelection(2, timeline.task(one).began_ns, one) for one in (4, 5)]
    panel.show_selection(TaskSelection(3, 0, 20))
    assert [index.row() for index in tasks(panel).selectionModel().selectedRows()] == [19]
    panel.show_selection(ProcessSelection(2))
    assert not tasks(panel).selectionModel().hasSelection()
    assert heard[-1] == TaskSelection(2, timeline.task(5).began_ns, 5)


def test_the_next_longest_is_selected_from_the_longest_on_among_those_that_pass(
    panel: TasksPanel, qtbot: QtBot
) -> None:
    timeline = pooled_run(20)
    panel.set_timeline(timeline)
    write(panel, qtbot, "load")
    heard: list[int | None] = []
    panel.selected.connect(lambda selection: heard.append(timeline.task(selection.task).index))
    for _ in range(3):
        press(qtbot, panel, "tasks_longest")
    panel.next_shortest()
    assert heard == [20, 18, 16, 18]
    said = QSignalSpy(panel.said)
    write(panel, qtbot, "20,")
    press(qtbot, panel, "tasks_longest")
    press(qtbot, panel, "tasks_longest")
    assert [said.at(at)[0] for at in range(said.count())] == ["That is the shortest task."]
    write(panel, qtbot, "nothing")
    press(qtbot, panel, "tasks_longest")
    assert said.at(1)[0] == "No task passes the filter."


def test_the_longest_is_found_though_nobody_has_looked_at_the_panel(qtbot: QtBot) -> None:
    panel = TasksPanel()
    qtbot.addWidget(panel)
    panel.set_timeline(pooled_run(20))
    with qtbot.waitSignal(panel.selected) as selected:
        panel.next_longest()
    assert selected.args == [TaskSelection(3, 190 * MS, 20)]
    panel.end()


def test_a_drag_over_the_histogram_filters_and_the_text_says_so(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(pooled_run(90))
    write(panel, qtbot, "load >2ms")
    widget, y = plot(panel), plot(panel).height() // 2
    middle, end = QPoint(widget.width() // 2, y), QPoint(widget.width() - 9, y)
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)
    assert find(panel, QLineEdit, "tasks_filter").text() == "load >=10ms"
    assert column(panel, "Task") == [f"{one} of 90" for one in range(10, 91, 2)]
    qtbot.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=middle)
    assert find(panel, QLineEdit, "tasks_filter").text() == "load"


def test_the_keyboard_goes_over_the_histogram_and_filters(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(pooled_run(90))
    widget, field = plot(panel), find(panel, QLineEdit, "tasks_filter")
    widget.setFocus()
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left):
        qtbot.keyClick(widget, key)
    assert "10 tasks from 80ms to 90ms" in widget.accessibleDescription()
    assert "median 45.5 ms" in widget.accessibleDescription()
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert field.text() == ">=80ms <90ms"
    qtbot.keyClick(widget, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert field.text() == ">=71ms <90ms"
    assert label_text(panel, "tasks_note").startswith("19 of 90 tasks")
    qtbot.keyClick(widget, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_rows_are_copied_under_their_titles(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(pooled_run(20))
    write(panel, qtbot, "error")
    qtbot.keyClick(tasks(panel), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(panel.said) as said:
        qtbot.keyClick(tasks(panel), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["2 tasks are on the clipboard."]
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "\t".join(shown(panel))
    assert [line.split("\t")[0] for line in lines[1:]] == ["7 of 20", "14 of 20"]


def test_a_long_table_is_made_beside_the_window_and_the_latest_question_is_answered(
    panel: TasksPanel, qtbot: QtBot
) -> None:
    count = 8 * AT_ONCE
    panel.set_timeline(pooled_run(count))
    assert label_text(panel, "tasks_note") == "Counting …"
    for text in ("load", "square", "error", ">39s"):
        write(panel, qtbot, text)
    qtbot.waitUntil(lambda: label_text(panel, "tasks_note") == f"1,000 of {count:,} tasks, 143 failed")
    assert tasks(panel).model().rowCount() == 1_000
    write(panel, qtbot, "")
    click_head(panel, qtbot, "Duration")
    qtbot.keyClick(tasks(panel), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(tasks(panel), "no search through every row")
    qtbot.waitUntil(lambda: tasks(panel).model().rowCount() == count)


def test_the_table_grows_while_the_run_goes_on_and_keeps_its_place(
    panel: TasksPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = pooled_run(100, ended=False)
    panel.set_timeline(timeline)
    assert "so far" in " ".join(column(panel, "Duration"))
    bar = tasks(panel).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 40)
    bar.setValue(40)
    click_row(tasks(panel), qtbot, 42)
    inserted, reset = QSignalSpy(tasks(panel).model().rowsInserted), QSignalSpy(tasks(panel).model().modelReset)
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    running = timeline.open_tasks(2)[0]
    timeline.finish_task(running.id, running.began_ns + 7 * SECOND, "KeyError")
    timeline.begin_task(2, "late", running.began_ns + 8 * SECOND)
    clock[0] = -1.0
    panel.refresh()
    assert inserted.count() == 0  # not at every frame
    clock[0] = 1e9
    panel.refresh()
    assert (inserted.count(), reset.count()) == (1, 0)
    assert column(panel, "Duration")[running.id - 1] == "7.000 s"
    assert column(panel, "Error")[running.id - 1] == "KeyError"
    assert column(panel, "Function")[-1] == "late"
    assert bar.value() == 40
    assert [index.row() for index in tasks(panel).selectionModel().selectedRows()] == [42]


def test_names_of_the_program_are_shown_literally(panel: TasksPanel) -> None:
    timeline = pooled_run(2)
    timeline.begin_task(2, "<b>a\u202eb</b>\n", SECOND)
    panel.set_timeline(timeline)
    row = column(panel, "Function").index("<b>a‹U+202E›b</b>‹LF›")
    tip = tasks(panel).model().index(row, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "<p>&lt;b&gt;a‹U+202E›b&lt;/b&gt;‹LF›</p>"


# Traces


def test_a_trace_has_its_spans_by_name_and_a_name_has_its_spans(panel: TasksPanel, qtbot: QtBot) -> None:
    titled = QSignalSpy(panel.titled)
    panel.set_timeline(traced_run(2))
    assert titled.at(titled.count() - 1)[0] == "Spans"
    names = table(panel, "tasks_names")
    assert column_texts(names, "Name") == ["All names", "main", "request", "load", "wait"]
    assert column_texts(names, "Count") == ["10", "2", "4", "2", "2"]
    assert column_texts(names, "Total") == ["", "18.000 s", "16.000 s", "8.000 s", "–"]
    assert column_texts(names, "Self") == ["", "–", "–", "8.000 s", "–"]
    assert "may overlap" in names.model().index(2, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert "2 without an end" in names.model().index(4, 4).data(Qt.ItemDataRole.ToolTipRole)
    assert len(column(panel, "Span")) == 10
    click_row(names, qtbot, 2)
    assert column(panel, "Span") == ["request"] * 4
    assert column(panel, "Duration") == ["4.000 s"] * 4
    heard: list[Selection] = []
    panel.selected.connect(heard.append)
    click_row(tasks(panel), qtbot, 3)
    assert set(heard) == {SpanSelection(2, 2 * SECOND, 4, 1)}
    panel.next_shortest()  # all four take equally long
    assert heard[-1] == SpanSelection(2, 0, 4, 0)
    click_row(names, qtbot, 0)
    assert len(column(panel, "Span")) == 10
    panel.show_selection(SpanSelection(2, 0, 3, 1))
    assert [index.data() for index in tasks(panel).selectionModel().selectedRows()] == ["load"]


def test_names_are_sorted_by_any_figure_under_all_names(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(traced_run(2))
    names = table(panel, "tasks_names")
    header = names.horizontalHeader()
    for times, expected in ((1, ["load", "main", "request", "wait"]), (2, ["wait", "request", "main", "load"])):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, header.height() // 2))
        assert column_texts(names, "Name") == ["All names", *expected], times
    qtbot.keyClick(names, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1].split("\t")[:2] == ["All names", "10"]


def test_a_filter_of_a_trace_knows_no_errors_and_the_names_follow_it(panel: TasksPanel, qtbot: QtBot) -> None:
    panel.set_timeline(traced_run(2))
    write(panel, qtbot, "mainthread >5s")
    assert column_texts(table(panel, "tasks_names"), "Name") == ["All names", "main"]
    write(panel, qtbot, "error")
    assert label_text(panel, "tasks_note") == "0 of 10 spans"
    panel.set_timeline(pooled_run(20))
    assert label_text(panel, "tasks_note") == "2 of 20 tasks"
    assert not table(panel, "tasks_names").isVisible()


def test_the_colours_follow_the_palette(panel: TasksPanel) -> None:
    panel.set_timeline(pooled_run(20))
    panel.set_palette(DARK)
    pixels = plot(panel).grab().toImage()
    colours = {pixels.pixelColor(x, y).name() for x in range(pixels.width()) for y in range(pixels.height())}
    assert {DARK.base, DARK.alive, DARK.line} <= colours
    assert LIGHT.base not in colours
