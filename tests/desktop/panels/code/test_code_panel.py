"""The code panel: the script, its colours, its marks, and the line that is stood on."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from support.builders import MS, joined_run, plan, running_run
from support.hanging_runs import script_in, script_run
from support.widgets import button, find, press

from desktop.facts.fact import CodePlace
from desktop.facts.selection import CallSelection
from desktop.look.palette import DARK, LIGHT
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.code.code_view import CodeView
from workers.plan.listing import Listing, make_listing
from workers.plan.plan import Order
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline


@pytest.fixture
def panel(qtbot: QtBot) -> CodePanel:
    made = CodePanel()
    qtbot.addWidget(made)
    made.resize(600, 240)
    made.show()
    return made


def view(panel: CodePanel) -> CodeView:
    return find(panel, CodeView, "code")


def note(panel: CodePanel) -> str:
    found = find(panel, QLabel, "code_note")
    return found.text()


def waiting_run() -> Timeline:
    timeline = running_run(4)
    for at, call in enumerate(timeline.calls):
        call.step = at
    join = timeline.add_call(1, CallName.JOIN, 2, 100 * MS)
    join.step = timeline.step = 4
    return timeline


def colour_at(panel: CodePanel, word: str) -> str:
    text = view(panel).toPlainText()
    block = view(panel).document().findBlock(text.index(word))
    inside = text.index(word) - block.position()
    for style in block.layout().formats():
        if style.start <= inside < style.start + style.length:
            return str(style.format.foreground().color().name())
    return ""


def test_nothing_to_copy_before_there_is_a_script(panel: CodePanel) -> None:
    assert not button(panel, "code_copy").isEnabled()
    assert not button(panel, "code_save").isEnabled()


def test_copy_and_save_hand_over_the_script(panel: CodePanel, qtbot: QtBot) -> None:
    listing = make_listing(plan())
    panel.show_listing(listing)
    with qtbot.waitSignal(panel.said) as emitted:
        press(qtbot, panel, "code_copy")
    assert emitted.args == ["The script is on the clipboard."]
    assert QGuiApplication.clipboard().text() == listing.text
    with qtbot.waitSignal(panel.save_requested) as heard:
        press(qtbot, panel, "code_save")
    assert heard.args == [listing.text]


def test_it_cannot_be_edited(panel: CodePanel, qtbot: QtBot) -> None:
    listing = make_listing(plan())
    panel.show_listing(listing)
    qtbot.keyClicks(view(panel), "x")
    assert view(panel).toPlainText() == listing.text


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_python_is_coloured(panel: CodePanel, palette: object) -> None:
    colours = LIGHT if palette is LIGHT else DARK
    source = 'def f(n):  # why\n    """Doc\n    goes on."""\n    return "t" + str(12)\n'
    panel.show_listing(Listing(source, (), (), ()))
    panel.set_palette(colours)
    assert colour_at(panel, "def") == colours.accent
    assert colour_at(panel, "# why") == colours.quiet
    assert colour_at(panel, '"""Doc') == colours.good
    assert colour_at(panel, "goes on") == colours.good
    assert colour_at(panel, "return") == colours.accent
    assert colour_at(panel, '"t"') == colours.good
    assert colour_at(panel, "12") == colours.process_colours[2]
    assert colour_at(panel, "n):") == ""


def test_the_line_stood_on_is_marked_and_brought_into_view(panel: CodePanel, qtbot: QtBot) -> None:
    timeline = waiting_run()
    listing = make_listing(plan())
    panel.show_listing(listing)
    assert view(panel).verticalScrollBar().value() == 0
    panel.set_timeline(timeline)
    here = listing.step_lines[4]
    assert view(panel).line == here
    assert note(panel) == f"The parent is at line {here}"
    assert view(panel).verticalScrollBar().value() > 0
    block = view(panel).document().findBlockByNumber(here - 1)
    box = view(panel).blockBoundingGeometry(block).translated(view(panel).contentOffset())
    assert 0 <= box.top() < view(panel).viewport().height()
    picture = view(panel).grab().toImage()
    middle = round(box.center().y())
    assert picture.pixelColor(QPoint(view(panel).viewport().width() - 5, middle)) == QColor(LIGHT.selection)
    accent = [x for x in range(view(panel).margin_px()) if picture.pixelColor(x, middle) == QColor(LIGHT.accent)]
    assert accent  # the arrow


def test_marks_follow_the_run(panel: CodePanel) -> None:
    timeline = waiting_run()
    listing = make_listing(plan())
    panel.show_listing(listing)
    panel.set_timeline(timeline)
    assert len(view(panel).marks) == 4
    join = timeline.calls[-1]
    join.ended_ns, join.result = 1_234 * MS, True
    timeline.step = 5
    panel.refresh()
    assert len(view(panel).marks) == 4  # nothing was said to have changed
    timeline.touch(1)
    panel.refresh()
    assert view(panel).marks[listing.step_lines[4]] == "⟂ 1.234 s"
    assert view(panel).line == listing.step_lines[5]


def test_the_scroll_position_is_kept_while_the_user_reads_elsewhere(panel: CodePanel) -> None:
    timeline = waiting_run()
    panel.show_listing(make_listing(plan()))
    panel.set_timeline(timeline)
    view(panel).verticalScrollBar().setValue(0)
    timeline.step = 5
    timeline.touch(1)
    panel.refresh()
    assert view(panel).verticalScrollBar().value() == 0


def test_the_end_and_another_run(panel: CodePanel) -> None:
    panel.show_listing(make_listing(plan()))
    panel.set_timeline(joined_run(4))
    assert note(panel) == "The run has ended"
    assert view(panel).line is None
    panel.set_timeline(None)
    assert view(panel).marks == {}


def test_another_plans_script_has_no_marks_of_the_run(panel: CodePanel, qtbot: QtBot) -> None:
    panel.show_listing(make_listing(plan(4)))
    panel.set_timeline(joined_run(4))
    assert view(panel).marks
    panel.show_listing(make_listing(plan(3)))
    assert view(panel).marks == {}
    assert note(panel) == "The script of the next run"
    with qtbot.assertNotEmitted(panel.selected):
        view(panel).clicked.emit(make_listing(plan(3)).step_lines[0])
    panel.show_listing(make_listing(plan(4)))
    assert view(panel).marks
    assert note(panel) == "The run has ended"


def test_a_selected_call_is_brought_into_view(panel: CodePanel, qtbot: QtBot) -> None:
    panel.show_listing(make_listing(plan()))
    panel.set_timeline(waiting_run())
    view(panel).verticalScrollBar().setValue(0)
    with qtbot.assertNotEmitted(panel.selected):
        panel.show_selection(CallSelection(1, 0, call=1))
    assert view(panel).verticalScrollBar().value() > 0


def test_a_selected_call_of_a_script_is_brought_into_view_and_selected(panel: CodePanel) -> None:
    text = "".join(f"line_{number} = {number}\n" for number in range(1, 301))
    timeline = running_run(2)
    timeline.plan, timeline.argv = None, ("python", "/home/train.py")
    for call, (file, line) in zip(timeline.calls, [("/home/train.py", 250), ("/home/other.py", 100)], strict=True):
        call.file, call.line = file, line
    timeline.calls[0].by = 2  # a child's call stands in the same script
    panel.show_listing(Listing(text, (), (), (), "/home/train.py"))
    panel.set_timeline(timeline)
    panel.show_selection(CallSelection(2, 0, call=1))
    assert view(panel).textCursor().selectedText() == "line_250 = 250"
    box = view(panel).cursorRect()
    assert view(panel).viewport().rect().contains(box)
    panel.show_selection(CallSelection(1, 0, call=2))  # another file's line 100 is not ours
    assert view(panel).textCursor().selectedText() == "", "the line of another call is not marked any more"
    assert view(panel).pointed is None


def test_a_click_on_a_line_selects_its_call(panel: CodePanel, qtbot: QtBot) -> None:
    timeline, listing = waiting_run(), make_listing(plan())
    panel.show_listing(listing)
    panel.set_timeline(timeline)

    def click(line: int) -> None:
        block = view(panel).document().findBlockByNumber(line - 1)
        box = view(panel).blockBoundingGeometry(block).translated(view(panel).contentOffset())
        at = QPoint(60, round(box.center().y()))
        qtbot.mouseClick(view(panel).viewport(), Qt.MouseButton.LeftButton, pos=at)

    with qtbot.waitSignal(panel.selected) as heard:
        click(listing.step_lines[4])
    assert heard.args == [CallSelection(1, 100 * MS, call=5)]
    with qtbot.assertNotEmitted(panel.selected):
        click(listing.step_lines[5])


def test_the_margin_has_room_for_its_marks(panel: CodePanel) -> None:
    panel.show_listing(make_listing(plan()))
    before = view(panel).margin_px()
    view(panel).set_marks({1: "◆ False 12,345.678 s"})
    assert view(panel).margin_px() > before
    assert view(panel).viewport().x() >= view(panel).margin_px()


def test_a_line_that_was_pointed_at_while_covered_is_in_view_beside_the_current_one(
    panel: CodePanel, tmp_path: Path
) -> None:
    script = script_in(tmp_path)
    panel.show_listing(Listing(Path(script).read_text(encoding="utf-8"), (), (), (), script))
    panel.hide()
    panel.set_timeline(Timeline())
    timeline = script_run(script)
    panel.set_timeline(timeline)
    assert panel.show_place(CodePlace(script, 5)) == ""
    join = timeline.add_call(1, CallName.JOIN, 2, MS)
    join.file, join.line = script, 55
    panel.show()
    panel.refresh()
    assert (view(panel).pointed, view(panel).line) == (5, 55)
    assert view(panel).viewport().rect().contains(view(panel).cursorRect())
    assert view(panel).textCursor().selectedText() == "line_5 = 5"


def test_by_hand_the_script_writes_itself(panel: CodePanel, qtbot: QtBot) -> None:
    """Each call is in the script when it was made, and what is copied; for another plan it is as if nothing had been done."""
    by_hand = plan(2, Order.BY_HAND)
    timeline = Timeline.planned(by_hand)
    panel.show_listing(make_listing(by_hand))
    panel.set_timeline(timeline)
    assert view(panel).toPlainText() == make_listing(by_hand).text
    for number, (worker, name) in enumerate([(2, CallName.START), (1, CallName.START), (2, CallName.JOIN)], 1):
        call = timeline.add_call(1, name, worker + 1, number * 100 * MS)
        call.request = number
        panel.refresh()
        assert f"p{worker}.{name}()" in view(panel).toPlainText()
        assert note(panel) == f"The parent is at line {view(panel).line}"
        call.ended_ns = call.began_ns + MS
        timeline.touch(1)
        panel.refresh()
    panel.copy()
    text = QGuiApplication.clipboard().text()
    assert text == view(panel).toPlainText()
    written = text[text.index("# By hand") : text.index('    print("We')].split("\n", 1)[1]
    assert written.split() == ["p2.start()", "p1.start()", "p2.join()"]
    marked = {text.splitlines()[line - 1].strip(): mark for line, mark in view(panel).marks.items()}
    assert marked == {"p2.start()": "▶ 0.100 s", "p1.start()": "▶ 0.200 s", "p2.join()": "⟂ 0.301 s"}
    with qtbot.waitSignal(panel.selected) as chosen:
        view(panel).clicked.emit(next(line for line, mark in view(panel).marks.items() if mark.startswith("⟂")))
    assert chosen.args == [CallSelection(1, 300 * MS, 3)]
    panel.show_listing(make_listing(plan(3, Order.BY_HAND)))
    assert view(panel).toPlainText() == make_listing(plan(3, Order.BY_HAND)).text
    panel.show_listing(make_listing(by_hand))
    assert view(panel).toPlainText() == text
    panel.set_timeline(Timeline.planned(by_hand))
    assert view(panel).toPlainText() == make_listing(by_hand).text
