"""Sweeps in the window, by real presses: with runs that are played back, and two times with real ones."""

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QFileDialog, QLineEdit, QMessageBox, QSpinBox, QTabWidget
from pytestqt.qtbot import QtBot
from support.recording import recording
from support.replay_engine import ReplayEngine
from support.sweeps import amdahl_sweep
from support.widgets import button, find, label_text, press

from desktop.documents.sweeping import SWEEPING, Sweeping
from desktop.panels.sweep.sweep_panel import SweepPanel
from desktop.panels.sweep.sweep_view import SweepView
from desktop.settings import Settings
from desktop.window.main_window import MainWindow
from workers.commands import StopRun
from workers.engines.engine import Runnable, RunResult
from workers.engines.local_engine import LocalEngine
from workers.engines.script import Script
from workers.plan.plan import Plan, StartMethod, Workload
from workers.runs.leases import leased_runs
from workers.runs.run_folders import run_folders
from workers.system import process_tree

# What the offscreen platform says of every menu, tooltip and window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SOON_MS = 30_000
PLAN = Plan.make([20_000] * 2, Workload.SPIN, StartMethod.FORK)


class PlayedBack(ReplayEngine):
    """A run that is over at once; a held one only once it is told to stop."""

    def __init__(self, folder: Path, *, held: bool) -> None:
        super().__init__(folder, records=1000)
        self._held = held

    def wait(self, timeout_s: float) -> bool:
        return (
            not self._held or any(isinstance(command, StopRun) for command in self.commands) or super().wait(timeout_s)
        )

    def result(self) -> RunResult:
        return RunResult(True, 0)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with recording(PLAN) as live:
        live.finish()
        yield live.run.folder


@pytest.fixture
def panel(window: MainWindow) -> SweepPanel:
    """The tab, in front, for a small plan at 1 and 2 workers, once each."""
    found = window.contents.views.panel(SweepPanel)
    find(window, QTabWidget, "tabs").setCurrentWidget(found)
    window.contents.sources.plan.set_plan(PLAN)
    find(found, QLineEdit, "sweep_workers").setText("1,2")
    find(found, QSpinBox, "sweep_repeats").setValue(1)
    return found


class _Target:
    """What Start would run, without a window that asks."""

    def __init__(self, source: Plan | Script) -> None:
        self._source = source

    def source(self) -> Plan | Script:
        return self._source

    def with_script(self, then: Callable[[Script], object]) -> None:
        assert isinstance(self._source, Script)
        then(self._source)

    def with_plan(self, plan: Plan, then: Callable[[Plan], object]) -> None:
        then(plan)

    def hold_back(self, why: str) -> None:
        pass


@pytest.fixture
def played(window: MainWindow, qtbot: QtBot, folder: Path) -> Iterator[tuple[Sweeping, SweepPanel, list[Runnable]]]:
    """A sweep whose third run lasts until it is stopped, with a panel of its own; and what was run."""
    ran: list[Runnable] = []

    def factory(what: Runnable) -> PlayedBack:
        ran.append(what)
        return PlayedBack(folder, held=len(ran) == 3)

    shown = SweepPanel()
    qtbot.addWidget(shown)
    shown.show()
    contents = window.contents
    made = Sweeping(window, shown, _Target(PLAN), contents.session, contents.opening, Settings(), factory)
    made.show_source()
    yield made, shown, ran
    made.end()


def said(panel: SweepPanel) -> str:
    return label_text(panel, "sweep_said")


def test_stop_keeps_what_was_measured(
    played: tuple[Sweeping, SweepPanel, list[Runnable]], qtbot: QtBot, window: MainWindow
) -> None:
    sweeping, panel, ran = played
    press(qtbot, panel, "sweep_start")
    qtbot.waitUntil(lambda: len(ran) == 3, timeout=SOON_MS)
    qtbot.waitUntil(lambda: said(panel).startswith("Run 3 of 6: 2 workers (point 2 of 2), about "), timeout=SOON_MS)
    sentences: list[str] = []
    sweeping.said.connect(sentences.append)
    with qtbot.waitSignal(sweeping.ended, timeout=SOON_MS):
        press(qtbot, panel, "sweep_stop")
    assert sentences == ["The sweep was stopped after 2 of 6 runs."]
    assert sweeping.sweep is not None
    assert [point.workers for point in sweeping.sweep.points] == [1, 2]
    assert said(panel).startswith(("At 2 workers", "No number of workers"))
    assert button(panel, "sweep_start").isEnabled()


def test_a_failure_of_the_recorder_is_said_and_keeps_the_rest(window: MainWindow, qtbot: QtBot, folder: Path) -> None:
    engines = [PlayedBack(folder, held=False), ReplayEngine(folder, refusal="The disk is full.")]
    contents, shown = window.contents, SweepPanel()
    qtbot.addWidget(shown)
    made = Sweeping(
        window, shown, _Target(PLAN), contents.session, contents.opening, Settings(), lambda what: engines.pop(0)
    )
    made.show_source()
    failures: list[tuple[str, str]] = []
    made.failed.connect(lambda sentence, details: failures.append((sentence, details)))
    with qtbot.waitSignal(made.ended, timeout=SOON_MS):
        made.start()
    assert failures == [("The disk is full.", "")]
    assert made.sweep is not None
    assert len(made.sweep.runs) == 1
    made.end()


def test_a_sweep_from_a_press_to_its_run_in_the_timeline(
    window: MainWindow, panel: SweepPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With real runs. The second waits for the keys: it might be over before they are pressed."""
    contents = window.contents
    pressed, begun, start = threading.Event(), itertools.count(1), LocalEngine.start

    def start_and_hold(engine: LocalEngine) -> None:
        assert next(begun) == 1 or pressed.wait(SOON_MS / 1000)
        start(engine)

    monkeypatch.setattr(LocalEngine, "start", start_and_hold)
    sentences: list[str] = []
    contents.sweeping.said.connect(sentences.append)
    with qtbot.waitSignal(contents.sweeping.ended, timeout=SOON_MS):
        press(qtbot, panel, "sweep_start")
        assert said(panel) == "Run 1 of 2: 1 worker (point 1 of 2)"
        assert not contents.actions.start.isEnabled()
        assert contents.actions.start.toolTip() == SWEEPING
        assert not button(panel, "sweep_export").isEnabled()
        view = find(panel, SweepView, "sweep")
        qtbot.waitUntil(lambda: view.plots is not None, timeout=SOON_MS)
        qtbot.keyClick(view, Qt.Key.Key_Right)
        qtbot.keyClick(view, Qt.Key.Key_Return)
        # Reading takes time from what is measured.
        assert sentences == ["The sweep is still being measured: a run of it can be opened after its end."]
        pressed.set()
    assert contents.actions.start.isEnabled()
    sweep = contents.sweeping.sweep
    assert sweep is not None
    assert [len(point.times_s) for point in sweep.points] == [1, 1]
    assert all(run.folder is not None and run.folder.name in leased_runs() for run in sweep.runs)
    with qtbot.waitSignal(contents.opening.opened, timeout=SOON_MS):
        qtbot.keyClick(view, Qt.Key.Key_End)
        qtbot.keyClick(view, Qt.Key.Key_Return)
    run = contents.document.run
    assert run is not None
    assert run.folder == sweep.runs[1].folder
    assert run.timeline.plan == PLAN
    assert said(panel).startswith("2 workers: ")  # the sweep stays, whichever run is shown
    assert contents.sweeping.export_to(tmp_path / "a.csv")
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 3


def test_closing_the_window_ends_the_sweep(window: MainWindow, panel: SweepPanel, qtbot: QtBot) -> None:
    """With real runs."""
    contents = window.contents
    contents.sources.plan.set_plan(Plan.make([60_000_000] * 2, Workload.SLEEP, StartMethod.FORK))
    press(qtbot, panel, "sweep_start")
    qtbot.waitUntil(lambda: bool(run_folders()) and len(process_tree.marked(run_folders()[0])) >= 2, timeout=SOON_MS)
    assert not window.close()
    question = window.findChild(QMessageBox, "close_question")
    assert question is not None
    stop = next(
        one for one in question.findChildren(QAbstractButton) if "Stop and close" in one.text().replace("&", "")
    )
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert not contents.sweeping.running
    assert process_tree.marked(run_folders()[0]) == []


def test_a_run_and_a_sweep_are_never_at_once(window: MainWindow, panel: SweepPanel, qtbot: QtBot) -> None:
    contents = window.contents
    contents.sources.plan.set_plan(Plan.make([60_000_000], Workload.SLEEP, StartMethod.FORK))
    with qtbot.waitSignal(contents.session.launched, timeout=SOON_MS):
        contents.commands.start()
    assert not button(panel, "sweep_start").isEnabled()
    assert said(panel) == "A run is still running: wait for its end, or stop it, before a sweep."
    with qtbot.waitSignal(contents.session.ended, timeout=SOON_MS):
        contents.session.stop()
    assert button(panel, "sweep_start").isEnabled()


@pytest.mark.parametrize(("counts", "part"), [
    ("0", "0 workers are out of range"), ("1,65", "65 workers are out of range"), ("one", "are no numbers of workers"),
])  # fmt: skip
def test_wrong_numbers_are_said_while_they_are_written(
    window: MainWindow, panel: SweepPanel, qtbot: QtBot, counts: str, part: str
) -> None:
    field = find(panel, QLineEdit, "sweep_workers")
    field.clear()
    qtbot.keyClicks(field, counts)
    assert part in said(panel)
    assert not button(panel, "sweep_start").isEnabled()
    assert button(panel, "sweep_start").toolTip() == said(panel)


def test_numbers_are_proposed_for_the_plan_that_is_in_front(window: MainWindow, panel: SweepPanel) -> None:
    find(panel, QLineEdit, "sweep_workers").clear()
    window.contents.sources.plan.set_plan(Plan.make([10_000, 70_000, 40_000], Workload.SPIN))
    assert panel.counts == "1,2,3"
    assert "each of the 3 sizes whole" in said(panel)
    window.contents.sources.plan.set_plan(Plan.make([10_000] * 16, Workload.SPIN))
    assert panel.counts == "1,2,4,8,16"


def test_a_script_needs_a_place_for_the_number_and_the_users_leave(
    window: MainWindow, panel: SweepPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "work.py").write_text("")
    window.contents.open_script(str(tmp_path / "work.py"))
    assert said(panel).startswith("Write {workers} among the script's arguments")
    find(window, QLineEdit, "script_arguments").setText("--jobs {workers}")
    assert said(panel).startswith("The script decides what it does with {workers}.")
    press(qtbot, panel, "sweep_start")
    question = window.findChild(QDialog, "script_question")
    assert question is not None
    question.reject()
    qtbot.waitUntil(lambda: not question.isVisible())
    assert window.contents.sweeping.sweep is None


def test_the_dialog_writes_what_is_chosen(
    window: MainWindow, panel: SweepPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not window.contents.sweeping.export_to(tmp_path / "none.csv")
    window.contents.sweeping.show(amdahl_sweep())
    chosen = str(tmp_path / "curves")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, "SVG drawing (*.svg)"))
    press(qtbot, panel, "sweep_export")
    assert "<svg" in (tmp_path / "curves.svg").read_text()
