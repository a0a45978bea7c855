"""The window and its dialogs by their accessibility trees: every stop of the Tab key has a name, a role, and a value."""

import pytest
from PySide6.QtCore import QAbstractAnimation, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from support.builders import joined_run, pooled_run, threaded_run
from support.hanging_runs import two_locks
from support.spoken import NAME, faults, spoken, stops
from support.sweeps import amdahl_sweep
from support.widgets import find
from support.windows import show_run

from desktop.dialogs.about import about_dialog
from desktop.dialogs.command_palette import CommandPalette, window_commands
from desktop.dialogs.compare_window import CompareWindow
from desktop.dialogs.compared_run import ComparedRun
from desktop.dialogs.export_dialog import ExportDialog
from desktop.dialogs.history_dialog import HistoryDialog
from desktop.dialogs.key_sheet import key_sheet
from desktop.facts.selection import IntervalSelection
from desktop.look.palette import LIGHT
from desktop.panels.sweep.sweep_panel import SweepPanel
from desktop.settings import Settings
from desktop.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_every_stop_of_the_window_has_a_name_a_role_and_a_value(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    assert faults(window) == []  # before the first run
    window.contents.views.panel(SweepPanel).show_sweep(amdahl_sweep())
    tabs = window.contents.layout.tabs
    reached: set[str] = set()
    for timeline in (pooled_run(), two_locks("/home/me/two_locks.py"), threaded_run()):
        show_run(window, timeline)
        window.contents.views.chart.choose(IntervalSelection.between(0, timeline.now_ns))
        window.contents.views.chart.search()
        window.contents.layout.folding.open_tabs()
        for at in range(tabs.count()):
            page = tabs.widget(at)
            if page is not None and tabs.is_offered(page):
                tabs.setCurrentIndex(at)
                QApplication.processEvents()
                assert faults(window) == [], tabs.tabText(at)
                reached.update(one.objectName() for one in stops(window))
    new = {"notice_show", "notice_close", "balance", "timeline", "interval", "stacks_look", "stacks", "sweep", "sweep_workers",
           "tasks", "tasks_durations", "plan_fold", "tabs_fold", "details_fold"}  # fmt: skip
    assert new <= reached


def test_every_stop_of_the_dialogs_has_a_name_a_role_and_a_value(window: MainWindow, qtbot: QtBot) -> None:
    actions = window_commands(window.actions())
    runs = ComparedRun("before.procession", joined_run(2)), ComparedRun("after", joined_run(1))
    for top in (
        about_dialog(window), key_sheet(window, window.actions()), CommandPalette(window, actions, LIGHT),
        ExportDialog(window, dark=False), HistoryDialog(window), CompareWindow(*runs, LIGHT, Settings()),
    ):  # fmt: skip
        if isinstance(top, CompareWindow):
            qtbot.addWidget(top)  # the others go with their window
        with qtbot.waitExposed(top):
            top.show()
        assert list(stops(top))
        assert faults(top) == [], type(top).__name__
        top.close()


def test_the_name_of_the_status_sentence_is_the_sentence(window: MainWindow) -> None:
    label = find(window, QLabel, "sentence")
    show_run(window, joined_run(1))
    done = spoken(label).text(NAME)
    assert done.startswith("Done after ")
    show_run(window, two_locks("/home/me/two_locks.py"))
    assert spoken(label).text(NAME) == label.text() != done


def test_a_folding_button_is_pressed_by_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    show_run(window, joined_run(1))
    button = find(window, QToolButton, "tabs_fold")
    assert spoken(button).text(NAME) == "Show the tabs"
    window.activateWindow()
    button.setFocus()
    for checked in (not button.isChecked(), button.isChecked()):
        qtbot.keyClick(button, Qt.Key.Key_Space)
        assert spoken(button).state().checked == button.isChecked() == checked
        assert button.hasFocus()


def test_nothing_in_the_window_moves_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    """Whoever asks the desktop for less motion has it always: nothing slides, fades, or is scrolled in steps."""

    def moving() -> list[QAbstractAnimation]:
        QApplication.processEvents()
        found = [one for top in QApplication.topLevelWidgets() for one in top.findChildren(QAbstractAnimation)]
        return [one for one in found if one.state() is not QAbstractAnimation.State.Stopped]

    window.resize(1280, 800)
    show_run(window, joined_run(30))
    chart = window.contents.views.chart
    seen = moving()
    for which in (Qt.Key.Key_Down, Qt.Key.Key_W, Qt.Key.Key_D, Qt.Key.Key_PageDown, Qt.Key.Key_Period, Qt.Key.Key_F):
        qtbot.keyClick(find(window, QWidget, "timeline"), which)
        seen += moving()
        arrived = chart.scale, chart.scroll_px
        seen += moving()
        assert (chart.scale, chart.scroll_px) == arrived
    for press in (Qt.Key.Key_F9, Qt.Key.Key_F8):
        qtbot.keyClick(window, press)
        seen += moving()
    window.contents.toast.say("Saved.")
    assert [*seen, *moving()] == []
