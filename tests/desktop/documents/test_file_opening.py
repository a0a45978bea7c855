"""Files opened in the window: each kind, what cannot be opened, and a reading that is stopped."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QProgressDialog
from pytestqt.qtbot import QtBot
from support.recording import recording
from support.widgets import find

from desktop.chart.drawing.lanes import track_levels
from desktop.look.name_colours import name_colours
from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.formats import saved_run
from workers.formats.opening import open_file
from workers.plan.plan import Plan, StartMethod, Workload
from workers.report.report import report
from workers.system.atomic_files import write_atomically

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A small trace with one event that cannot be used."""
    path = tmp_path / "trace.json"
    span = {"ph": "X", "pid": 7, "tid": 7, "ts": 0, "dur": 9, "name": "serve"}
    path.write_text(json.dumps([span, {**span, "ts": None}]))
    return path


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPoint(9, 9), copy, data, left, none))


def test_a_trace_that_is_dropped_is_shown_and_remembered(window: MainWindow, qtbot: QtBot, trace: Path) -> None:
    with qtbot.waitSignal(window.contents.opening.opened):
        drop(window, trace)
    timeline = window.contents.document.timeline
    assert timeline is not None
    assert [process.name for process in timeline.processes] == ["process 7"]
    assert window.windowTitle() == "trace.json – Procession"
    said = [label.text() for label in window.statusBar().findChildren(QLabel)]
    assert "A trace of 1 process, 1 span; not shown: 1 no time." in said
    assert not window.contents.actions.save.isEnabled()
    assert window.contents.actions.export.isEnabled()
    assert Settings().files == [str(trace)]
    menu = find(window, QMenu, "recent")
    menu.aboutToShow.emit()
    with qtbot.waitSignal(window.contents.opening.opened):
        menu.actions()[0].trigger()


def test_the_first_picture_of_a_trace_is_prepared_by_the_thread_that_reads_it(
    window: MainWindow, qtbot: QtBot, trace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coloured_in: list[int] = []

    def colours(names: Sequence[str]) -> NDArray[np.uint8]:
        coloured_in.append(threading.get_ident())
        return name_colours(names)

    monkeypatch.setattr(track_levels, "name_colours", colours)
    window.contents.views.load_chart()
    window.show()
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(trace))
    window.grab()
    assert len(coloured_in) == 1, "once for all pictures of the timeline"
    assert coloured_in[0] != threading.get_ident()


def test_a_saved_run_is_shown_and_saved_again(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path, again = tmp_path / "a.procession", tmp_path / "b.procession"
    with recording(Plan.make([20_000] * 2, Workload.SORT, StartMethod.FORK), whole=True) as live:
        timeline = live.finish()
        write_atomically(path, lambda file: saved_run.write(live.run.folder, file))
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(path))
    assert window.contents.document.timeline is not None
    assert report(window.contents.document.timeline) == report(timeline)
    assert window.contents.actions.save.isEnabled()
    assert window.export_to(again)
    unpacked = Path(window.contents.document.folder() or "")
    assert unpacked.is_dir()
    with qtbot.waitSignal(window.contents.session.ended, timeout=20_000):
        window.contents.actions.start.trigger()
        qtbot.waitUntil(window.contents.actions.stop.isEnabled)
        window.contents.open_file(str(path))  # not while a run goes on
        window.contents.actions.stop.trigger()
    assert not unpacked.exists()
    assert window.contents.document.timeline is not timeline
    opened = open_file(again)
    assert report(opened.timeline) == report(timeline)
    opened.close()


@pytest.mark.parametrize(("content", "sentence"), [
    (b"hello", "is neither a saved run nor a trace"), (b"{}", "no trace events"), (b"PK\x03\x04", "no saved run"),
    (b"", "is empty"),
])  # fmt: skip
def test_what_cannot_be_opened_is_one_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes, sentence: str
) -> None:
    (tmp_path / "some <b>file").write_bytes(content)
    with qtbot.waitSignal(window.contents.opening.failed):
        window.contents.open_file(str(tmp_path / "some <b>file"))
    box = find(window, QMessageBox)
    assert sentence in box.text()
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()
    assert window.contents.document.timeline is None
    assert window.contents.actions.open.isEnabled()


def test_reading_can_be_cancelled_and_what_was_shown_stays(
    window: MainWindow, qtbot: QtBot, trace: Path, tmp_path: Path
) -> None:
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(trace))
    shown = window.contents.document.timeline
    large = tmp_path / "large.json"
    large.write_text("[" + '{"ph":"X","pid":1,"tid":1,"ts":1,"dur":1,"name":"a"},\n' * 300_000)
    window.contents.open_file(str(large))
    *_, progress = window.findChildren(QProgressDialog, "opening")  # the one before may still wait to be deleted
    with qtbot.waitSignal(window.contents.opening.said):
        progress.canceled.emit()
    assert window.contents.document.timeline is shown
    assert window.windowTitle() == "trace.json – Procession"
    window.contents.open_file(str(large))
    window.close()  # nothing is left of the thread
