"""The comparison's window: titles, sentences, figures, alignment, marks and pictures, by mouse and keyboard."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QMessageBox, QPushButton, QTextEdit
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, running_run, traced_run
from support.widgets import column_texts, find, table

from desktop.dialogs.compare_actions import NOT_CHOSEN
from desktop.dialogs.compare_window import CompareWindow
from desktop.dialogs.compared_run import ComparedRun
from desktop.export.pictures import PictureLook
from desktop.facts.selection import PhaseSelection, ProcessSelection
from desktop.look.palette import DARK, LIGHT
from desktop.settings import Settings
from workers.timeline.model import SpanKind
from workers.timeline.timeline import Timeline

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier


def compared(qtbot: QtBot, a: Timeline, b: Timeline) -> CompareWindow:
    window = CompareWindow(ComparedRun("before.procession", a), ComparedRun("after <b>", b), LIGHT, Settings())
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def words(window: CompareWindow) -> list[str]:
    found = find(window, QTextEdit, "comparison_words")
    return found.toPlainText().splitlines()


def label(window: CompareWindow, name: str) -> QLabel:
    return find(window, QLabel, name)


def test_the_titles_say_which_run_is_which_as_literal_text(qtbot: QtBot) -> None:
    a, b = joined_run(2), joined_run(4)
    a.started_at = "2026-11-23T16:06:10.123+00:00"
    window = compared(qtbot, a, b)
    assert label(window, "compare_title_a").text() == (
        "before.procession · sort 10k, 20k · fork · start all, then join all · 2.075 s · 2026-11-23 16:06"
    )
    assert label(window, "compare_title_b").text().startswith("after <b> · sort 10k, 20k, 30k, 40k · fork")
    assert label(window, "compare_title_b").textFormat() is Qt.TextFormat.PlainText
    assert window.windowTitle() == "before.procession and after <b> – Procession"
    assert label(window, "compare_sentence").text() == "Aligned at the beginnings of both runs."


def test_the_timelines_have_most_of_a_small_window(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4))
    assert window.width() < 1000, "the screen of the tests is small"
    for view in window.views:
        assert view.width() >= 0.55 * window.width()


def test_the_sentences_and_the_figures_say_what_differs(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4, exit_codes={2: -9}))
    assert words(window)[0] == "Worker 2 ended with SIGKILL in B; in A it ended with 0."
    assert words(window)[1] == "Run B took 4.096 s, 2.0 times as long as A (2.075 s)."
    assert words(window)[-1].startswith("One run of each: what is less than 15 % or 3 ms apart")
    assert column_texts(table(window), 1)[0] == "duration"
    assert [column_texts(table(window), at)[0] for at in (2, 3, 4, 5)] == ["2.075 s", "4.096 s", "+2.020 s", "2 ×"]


def test_the_figures_are_sorted_by_a_click_and_the_third_gives_the_order_back(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4))
    before, header = column_texts(table(window), 1), table(window).horizontalHeader()
    heading = QPoint(header.sectionViewportPosition(4) + 6, 5)
    for order in (1, -1):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=heading)
        seconds = [figure.difference for figure in window.panel.comparison.figures
                   if figure.difference is not None and figure.what.unit == "s"]  # fmt: skip
        shown = [window.panel._rows.figure(row).difference for row in range(len(seconds))]
        assert shown == sorted(seconds, reverse=order < 0)
        rest = column_texts(table(window), 4)
        assert rest[-1] == "–" or "–" not in rest
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=heading)
    assert column_texts(table(window), 1) == before


def test_rows_and_the_whole_are_copied_as_text(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4))
    table(window).selectRow(0)
    qtbot.keyClick(table(window), Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Of\tFigure\tA\tB\tDifference\tB ÷ A", "run\tduration\t2.075 s\t4.096 s\t+2.020 s\t2 ×",
    ]  # fmt: skip
    copy = find(window, QPushButton, "comparison_copy")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[: len(words(window))] == words(window)
    assert len(lines) == len(words(window)) + 2 + len(window.panel.comparison.figures)


def test_a_figure_of_a_process_selects_it_in_both_runs(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4))
    row = next(at for at, of in enumerate(column_texts(table(window), 0)) if of == "worker 2")
    table(window).selectRow(row)
    qtbot.keyClick(table(window), Qt.Key.Key_Return)
    assert [view.state.selection for view in window.views] == [ProcessSelection(3), ProcessSelection(3)]


def test_what_is_selected_in_both_runs_can_be_aligned_by_the_keyboard(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4))
    a, b = window.views
    assert not window.commands.align_selections.isEnabled()
    assert window.commands.align_selections.toolTip() == NOT_CHOSEN
    a.choose(PhaseSelection(2, 42 * MS, phase=SpanKind.ALIVE))
    assert not window.commands.align_selections.isEnabled()
    b.choose(PhaseSelection(3, 52 * MS + 5, phase=SpanKind.ALIVE))
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.axis.moments == (42 * MS, 52 * MS)
    assert label(window, "compare_sentence").text() == (
        "Aligned with 42 ms of A above 52 ms of B. Each axis shows the time of its own run."
    )
    assert label(window, "compare_note_b").text() == "moved 10 ms to the left"
    image = a.focusProxy().grab().toImage()  # type: ignore[union-attr]
    x = int(a.scale.x(42 * MS))
    drawn = [QColor(image.pixel(x, y)).name() for y in range(30, 150)]
    assert drawn.count(LIGHT.bad) > 30, "no line where the runs are aligned"
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert window.axis.moments == (0, 0)
    assert label(window, "compare_note_b").text() == ""


def test_marks_are_asked_for_and_can_be_aligned(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4))

    def keep(timeline: Timeline, old: object, new: object) -> None:
        timeline.bookmarks.append(new)  # type: ignore[arg-type]

    window.mark_changed.connect(keep)
    for view, process in zip(window.views, (2, 3), strict=True):
        view.choose(ProcessSelection(process))
        canvas = view.focusProxy()
        assert canvas is not None
        canvas.setFocus()
        qtbot.keyClick(canvas, Qt.Key.Key_M)
        editor = find(view, QLineEdit, "mark_label")
        qtbot.keyClicks(editor, "here")
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    marks = [run.timeline.bookmarks[0] for run in window.runs]
    assert [mark.at_ns for mark in marks] == [40 * MS, 50 * MS]
    window.commands.align_selections.trigger()
    assert window.axis.moments == (40 * MS, 50 * MS)


def test_a_run_that_goes_on_is_shown_as_it_goes(qtbot: QtBot) -> None:
    live = running_run(2)
    window = compared(qtbot, live, joined_run(2))
    assert words(window)[0] == "Run A is still running: the comparison covers its first 500 ms."
    assert "500 ms, still running" in label(window, "compare_title_a").text()
    done = joined_run(2)
    live.processes, live.now_ns, live.ended = done.processes, done.now_ns, True
    live.touch(1)
    window.panel._next_s = 0.0  # else it would be half a second until it looks again
    window.refresh()
    assert words(window)[0].startswith("Both took about the same time")
    assert "still running" not in label(window, "compare_title_a").text()


def test_pictures_of_both_on_one_axis(qtbot: QtBot, tmp_path: Path) -> None:
    window = compared(qtbot, joined_run(2), joined_run(4, exit_codes={2: -9}))
    window.axis.align(0, SECOND)
    for name in ("a.png", "a.svg", "a.pdf", "seen.svg"):
        assert window.export_to(tmp_path / name, visible=name == "seen.svg")
    image = QImage(str(tmp_path / "a.png"))
    size = window.picture().size(None)
    assert (image.width(), image.height()) == (round(size.width() * 2), round(size.height() * 2))
    texts = " ".join("".join(element.itertext()) for element in ElementTree.parse(tmp_path / "a.svg").iter())
    for text in ("before.procession", "after <b>", "Process-4", "SIGKILL", "Worker 2 ended with SIGKILL in B",
                 "Aligned with 0 s of A above 1.000 s of B."):  # fmt: skip
        assert text in texts, text
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    one, other = window.picture().a.shown, window.picture().b.shown
    assert (one.t0_ns + SECOND, one.t1_ns + SECOND) == (other.t0_ns, other.t1_ns)
    dark = window.picture()
    assert window.export_to(tmp_path / "dark.png", look=PictureLook(dark=True))
    assert QImage(str(tmp_path / "dark.png")).pixelColor(2, 2).name() == DARK.base
    assert dark.description.startswith("A   before.procession")


def test_ctrl_e_asks_and_writes_what_is_chosen(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = compared(qtbot, joined_run(1), joined_run(2))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "chosen"), "SVG drawing (*.svg)"))
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    dialog = find(window, QDialog, "export_dialog")
    assert dialog.windowTitle() == "Export the comparison"
    dialog.accept()
    assert (tmp_path / "chosen.svg").exists()
    assert Settings().folder == tmp_path


def test_what_cannot_be_drawn_is_one_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    window = compared(qtbot, joined_run(1), joined_run(2))
    for path, sentence in ((tmp_path / "a.csv", "its name must end in .png, .svg or .pdf."),
                           (tmp_path / "no" / "a.png", "does not exist")):  # fmt: skip
        assert not window.export_to(path)
        *_, box = window.findChildren(QMessageBox)
        assert sentence in box.text()
        box.close()


def test_a_trace_and_a_run_of_nothing_can_be_shown(qtbot: QtBot) -> None:
    for a, b in ((joined_run(2), traced_run(3)), (Timeline(), joined_run(1)), (traced_run(1), Timeline())):
        window = compared(qtbot, a, b)
        assert words(window)
        window.refresh()
        assert window.picture().size(None).height() > 0
        window.set_palette(DARK)
        window.close()


def test_everything_has_a_name_for_who_does_not_see_it(qtbot: QtBot) -> None:
    window = compared(qtbot, joined_run(1), joined_run(1))
    names = [view.focusProxy().accessibleName() for view in window.views]  # type: ignore[union-attr]
    assert names == ["Timeline of run A", "Timeline of run B"]
    assert table(window).accessibleName() == "Figures of both runs"
    keys = [action.shortcut().toString() for action in window.actions() if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
