"""Runs in the history, from the processes that make them to the list: of a window that is killed with its keeper, of a window
that is closed, and of the command line."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTableView
from pytestqt.qtbot import QtBot
from support.paths import ROOT
from support.scripts import script_path
from support.windows import opened

from desktop.panels.history.history_rows import OUTCOME, TITLE
from desktop.window.main_window import MainWindow
from workers.formats.run_reader import read_run
from workers.history.run_list import list_runs
from workers.history.summaries import RunOutcome, load_summary, read_summary
from workers.journal.follower import read_all
from workers.journal.keeper_kinds import ProgramLaunched
from workers.report.report import report
from workers.runs.keeper_marks import is_running
from workers.runs.limits import Limits, save_limits
from workers.runs.run_folders import run_folders
from workers.system import process_tree
from workers.timeline.model import CallName, EndedBy, State

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals and /proc as Linux has them"),
]
DRIVER = ROOT / "tests" / "faults" / "driven_window.py"
SOON_MS = 20_000


@contextmanager
def running_window() -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A window of its own process in the middle of a run of two sleepers, and the run's folder."""
    window = subprocess.Popen(
        [sys.executable, str(DRIVER), "running", "fork"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert window.stdout is not None
        assert window.stdout.readline().startswith("ready")
        (folder,) = run_folders()
        yield window, folder
    finally:
        if window.poll() is None:
            window.kill()
        window.communicate()
        for folder in run_folders():
            process_tree.Ending(lambda folder=folder: process_tree.marked(folder), 0.0).finish()  # type: ignore[misc]


@pytest.fixture
def next_window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made


def last_record_ns(folder: Path) -> int:
    """The latest moment that any record or printed line in any journal of the run carries."""
    latest = 0
    for batch in read_all(folder):
        for entries in batch.entries:
            latest = max([latest, *(record.clock_ns for record in entries.records)])
        latest = max([latest, *(chunk.t for chunk in batch.chunks)])
    return latest


def launched_ns(folder: Path) -> int:
    records = (record for batch in read_all(folder) for entries in batch.entries for record in entries.records)
    return min(record.clock_ns for record in records if isinstance(record, ProgramLaunched))


def listed(window: MainWindow, column: int) -> list[str]:
    table = window.findChild(QTableView, "history")
    assert isinstance(table, QTableView)
    return [table.model().index(row, column).data() for row in range(table.model().rowCount())]


def test_a_run_whose_window_and_keeper_were_killed_is_there_to_its_last_event(
    qtbot: QtBot, next_window: MainWindow
) -> None:
    with running_window() as (killed, folder):
        keeper = int((folder / "keeper.pid").read_text().split()[0])
        assert is_running(folder)
        killed.send_signal(signal.SIGSTOP)  # so that neither sees the other one's end
        os.kill(keeper, signal.SIGSTOP)
        os.kill(keeper, signal.SIGKILL)
        killed.kill()
        killed.wait()
        psutil.wait_procs([psutil.Process(keeper)] if psutil.pid_exists(keeper) else [], 10)
        qtbot.waitUntil(lambda: not is_running(folder))
        assert process_tree.marked(folder)  # its workers, still running

        next_window.contents.history.look_back()
        qtbot.waitUntil(next_window.contents.toast.isVisible, timeout=SOON_MS)
        assert "sleep 2 × 60 s" in next_window.contents.toast.text()
        assert "was cut short" in next_window.contents.toast.text()
        assert "that were left were ended." in next_window.contents.toast.text()
        assert process_tree.marked(folder) == []

        next_window.contents.actions.history.trigger()
        qtbot.waitUntil(lambda: listed(next_window, OUTCOME) == ["cut short"], timeout=SOON_MS)
        assert listed(next_window, TITLE) == ["sleep 2 × 60 s · fork · start all, then join all"]
        offered = next_window.contents.toast.findChild(QPushButton, "toast_button")
        assert isinstance(offered, QPushButton)
        with qtbot.waitSignal(next_window.contents.opening.opened, timeout=SOON_MS):
            qtbot.mouseClick(offered, Qt.MouseButton.LeftButton)

    timeline = next_window.contents.document.timeline
    assert timeline is not None
    assert timeline.cut_off
    assert [process.state for process in timeline.processes] == [State.LOST] * 3
    assert all(process.target_began_ns is not None for process in timeline.processes)
    starts = [call for call in timeline.calls if call.name is CallName.START]
    assert [call.ended_ns is not None for call in starts] == [True, True]
    assert timeline.now_ns == last_record_ns(folder) - launched_ns(folder)
    assert timeline.torn_records == 0
    assert report(timeline) == report(read_run(folder))
    summary = load_summary(folder)
    assert summary is not None
    assert summary.outcome is RunOutcome.CUT_SHORT
    assert summary.duration_s == timeline.now_ns / 1e9
    assert summary.sentence.startswith("The recorder was cut off after")


def test_a_run_whose_window_was_killed_is_cut_short_and_one_that_was_closed_was_stopped(qtbot: QtBot) -> None:
    with running_window() as (window, folder):
        window.kill()
        window.wait()
        qtbot.waitUntil(lambda: not is_running(folder), timeout=SOON_MS)
        assert read_run(folder).ended_by is EndedBy.OWNER_GONE
        summary = read_summary(folder)
        assert summary.outcome is RunOutcome.CUT_SHORT
        assert summary.sentence.startswith("Cut short after")
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    with running_window() as (window, folder):
        window.send_signal(signal.SIGTERM)
        window.wait()
        qtbot.waitUntil(lambda: not is_running(folder), timeout=SOON_MS)
        assert read_summary(folder).outcome is RunOutcome.STOPPED


def command_line(*arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "desktop", *arguments]
    subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "arguments", [("run", "--sizes", "10k", "--workers", "1"), ("record", str(script_path("nothing.py")))]
)
def test_the_command_line_keeps_to_the_limits_when_its_run_has_ended(arguments: tuple[str, ...]) -> None:
    save_limits(Limits(2, 10**8))
    for _ in range(3):
        command_line(*arguments)
    assert len(run_folders()) == 2


def test_runs_of_the_command_line_are_in_it() -> None:
    command_line("run", "--sizes", "10k", "--workers", "2")
    command_line("record", str(script_path("plain_facts.py")), "--fast")
    recorded, ran = list_runs({})
    assert (ran.title, recorded.title) == ("sort 2 × 10k · fork · start all, then join all", "plain_facts.py --fast")
    assert ran.summary is not None
    assert ran.summary.outcome is RunOutcome.DONE
    assert read_summary(recorded.folder).outcome in (RunOutcome.DONE, RunOutcome.FAILED)
    assert not is_running(recorded.folder)
