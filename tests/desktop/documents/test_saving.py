"""What a person saves: written while the window goes on, with progress and Cancel, and the old file intact."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QWidget
from pytestqt.qtbot import QtBot
from support.builders import MS, SECOND, joined_run, traced_run
from support.recording import recording

from desktop.documents.document import Document
from desktop.documents.saving import Saving
from desktop.export import exporting
from desktop.export.pictures import PictureLook
from desktop.settings import Settings
from workers.formats.opening import open_file
from workers.plan.plan import Plan, StartMethod, Workload
from workers.report.report import report
from workers.timeline.timeline import Timeline


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def document(window: QWidget) -> Document:
    return Document(window)


@pytest.fixture
def saving(window: QWidget, document: Document) -> Iterator[Saving]:
    made = Saving(window, document, Settings())
    yield made
    made.end()


def large() -> Timeline:
    """A run that takes some seconds to write."""
    timeline = joined_run(2)
    for number in range(400_000):
        timeline.add_line(2, "stdout", 50 * MS + number, "line")
    return timeline


def choose(saving: Saving, document: Document, timeline: Timeline, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show this run, and have the user choose this file for it."""
    document.show_live(timeline)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "Chrome trace (*.json)"))
    saving.ask_where(PictureLook(width_px=1200))


@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a.csv", "a.png"])
def test_what_is_chosen_is_there_once_it_is_said(
    saving: Saving, document: Document, name: str, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(saving.done) as told:
        choose(saving, document, joined_run(2), tmp_path / name, monkeypatch)
    assert told.args == [f"Saved {tmp_path / name}"]
    exporting.export_timeline(joined_run(2), tmp_path / f"b{name[1:]}", folder=None)
    assert (tmp_path / name).read_bytes() == (tmp_path / f"b{name[1:]}").read_bytes()
    assert not saving.writing


def test_the_window_goes_on_and_who_cancels_finds_the_old_file(
    window: QWidget, saving: Saving, document: Document, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    choose(saving, document, large(), path, monkeypatch)
    (dialog,) = window.findChildren(QProgressDialog, "writing")
    qtbot.waitUntil(lambda: dialog.isVisible() and 0 < dialog.value() < 900)
    assert dialog.labelText() == "Writing a.json"
    said: list[str] = []
    saving.done.connect(said.append)
    saving.write_file(tmp_path / "b.json", PictureLook())
    with qtbot.waitSignal(saving.done):
        dialog.canceled.emit()
    assert said == ["a.json is still being written.", "a.json was not written: what was there before is as it was."]
    assert path.read_bytes() == b"old"
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix in (".json", ".part")) == ["a.json"]


def test_a_run_that_goes_on_is_written_as_it_was_when_it_was_chosen(
    saving: Saving, document: Document, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = joined_run(3)
    for number in range(20_000):
        timeline.begin_task(2, "task", 50 * MS + number)
    with qtbot.waitSignal(saving.done):
        choose(saving, document, timeline, tmp_path / "a.json", monkeypatch)
        for number in range(20_000):
            timeline.begin_task(3, "later", SECOND - number)
        timeline.add_process("later", timeline.process(2).kind, 1)
        timeline.process(2).name = "changed"
    names = [event.get("name") for event in json.loads((tmp_path / "a.json").read_bytes())["traceEvents"]]
    assert (names.count("task"), names.count("later")) == (20_000, 0)
    assert "changed" not in (tmp_path / "a.json").read_text()


def test_a_snapshot_is_the_same_and_stays_so() -> None:
    for timeline in (joined_run(4), traced_run(2)):
        before, now = report(timeline), timeline.snapshot()
        assert report(now) == before
        assert [now.lane(p.id).phases.t0.tolist() for p in now.processes] == [
            timeline.lane(p.id).phases.t0.tolist() for p in timeline.processes
        ]
        timeline.process(1).exit_code = 77
        timeline.add_line(1, "stdout", 1, "more")
        timeline.begin_task(1, "more", 5)
        timeline.warnings.append("more")
        assert report(now) == before
        assert len(now.tracks) == len(timeline.tracks)


def test_a_failure_is_told_and_nothing_is_there(
    saving: Saving, document: Document, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, sentence in (
        ("gone/a.json", "does not exist"),
        ("a.jpg", "its name must end in"),
        ("a.procession", "no journals"),
    ):
        with qtbot.waitSignal(saving.failed) as told:
            choose(saving, document, joined_run(1), tmp_path / name, monkeypatch)
        assert sentence in told.args[0]
        assert not (tmp_path / name).exists()


def test_a_saved_run_is_the_run(
    saving: Saving, document: Document, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.procession"
    with recording(Plan.make([20_000] * 2, Workload.SORT, StartMethod.FORK), whole=True) as live:
        timeline = live.finish()
        document.show_live(timeline)
        document.set_folder(live.run.folder)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "Saved run (*.procession)"))
        with qtbot.waitSignal(saving.done):
            saving.save_run()
    opened = open_file(path)
    assert report(opened.timeline) == report(timeline)
    opened.close()
