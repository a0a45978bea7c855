"""The list of runs as the user sees it, fed with entries built by hand."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from support.widgets import button, column_texts, find, press, table

from desktop.look.icons import Icon, make_icon
from desktop.look.palette import DARK, LIGHT, Palette
from desktop.panels.history.history_panel import NONE_YET, HistoryPanel
from desktop.panels.history.history_rows import DURATION, HEADS, NAME, OUTCOME, SIZE, STARTED, TITLE, UNREAD
from workers.history.run_list import Entry
from workers.history.summaries import RunOutcome, Summary
from workers.runs.limits import Limits

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BEGAN = datetime(2026, 1, 1, 12)


def entry(number: int, outcome: RunOutcome | None = RunOutcome.DONE, *, name: str = "", title: str = "") -> Entry:
    """A run that took as many seconds as its number, and as many kB."""
    title = title or f"sort {number}M"
    summary = None
    if outcome is not None:
        took = None if outcome is RunOutcome.RUNNING else float(number)
        summary = Summary(title, "", took, outcome, f"Sentence {number}.", number * 1000)
    return Entry(Path(f"/runs/{number}"), name, title, BEGAN + timedelta(minutes=number), summary)


@pytest.fixture
def panel(qtbot: QtBot) -> HistoryPanel:
    made = HistoryPanel()
    qtbot.addWidget(made)
    made.resize(950, 500)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def text(panel: HistoryPanel, name: str) -> str:
    found = find(panel, QLabel, name)
    assert found.textFormat() is Qt.TextFormat.PlainText
    return found.text()


def choose(panel: HistoryPanel, *rows: int) -> None:
    """Exactly these, whatever keys an earlier test has left pressed."""
    model, selection = table(panel).model(), table(panel).selectionModel()
    flags = selection.SelectionFlag
    selection.clear()
    for row in rows:
        selection.setCurrentIndex(model.index(row, TITLE), flags.Select | flags.Rows)
    table(panel).setFocus()


def test_each_run_says_when_what_how_long_and_how(panel: HistoryPanel) -> None:
    panel.show_entries([entry(1, RunOutcome.CUT_SHORT, name="mine"), entry(3, RunOutcome.RUNNING), entry(2, None)])
    assert [table(panel).model().headerData(at, Qt.Orientation.Horizontal) for at in range(6)] == list(HEADS)
    assert column_texts(table(panel), STARTED) == ["2026-01-01 12:03:00", "2026-01-01 12:02:00", "2026-01-01 12:01:00"]
    assert column_texts(table(panel), NAME) == ["", "", "mine"]
    assert column_texts(table(panel), TITLE) == ["sort 3M", "sort 2M", "sort 1M"]
    assert column_texts(table(panel), DURATION) == ["", "", "1.000 s"]
    assert column_texts(table(panel), OUTCOME) == ["still running", UNREAD, "cut short"]
    assert column_texts(table(panel), SIZE) == ["3 kB", "", "1 kB"]
    assert text(panel, "history_count") == "3 runs, 4 kB"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_run_that_is_done_has_a_check_mark_and_no_other_outcome_has_it(panel: HistoryPanel, palette: Palette) -> None:
    panel.set_palette(palette)
    outcomes = list(RunOutcome)
    panel.show_entries([entry(number, outcome) for number, outcome in enumerate(outcomes)] + [entry(99, None)])
    model = table(panel).model()
    signs = {}
    for row in range(len(outcomes)):
        sign = model.index(row + 1, OUTCOME).data(Qt.ItemDataRole.DecorationRole)
        signs[model.index(row + 1, OUTCOME).data()] = None if sign is None else sign.pixmap(16, 16).toImage()
    assert model.index(0, OUTCOME).data() == UNREAD
    assert model.index(0, OUTCOME).data(Qt.ItemDataRole.DecorationRole) is None
    done = signs.pop(str(RunOutcome.DONE))
    assert done == make_icon(Icon.DONE, palette, palette.good_text).pixmap(16, 16).toImage()
    assert len(signs) == len(outcomes) - 1
    assert all(sign is None or sign != done for sign in signs.values())
    drawn = done.convertToFormat(QImage.Format.Format_ARGB32)
    inks = {drawn.pixelColor(x, y).rgb() for x in range(16) for y in range(16) if drawn.pixelColor(x, y).alpha() == 255}
    assert QColor(palette.good_text).rgb() in inks


def test_the_newest_is_chosen_and_how_it_ended_is_said_in_full(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1), entry(2, RunOutcome.FAILED)])
    assert text(panel, "history_outcome") == "Sentence 2."
    table(panel).setFocus()
    qtbot.keyClick(table(panel), Qt.Key.Key_Down)
    assert text(panel, "history_outcome") == "Sentence 1."
    choose(panel, 0, 1)
    assert text(panel, "history_outcome") == "2 runs are chosen."


def test_nothing_yet_is_one_sentence_and_one_button(panel: HistoryPanel, qtbot: QtBot) -> None:
    start = find(panel, QPushButton, "history_start")
    assert not start.isVisible()  # until the runs are known
    panel.show_entries([])
    assert text(panel, "history_empty") == NONE_YET
    with qtbot.waitSignal(panel.start_requested):
        qtbot.mouseClick(start, LEFT)
    panel.show_entries([entry(1)])
    assert not start.isVisible()
    assert table(panel).isVisible()


@pytest.mark.parametrize("how", ["enter", "double click", "button", "menu"])
def test_a_run_is_opened(panel: HistoryPanel, qtbot: QtBot, how: str) -> None:
    panel.show_entries([entry(1), entry(2)])
    choose(panel, 1)
    place = table(panel).visualRect(table(panel).model().index(1, TITLE)).center()
    with qtbot.waitSignal(panel.open_requested) as asked:
        if how == "enter":
            qtbot.keyClick(table(panel), Qt.Key.Key_Return)
        elif how == "double click":
            qtbot.mouseClick(table(panel).viewport(), LEFT, NONE, place)
            qtbot.mouseDClick(table(panel).viewport(), LEFT, NONE, place)
        elif how == "button":
            press(qtbot, panel, "history_open")
        else:
            next(action for action in table(panel).actions() if action.text() == "&Open").trigger()
    assert asked.args == [Path("/runs/1")]


def test_one_click_opens_nothing(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1)])
    place = table(panel).visualRect(table(panel).model().index(0, TITLE)).center()
    with qtbot.assertNotEmitted(panel.open_requested):
        qtbot.mouseClick(table(panel).viewport(), LEFT, NONE, place)


def test_the_menu_of_the_list_has_what_the_buttons_do(panel: HistoryPanel) -> None:
    assert table(panel).contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    texts = [(action.text().replace("&", ""), action.shortcut().toString()) for action in table(panel).actions()]
    assert texts == [("Open", ""), ("Compare", ""), ("Rename", "F2"), ("Delete", "Del"), ("Show in folder", "")]


def test_a_run_is_renamed_in_its_row(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1, name="before"), entry(2)])
    choose(panel, 1)
    qtbot.keyClick(table(panel), Qt.Key.Key_F2)
    editor = find(table(panel).viewport(), QLineEdit)
    assert editor.text() == "before"
    editor.selectAll()
    qtbot.keyClicks(editor, "the one that hangs")
    with qtbot.waitSignal(panel.rename_requested) as asked, qtbot.assertNotEmitted(panel.open_requested):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == [Path("/runs/1"), "the one that hangs"]
    assert column_texts(table(panel), NAME) == ["", "before"]  # until it is kept
    panel.show_entry(entry(1, name="the one that hangs"))
    assert column_texts(table(panel), NAME) == ["", "the one that hangs"]


def test_a_name_that_is_left_as_it_was_asks_for_nothing(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1, name="before")])
    table(panel).setFocus()
    for last in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        qtbot.keyClick(table(panel), Qt.Key.Key_F2)
        editor = table(panel).viewport().findChildren(QLineEdit)[-1]
        with qtbot.assertNotEmitted(panel.rename_requested), qtbot.assertNotEmitted(panel.open_requested):
            qtbot.keyClick(editor, last)
            qtbot.waitUntil(lambda editor=editor: not isValid(editor) or not editor.isVisible())


def test_a_name_that_is_being_written_outlives_a_new_list(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1), entry(2)])
    choose(panel, 1)
    qtbot.keyClick(table(panel), Qt.Key.Key_F2)
    editor = find(table(panel).viewport(), QLineEdit)
    qtbot.keyClicks(editor, "my")
    panel.show_entries([entry(3), entry(1), entry(2, RunOutcome.FAILED)])
    qtbot.keyClicks(editor, " run")
    with qtbot.waitSignal(panel.rename_requested) as asked:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == [Path("/runs/1"), "my run"]


@pytest.mark.parametrize("how", ["key", "button"])
def test_several_are_deleted_at_once(panel: HistoryPanel, qtbot: QtBot, how: str) -> None:
    panel.show_entries([entry(number) for number in range(1, 5)])
    choose(panel, 0, 2)
    with qtbot.waitSignal(panel.delete_requested) as asked:
        if how == "key":
            qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
        else:
            press(qtbot, panel, "history_delete")
    assert asked.args == [[Path("/runs/4"), Path("/runs/2")]]


def test_what_cannot_be_done_says_why(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1), entry(2, RunOutcome.RUNNING)])
    choose(panel, 0)
    assert button(panel, "history_open").isEnabled()
    assert not button(panel, "history_delete").isEnabled()
    assert "still going on" in button(panel, "history_delete").toolTip()
    with qtbot.assertNotEmitted(panel.delete_requested):
        qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
    choose(panel, 0, 1)
    assert button(panel, "history_delete").isEnabled()
    assert button(panel, "history_open").toolTip() == "Choose one run only."
    choose(panel)
    for name in ("history_open", "history_rename", "history_delete", "history_reveal"):
        assert not button(panel, name).isEnabled()
        assert button(panel, name).toolTip() == "Choose a run first."


def test_two_are_compared_the_older_one_first(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1), entry(2), entry(3)])
    compare = button(panel, "history_compare")
    choose(panel, 0)
    assert not compare.isEnabled()
    assert compare.toolTip().startswith("Choose two runs")
    choose(panel, 0, 2)
    with qtbot.waitSignal(panel.compare_requested) as asked:
        qtbot.mouseClick(compare, LEFT)
    assert asked.args == [Path("/runs/1"), Path("/runs/3")]
    choose(panel, 0, 1, 2)
    assert not compare.isEnabled()


def test_revealing_and_undo_are_asked_for(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1)])
    with qtbot.waitSignal(panel.reveal_requested) as asked:
        press(qtbot, panel, "history_reveal")
    assert asked.args == [Path("/runs/1")]
    undo = button(panel, "history_undo")
    assert (undo.isEnabled(), undo.toolTip()) == (False, "There is nothing to undo.")
    panel.show_undo("delete")
    assert undo.text() == "&Undo delete"
    table(panel).setFocus()
    with qtbot.waitSignal(panel.undo_requested):
        qtbot.keySequence(table(panel), QKeySequence("Ctrl+Z"))


def test_selection_and_order_stay_when_the_list_is_made_anew(panel: HistoryPanel) -> None:
    panel.show_entries([entry(number) for number in range(1, 4)])
    table(panel).sortByColumn(DURATION, Qt.SortOrder.AscendingOrder)
    choose(panel, 1)
    panel.show_entries([entry(4), entry(3, RunOutcome.FAILED), entry(2), entry(1)])
    assert column_texts(table(panel), TITLE) == ["sort 1M", "sort 2M", "sort 3M", "sort 4M"]
    assert [index.row() for index in table(panel).selectionModel().selectedRows()] == [1]
    panel.show_entries([entry(4), entry(2)])
    assert column_texts(table(panel), TITLE) == ["sort 2M", "sort 4M"]
    assert text(panel, "history_outcome") == "Sentence 2."


def test_when_what_was_chosen_is_gone_its_neighbour_is_chosen(panel: HistoryPanel) -> None:
    panel.show_entries([entry(number) for number in range(1, 6)])
    choose(panel, 2)
    panel.show_entries([entry(5), entry(4), entry(2), entry(1)])
    assert [index.row() for index in table(panel).selectionModel().selectedRows()] == [2]
    assert button(panel, "history_delete").isEnabled()
    panel.show_entries([])
    panel.show_entries([entry(6)])
    assert text(panel, "history_outcome") == "Sentence 6."


def test_what_is_not_known_comes_last_in_both_orders(panel: HistoryPanel) -> None:
    panel.show_entries([entry(2), entry(9, RunOutcome.RUNNING), entry(1)])
    for order, expected in (
        (Qt.SortOrder.AscendingOrder, ["1", "2", "9"]),
        (Qt.SortOrder.DescendingOrder, ["2", "1", "9"]),
    ):
        table(panel).sortByColumn(DURATION, order)
        assert column_texts(table(panel), TITLE) == [f"sort {number}M" for number in expected]


def test_runs_are_found_by_any_of_their_words(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1, name="Mine"), entry(2, RunOutcome.FAILED), entry(3, title="train.py -v")])
    search = find(panel, QLineEdit, "history_search")
    for words, found in (
        ("mine", ["sort 1M"]),
        ("failed", ["sort 2M"]),
        ("TRAIN", ["train.py -v"]),
        ("12:02", ["sort 2M"]),
    ):
        search.setText(words)
        assert column_texts(table(panel), TITLE) == found
        assert text(panel, "history_count") == "1 of 3 runs"
    search.setText("[nothing*")
    assert column_texts(table(panel), TITLE) == []
    assert text(panel, "history_count") == "0 of 3 runs"
    search.setText("s")
    search.setFocus()
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert table(panel).hasFocus()


def test_names_are_shown_as_they_are(panel: HistoryPanel) -> None:
    evil = "<img src=x>\x1b[31m"
    panel.show_entries([entry(1, name="<b>x</b>", title=evil)])
    assert column_texts(table(panel), NAME) == ["<b>x</b>"]
    assert column_texts(table(panel), TITLE) == ["<img src=x>‹ESC›[31m"]
    tip = table(panel).model().index(0, TITLE).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip


def test_rows_are_copied(panel: HistoryPanel, qtbot: QtBot) -> None:
    panel.show_entries([entry(1), entry(2)])
    choose(panel, 0, 1)
    qtbot.keySequence(table(panel), QKeySequence("Ctrl+C"))
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == list(HEADS)
    assert lines[2].split("\t") == ["2026-01-01 12:01:00", "", "sort 1M", "1.000 s", "done", "1 kB"]
    assert text(panel, "history_said") == "2 runs are on the clipboard."


def test_limits_are_shown_and_set(panel: HistoryPanel, qtbot: QtBot) -> None:
    heard: list[Limits] = []
    panel.limits.changed.connect(heard.append)
    panel.limits.show_limits(Limits(40, 300 * 10**6))
    assert heard == []
    runs, size = (find(panel, QSpinBox, name) for name in ("history_most_runs", "history_most_size"))
    assert isinstance(runs, QSpinBox)
    assert isinstance(size, QSpinBox)
    assert (runs.value(), size.value()) == (40, 300)
    size.setValue(5000)
    runs.selectAll()
    qtbot.keyClicks(runs, "25")
    assert heard == [Limits(40, 5 * 10**9)]  # a number that is still being typed is none
    qtbot.keyClick(runs, Qt.Key.Key_Return)
    assert heard[1:] == [Limits(25, 5 * 10**9)]
    run = find(panel, QSpinBox, "history_most_run")
    assert isinstance(run, QSpinBox)
    assert run.value() == Limits().run_bytes // 10**6
    run.setValue(700)
    assert heard[2:] == [Limits(25, 5 * 10**9, 7 * 10**8)]


def test_everything_can_be_reached_and_has_a_name(panel: HistoryPanel) -> None:
    panel.show_entries([entry(1)])
    for name in ("history", "history_search", "history_most_runs", "history_most_size", "history_most_run"):
        found = find(panel, QWidget, name)
        assert found.accessibleName(), name
        assert found.focusPolicy() & Qt.FocusPolicy.TabFocus
    for name in ("history_open", "history_rename", "history_delete", "history_reveal", "history_undo"):
        assert button(panel, name).focusPolicy() & Qt.FocusPolicy.TabFocus
        assert button(panel, name).text()


def test_failed_runs_are_coloured_and_signed_in_both_palettes(panel: HistoryPanel) -> None:
    panel.show_entries([entry(1, RunOutcome.FAILED)])
    index = table(panel).model().index(0, OUTCOME)
    for palette in (DARK, LIGHT):
        panel.set_palette(palette)
        assert index.data(Qt.ItemDataRole.ForegroundRole).name() == palette.bad_text
        assert not index.data(Qt.ItemDataRole.DecorationRole).isNull()


def test_the_keyboard_goes_to_the_list_or_to_what_there_is(panel: HistoryPanel) -> None:
    panel.show_entries([])
    panel.focus_list()
    start = find(panel, QPushButton, "history_start")
    assert start.hasFocus()
    panel.show_entries([entry(1)])
    assert table(panel).hasFocus()
    panel.show_entries([])
    assert start.hasFocus()
    assert QPoint(0, 0) != start.pos()
    assert panel.findChild(QAction, "history_undo_action") is not None
