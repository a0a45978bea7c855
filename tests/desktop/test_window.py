"""The window without a run: what it shows, what can be pressed, and what travels from one view to another."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import builders
import pytest
from builders import SECOND
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableView,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.control import session as session_module
from desktop.palette import DARK, LIGHT
from desktop.saving import with_suffix
from desktop.selection import Selection
from desktop.settings import Settings
from desktop.trouble import log_file
from desktop.window import MainWindow
from workers import tree
from workers.model import SpanKind
from workers.plan import Order, Plan, StartMethod, Workload
from workers.timeline import Timeline

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


def open_window(qtbot: QtBot) -> MainWindow:
    made = MainWindow(Settings())
    qtbot.addWidget(made)
    made.load_chart()
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window(qtbot)
    yield made
    made.session.close()


def button(window: MainWindow, name: str) -> QToolButton:
    found = window.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def sentence(window: MainWindow) -> str:
    found = window.findChild(QLabel, "sentence")
    assert isinstance(found, QLabel)
    return found.text()


def show_run(window: MainWindow, timeline: Timeline) -> Timeline:
    """As if this run had just been made."""
    window.session.timeline = timeline
    window._on_began(timeline)
    window._on_ended()
    return timeline


def choose_order(window: MainWindow, order: Order) -> None:
    combo = window.findChild(QComboBox, "steps")
    assert isinstance(combo, QComboBox)
    combo.setCurrentText(str(order))


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


def test_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert sentence(window) == "Set a plan and press Start."
    assert window.windowTitle() == "Procession"
    assert {name: button(window, name).isEnabled() for name in ("start", "join", "is_alive", "stop", "export", "follow")} == {
        "start": True, "join": False, "is_alive": False, "stop": False, "export": False, "follow": False,
    }  # fmt: skip
    assert not button(window, "follow").isChecked()


def test_keyboard_begins_at_the_start_of_the_empty_timeline(window: MainWindow) -> None:
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "start_empty"


def test_button_that_cannot_act_says_why(window: MainWindow) -> None:
    assert button(window, "join").toolTip() == "Nothing is running: press Start first (Ctrl+J)"
    assert button(window, "export").toolTip() == "There is no run yet: press Start first (Ctrl+E)"
    assert button(window, "start").toolTip() == "Start the plan's workers (Ctrl+R)"


def test_plan_that_cannot_run_disables_start_with_its_reason(window: MainWindow) -> None:
    combo = window.findChild(QComboBox, "steps")
    assert isinstance(combo, QComboBox)
    combo.setEditText("join 1; start 1")
    assert not button(window, "start").isEnabled()
    assert "worker 1 is not started by then" in button(window, "start").toolTip()
    empty = window.findChild(QPushButton, "start_empty")
    assert isinstance(empty, QPushButton)
    assert not empty.isEnabled()
    said = window.findChild(QLabel, "empty_sentence")
    assert isinstance(said, QLabel)
    assert "worker 1 is not started by then" in said.text()
    assert "worker 1 is not started by then" in sentence(window)
    combo.setEditText("start*; join*")
    assert empty.isEnabled()
    assert said.text() == "Press Start to run the plan."
    assert sentence(window) == "Set a plan and press Start."


def test_toast_lies_over_the_views_and_takes_no_room(window: MainWindow) -> None:
    sizes = window.places.centre.sizes()
    window.toast.say("Saved guide.png")
    assert window.toast.isVisible()
    assert window.places.centre.count() == 2
    assert window.places.centre.sizes() == sizes
    area = window.places.centre.rect().translated(window.places.centre.mapTo(window, QPoint(0, 0)))
    assert area.contains(window.toast.geometry())


def test_toast_shows_markup_as_typed_and_long_text_whole(window: MainWindow) -> None:
    window.toast.say("<img src=x> " + "a long sentence " * 20)
    assert window.toast.textFormat() is Qt.TextFormat.PlainText
    assert window.toast.width() <= window.places.centre.width()
    assert window.toast.height() >= window.toast.heightForWidth(window.toast.width())


def test_a_closed_window_goes_without_a_word(tmp_path: Path) -> None:
    # In a process of its own: what other tests left to be collected would go with it.
    script = tmp_path / "closes.py"
    script.write_text(
        "import gc\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from desktop.settings import Settings\n"
        "from desktop.window import MainWindow\n"
        "app = QApplication([])\n"
        "window = MainWindow(Settings())\n"
        "window.load_chart()\n"
        "window.close()\n"
        "del window\n"
        "gc.collect()\n"
    )
    root = str(Path(__file__).parents[2])
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


@pytest.mark.parametrize(("name", "at"), [("plan", 0), ("details", 2)])
def test_column_is_folded_away_and_stays_so(qtbot: QtBot, name: str, at: int) -> None:
    window = open_window(qtbot)
    action = getattr(window.actions_, name)
    assert action.isChecked()
    action.trigger()
    assert window.places.whole.sizes()[at] == 0
    assert window.close()
    again = open_window(qtbot)
    action = getattr(again.actions_, name)
    assert not action.isChecked()
    assert again.places.whole.sizes()[at] == 0
    folded = again.places.whole.widget(at)
    show_run(again, builders.joined_run(2))
    assert not any(
        folded.isAncestorOf(w) for w in (again.findChild(QWidget, stop) for stop in tab_stops(again, qtbot)) if w
    )
    action.trigger()
    assert again.places.whole.sizes()[at] > 100
    assert folded.isEnabled()
    assert again.close()


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
    tabs = window.findChild(QTabWidget, "tabs")
    assert isinstance(tabs, QTabWidget)
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
    [(0, ["output_process", "output_search", "output"]), (1, ["processes"]), (2, ["code_copy", "code_save", "code"])],
)
def test_tab_goes_through_the_window_from_the_toolbar_to_the_details(
    window: MainWindow, qtbot: QtBot, tab: int, inside: list[str]
) -> None:
    show_run(window, builders.joined_run(2))
    window.processes.selected.emit(Selection(2))
    tabs = window.findChild(QTabWidget, "tabs")
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentIndex(tab)
    stops = tab_stops(window, qtbot)
    assert stops[:5] == ["start", "fit", "export", "qt_tabwidget_tabbar", "presets"]
    after = [*stops[stops.index("size_4") + 1 :]]
    assert after == [
        "overview", "lane_filter", "lanes", "timeline", "qt_tabwidget_tabbar", *inside, "details_copy", "details_text", "start",
    ]  # fmt: skip
    assert tab_stops(window, qtbot, Qt.KeyboardModifier.ShiftModifier) == stops[::-1]


def test_tab_reaches_what_shows_only_sometimes_where_it_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.running_run(2))
    assert window.chart is not None
    field = window.findChild(QLineEdit, "lane_filter")
    assert field is not None
    field.setText("nobody")
    window.chart.search()
    window.chart.show_time(0, builders.SECOND // 10)
    stops = tab_stops(window, qtbot)
    after = stops[stops.index("size_4") + 1 :]
    assert after[: after.index("live_pill") + 1] == [
        "search", "search_previous", "search_next", "search_close", "overview", "lane_filter", "lanes", "timeline",
        "clear_filter", "live_pill",
    ]  # fmt: skip
    assert tab_stops(window, qtbot, Qt.KeyboardModifier.ShiftModifier) == stops[::-1]


def test_copying_is_confirmed(window: MainWindow) -> None:
    show_run(window, builders.joined_run(2))
    window.processes.selected.emit(Selection(2))
    for panel, sentence in (
        (window.code, "The script is on the clipboard."),
        (window.details, "The details are on the clipboard."),
        (window.output, "4 lines are on the clipboard."),
        (window.processes, "3 processes are on the clipboard."),
    ):
        panel.copy()
        assert window.toast.text() == sentence


def test_question_mark_in_the_timeline_opens_the_key_sheet(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    window.activateWindow()
    window.chart.setFocus()
    qtbot.waitUntil(window.chart.hasFocus)
    qtbot.keyClick(window.findChild(QWidget, "timeline"), Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "key_sheet") is not None)
    sheet = window.findChild(QDialog, "key_sheet")
    assert isinstance(sheet, QDialog)
    sheet.close()


def test_control_c_in_the_timeline_copies_the_picture(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(2))
    window.activateWindow()
    window.chart.setFocus()
    qtbot.waitUntil(window.chart.hasFocus)
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(window.findChild(QWidget, "timeline"), Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().image().width() > 400
    assert window.toast.text() == "The picture is on the clipboard."


# By hand, before a run


def shown_names(window: MainWindow) -> list[str]:
    return [] if window._shown is None else [process.name for process in window._shown.processes]


def test_lanes_of_a_plan_by_hand_come_and_go_with_it(window: MainWindow) -> None:
    window.plan_panel.set_plan(Plan.make([10_000] * 2))
    assert shown_names(window) == []
    choose_order(window, Order.BY_HAND)
    assert shown_names(window) == ["parent", "Process-1", "Process-2"]
    count = window.findChild(QSpinBox, "worker_count")
    assert isinstance(count, QSpinBox)
    count.setValue(3)
    assert shown_names(window) == ["parent", "Process-1", "Process-2", "Process-3"]
    choose_order(window, Order.START_THEN_JOIN)
    assert shown_names(window) == []
    choose_order(window, Order.BY_HAND)
    assert len(shown_names(window)) == 4


def test_lane_of_the_preview_has_a_menu_that_can_start_it(window: MainWindow) -> None:
    window.plan_panel.set_plan(Plan.make([10_000] * 2, steps=Order.BY_HAND))
    choices = {choice.verb: choice for choice in window._verbs_of(2)}
    assert choices["start"].enabled
    assert choices["start"].text == "Process-1.start()"
    assert not choices["kill"].enabled


def test_run_that_is_over_stays_while_the_plan_changes(window: MainWindow) -> None:
    over = show_run(window, builders.joined_run(2))
    window.plan_panel.set_plan(Plan.make([10_000] * 3, steps=Order.BY_HAND))
    assert window._shown is over
    choices = {choice.verb: choice for choice in window._verbs_of(2)}
    assert choices["start"].text == "Process-1.start() in a new run"
    assert choices["start"].enabled


# A selection travels


def chart_selection(window: MainWindow) -> Selection | None:
    return window.chart._state.selection


def test_row_of_the_table_is_chosen_everywhere(window: MainWindow) -> None:
    show_run(window, builders.joined_run(3))
    window.processes.selected.emit(Selection(3))
    assert chart_selection(window) == Selection(3)
    assert window.details.text().startswith("Process-2")


def test_what_is_chosen_elsewhere_is_said_to_be_filtered_out_of_the_timeline(window: MainWindow) -> None:
    show_run(window, builders.joined_run(2))
    field = window.findChild(QLineEdit, "lane_filter")
    assert field is not None
    field.setText("process-2")
    window.processes.selected.emit(Selection(2))
    assert window.toast.text() == "The filter hides the lane of Process-1."


def test_bar_of_the_chart_is_chosen_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, builders.joined_run(3))
    heard: list[Selection | None] = []
    shown = window.processes.show_selection
    window.processes.show_selection = lambda selection: (heard.append(selection), shown(selection))[1]  # type: ignore[method-assign]
    chosen = Selection(2, at_ns=SECOND // 2, phase=SpanKind.ALIVE)
    window.chart.choose(chosen)
    assert heard == [chosen]
    assert window.details.text().startswith("Process-1")


def test_printed_line_moves_the_view_only_when_its_moment_is_out_of_it(window: MainWindow) -> None:
    timeline = show_run(window, builders.joined_run(3))
    line = timeline.lines[-1]
    assert line.process is not None
    before = window.chart.scale
    window.output.selected.emit(Selection(line.process, at_ns=line.at_ns, line=line.number))
    assert window.chart.scale == before
    window.chart._layout.overview.moved.emit(0, SECOND)
    width = window.chart.scale.t1_ns - window.chart.scale.t0_ns
    window.output.selected.emit(Selection(line.process, at_ns=line.at_ns, line=line.number))
    assert chart_selection(window) == Selection(line.process, at_ns=line.at_ns, line=line.number)
    assert line.text in window.details.text()
    assert window.chart.scale.t0_ns < line.at_ns < window.chart.scale.t1_ns
    assert window.chart.scale.t1_ns - window.chart.scale.t0_ns == width


def test_new_run_lets_go_of_what_was_selected_in_the_one_before(window: MainWindow) -> None:
    show_run(window, builders.joined_run(3))
    window.processes.selected.emit(Selection(3))
    show_run(window, builders.joined_run(2))
    assert chart_selection(window) is None
    assert window.details.text() == ""


def test_lane_chosen_in_the_preview_stays_chosen_in_its_run(window: MainWindow) -> None:
    window.plan_panel.set_plan(Plan.make([10_000] * 2, steps=Order.BY_HAND))
    window.processes.selected.emit(Selection(3))
    plan = Plan.make([10_000] * 2, steps=Order.BY_HAND)
    show_run(window, Timeline.planned(plan))
    assert chart_selection(window) == Selection(3)


def test_tab_that_was_hidden_is_up_to_date_when_it_is_shown(window: MainWindow) -> None:
    timeline = builders.running_run(1)
    window.session.timeline = timeline
    window._on_began(timeline)
    tabs = window.findChild(QTabWidget, "tabs")
    table = window.findChild(QTableView, "output")
    assert isinstance(tabs, QTabWidget)
    assert isinstance(table, QTableView)
    tabs.setCurrentIndex(1)
    before = table.model().rowCount()
    timeline.add_line(2, "stdout", SECOND, "while nobody looked")
    window._on_advanced()
    assert table.model().rowCount() == before
    tabs.setCurrentIndex(0)
    assert table.model().rowCount() == before + 1


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
    assert window.toast.text() == "There is no run yet: press Start first."
    show_run(window, builders.joined_run(2))
    for name, magic in (("run.png", b"\x89PNG"), ("run.svg", b"<?xml"), ("run.pdf", b"%PDF")):
        assert window.export_to(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(magic)
        assert window.toast.text() == f"Saved {tmp_path / name}"


def test_export_that_fails_is_an_error_and_never_a_saved(window: MainWindow, tmp_path: Path) -> None:
    show_run(window, builders.joined_run(2))
    assert not window.export_to(tmp_path / "missing" / "run.png")
    assert "Saved" not in window.toast.text()
    dialog = window.findChild(QDialog, "error")
    assert isinstance(dialog, QDialog)
    dialog.close()


def test_title_and_follow_tell_the_state(window: MainWindow) -> None:
    run = show_run(window, builders.joined_run(2))
    assert run.plan is not None
    assert window.windowTitle() == f"{run.plan.title} – Procession"
    assert not button(window, "follow").isEnabled()
    assert not button(window, "follow").isChecked()


def test_long_sentence_does_not_widen_the_window(window: MainWindow) -> None:
    width = window.width()
    show_run(window, builders.joined_run(64, exit_codes=dict.fromkeys(range(1, 65), 1)))
    label = window.findChild(QLabel, "sentence")
    assert isinstance(label, QLabel)
    label.setText("x" * 2000)
    assert window.minimumSizeHint().width() <= width


# What is remembered


def test_plan_theme_and_geometry_are_there_again(qtbot: QtBot) -> None:
    window = open_window(qtbot)
    plan = Plan.make([123_000, 456_000], Workload.SORT, StartMethod.SPAWN, Order.ASK_BETWEEN)
    window.plan_panel.set_plan(plan)
    window.resize(window.width(), 650)
    dark = next(action for action in window.actions_.themes.actions() if action.data() == "dark")
    dark.trigger()
    assert window.close()
    again = open_window(qtbot)
    assert again.plan_panel.plan() == plan
    assert again.height() == 650
    assert again._palette == DARK
    assert [action.data() for action in again.actions_.themes.actions() if action.isChecked()] == ["dark"]
    assert again.close()


def test_theme_is_switched_at_run_time(window: MainWindow) -> None:
    show_run(window, builders.joined_run(2))
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for name, palette in (("dark", DARK), ("light", LIGHT)):
        next(action for action in window.actions_.themes.actions() if action.data() == name).trigger()
        assert app.palette().window().color().name() == palette.window
        image = window.chart.grab().toImage()
        assert image.pixelColor(image.width() - 40, image.height() - 10).name() == palette.base


def test_settings_that_make_no_sense_are_as_if_absent(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "settings" / "procession"
    os.makedirs(folder)
    (folder / "procession.ini").write_text(
        '[General]\nplan="{not json"\ntheme=@Invalid()\n[layout]\nwindow=7\ncentre=x\n'
    )
    window = open_window(qtbot)
    assert window.plan_panel.plan().workers == 4
    assert window.close()


# Closing


def test_idle_window_closes_without_asking(window: MainWindow) -> None:
    assert window.close()
    assert window.findChild(QDialog, "close_question") is None


def test_closing_ends_the_run_even_when_settings_cannot_be_kept(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(session_module.Session, "close", lambda self: bool(closed.append(True)) or True)

    def fail() -> None:
        raise OSError("no room")

    monkeypatch.setattr(window, "_keep", fail)
    assert window.close()
    assert closed == [True]
    assert "no room" in log_file().read_text()


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
    window.open_script(str(script))
    python = window.findChild(QLineEdit, "script_python")
    assert isinstance(python, QLineEdit)
    python.setText(sys.executable)
    assert "multiprocessing" in window.code.findChild(QPlainTextEdit, "code").toPlainText()
    qtbot.mouseClick(button(window, "start"), LEFT)
    question = window.findChild(QMessageBox, "script_question")
    assert isinstance(question, QMessageBox)
    assert "with your rights" in question.text()
    assert not window.session.running
    with qtbot.waitSignal(window.session.ended, timeout=20_000):
        next(b for b in question.buttons() if b.text() == "Run").click()
    timeline = window.session.timeline
    assert timeline is not None
    assert [(p.name, p.exit_code) for p in timeline.processes] == [("mine.py", 0), ("ForkProcess-1", 0)]
    assert [line.text for line in timeline.lines] == ["worked", "done"]
    assert {(call.name, call.line) for call in timeline.calls} == {("start", 5), ("join", 6)}
    assert window.windowTitle() == "mine.py – Procession"
    tabs = window.findChild(QTabWidget, "tabs")
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentWidget(window.code)
    note = window.code.findChild(QLabel, "code_note")
    assert isinstance(note, QLabel)
    assert note.text() == "The run has ended"
    with qtbot.waitSignal(window.session.ended, timeout=20_000):
        qtbot.mouseClick(button(window, "start"), LEFT)  # asked once for each script
    assert sentence(window).startswith("Done after")


def test_a_script_that_is_not_wanted_is_not_run(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    script = tmp_path / "other.py"
    script.write_text("raise SystemExit(7)\n")
    window.open_script(str(script))
    said = window.findChild(QLabel, "empty_sentence")
    assert isinstance(said, QLabel)
    assert said.text() == sentence(window) == "Press Start to run the script."
    qtbot.mouseClick(button(window, "start"), LEFT)
    question = window.findChild(QMessageBox, "script_question")
    assert isinstance(question, QMessageBox)
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "script_question") is None)
    assert window.session.timeline is None
    assert not Settings().knows_script(str(script))


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
    window.open_script(str(script))
    python = window.findChild(QLineEdit, "script_python")
    assert isinstance(python, QLineEdit)
    python.setText(sys.executable)
    qtbot.mouseClick(button(window, "start"), LEFT)
    qtbot.waitUntil(
        lambda: window.session.timeline is not None and len(window.session.timeline.processes) == 5, timeout=20_000
    )
    with qtbot.waitSignal(window.session.ended, timeout=20_000):
        qtbot.mouseClick(button(window, "stop"), LEFT)
    assert window.session.timeline is not None
    assert all(process.ended for process in window.session.timeline.processes)
    assert window.session.folder is not None
    assert tree.marked(Path(window.session.folder)) == []


def test_what_is_seen_is_exported_at_the_size_that_is_asked_for(window: MainWindow, tmp_path: Path) -> None:
    show_run(window, builders.joined_run(6))
    window.chart._layout.overview.moved.emit(SECOND, 2 * SECOND)
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
    dialog = window.findChild(QDialog, "error")
    assert isinstance(dialog, QDialog)
    dialog.close()


def test_the_export_dialog_passes_on_what_was_chosen(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_run(window, builders.joined_run(3))
    target = tmp_path / "chosen.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "PNG picture (*.png)"))
    window.actions_.export.trigger()
    dialog = window.findChild(QDialog, "export_dialog")
    assert isinstance(dialog, QDialog)
    for name, value in (("export_width", 900), ("export_height", 500)):
        field = dialog.findChild(QSpinBox, name)
        assert isinstance(field, QSpinBox)
        field.setValue(value)
    choose = dialog.findChild(QAbstractButton, "export_choose")
    assert isinstance(choose, QAbstractButton)
    qtbot.mouseClick(choose, Qt.MouseButton.LeftButton)
    assert (QImage(str(target)).width(), QImage(str(target)).height()) == (1800, 1000)
