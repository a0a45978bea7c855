"""A person's marks in a file that was opened: kept in a saved run, and nothing of it lost."""

import errno
import os
import threading
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from support.builders import MS
from support.recording import recording, script
from support.widgets import find

from desktop.export import exporting
from desktop.export.pictures import PictureLook, picture_image
from desktop.window.main_window import MainWindow
from workers.formats import saved_run
from workers.formats.opening import open_file
from workers.report.report import report
from workers.runs import bookmarks
from workers.system.atomic_files import write_atomically
from workers.timeline.model import Bookmark

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
ONE, TWO = Bookmark(5 * MS, "here it stalls"), Bookmark(7 * MS, "日本 <b>")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A saved run with a mark, whose picture and report were the same live."""
    path = tmp_path_factory.mktemp("saved") / "run.procession"
    with recording(script("executors.py"), whole=True) as live:
        live.finish()
        bookmarks.save(live.run.folder, [ONE])
        write_atomically(path, lambda file: saved_run.write(live.run.folder, file))
    return path.read_bytes()


def shown(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    """Open a file in the window."""
    with qtbot.waitSignal(window.contents.opening.opened):
        window.contents.open_file(str(path))


def marks_in(path: Path) -> list[Bookmark]:
    """The marks in a saved run."""
    opened = open_file(path)
    opened.close()
    return opened.timeline.bookmarks


def reported(path: Path) -> dict[str, Any]:
    """What is told of a saved run."""
    opened = open_file(path)
    opened.close()
    return report(opened.timeline)


def journals_in(path: Path) -> dict[str, bytes]:
    """Everything in a saved run but its marks and its manifest."""
    with ZipFile(path) as archive:
        return {
            name: archive.read(name) for name in archive.namelist() if name not in (bookmarks.MARKS, saved_run.MANIFEST)
        }


def test_a_mark_made_in_a_saved_run_is_in_its_file_soon_after(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, run: bytes
) -> None:
    path = tmp_path / "run.procession"
    path.write_bytes(run)
    path.chmod(0o640)
    before, journals = reported(path), journals_in(path)
    shown(window, qtbot, path)
    window.contents.marks.replace(None, TWO)
    qtbot.waitUntil(lambda: marks_in(path) == [ONE, TWO], timeout=10_000)
    assert journals_in(path) == journals
    assert reported(path) == before
    assert path.stat().st_mode & 0o777 == 0o640
    window.contents.marks.undo()
    window.contents.marks.replace(ONE, None)
    qtbot.waitUntil(lambda: marks_in(path) == [], timeout=10_000)
    assert sorted(file.name for file in tmp_path.iterdir() if not file.is_dir()) == ["run.procession"]


def test_a_mark_is_kept_although_another_file_is_opened_at_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, run: bytes
) -> None:
    one, other = tmp_path / "one.procession", tmp_path / "other.procession"
    one.write_bytes(run)
    other.write_bytes(run)
    shown(window, qtbot, one)
    window.contents.marks.replace(None, TWO)
    shown(window, qtbot, other)
    assert marks_in(one) == [ONE, TWO]
    window.contents.marks.replace(ONE, None)
    window.close()
    assert marks_in(other) == []
    assert marks_in(one) == [ONE, TWO]


def test_a_file_that_somebody_else_changed_is_left_alone_and_it_is_said(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, run: bytes
) -> None:
    path = tmp_path / "run.procession"
    path.write_bytes(run)
    shown(window, qtbot, path)
    path.write_bytes(b"another's")
    with qtbot.waitSignal(window.contents.keeping.failed) as told:
        window.contents.marks.replace(None, TWO)
    assert "another program has changed it" in told.args[0]
    assert path.read_bytes() == b"another's"
    find(window, QMessageBox).close()
    assert window.contents.document.timeline is not None
    assert window.contents.document.timeline.bookmarks == [ONE, TWO]


def test_a_full_disk_is_said_and_the_file_is_intact(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, run: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.procession"
    path.write_bytes(run)
    shown(window, qtbot, path)
    whole = os.fsync

    def fail(descriptor: int) -> None:
        if threading.get_ident() != threading.main_thread().ident:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with qtbot.waitSignal(window.contents.keeping.failed) as told:
        window.contents.marks.replace(None, TWO)
    assert told.args[0].startswith("The marks are not in the file.")
    assert "the disk is full" in told.args[0]
    assert told.args[0].endswith("Save the run (Ctrl+S) to keep them.")
    assert path.read_bytes() == run
    find(window, QMessageBox).close()


def test_a_damaged_file_and_a_trace_are_left_as_they_are_and_it_is_said_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, run: bytes
) -> None:
    damaged, trace = tmp_path / "cut.procession", tmp_path / "trace.json"
    damaged.write_bytes(run[:-30])
    trace.write_text('[{"ph":"X","pid":1,"tid":1,"ts":0,"dur":9000,"name":"a"}]')
    for path, sentence in ((damaged, "is damaged and is left as it is"), (trace, "not kept in a trace")):
        content = path.read_bytes()
        shown(window, qtbot, path)
        said: list[str] = []
        window.contents.keeping.said.connect(said.append)
        window.contents.marks.replace(None, ONE)
        window.contents.marks.replace(None, TWO)
        window.contents.keeping.said.disconnect(said.append)
        assert len(said) == 1
        assert sentence in said[0]
        window.contents.document.close()
        assert path.read_bytes() == content


def test_the_picture_of_a_saved_run_is_the_one_it_had_live(tmp_path: Path) -> None:
    path = tmp_path / "run.procession"
    with recording(script("four_ends.py"), whole=True) as live:
        timeline = live.finish()
        timeline.bookmarks = [ONE, TWO]
        bookmarks.save(live.run.folder, timeline.bookmarks)
        write_atomically(path, lambda file: saved_run.write(live.run.folder, file))
    opened = open_file(path)
    opened.close()
    for look in (
        PictureLook(),
        PictureLook(scale=1, dark=True),
        PictureLook(width_px=3000, scale=1),
    ):
        one, other = picture_image(timeline, look=look), picture_image(opened.timeline, look=look)
        assert one == other
        assert one.size() != QImage().size()
    for suffix in (".svg", ".csv", ".json"):
        for name, run in (("live", timeline), ("saved", opened.timeline)):
            exporting.export_timeline(run, tmp_path / f"{name}{suffix}", folder=None)
        assert (tmp_path / f"live{suffix}").read_bytes() == (tmp_path / f"saved{suffix}").read_bytes()
