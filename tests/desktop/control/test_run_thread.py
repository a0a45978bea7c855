"""The thread that owns a run: with small real runs, and with an engine that plays one back."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from support.recording import recording
from support.replay_engine import ReplayEngine, printed

from desktop.control import run_thread
from desktop.control.run_thread import RunThread
from desktop.control.session import step_by_step
from workers.commands import AskParent, StopRun
from workers.engines.engine import now_ns
from workers.folding.fold import Fold
from workers.plan.plan import Plan, StartMethod, Workload
from workers.timeline.timeline import Timeline

SOON_MS = 15_000
JOIN_REST = AskParent(1, "join_rest")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A run that is over."""
    with recording(sleepers(1)) as live:
        live.finish()
        yield live.run.folder


def sleepers(milliseconds: int, workers: int = 2) -> Plan:
    return Plan.make([milliseconds * 1000] * workers, Workload.SLEEP, StartMethod.FORK)


def thread_of(engine: ReplayEngine) -> RunThread:
    return RunThread(sleepers(1), lambda what: engine)


def read_out(thread: RunThread) -> Timeline:
    """The timeline of everything that the thread left."""
    timeline = Timeline()
    fold = Fold(timeline)
    while (portion := thread.take()) is not None:
        fold.apply(portion, now_ns())
    fold.finish(now_ns())
    return timeline


def test_run_from_its_start_to_its_end(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(100), step_by_step)
    folders: list[str] = []
    thread.launched.connect(folders.append)
    thread.command(JOIN_REST)
    with qtbot.waitSignal(thread.finished, timeout=SOON_MS):
        thread.start()
    assert thread.wait()
    timeline = read_out(thread)
    assert [process.exit_code for process in timeline.processes] == [0, 0, 0]
    assert all(process.joined_ns is not None for process in timeline.processes[1:])
    qtbot.waitUntil(lambda: len(folders) == 1)
    assert thread.take() is None


def test_close_acts_at_once_and_ends_the_tree(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(60_000), step_by_step)
    with qtbot.waitSignal(thread.launched, timeout=SOON_MS):
        thread.start()
    began = time.monotonic()
    thread.close()
    assert thread.wait(5000)
    assert time.monotonic() - began < 4.0


def test_close_before_it_ran(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(60_000), step_by_step)
    thread.close()
    with qtbot.waitSignal(thread.finished, timeout=SOON_MS):
        thread.start()
    assert thread.wait(5000)


def test_commands_are_passed_on_in_their_order(qtbot: QtBot, folder: Path) -> None:
    engine = ReplayEngine(folder, hold_after=0)
    thread = thread_of(engine)
    commands = [*(AskParent(number, "alive", 1) for number in range(20)), StopRun()]
    for command in commands:
        thread.command(command)
    with qtbot.waitSignal(thread.finished, timeout=SOON_MS):
        thread.start()
    assert thread.wait(5000)
    assert engine.commands == commands
    assert engine.closed_by_user is False


def test_run_that_cannot_be_started_fails_with_the_sentence(qtbot: QtBot, folder: Path) -> None:
    thread = thread_of(ReplayEngine(folder, refusal="No folder for the run could be made."))
    with qtbot.waitSignal(thread.failed, timeout=SOON_MS) as heard:
        thread.start()
    assert thread.wait()
    assert heard.args == ["No folder for the run could be made.", ""]


def test_error_in_a_command_is_reported_and_ends_the_run(qtbot: QtBot, folder: Path) -> None:
    engine = ReplayEngine(folder, hold_after=0, broken="wrong")
    thread = thread_of(engine)
    thread.command(StopRun())
    with qtbot.waitSignal(thread.failed, timeout=SOON_MS) as heard:
        thread.start()
    assert thread.wait()
    assert heard.args is not None
    assert heard.args[0] == "Following the run failed: wrong."
    assert "ValueError: wrong" in heard.args[1]
    assert engine.closed_by_user is False


def test_full_mailbox_is_not_filled_further(qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the window does not take stays where it is, and the run can still be closed."""
    monkeypatch.setattr(run_thread, "_MOST_WAITING", 1)
    engine = ReplayEngine(folder)
    engine.append(*(printed(1, number, "line") for number in range(5)))
    thread = thread_of(engine)
    with qtbot.waitSignal(thread.launched, timeout=SOON_MS):
        thread.start()
    qtbot.waitUntil(lambda: thread.waiting > 0, timeout=SOON_MS)
    assert not thread.wait(300)
    assert (thread.waiting, engine.given) == (1, 1)
    taken = []

    def take() -> bool:
        while (portion := thread.take()) is not None:
            taken.append(portion)
        return thread.isFinished()

    qtbot.waitUntil(take, timeout=SOON_MS)
    assert thread.wait()
    assert len(taken) == engine.given
