"""The window without a run: what it shows, what can be pressed, and what travels from one view to another."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from support import builders
from support.builders import SECOND
from support.paths import ROOT
from support.widgets import find
from support.windows import button, open_window, sentence, show_run

from desktop.export.exporting import with_suffix
from desktop.facts.selection import ProcessSelection
from desktop.look.palette import DARK
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.system import process_tree

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


# What is there


@pytest.mark.parametrize(
    "name",
    [
        "start", "join", "is_alive", "stop", "worker_count", "worker_count_slider", "size_all", "size_1", "size_4",
        "start_method", "workload", "steps", "timeline", "overview", "output", "processes", "code", "details", "findings",
        "export", "follow",
    ],
)  # fmt: skip
def test_promised_names_are_there_once(window: MainWindow, name: str) -> None:
    assert len(window.findChildren(QWidget, name)) == 1


def test_keyboard_begins_at_the_start_of_the_empty_timeline(window: MainWindow) -> None:
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "start_empty"


def test_toast_lies_over_the_views_and_takes_no_room(window: MainWindow) -> None:
    sizes = window.contents.layout.centre.sizes()
    window.contents.toast.say("Saved guide.png")
    assert window.contents.toast.isVisible()
    assert window.contents.layout.centre.count() == 2
    assert window.contents.layout.centre.sizes() == sizes
    area = window.contents.layout.centre.rect().translated(window.contents.layout.centre.mapTo(window, QPoint(0, 0)))
    assert area.contains(window.contents.toast.geometry())


def test_toast_shows_markup_as_typed_and_long_text_whole(window: MainWindow) -> None:
    window.contents.toast.say("<img src=x> " + "a long sentence " * 20)
    assert window.contents.toast.textFormat() is Qt.TextFormat.PlainText
    assert window.contents.toast.width() <= window.contents.layout.centre.width()
    assert window.contents.toast.height() >= window.contents.toast.heightForWidth(window.contents.toast.width())


def test_a_closed_window_goes_without_a_word(tmp_path: Path) -> None:
    # In a process of its own: what other tests left to be collected would go with it.
    script = tmp_path / "closes.py"
    script.write_text(
        "import gc\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from desktop.settings import Settings\n"
        "from desktop.window.main_window import MainWindow\n"
        "app = QApplication([])\n"
        "window = MainWindow(Settings())\n"
        "window.contents.views.load_chart()\n"
        "window.close()\n"
        "del window\n"
        "gc.collect()\n"
    )
    root = str(ROOT)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=True,
                          env={**os.environ, "PYTHONPATH": root})  # fmt: skip
    assert "Slot" not in done.stderr


# Columns


def test_window_fits_a_small_screen_with_nothing_cut(window: MainWindow) -> None:
    available = window.screen().availableSize()
    assert window.width() <= max(available.width(), window.minimumSizeHint().width())
    assert window.height() < available.height()
    window.resize(900, 600)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (900, 600)
    cut = [
        one.text()
        for kind in (QLabel, QPushButton)
        for one in window.findChildren(kind)
        if one.isVisible() and not (isinstance(one, QLabel) and one.wordWrap()) and one.objectName() != "sentence"
        if one.width() < max(map(one.fontMetrics().horizontalAdvance, one.text().replace("&", "").splitlines() or [""]))
    ]
    assert cut == []


# Keys


def mnemonics(window: MainWindow) -> list[str]:
    """Every letter that Alt reaches now: menus, tabs, labels with a buddy, buttons."""
    texts = [action.text() for action in window.menuBar().actions()]
    for tabs in window.findChildren(QTabWidget):
        texts += [tabs.tabText(at) for at in range(tabs.count())]
    texts += [label.text() for label in window.findChildren(QLabel) if label.buddy() and label.isVisible()]
    for one in window.findChildren(QAbstractButton):
        if one.isVisible() and not isinstance(one, QToolButton):
            texts.append(one.text())
    return [text[text.index("&") + 1].lower() for text in texts if "&" in text.replace("&&", "")]


@pytest.mark.parametrize("tab", range(5))
def test_no_two_mnemonics_are_the_same(window: MainWindow, tab: int) -> None:
    tabs = find(window, QTabWidget, "tabs")
    tabs.setCurrentIndex(tab)
    letters = mnemonics(window)
    assert len(letters) > 10
    assert sorted(letters) == sorted(set(letters))


def test_every_toolbar_button_is_reached_by_tab(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    reached: set[str] = set()
    window.activateWindow()
    button(window, "start").setFocus()
    for _ in range(120):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.objectName())
        qtbot.keyClick(
            focused,
            Qt.Key.Key_Tab,
            CONTROL if focused.objectName() == "size_1_text" else Qt.KeyboardModifier.NoModifier,
        )
    enabled = {"start", "fit", "export"}
    assert enabled <= reached
    assert {"worker_count", "worker_count_slider", "size_1", "timeline"} <= reached


def tab_stops(
    window: MainWindow, qtbot: QtBot, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> list[str]:
    """What Tab goes through, pressed from Start until it is there again."""
    window.activateWindow()
    button(window, "start").setFocus()
    stops: list[str] = []
    while stops.count("start") < 2 and len(stops) < 80:
        focused = QApplication.focusWidget()
        assert focused is not None
        stops.append(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab, modifier)
    return stops


@pytest.mark.parametrize(
    ("tab", "inside"),
    [
        (0, ["output_process", "output_search", "output"]),
        (1, ["processes"]),
        (2, []),
        (3, []),
        (4, ["code_copy", "code_save", "code"]),
    ],
)
def test_tab_goes_through_the_window_from_the_toolbar_to_the_details(
    window: MainWindow, qtbot: QtBot, tab: int, inside: list[str]
) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    show_run(window, builders.joined_run(2))
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(2))
    tabs = find(window, QTabWidget, "tabs")
    tabs.setCurrentIndex(tab)
    window.contents.layout.folding.open_tabs()
    stops = tab_stops(window, qtbot)
    assert stops[:5] == ["start", "fit", "export", "qt_tabwidget_tabbar", "presets"]
    after = [*stops[stops.index("size_4") + 1 :]]
    assert after == [
        "overview", "balance", "lane_filter", "lanes", "timeline", "qt_tabwidget_tabbar", *inside, "details_copy",
        "details_text", "plan_fold", "tabs_fold", "details_fold", "start",
    ]  # fmt: skip
    assert tab_stops(window, qtbot, Qt.KeyboardModifier.ShiftModifier) == stops[::-1]


def test_tab_reaches_what_shows_only_sometimes_where_it_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.running_run(2))
    chart = window.contents.views.chart
    field = find(window, QLineEdit, "lane_filter")
    field.setText("nobody")
    chart.search()
    chart.show_time(0, builders.SECOND // 10)
    stops = tab_stops(window, qtbot)
    after = stops[stops.index("size_4") + 1 :]
    assert after[: after.index("live_pill") + 1] == [
        "search", "search_previous", "search_next", "search_close", "overview", "balance", "lane_filter", "lanes",
        "timeline", "clear_filter", "live_pill",
    ]  # fmt: skip
    assert tab_stops(window, qtbot, Qt.KeyboardModifier.ShiftModifier) == stops[::-1]


def test_copying_is_confirmed(window: MainWindow) -> None:
    show_run(window, builders.joined_run(2))
    window.contents.views.panel(ProcessesPanel).selected.emit(ProcessSelection(2))
    for panel, said in (
        (window.contents.views.panel(CodePanel), "The script is on the clipboard."),
        (window.contents.views.panel(DetailsPanel), "The details are on the clipboard."),
        (window.contents.views.panel(OutputPanel), "4 lines are on the clipboard."),
        (window.contents.views.panel(ProcessesPanel), "3 processes are on the clipboard."),
    ):
        panel.copy()
        assert window.contents.toast.text() == said


# A finished run


@pytest.mark.parametrize(
    ("path", "kind", "whole"),
    [
        ("/x/run", "PNG picture (*.png)", "/x/run.png"),
        ("/x/run", "Chrome trace (*.json *.json.gz)", "/x/run.json"),
        ("/x/run.svg", "PNG picture (*.png)", "/x/run.svg"),
        ("/x/plan", "Python (*.py)", "/x/plan.py"),
        ("/x/run", "", "/x/run"),
        ("", "PNG picture (*.png)", ""),
    ],
)
def test_name_without_a_suffix_takes_that_of_the_kind_chosen(path: str, kind: str, whole: str) -> None:
    assert with_suffix(path, kind) == whole


def test_finished_run_can_be_exported_by_path(window: MainWindow, tmp_path: Path) -> None:
    assert not window.export_to(tmp_path / "early.png")
    assert window.contents.toast.text() == "There is no run yet: press Start first."
    show_run(window, builders.joined_run(2))
    for name, magic in (("run.png", b"\x89PNG"), ("run.svg", b"<?xml"), ("run.pdf", b"%PDF")):
        assert window.export_to(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(magic)
        assert window.contents.toast.text() == f"Saved {tmp_path / name}"


def test_export_that_fails_is_an_error_and_never_a_saved(window: MainWindow, tmp_path: Path) -> None:
    show_run(window, builders.joined_run(2))
    assert not window.export_to(tmp_path / "missing" / "run.png")
    assert "Saved" not in window.contents.toast.text()
    dialog = find(window, QDialog, "error")
    dialog.close()


# What is remembered


def test_plan_theme_and_geometry_are_there_again(qtbot: QtBot) -> None:
    window = open_window(qtbot)
    plan = Plan.make([123_000, 456_000], Workload.SORT, StartMethod.SPAWN, Order.ASK_BETWEEN)
    window.contents.sources.plan.set_plan(plan)
    window.resize(window.width(), 650)
    dark = next(action for action in window.contents.actions.themes.actions() if action.data() == "dark")
    dark.trigger()
    assert window.close()
    again = open_window(qtbot)
    assert again.contents.sources.plan.plan() == plan
    assert again.height() == 650
    assert again.contents.colours.palette == DARK
    assert [action.data() for action in again.contents.actions.themes.actions() if action.isChecked()] == ["dark"]
    assert again.close()


def test_settings_that_make_no_sense_are_as_if_absent(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "settings" / "procession"
    os.makedirs(folder)
    (folder / "procession.ini").write_text(
        '[General]\nplan="{not json"\ntheme=@Invalid()\n[layout]\nwindow=7\ncentre=x\n'
    )
    window = open_window(qtbot)
    assert window.contents.sources.plan.plan().workers == 4
    assert window.close()


def test_menu_bar_has_every_action(window: MainWindow) -> None:
    texts = {action.text() for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()}
    assert {"&Start", "&Join", "Is &alive?", "S&top", "&Export picture…", "&Copy picture", "&Keys"} <= texts


def test_a_script_is_opened_told_of_and_run(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "import multiprocessing, time\n"
        "def work(): time.sleep(0.2); print('worked')\n"
        "if __name__ == '__main__':\n"
        "    p = multiprocessing.get_context('fork').Process(target=work)\n"
        "    p.start()\n"
        "    p.join()\n"
        "    print('done')\n"
    )
    window.contents.open_script(str(script))
    python = find(window, QLineEdit, "script_python")
    python.setText(sys.executable)
    assert "multiprocessing" in find(window.contents.views.panel(CodePanel), QPlainTextEdit, "code").toPlainText()
    qtbot.mouseClick(button(window, "start"), LEFT)
    question = find(window, QMessageBox, "script_question")
    assert "with your rights" in question.text()
    assert not window.contents.session.running
    with qtbot.waitSignal(window.contents.session.ended, timeout=20_000):
        next(b for b in question.buttons() if b.text() == "Run").click()
    timeline = window.contents.session.timeline
    assert timeline is not None
    assert [(p.name, p.exit_code) for p in timeline.processes] == [("mine.py", 0), ("ForkProcess-1", 0)]
    assert [line.text for line in timeline.lines] == ["worked", "done"]
    assert {(call.name, call.line) for call in timeline.calls} == {("start", 5), ("join", 6)}
    assert window.windowTitle() == "mine.py – Procession"
    tabs = find(window, QTabWidget, "tabs")
    tabs.setCurrentWidget(window.contents.views.panel(CodePanel))
    note = find(window.contents.views.panel(CodePanel), QLabel, "code_note")
    assert note.text() == "The run has ended"
    with qtbot.waitSignal(window.contents.session.ended, timeout=20_000):
        qtbot.mouseClick(button(window, "start"), LEFT)  # asked once for each script
    assert sentence(window).startswith("Done after")


def test_a_script_that_is_not_wanted_is_not_run(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    script = tmp_path / "other.py"
    script.write_text("raise SystemExit(7)\n")
    window.contents.open_script(str(script))
    said = find(window, QLabel, "empty_sentence")
    assert said.text() == sentence(window) == "Press Start to run the script."
    qtbot.mouseClick(button(window, "start"), LEFT)
    question = find(window, QMessageBox, "script_question")
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "script_question") is None)
    assert window.contents.session.timeline is None
    assert not Settings().knows_script(str(script))


def test_a_plan_for_a_cluster_runs_once_the_cluster_is_trusted(window: MainWindow, qtbot: QtBot) -> None:
    plan = replace(window.contents.target.plan() or Plan(sizes=(1,)), engine="dask=tcp://10.0.0.5:8786")
    ran: list[Plan] = []
    window.contents.target.with_plan(plan, ran.append)
    question = find(window, QMessageBox, "plan_question")
    assert "tcp://10.0.0.5:8786" in question.text()
    assert "trust" in question.informativeText()
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "plan_question") is None)
    assert not Settings().trusts_cluster("tcp://10.0.0.5:8786")
    window.contents.target.with_plan(plan, ran.append)
    assert ran == []
    question = find(window, QMessageBox, "plan_question")
    next(b for b in question.buttons() if b.text() == "Run").click()
    assert ran == [plan]
    window.contents.target.with_plan(plan, ran.append)  # asked once for each address
    assert ran == [plan, plan]
    window.contents.target.with_plan(replace(plan, engine="dask"), ran.append)  # made here for the run
    assert len(ran) == 3


def test_stop_ends_a_script_and_its_grandchildren(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(
        "import os, time\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        os.fork()\n"
        "        break\n"
        "time.sleep(600)\n"
    )
    Settings().know_script(str(script))
    window.contents.open_script(str(script))
    python = find(window, QLineEdit, "script_python")
    python.setText(sys.executable)
    qtbot.mouseClick(button(window, "start"), LEFT)
    qtbot.waitUntil(
        lambda: window.contents.session.timeline is not None and len(window.contents.session.timeline.processes) == 5,
        timeout=20_000,
    )
    with qtbot.waitSignal(window.contents.session.ended, timeout=20_000):
        qtbot.mouseClick(button(window, "stop"), LEFT)
    assert window.contents.session.timeline is not None
    assert all(process.ended for process in window.contents.session.timeline.processes)
    assert window.contents.session.folder is not None
    assert process_tree.marked(Path(window.contents.session.folder)) == []


def test_what_is_seen_is_exported_at_the_size_that_is_asked_for(window: MainWindow, tmp_path: Path) -> None:
    show_run(window, builders.joined_run(6))
    find(window.contents.views.chart, QWidget, "overview").moved.emit(SECOND, 2 * SECOND)
    assert window.export_to(tmp_path / "seen.svg", what="visible")
    assert window.export_to(tmp_path / "all.svg")
    seen, whole = ((tmp_path / name).read_text() for name in ("seen.svg", "all.svg"))
    assert "from 1.000 s to 2.000 s" in seen
    assert "from 1.000 s" not in whole
    for text in (seen, whole):
        assert "<image" not in text
        assert "<path" in text
    assert window.export_to(tmp_path / "small.png", size=(640, 480), scale=1)
    image = QImage(str(tmp_path / "small.png"))
    assert (image.width(), image.height()) == (640, 480)


@pytest.mark.parametrize("wrong", [{"what": "some"}, {"size": (1, 0)}, {"size": (1_000_000, 0)}])
def test_a_picture_that_cannot_be_is_one_sentence(window: MainWindow, tmp_path: Path, wrong: dict[str, Any]) -> None:
    show_run(window, builders.joined_run(2))
    assert not window.export_to(tmp_path / "no.png", **wrong)
    assert not (tmp_path / "no.png").exists()
    dialog = find(window, QDialog, "error")
    dialog.close()
