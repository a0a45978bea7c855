"""The history in the window: opening, renaming, deleting and undoing runs that are really kept."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from support.kept_runs import folder, kept_run, recorded_run
from support.widgets import button, column_texts, find, press, table

from desktop.dialogs.history_dialog import HistoryDialog
from desktop.panels.history.history_rows import NAME, OUTCOME, TITLE
from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.journal.kinds import Kind
from workers.plan.plan import Plan, StartMethod, Workload
from workers.runs.keeper_marks import write_keeper_pid
from workers.runs.leases import Lease, leased_runs
from workers.runs.limits import Limits, limits_file, load_limits
from workers.runs.run_folders import run_folders
from workers.runs.run_names import name_of
from workers.runs.trash import delete, empty
from workers.timeline.model import EndedBy

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LEFT = Qt.MouseButton.LeftButton
SOON_MS = 20_000


def dialog(window: MainWindow) -> HistoryDialog:
    return find(window, QWidget, "history_dialog")


def said(window: MainWindow) -> str:
    found = find(window, QLabel, "history_said")
    return found.text()


def shown(qtbot: QtBot, window: MainWindow, titles: list[str]) -> None:
    """Open the list, and wait until it has these plans and scripts, with all that is to be said of them."""
    window.contents.actions.history.trigger()
    listed(qtbot, window, titles)


def listed(qtbot: QtBot, window: MainWindow, titles: list[str]) -> None:
    def whole() -> None:
        assert column_texts(table(window, "history"), TITLE) == titles
        assert "is being read…" not in column_texts(table(window, "history"), OUTCOME)

    qtbot.waitUntil(whole, timeout=SOON_MS)


def choose(window: MainWindow, row: int) -> None:
    """This row alone, whatever keys an earlier test has left pressed."""
    selection = table(window, "history").selectionModel()
    flags = selection.SelectionFlag
    selection.setCurrentIndex(table(window, "history").model().index(row, TITLE), flags.ClearAndSelect | flags.Rows)
    table(window, "history").setFocus()


def test_it_is_in_the_menu_and_has_a_key(window: MainWindow, qtbot: QtBot) -> None:
    file = next(action for action in window.menuBar().actions() if action.text() == "&File").menu()
    assert window.contents.actions.history in file.actions()  # type: ignore[attr-defined]
    assert window.contents.actions.history.shortcut() == QKeySequence("Ctrl+H")
    window.contents.actions.history.trigger()
    start = find(window, QPushButton, "history_start")
    qtbot.waitUntil(start.isVisible)
    assert not dialog(window).isModal()
    start.setFocus()
    with qtbot.waitSignal(window.contents.session.began):
        qtbot.keyClick(start, Qt.Key.Key_Return)
    assert not dialog(window).isVisible()


def test_what_was_run_here_is_listed_and_opened_again(window: MainWindow, qtbot: QtBot) -> None:
    window.contents.sources.plan.set_plan(Plan.make([20_000] * 2, Workload.SORT, StartMethod.FORK))
    with qtbot.waitSignal(window.contents.session.ended, timeout=SOON_MS):
        window.contents.actions.start.trigger()
        qtbot.waitUntil(window.contents.actions.join.isEnabled, timeout=SOON_MS)
        window.contents.actions.join.trigger()
    run = Path(window.contents.document.folder() or "")
    kept_run(1)
    shown(qtbot, window, ["sort 2 × 20k · fork · start all, then join all", "plan 1"])
    qtbot.waitUntil(lambda: column_texts(table(window, "history"), OUTCOME) == ["done", "done"])
    first = window.contents.document.timeline
    assert first is not None
    choose(window, 0)
    with qtbot.waitSignal(window.contents.opening.opened):
        qtbot.keyClick(table(window, "history"), Qt.Key.Key_Return)
    assert not dialog(window).isVisible()
    again = window.contents.document.timeline
    assert again is not None
    assert again is not first
    assert again.now_ns == first.now_ns
    assert [(p.pid, p.exited_ns, p.exit_code) for p in again.processes] == [
        (p.pid, p.exited_ns, p.exit_code) for p in first.processes
    ]
    assert window.contents.document.folder() == run
    assert window.windowTitle() == "sort 2 × 20k · fork · start all, then join all – Procession"
    assert Settings().files == []  # the history has it
    assert Settings().folder == Path.home()


def test_the_run_that_is_shown_can_neither_be_deleted_nor_forgotten(window: MainWindow, qtbot: QtBot) -> None:
    run = recorded_run(1, Kind.ENDED)
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(run))
    assert leased_runs() == {run.name}
    shown(qtbot, window, ["sort 2 × 10k · fork · start all, then join all"])
    choose(window, 0)
    qtbot.keyClick(table(window, "history"), Qt.Key.Key_Delete)
    assert said(window) == "A run that is still running or is shown stays."
    assert run_folders() == [run]
    other = recorded_run(2, Kind.ENDED)
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(other))
    assert leased_runs() == {other.name}
    qtbot.keyClick(table(window, "history"), Qt.Key.Key_Delete)
    assert run_folders() == [other]


def test_deleting_is_undone_by_key(window: MainWindow, qtbot: QtBot) -> None:
    runs = [kept_run(number) for number in range(3)]
    shown(qtbot, window, ["plan 2", "plan 1", "plan 0"])
    choose(window, 1)
    qtbot.keyClick(table(window, "history"), Qt.Key.Key_Delete)
    listed(qtbot, window, ["plan 2", "plan 0"])
    assert said(window) == "Deleted 1 run."
    assert button(window, "history_undo").text() == "&Undo delete"
    choose(window, 0)
    qtbot.keyClick(table(window, "history"), Qt.Key.Key_Delete)
    listed(qtbot, window, ["plan 0"])
    qtbot.keySequence(table(window, "history"), QKeySequence("Ctrl+Z"))
    listed(qtbot, window, ["plan 2", "plan 0"])
    press(qtbot, window, "history_undo")
    listed(qtbot, window, ["plan 2", "plan 1", "plan 0"])
    assert said(window) == "1 run brought back."
    assert not button(window, "history_undo").isEnabled()
    assert all(run.is_dir() for run in runs)


def test_what_an_earlier_start_deleted_can_be_brought_back(window: MainWindow, qtbot: QtBot) -> None:
    runs = [kept_run(1), kept_run(2)]
    delete(runs)
    window.contents.actions.history.trigger()
    assert button(window, "history_undo").text() == "&Undo delete"
    button(window, "history_undo").click()
    listed(qtbot, window, ["plan 2", "plan 1"])
    assert said(window) == "2 runs brought back."


def test_what_was_emptied_meanwhile_says_so(window: MainWindow, qtbot: QtBot) -> None:
    kept_run(1)
    shown(qtbot, window, ["plan 1"])
    choose(window, 0)
    qtbot.keyClick(table(window, "history"), Qt.Key.Key_Delete)
    empty(0)
    button(window, "history_undo").click()
    assert said(window) == "What was deleted is gone for good."


def test_renaming_is_kept_and_undone(window: MainWindow, qtbot: QtBot) -> None:
    run = kept_run(1)
    shown(qtbot, window, ["plan 1"])
    for name in ("first", "second"):
        choose(window, 0)
        qtbot.keyClick(table(window, "history"), Qt.Key.Key_F2)
        editor = table(window, "history").viewport().findChildren(QLineEdit)[-1]
        editor.setText(name)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda name=name: column_texts(table(window, "history"), NAME) == [name])
        assert name_of(run) == name
    for name in ("first", ""):
        assert button(window, "history_undo").text() == "&Undo rename"
        button(window, "history_undo").click()
        qtbot.waitUntil(lambda name=name: column_texts(table(window, "history"), NAME) == [name])
        assert name_of(run) == name
    assert column_texts(table(window, "history"), TITLE) == ["plan 1"]


def test_a_run_with_a_name_is_called_by_it(window: MainWindow, qtbot: QtBot) -> None:
    run = recorded_run(1, Kind.ENDED)
    (run / "name.txt").write_text("the <b>one</b>")
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(run))
    assert window.windowTitle() == "the <b>one</b> – Procession"


def test_a_run_that_goes_on_elsewhere_is_shown_and_stays(window: MainWindow, qtbot: QtBot) -> None:
    run = recorded_run(1)
    write_keeper_pid(run)
    shown(qtbot, window, ["sort 2 × 10k · fork · start all, then join all"])
    assert column_texts(table(window, "history"), OUTCOME) == ["still running"]
    assert not button(window, "history_delete").isEnabled()
    dialog(window).panel.delete_requested.emit([run])
    assert run_folders() == [run]


def test_the_list_follows_what_others_do(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window.contents.history.clock.setInterval(50)
    run = recorded_run(1)
    hold = Lease(folder(2))
    shown(qtbot, window, ["", "sort 2 × 10k · fork · start all, then join all"])
    assert column_texts(table(window, "history"), OUTCOME) == ["still running", "cut short"]
    hold.release()
    delete([run])
    qtbot.waitUntil(lambda: column_texts(table(window, "history"), OUTCOME) == ["cannot be read"])
    dialog(window).close()
    assert not window.contents.history.clock.isActive()


def test_while_a_run_goes_on_no_other_is_opened(window: MainWindow, qtbot: QtBot) -> None:
    kept_run(1)
    window.contents.sources.plan.set_plan(Plan.make([60_000_000], Workload.SLEEP, StartMethod.FORK))
    with qtbot.waitSignal(window.contents.session.ended, timeout=SOON_MS):
        window.contents.actions.start.trigger()
        qtbot.waitUntil(lambda: window.contents.document.folder() is not None, timeout=SOON_MS)
        shown(qtbot, window, ["sleep 60 s · fork · start all, then join all".replace("sleep", "sleep 1 ×"), "plan 1"])
        assert column_texts(table(window, "history"), OUTCOME) == ["still running", "done"]
        choose(window, 1)
        qtbot.keyClick(table(window, "history"), Qt.Key.Key_Return)
        assert "A run is still running" in said(window)
        assert dialog(window).isVisible()
        window.contents.actions.stop.trigger()
    qtbot.waitUntil(lambda: column_texts(table(window, "history"), OUTCOME) == ["stopped", "done"], timeout=SOON_MS)


def test_the_folder_is_shown_and_nothing_in_it_is_run(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = kept_run(1)
    asked: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url)
        return len(asked) == 1

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    shown(qtbot, window, ["plan 1"])
    button(window, "history_reveal").click()
    assert asked == [QUrl.fromLocalFile(str(run))]
    assert said(window) == ""
    button(window, "history_reveal").click()
    assert said(window) == f"There is no program here that shows folders. The run is in {run}"


def test_limits_are_kept_and_forget_nothing_by_themselves(window: MainWindow, qtbot: QtBot) -> None:
    runs = [kept_run(number) for number in range(3)]
    shown(qtbot, window, ["plan 2", "plan 1", "plan 0"])
    dialog(window).panel.limits.changed.emit(Limits(1, 10**8))
    assert load_limits() == Limits(1, 10**8)
    assert all(run.is_dir() for run in runs)
    limits_file().unlink()
    limits_file().mkdir()
    dialog(window).panel.limits.changed.emit(Limits(2, 10**8))
    assert "could not be saved" in said(window)


def test_a_run_that_was_cut_short_is_told_at_the_start_once_and_opened(window: MainWindow, qtbot: QtBot) -> None:
    recorded_run(1, EndedBy.OWNER_GONE, Kind.ENDED)
    run = recorded_run(2)
    window.contents.history.look_back()
    qtbot.waitUntil(window.contents.toast.isVisible, timeout=SOON_MS)
    assert window.contents.toast.text() == (
        "sort 2 × 10k · fork · start all, then join all of 2026-01-01 12:02 was cut short: Procession ended before it. It is "
        "kept to its last event. 1 run before it was cut short, too."
    )
    offered = find(window.contents.toast, QPushButton, "toast_button")
    assert offered.isVisible()
    assert window.contents.toast.rect().contains(offered.geometry())
    with qtbot.waitSignal(window.contents.opening.opened):
        qtbot.mouseClick(offered, LEFT)
    assert not offered.isVisible()
    assert window.contents.document.folder() == run
    sentence = find(window, QLabel, "sentence")
    assert sentence.text().startswith("The recorder was cut off after")
    window.contents.toast.hide()
    window.contents.history.look_back()
    qtbot.waitUntil(lambda: not window.contents.history.looking, timeout=SOON_MS)
    assert not window.contents.toast.isVisible()


def test_two_chosen_runs_are_compared(window: MainWindow, qtbot: QtBot) -> None:
    older, newer = recorded_run(1, Kind.ENDED), recorded_run(2, Kind.ENDED)
    shown(qtbot, window, ["sort 2 × 10k · fork · start all, then join all"] * 2)
    table(window, "history").selectAll()
    with qtbot.waitSignal(window.contents.comparing.opened, timeout=SOON_MS) as opened:
        press(qtbot, window, "history_compare")
    assert leased_runs() >= {older.name, newer.name}
    opened.args[0].close()
    assert not leased_runs()


def test_a_damaged_run_is_one_sentence(window: MainWindow, qtbot: QtBot) -> None:
    folder(1)
    shown(qtbot, window, [""])
    assert column_texts(table(window, "history"), OUTCOME) == ["cannot be read"]
    choose(window, 0)
    with qtbot.waitSignal(window.contents.opening.failed) as failed:
        qtbot.keyClick(table(window, "history"), Qt.Key.Key_Return)
    assert "is a folder with no run in it" in failed.args[0]
    box = find(window, QWidget, "error")
    box.close()


def test_closing_the_window_while_runs_are_read_leaves_no_thread(window: MainWindow, qtbot: QtBot) -> None:
    for number in range(20):
        recorded_run(number, Kind.ENDED)
    window.contents.actions.history.trigger()
    window.close()
    assert not dialog(window).isVisible()
    assert not window.contents.history.looking
