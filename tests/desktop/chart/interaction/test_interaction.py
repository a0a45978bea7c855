"""Keys, mouse and wheel in the timeline, as real events."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run
from support.charts import canvas, open_view, show
from support.widgets import find

from desktop.chart.drawing.chart import AXIS_PX
from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.geometry.row import BAR_PX, BAR_TOP_PX
from desktop.chart.view import TimelineView
from desktop.chart.widgets.headers import Headers
from desktop.chart.widgets.search_bar import SearchBar
from desktop.documents.mark_edits import MarkEdits
from desktop.facts.selection import (
    BookmarkSelection,
    IntervalSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    TaskSelection,
)
from desktop.look.palette import LIGHT
from workers.timeline.model import Bookmark, ProcessKind, SpanKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
IN_BAR = BAR_TOP_PX + BAR_PX // 2


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    return open_view(qtbot)


def drag(view: TimelineView, qtbot: QtBot, one: QPoint, other: QPoint, *, button: Qt.MouseButton = LEFT,
         modifiers: Qt.KeyboardModifier = NONE) -> None:  # fmt: skip
    """Press, move in steps, release; on the way each step is a real move event."""
    target = canvas(view).viewport()
    qtbot.mousePress(target, button, modifiers, pos=one)
    for step in range(1, 9):
        qtbot.mouseMove(target, one + (other - one) * step / 8)
    qtbot.mouseRelease(target, button, modifiers, pos=other)


def key(view: TimelineView, qtbot: QtBot, which: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> Selection | None:
    qtbot.keyClick(canvas(view), which, modifiers)
    return view.state.selection


def pixels(view: TimelineView) -> QImage:
    return canvas(view).viewport().grab().toImage()


# Measuring


def test_esc_gives_a_drag_up(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    target = canvas(view).viewport()
    qtbot.mousePress(target, LEFT, pos=QPoint(300, 300))
    for x in (330, 360, 400):
        qtbot.mouseMove(target, QPoint(x, 300))
    assert view.state.selection is not None
    assert key(view, qtbot, Qt.Key.Key_Escape) is None
    qtbot.mouseMove(target, QPoint(450, 300))
    qtbot.mouseRelease(target, LEFT, pos=QPoint(450, 300))
    assert view.state.selection is None
    drag(view, qtbot, QPoint(600, 300), QPoint(300, 310))
    assert view.state.selection is not None


def test_a_drag_measures_an_interval_and_announces_it(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    t0, t1 = view.scale.t0_ns, view.scale.t1_ns
    begins, ends = view.scale.at(600), view.scale.at(300)
    chosen: list[Selection | None] = []
    view.selected.connect(chosen.append)
    drag(view, qtbot, QPoint(600, 300), QPoint(300, 310))
    assert chosen[-1] == IntervalSelection.between(begins, ends)
    assert (view.scale.t0_ns, view.scale.t1_ns) == (t0, t1)
    image = pixels(view)
    edge = [QColor(image.pixel(QPoint(x, AXIS_PX + 200))).name() for x in (299, 300)]
    assert LIGHT.accent in edge
    assert QColor(image.pixel(QPoint(450, AXIS_PX - 3))).name() == LIGHT.accent
    assert key(view, qtbot, Qt.Key.Key_Escape) is None
    assert chosen[-1] is None


def test_an_end_of_the_interval_can_be_dragged_further(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    begins = view.scale.at(200)
    drag(view, qtbot, QPoint(200, 300), QPoint(400, 300))
    drag(view, qtbot, QPoint(402, 320), QPoint(500, 300))
    assert view.state.selection == IntervalSelection.between(begins, view.scale.at(500))


def test_the_interval_stays_within_the_run(view: TimelineView, qtbot: QtBot) -> None:
    run = show(view, joined_run(2), qtbot)
    drag(view, qtbot, QPoint(500, 300), QPoint(2, 300))
    assert view.state.selection is not None
    assert view.state.selection.at_ns == 0
    drag(view, qtbot, QPoint(300, 300), QPoint(998, 300))
    assert view.state.selection.until_ns == run.now_ns


def test_the_keyboard_measures_a_span_and_moves_its_loose_end(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(2), qtbot)
    view.select(PhaseSelection(2, 42 * MS, phase=SpanKind.ALIVE))
    assert key(view, qtbot, Qt.Key.Key_R) == IntervalSelection.between(42 * MS, SECOND + 42 * MS)
    longer = key(view, qtbot, Qt.Key.Key_Right, SHIFT)
    assert longer is not None
    assert longer.at_ns == 42 * MS
    assert longer.until_ns is not None
    assert longer.until_ns > SECOND + 42 * MS
    assert key(view, qtbot, Qt.Key.Key_Left, SHIFT) == IntervalSelection.between(42 * MS, SECOND + 42 * MS)


def test_the_keyboard_measures_from_the_middle_when_nothing_is_selected(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(2), qtbot)
    middle = (view.scale.t0_ns + view.scale.t1_ns) // 2
    found = key(view, qtbot, Qt.Key.Key_Left, SHIFT)
    assert found is not None
    assert found.until_ns == middle
    assert found.at_ns is not None
    assert found.at_ns < middle


# Panning


@pytest.mark.parametrize(("button", "modifiers"), [(MIDDLE, NONE), (LEFT, SHIFT)])
def test_what_is_grabbed_stays_under_the_pointer(
    view: TimelineView, qtbot: QtBot, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    show(view, joined_run(30), qtbot)
    for _ in range(6):
        key(view, qtbot, Qt.Key.Key_W)
    grabbed, top = view.scale.at(500), view.scroll_px
    drag(view, qtbot, QPoint(500, 300), QPoint(363, 221), button=button, modifiers=modifiers)
    assert view.scale.x(grabbed) == pytest.approx(363, abs=0.5)
    assert view.scroll_px == top + 79
    assert view.state.selection is None


def test_a_pan_beyond_the_beginning_and_back_does_not_drift(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    for _ in range(3):
        key(view, qtbot, Qt.Key.Key_W)
    before, target = view.scale, canvas(view).viewport()
    qtbot.mousePress(target, MIDDLE, pos=QPoint(300, 300))
    for x in (400, 700, 990, 600, 300):
        qtbot.mouseMove(target, QPoint(x, 300))
    qtbot.mouseRelease(target, MIDDLE, pos=QPoint(300, 300))
    assert view.scale == before


# Next and previous


def test_comma_and_full_stop_walk_through_a_lane(view: TimelineView, qtbot: QtBot) -> None:
    run = joined_run(1)
    done = run.begin_task(2, "square", 100 * MS)
    run.finish_task(done, 300 * MS, None)
    show(view, run, qtbot)
    view.select(PhaseSelection(2, 42 * MS, phase=SpanKind.ALIVE))
    seen = [key(view, qtbot, Qt.Key.Key_Period) for _ in range(2)]
    assert seen == [LineSelection(2, 43 * MS, line=1), TaskSelection(2, 100 * MS, task=done)]
    assert key(view, qtbot, Qt.Key.Key_Comma) == seen[0]


def test_a_task_is_selected_by_a_click_and_told_in_full(view: TimelineView, qtbot: QtBot) -> None:
    run = joined_run(1)
    run.finish_task(run.begin_task(2, "square", 300 * MS), 700 * MS, "ValueError")
    show(view, run, qtbot)
    at = QPoint(round(view.scale.x(500 * MS)), AXIS_PX + ROW_PX + IN_BAR)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=at)
    assert view.state.selection == TaskSelection(2, 300 * MS, task=1)
    told = canvas(view).accessibleDescription().splitlines()
    assert told[0] == "square"
    assert [line.split()[-1] for line in told if line.startswith("Error")] == ["ValueError"]


def test_keys_of_the_chart_do_nothing_without_a_run(view: TimelineView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.keys_requested):
        key(view, qtbot, Qt.Key.Key_Question)
    for which in (Qt.Key.Key_R, Qt.Key.Key_W, Qt.Key.Key_Period, Qt.Key.Key_F):
        assert key(view, qtbot, which) is None


def test_measuring_goes_on_while_the_run_does(view: TimelineView, qtbot: QtBot) -> None:
    run = show(view, running_run(2), qtbot)
    target, begins = canvas(view).viewport(), view.scale.at(300)
    qtbot.mousePress(target, LEFT, pos=QPoint(300, 300))
    qtbot.mouseMove(target, QPoint(340, 300))
    run.now_ns = 5 * SECOND
    run.touch(1)
    view.refresh()
    qtbot.mouseMove(target, QPoint(360, 300))
    qtbot.mouseRelease(target, LEFT, pos=QPoint(360, 300))
    assert view.state.selection == IntervalSelection.between(begins, view.scale.at(360))


# Marks


@pytest.fixture
def marks(view: TimelineView) -> MarkEdits:
    """The user's marks, changed as the window changes them."""
    made = MarkEdits(lambda: None, view)
    view.mark_change_requested.connect(made.replace)
    made.changed.connect(view.refresh)
    return made


def write(view: TimelineView, qtbot: QtBot, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    field = find(view, QLineEdit, "mark_label")
    assert field.isVisible()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, end)
    assert not field.isVisible()


def marked(view: TimelineView, qtbot: QtBot, marks: MarkEdits) -> Timeline:
    run = show(view, joined_run(2), qtbot)
    marks.set_timeline(run)
    view.select(PhaseSelection(2, 42 * MS, phase=SpanKind.ALIVE))
    key(view, qtbot, Qt.Key.Key_M)
    write(view, qtbot, "it begins")
    return run


def test_m_marks_the_selected_moment_with_a_label(view: TimelineView, qtbot: QtBot, marks: MarkEdits) -> None:
    run = marked(view, qtbot, marks)
    assert run.bookmarks == [Bookmark(42 * MS, "it begins")]
    assert view.state.selection == BookmarkSelection(run.bookmarks[0])
    key(view, qtbot, Qt.Key.Key_F2)
    write(view, qtbot, "here")
    assert run.bookmarks == [Bookmark(42 * MS, "here")]
    key(view, qtbot, Qt.Key.Key_Delete)
    assert run.bookmarks == []
    assert view.state.selection is None
    for _ in range(2):
        marks.undo()
    assert run.bookmarks == [Bookmark(42 * MS, "it begins")]
    marks.redo()
    assert run.bookmarks == [Bookmark(42 * MS, "here")]


def test_escape_leaves_no_mark_and_no_label_means_a_number(view: TimelineView, qtbot: QtBot, marks: MarkEdits) -> None:
    run = marked(view, qtbot, marks)
    key(view, qtbot, Qt.Key.Key_M)
    write(view, qtbot, "never", Qt.Key.Key_Escape)
    assert len(run.bookmarks) == 1
    key(view, qtbot, Qt.Key.Key_M)
    write(view, qtbot, "")
    assert [mark.label for mark in run.bookmarks] == ["Mark 2", "it begins"]


def test_the_flag_of_a_mark_is_drawn_and_can_be_clicked(view: TimelineView, qtbot: QtBot, marks: MarkEdits) -> None:
    run = marked(view, qtbot, marks)
    key(view, qtbot, Qt.Key.Key_Escape)
    at = QPoint(round(view.scale.x(42 * MS)) + 3, 8)
    assert QColor(pixels(view).pixel(at)).name() == LIGHT.text
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=at)
    assert view.state.selection == BookmarkSelection(run.bookmarks[0])
    qtbot.mouseDClick(canvas(view).viewport(), LEFT, pos=at)
    assert find(view, QLineEdit, "mark_label").text() == "it begins"


def test_n_walks_through_the_marks(view: TimelineView, qtbot: QtBot, marks: MarkEdits) -> None:
    run = show(view, joined_run(2), qtbot)
    run.bookmarks = [Bookmark(at * SECOND, str(at)) for at in range(3)]
    view.refresh()
    for _ in range(5):
        key(view, qtbot, Qt.Key.Key_N)
    assert view.state.selection == BookmarkSelection(run.bookmarks[2])
    assert key(view, qtbot, Qt.Key.Key_N, SHIFT) == BookmarkSelection(run.bookmarks[1])


# Search


def search(view: TimelineView) -> SearchBar:
    return find(view, SearchBar)


def count(view: TimelineView) -> str:
    return find(view, QLabel, "search_count").text()


def test_slash_asks_for_words_and_enter_goes_from_match_to_match(view: TimelineView, qtbot: QtBot) -> None:
    run = show(view, joined_run(3), qtbot)
    key(view, qtbot, Qt.Key.Key_Slash)
    field = search(view).field
    qtbot.waitUntil(field.isVisible)
    qtbot.keyClicks(field, "function")
    assert count(view) == "1 of 3"
    lines = [line for line in run.lines if line.text.startswith("Function")]
    seen = []
    for which, modifiers in ((Qt.Key.Key_Return, NONE), (Qt.Key.Key_Return, NONE), (Qt.Key.Key_Return, NONE),
                             (Qt.Key.Key_Return, SHIFT)):  # fmt: skip
        qtbot.keyClick(field, which, modifiers)
        assert isinstance(view.state.selection, LineSelection)
        seen.append(view.state.selection.line)
    assert seen == [lines[1].number, lines[2].number, lines[0].number, lines[2].number]
    assert count(view) == "3 of 3"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not search(view).isVisible()
    assert view.state.selection is not None


def test_what_is_found_comes_into_view(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(30), qtbot)
    key(view, qtbot, Qt.Key.Key_Slash)
    qtbot.keyClicks(search(view).field, "1029")
    assert view.state.selection == ProcessSelection(30)
    row = view.state.rows.row_of(30)
    assert row is not None
    top = view.scroll_px
    assert top <= row.top_px
    assert row.top_px + row.height_px <= top + canvas(view).viewport().height() - AXIS_PX


def test_no_match_is_said_and_moves_nothing(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(3), qtbot)
    before = view.scale
    key(view, qtbot, Qt.Key.Key_Slash)
    qtbot.keyClicks(search(view).field, "~nobody")
    qtbot.keyClick(search(view).field, Qt.Key.Key_Return)
    assert count(view) == "No match"
    assert (view.state.selection, view.scale) == (None, before)


def test_a_match_that_came_later_is_found_by_the_next_step(view: TimelineView, qtbot: QtBot) -> None:
    run = show(view, running_run(1), qtbot)
    key(view, qtbot, Qt.Key.Key_Slash)
    qtbot.keyClicks(search(view).field, "square")
    assert count(view) == "No match"
    run.begin_task(2, "square", 400 * MS)
    qtbot.keyClick(search(view).field, Qt.Key.Key_F3)
    assert view.state.selection == TaskSelection(2, 400 * MS, task=1)
    assert count(view) == "1 of 1"


def test_what_is_found_is_counted_on_while_the_run_goes_on(view: TimelineView, qtbot: QtBot) -> None:
    run = show(view, running_run(1), qtbot)
    key(view, qtbot, Qt.Key.Key_Slash)
    qtbot.keyClicks(search(view).field, "started")
    assert count(view) == "1 of 1"
    selection = view.state.selection
    run.add_line(2, "stdout", 400 * MS, "Started again")
    run.touch(2)

    def counted() -> bool:
        view.refresh()
        return count(view) == "1 of 2"

    qtbot.waitUntil(counted)
    assert view.state.selection == selection
    run.add_line(2, "stdout", 450 * MS, "Started for good")
    run.ended = True
    run.touch(2)
    view.refresh()
    assert count(view) == "1 of 3", "at the end at once"


def test_a_label_that_is_being_written_does_not_mark_another_run(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    changes: list[object] = []
    view.mark_change_requested.connect(lambda *change: changes.append(change))
    key(view, qtbot, Qt.Key.Key_M)
    editor = find(view, QLineEdit, "mark_label")
    qtbot.waitUntil(editor.hasFocus)
    qtbot.keyClicks(editor, "of this run")
    view.set_timeline(joined_run(2))
    assert not editor.isVisible()
    key(view, qtbot, Qt.Key.Key_Return)
    assert changes == []


# Lanes


def lanes(view: TimelineView) -> list[int]:
    return [row.process for row in view.state.rows]


def family() -> Timeline:
    """The program, two workers, and two children of the first."""
    run = running_run(2)
    for number in (3, 4):
        child = run.add_process(f"child-{number}", ProcessKind.FORKED, parent_id=2)
        child.pid, child.born_ns, child.target_began_ns = 2000 + number, 100 * MS, 101 * MS
    return run


def test_left_and_right_fold_and_unfold_a_lane(view: TimelineView, qtbot: QtBot) -> None:
    show(view, family(), qtbot)
    assert lanes(view) == [1, 2, 4, 5, 3]
    view.select(ProcessSelection(2))
    key(view, qtbot, Qt.Key.Key_Left)
    assert lanes(view) == [1, 2, 3]
    key(view, qtbot, Qt.Key.Key_Right)
    assert lanes(view) == [1, 2, 4, 5, 3]
    view.select(ProcessSelection(5))
    assert key(view, qtbot, Qt.Key.Key_Left) == ProcessSelection(2)
    key(view, qtbot, Qt.Key.Key_Return)
    assert lanes(view) == [1, 2, 3]


def test_the_row_that_the_selection_is_folded_into_is_the_chosen_one(view: TimelineView, qtbot: QtBot) -> None:
    show(view, family(), qtbot)
    view.select(ProcessSelection(2))
    key(view, qtbot, Qt.Key.Key_Left)
    view.select(ProcessSelection(5))
    chosen = [row.process for row in view.state.rows if view.state.rows.is_chosen(row, view.state.selection)]
    assert chosen == [2]
    headers = find(view, Headers)
    ground = headers.grab().toImage().pixelColor(headers.width() - 20, view.state.rows[1].top_px + ROW_PX - 6)
    assert ground == QColor(LIGHT.selection)


def test_right_unfolds_the_lane_that_what_is_selected_was_folded_into(view: TimelineView, qtbot: QtBot) -> None:
    show(view, family(), qtbot)
    view.select(ProcessSelection(4))
    arrow = QPoint(22, view.state.rows[1].top_px + ROW_PX // 2)
    qtbot.mouseClick(find(view, Headers), LEFT, pos=arrow)
    assert lanes(view) == [1, 2, 3]
    assert view.state.selection == ProcessSelection(4)
    assert key(view, qtbot, Qt.Key.Key_Right) == ProcessSelection(4)
    assert lanes(view) == [1, 2, 4, 5, 3]
    assert view.state.row == 2, "the keyboard is on the lane of what is selected"
    key(view, qtbot, Qt.Key.Key_Right)
    assert view.state.selection == PhaseSelection(4, 100 * MS, phase=SpanKind.STARTING)


def test_a_lanes_menu_folds_its_own_lane_though_others_came_above_it_meanwhile(
    view: TimelineView, qtbot: QtBot
) -> None:
    run = show(view, running_run(3), qtbot)
    run.add_process("child", ProcessKind.FORKED, parent_id=3).born_ns = 100 * MS
    run.touch(3)
    view.refresh()
    assert lanes(view) == [1, 2, 3, 5, 4]
    view.select(ProcessSelection(3))
    key(view, qtbot, Qt.Key.Key_Menu)
    menu = find(view, QMenu, "lane_menu")
    for number in range(3):
        run.add_process(f"late-{number}", ProcessKind.FORKED, parent_id=2).born_ns = 200 * MS
    run.touch(2)
    view.refresh()
    assert lanes(view) == [1, 2, 6, 7, 8, 3, 5, 4]
    next(action for action in menu.actions() if action.text().startswith("Fold its children")).trigger()
    menu.close()
    assert lanes(view) == [1, 2, 6, 7, 8, 3, 4]
    assert view.arrangement.collapsed == {3}


def test_the_keyboard_stays_on_the_helpers_row_while_lanes_come_above_it(view: TimelineView, qtbot: QtBot) -> None:
    run = running_run(1)
    for name in ("tracker", "server"):
        run.add_process(name, ProcessKind.HELPER, parent_id=2).born_ns = 50 * MS
    show(view, run, qtbot)
    for _ in range(3):
        key(view, qtbot, Qt.Key.Key_Down)
    held = view.state.held_row
    assert held is not None
    assert held.helpers_of == 2
    key(view, qtbot, Qt.Key.Key_Right)
    assert lanes(view) == [1, 2, 0, 3, 4]
    run.add_process("another tracker", ProcessKind.HELPER, parent_id=1).born_ns = 300 * MS
    run.touch(1)
    view.refresh()
    assert lanes(view) == [1, 0, 2, 0, 3, 4]
    assert view.state.row == 3
    key(view, qtbot, Qt.Key.Key_Left)
    assert lanes(view) == [1, 0, 2, 0]
    assert view.state.row == 3


def test_the_filter_leaves_what_its_words_name_of_processes_to_come_too(view: TimelineView, qtbot: QtBot) -> None:
    run = show(view, family(), qtbot)
    key(view, qtbot, Qt.Key.Key_F, SHIFT | Qt.KeyboardModifier.ControlModifier)
    field = find(view, QLineEdit, "lane_filter")
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "kind:forked")
    assert lanes(view) == [4, 5]
    run.add_process("late", ProcessKind.FORKED, parent_id=3)
    view.refresh()
    assert lanes(view) == [4, 5, 6]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert lanes(view) == [1, 2, 4, 5, 3, 6]
    qtbot.waitUntil(lambda: canvas(view).hasFocus())


def test_a_pinned_lane_stays_at_the_top_and_survives_no_other_run(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(30), qtbot)
    view.select(ProcessSelection(25))
    key(view, qtbot, Qt.Key.Key_P)
    assert lanes(view)[:3] == [25, 1, 2]
    view.scroll_to(600)
    at = QPoint(round(view.scale.x(SECOND)), AXIS_PX + IN_BAR)
    qtbot.mouseClick(canvas(view).viewport(), LEFT, pos=at)
    assert view.state.selection is not None
    assert view.state.selection.process == 25
    key(view, qtbot, Qt.Key.Key_P)
    assert lanes(view)[:2] == [1, 2]


def test_rows_get_higher_by_key_and_by_dragging_a_headers_edge(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(4), qtbot)
    key(view, qtbot, Qt.Key.Key_H)
    assert view.arrangement.row_px == 64
    key(view, qtbot, Qt.Key.Key_H, SHIFT)
    assert view.arrangement.row_px == ROW_PX
    headers = find(view, Headers)
    qtbot.mousePress(headers, LEFT, pos=QPoint(60, ROW_PX - 1))
    qtbot.mouseMove(headers, QPoint(60, ROW_PX + 20))
    qtbot.mouseRelease(headers, LEFT, pos=QPoint(60, ROW_PX + 20))
    assert view.arrangement.row_px == ROW_PX + 21
    assert view.state.selection is None
    view.set_timeline(joined_run(2))
    assert view.arrangement.row_px == ROW_PX + 21


def test_the_lanes_menu_sorts_and_the_lanes_own_menu_pins(view: TimelineView, qtbot: QtBot) -> None:
    show(view, joined_run(3), qtbot)
    by_text = {action.text(): action for action in view.lane_actions()}
    by_text["Reverse the order"].trigger()
    assert lanes(view) == [1, 4, 3, 2]
    by_text["Sort by duration"].trigger()
    by_text["Reverse the order"].trigger()
    assert lanes(view) == [1, 2, 3, 4]
    assert by_text["Sort by duration"].isChecked()
    view.select(ProcessSelection(3))
    key(view, qtbot, Qt.Key.Key_Menu)
    qtbot.waitUntil(lambda: view.findChild(QMenu, "lane_menu") is not None)
    menu = find(view, QMenu, "lane_menu")
    next(action for action in menu.actions() if action.text().startswith("Pin")).trigger()
    menu.close()
    assert lanes(view) == [3, 1, 2, 4]
