"""How a comparison is come to: the shown run and a file, two files, what cannot be read, and what is left of it."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QProgressDialog, QTextEdit
from pytestqt.qtbot import QtBot
from support.builders import joined_run
from support.kept_runs import recorded_run
from support.recording import recording
from support.widgets import find
from support.windows import show_run

from desktop.dialogs.compare_window import CompareWindow
from desktop.documents import comparing
from desktop.documents.open_comparison import NOT_KEPT
from desktop.look.palette import DARK
from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.formats import saved_run
from workers.formats.opening import open_file
from workers.journal.kinds import Kind
from workers.plan.plan import Plan, StartMethod, Workload
from workers.runs import bookmarks
from workers.system.atomic_files import write_atomically
from workers.timeline.model import Bookmark

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace.json"
    path.write_text(json.dumps([{"ph": "X", "pid": 7, "tid": 7, "ts": 0, "dur": 9, "name": "serve"}]))
    return path


def sentences(shown: CompareWindow) -> list[str]:
    return find(shown, QTextEdit, "comparison_words").toPlainText().splitlines()


def windows(window: MainWindow) -> list[CompareWindow]:
    return [one.window for one in window.contents.comparing.comparisons]


def said_box(window: MainWindow) -> str:
    *_, box = window.findChildren(QMessageBox)
    text = box.text()
    box.close()
    return text


def test_without_a_run_there_is_nothing_to_compare(window: MainWindow, trace: Path) -> None:
    assert not window.contents.actions.compare.isEnabled()
    assert window.contents.actions.compare.statusTip() == comparing.NO_RUN
    window.contents.comparing.with_file(trace)
    assert windows(window) == []


def test_the_shown_run_is_a_and_the_chosen_file_is_b(
    window: MainWindow, qtbot: QtBot, trace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_run(window, joined_run(2))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(trace), ""))
    with qtbot.waitSignal(window.contents.comparing.opened):
        qtbot.keyClick(window, Qt.Key.Key_O, CONTROL | SHIFT)
    (shown,) = windows(window)
    assert shown.runs[0].timeline is window.contents.document.timeline
    assert [process.name for process in shown.runs[1].timeline.processes] == ["process 7"]
    assert Settings().folder == trace.parent
    window.contents.actions.themes.actions()[2].trigger()
    assert shown.colours is DARK
    shown.close()
    assert windows(window) == []


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"{}"])
def test_what_cannot_be_read_is_one_sentence(window: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
    show_run(window, joined_run(2))
    (tmp_path / "bad").write_bytes(content)
    with qtbot.waitSignal(window.contents.comparing.failed):
        window.contents.comparing.with_file(tmp_path / "bad")
    assert said_box(window).endswith(".")
    assert windows(window) == []
    assert window.contents.document.timeline is not None


def test_a_script_has_to_run_before(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    show_run(window, joined_run(2))
    with qtbot.waitSignal(window.contents.comparing.failed):
        window.contents.comparing.with_file(tmp_path / "a.py")
    assert said_box(window).startswith("A script cannot be compared before it has run")


def test_reading_can_be_cancelled(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    show_run(window, joined_run(2))
    large = tmp_path / "large.json"
    large.write_text("[" + '{"ph":"X","pid":1,"tid":1,"ts":1,"dur":1,"name":"a"},\n' * 300_000)
    window.contents.comparing.with_file(large)
    *_, progress = window.findChildren(QProgressDialog, "opening")
    with qtbot.waitSignal(window.contents.comparing.said):
        progress.canceled.emit()
    assert windows(window) == []
    window.contents.comparing.files(large, large)
    window.close()  # nothing is left of the thread


def test_two_real_runs_under_fork_and_spawn(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """From real processes to the sentence that a learner asks for."""
    paths = []
    for method in (StartMethod.FORK, StartMethod.SPAWN):
        paths.append(tmp_path / f"{method}.procession")
        plan = Plan.make([50_000] * 2, Workload.SLEEP, method)
        with recording(plan, whole=True) as live:
            live.finish()
            write_atomically(paths[-1], lambda file, run=live.run: saved_run.write(run.folder, file))  # type: ignore[misc]
    with qtbot.waitSignal(window.contents.comparing.opened, timeout=20_000):
        window.contents.comparing.files(*paths)
    (shown,) = windows(window)
    comparison = shown.panel.comparison
    assert [pair.label for pair in comparison.pairs[:3]] == ["the program", "worker 1", "worker 2"]
    said = sentences(shown)
    assert any(line.startswith("Under spawn (B) a worker took ") and "under fork (A)" in line for line in said), said
    begun = [worker.target_began_ns - worker.start_called_ns for run in shown.runs for worker in run.timeline.processes
             if worker.worker and worker.target_began_ns and worker.start_called_ns]  # fmt: skip
    assert min(begun[2:]) > max(begun[:2])
    assert shown.export_to(tmp_path / "both.png")
    unpacked = [opened.folder for one in window.contents.comparing.comparisons for opened in one.files]
    assert all(folder is not None and folder.is_dir() for folder in unpacked)
    shown.close()
    assert not any(folder.exists() for folder in unpacked if folder is not None)


def test_a_run_that_goes_on_is_compared_as_far_as_it_has_come(window: MainWindow, qtbot: QtBot, trace: Path) -> None:
    window.contents.sources.plan.set_plan(Plan.make([30_000_000] * 2, Workload.SLEEP, StartMethod.FORK))
    window.contents.actions.start.trigger()
    qtbot.waitUntil(
        lambda: window.contents.document.timeline is not None and window.contents.document.timeline.alive == 2,
        timeout=20_000,
    )
    with qtbot.waitSignal(window.contents.comparing.opened):
        window.contents.comparing.with_file(trace)
    (shown,) = windows(window)
    assert sentences(shown)[0].startswith("Run A is still running")
    before = shown.views[0].state.camera.run_ns
    qtbot.waitUntil(lambda: shown.views[0].state.camera.run_ns > before + 200_000_000)
    with qtbot.waitSignal(window.contents.session.ended, timeout=20_000):
        window.contents.actions.stop.trigger()
    assert shown.panel.comparison.a.ended
    assert not sentences(shown)[0].startswith("Run A is still running")


def test_marks_of_a_run_folder_are_kept_with_it_and_can_be_undone(window: MainWindow, qtbot: QtBot) -> None:
    with recording(Plan.make([10_000], Workload.SLEEP, StartMethod.FORK), whole=True) as live:
        live.finish()
        folder = live.run.folder
        show_run(window, joined_run(2))
        with qtbot.waitSignal(window.contents.comparing.opened, timeout=20_000):
            window.contents.comparing.with_file(folder / "keeper.journal")  # as a dialog for files gives a folder
        (shown,) = windows(window)
        mark = Bookmark(5, "here")
        shown.mark_changed.emit(shown.runs[1].timeline, None, mark)
        assert bookmarks.load(folder) == [mark]
        qtbot.keyClick(shown, Qt.Key.Key_Z, CONTROL)
        assert bookmarks.load(folder) == []
        qtbot.keyClick(shown, Qt.Key.Key_Z, CONTROL | SHIFT)
        assert bookmarks.load(folder) == [mark]


def test_marks_of_the_shown_run_are_those_of_the_main_window(window: MainWindow, qtbot: QtBot, trace: Path) -> None:
    show_run(window, joined_run(2))
    with qtbot.waitSignal(window.contents.comparing.opened):
        window.contents.comparing.with_file(trace)
    (shown,) = windows(window)
    timeline = shown.runs[0].timeline
    shown.mark_changed.emit(timeline, None, Bookmark(5, "here"))
    assert window.contents.marks.undo_text == "add mark"
    window.contents.actions.undo.trigger()
    assert timeline.bookmarks == []
    show_run(window, joined_run(2))  # another one: the window's marks are not those of the compared run any more
    shown.mark_changed.emit(timeline, None, Bookmark(6, "there"))
    assert timeline.bookmarks == [Bookmark(6, "there")]
    assert window.contents.marks.undo_text == ""
    toast = find(shown, QLabel, "toast")
    assert toast.text() == NOT_KEPT


def test_two_that_are_open_can_be_handed_over(window: MainWindow, trace: Path) -> None:
    shown = window.contents.comparing.compare(open_file(trace), open_file(trace))
    assert isinstance(shown, CompareWindow)
    assert sentences(shown)[0].startswith("Both took about the same time: trace A 9 µs")
    window.close()
    assert windows(window) == []


def numbered(made: Path, number: int) -> Path:
    """The run under a name as it is given now, by a clock that goes backwards."""
    return made.rename(made.with_name(f"{number:08d}-20260101T12{60 - number:02d}00Z-x"))


def test_recent_runs_are_offered_first_and_the_previous_one_has_a_key(
    window: MainWindow, qtbot: QtBot, trace: Path
) -> None:
    first = recorded_run(1, Kind.ENDED, argv=("python", "1.py"))  # of version 0.1.0: older than all with a number
    second, third = (numbered(recorded_run(at, Kind.ENDED, argv=("python", f"{at}.py")), at) for at in (2, 3))
    numbered(recorded_run(4), 4)  # cut short: over, too
    menu, act = window.contents.actions.compare_menu, window.contents.actions
    window.contents.opening.open(str(second))
    qtbot.waitUntil(lambda: window.contents.document.folder() == second)
    Settings().know_file(str(trace))
    menu.popup(QPoint(0, 0))
    texts = [action.text() for action in menu.actions()]
    assert (texts[0], texts[-1]) == (act.compare_previous.text(), act.compare.text())
    offered = [action.data() for action in menu.actions() if isinstance(action.data(), str)]
    assert offered[0] == str(first), "the run before the shown one"
    assert set(offered[1:-1]) == {str(third), *offered[1:-1]}
    assert str(second) not in offered
    assert offered[-1] == str(trace)
    with qtbot.waitSignal(window.contents.comparing.opened, timeout=20_000):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    by_menu = [run.title for run in windows(window)[0].runs]
    windows(window)[0].close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.contents.comparing.opened, timeout=20_000):
        qtbot.keyClick(window, Qt.Key.Key_R, CONTROL | SHIFT)
    assert [run.title for run in windows(window)[0].runs] == by_menu
    assert by_menu[1].endswith("12:01"), "when the first run began"
    windows(window)[0].close()


def test_without_an_earlier_run_that_is_said(window: MainWindow, qtbot: QtBot) -> None:
    show_run(window, joined_run(2))
    with qtbot.waitSignal(window.contents.comparing.said) as said:
        qtbot.keyClick(window, Qt.Key.Key_R, CONTROL | SHIFT)
    assert said.args == [comparing.NO_PREVIOUS]


def test_every_file_dialog_begins_in_the_last_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_run(window, joined_run(2))
    folders = [tmp_path / name for name in "abcd"]
    begun: list[Path] = []

    def chosen(_parent: object, _title: str, start: str, *_: object) -> tuple[str, str]:
        begun.append(Path(start))
        return str(folders[len(begun) - 1] / "chosen.procession"), ""

    for folder in folders:
        folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", chosen)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    window.contents.saving.save_code("print(1)\n")
    window.contents.sources.script.browse()
    window.contents.comparing.ask()
    window.contents.opening.ask()
    qtbot.waitUntil(lambda: len(window.findChildren(QMessageBox)) > 0)
    for box in window.findChildren(QMessageBox):
        box.close()
    assert [Path.home(), *folders[:3]] == [path if path.is_dir() else path.parent for path in begun]
