"""The output panel, fed with built timelines."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot
from support.builders import MS, joined_run, running_run, traced_run
from support.widgets import column_texts, find, label_text, row_point, table

from desktop.facts.selection import LineSelection
from desktop.look.palette import DARK, LIGHT
from desktop.panels.output.output_panel import OutputPanel
from workers.timeline.kept_lines import KeptLines
from workers.timeline.timeline import Timeline


@pytest.fixture
def panel(qtbot: QtBot) -> OutputPanel:
    made = OutputPanel()
    qtbot.addWidget(made)
    made.resize(600, 200)
    made.show()
    return made


def many_lines(count: int, most: int | None = None) -> Timeline:
    timeline = running_run(2)
    if most is not None:
        timeline.lines = KeptLines(most)
    for number in range(count):
        timeline.add_line(2 + number % 2, "stdout", (600 + number) * MS, f"line {number}")
    return timeline


def at_bottom(panel: OutputPanel) -> bool:
    bar = table(panel).verticalScrollBar()
    return bar.maximum() > 0 and bar.value() == bar.maximum()


def test_lines_show_time_process_and_text(panel: OutputPanel) -> None:
    panel.set_timeline(running_run(2))
    assert column_texts(table(panel), 0) == ["0.043 s", "0.053 s"]
    assert column_texts(table(panel), 1) == ["Process-1", "Process-2"]
    assert column_texts(table(panel), 2) == ["Started with n: 10000", "Started with n: 20000"]
    assert label_text(panel, "output_note") == "2 lines"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_tag_has_the_colour_of_its_lane(panel: OutputPanel, palette: object) -> None:
    assert palette in (LIGHT, DARK)
    colours = LIGHT if palette is LIGHT else DARK
    panel.set_timeline(running_run(2))
    panel.set_palette(colours)
    found = table(panel).model().index(1, 1).data(Qt.ItemDataRole.ForegroundRole)
    assert found == QColor(colours.of_process(3))


def test_nothing_is_interpreted(panel: OutputPanel) -> None:
    timeline = running_run(1)
    timeline.add_line(2, "stderr", 1, "\x1b[2J<img src=x>\0")
    panel.set_timeline(timeline)
    assert column_texts(table(panel), 2)[-1] == "▌ ‹ESC›[2J<img src=x>‹NUL›"  # the bar is for standard error
    assert column_texts(table(panel), 1)[-1] == "Process-1 (stderr)"


def test_a_huge_line_is_shortened_in_its_row(panel: OutputPanel) -> None:
    timeline = running_run(1)
    timeline.add_line(2, "stdout", 1, "x" * 1_000_000)
    panel.set_timeline(timeline)
    assert len(column_texts(table(panel), 2)[-1]) < 2_100
    assert column_texts(table(panel), 2)[-1].endswith("…")


def test_new_lines_come_at_the_end_and_it_stays_there(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = many_lines(100)
    panel.set_timeline(timeline)
    qtbot.waitUntil(lambda: at_bottom(panel))
    timeline.add_line(2, "stdout", 900 * MS, "newest")
    panel.refresh()
    assert column_texts(table(panel), 2)[-1] == "newest"
    qtbot.waitUntil(lambda: at_bottom(panel) and table(panel).rowAt(row_point(table(panel), 102).y()) == 102)


def test_it_stays_at_the_end_when_it_becomes_smaller(panel: OutputPanel, qtbot: QtBot) -> None:
    panel.set_timeline(many_lines(100))
    qtbot.waitUntil(lambda: at_bottom(panel))
    panel.resize(600, 120)
    qtbot.waitUntil(lambda: at_bottom(panel))


def test_it_does_not_move_while_a_person_reads_further_up(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = many_lines(100)
    panel.set_timeline(timeline)
    qtbot.waitUntil(lambda: at_bottom(panel))
    table(panel).verticalScrollBar().setValue(10)
    timeline.add_line(2, "stdout", 900 * MS, "newest")
    panel.refresh()
    assert table(panel).verticalScrollBar().value() == 10


def test_dropped_lines_go_at_the_head_and_are_counted(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = many_lines(98, most=100)
    panel.set_timeline(timeline)
    qtbot.waitUntil(lambda: at_bottom(panel))
    table(panel).verticalScrollBar().setValue(50)
    top = table(panel).indexAt(QPoint(1, 1)).siblingAtColumn(2).data()
    for number in range(20):
        timeline.add_line(2, "stdout", 900 * MS, f"more {number}")
    panel.refresh()
    assert len(column_texts(table(panel), 2)) == 100
    assert column_texts(table(panel), 2)[-1] == "more 19"
    assert column_texts(table(panel), 2)[0] == "line 18"
    assert table(panel).indexAt(QPoint(1, 1)).siblingAtColumn(2).data() == top
    assert label_text(panel, "output_note") == "100 lines; 20 older ones dropped"


def test_a_burst_longer_than_what_is_kept(panel: OutputPanel) -> None:
    timeline = many_lines(98, most=100)
    panel.set_timeline(timeline)
    for number in range(1_000):
        timeline.add_line(2, "stdout", 900 * MS, f"more {number}")
    panel.refresh()
    assert column_texts(table(panel), 2) == [f"more {number}" for number in range(900, 1_000)]


def test_filter_by_process_and_by_words(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = many_lines(30)
    panel.set_timeline(timeline)
    process = find(panel, QComboBox, "output_process")
    search = find(panel, QLineEdit, "output_search")
    assert isinstance(process, QComboBox)
    assert isinstance(search, QLineEdit)
    assert [process.itemText(at) for at in range(process.count())] == [
        "All processes",
        "program",
        "Process-1",
        "Process-2",
    ]
    qtbot.keyClicks(search, "LINE 2")
    assert column_texts(table(panel), 2) == ["line 2", *[f"line {number}" for number in range(20, 30)]]
    process.setFocus()
    qtbot.keyClicks(process, "Process-2")
    assert column_texts(table(panel), 2) == [f"line {number}" for number in range(21, 30, 2)]
    timeline.add_line(2, "stdout", 1, "line 2 of another")
    timeline.add_line(3, "stdout", 1, "line 2 again")
    panel.refresh()
    assert column_texts(table(panel), 2)[-1] == "line 2 again"
    assert label_text(panel, "output_note") == "6 of 34 lines"


def test_a_click_and_enter_select_the_line(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = running_run(3)
    panel.set_timeline(timeline)
    view = table(panel)
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 1))
    assert heard.args == [LineSelection(3, timeline.lines[1].at_ns, line=2)]
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard.args == [LineSelection(4, timeline.lines[2].at_ns, line=3)]


def test_a_line_of_an_unknown_writer_is_shown_on_the_program(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = running_run(1)
    timeline.add_line(None, "stdout", 7, "whose?")
    panel.set_timeline(timeline)
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 1))
    assert heard.args == [LineSelection(1, 7, line=2)]


def test_lines_of_unknown_writers_alone_are_taken_in(panel: OutputPanel) -> None:
    timeline = running_run(1)
    panel.set_timeline(timeline)
    timeline.add_line(None, "stdout", 7, "whose?")
    panel.refresh()
    assert column_texts(table(panel), 2)[-1] == "whose?"


def test_show_selection_highlights_without_an_echo(panel: OutputPanel, qtbot: QtBot) -> None:
    panel.set_timeline(many_lines(100))
    with qtbot.assertNotEmitted(panel.selected):
        panel.show_selection(LineSelection(2, 0, line=5))
        assert [index.row() for index in table(panel).selectionModel().selectedRows()] == [4]
        panel.show_selection(None)
    assert not table(panel).selectionModel().hasSelection()


def test_copy_gives_the_selected_lines_as_text(panel: OutputPanel, qtbot: QtBot) -> None:
    panel.set_timeline(running_run(3))
    view = table(panel)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(table(panel), 0))
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, row_point(table(panel), 1)
    )
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == (
        "0.043 s\tProcess-1\tStarted with n: 10000\n0.053 s\tProcess-2\tStarted with n: 20000"
    )


def test_a_selection_survives_new_lines(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = many_lines(10)
    panel.set_timeline(timeline)
    panel.show_selection(LineSelection(2, 0, line=5))
    timeline.add_line(2, "stdout", 1, "more")
    panel.refresh()
    assert [index.row() for index in table(panel).selectionModel().selectedRows()] == [4]


def test_no_timeline_and_no_output(panel: OutputPanel) -> None:
    assert label_text(panel, "output_note") == "Nothing printed yet"
    panel.set_timeline(joined_run(1))
    assert column_texts(table(panel), 2)
    panel.set_timeline(None)
    assert column_texts(table(panel), 2) == []


def test_a_hundred_thousand_lines_stay_fast(panel: OutputPanel, qtbot: QtBot) -> None:
    timeline = many_lines(100_000)
    began = time.thread_time()
    panel.set_timeline(timeline)
    panel.grab()
    filled_s = time.thread_time() - began
    began = time.thread_time()
    for _ in range(10):
        for number in range(1_000):
            timeline.add_line(2, "stdout", 1, f"more {number}")
        panel.refresh()
        panel.grab()
    refreshed_s = (time.thread_time() - began) / 10
    assert column_texts(table(panel), 2)[-1] == "more 999"
    # Generous for a busy machine: a widget a row would take minutes.
    assert filled_s < 2
    assert refreshed_s < 0.25


@pytest.mark.parametrize("height", [300, 307, 313])
def test_whole_lines_fill_the_table_at_every_height(panel: OutputPanel, qtbot: QtBot, height: int) -> None:
    timeline = running_run(1)
    for number in range(100):
        timeline.add_line(2, "stdout", number, str(number))
    panel.set_timeline(timeline)
    panel.resize(500, height)
    row_px = table(panel).verticalHeader().defaultSectionSize()
    shown = table(panel).viewport()
    qtbot.waitUntil(lambda: shown.height() > 5 * row_px and shown.height() % row_px == 0)


def test_without_a_line_it_says_why(panel: OutputPanel) -> None:
    quiet = Timeline()
    panel.set_timeline(quiet)
    assert label_text(panel, "output_note") == "Nothing printed yet"
    quiet.ended = True
    panel.set_timeline(quiet)
    assert label_text(panel, "output_note") == "Nothing was printed"
    panel.set_timeline(traced_run())
    assert label_text(panel, "output_note") == "A trace has no output"
