"""The thread that owns a run, with real and small runs."""

import time

import pytest
from pytestqt.qtbot import QtBot

from desktop.control import run_thread
from desktop.control.run_thread import RunThread
from workers.engines.local_engine import LiveRun, now_ns
from workers.errors import RunError
from workers.folding.fold import Fold
from workers.plan.plan import Plan, StartMethod, Workload
from workers.timeline.timeline import Timeline

SOON_MS = 15_000


def sleepers(milliseconds: int, workers: int = 2) -> Plan:
    return Plan.make([milliseconds * 1000] * workers, Workload.SLEEP, StartMethod.FORK)


def read_out(thread: RunThread) -> Timeline:
    """The timeline of everything that the thread left."""
    timeline = Timeline()
    fold = Fold(timeline)
    while (portion := thread.take()) is not None:
        fold.apply(portion, now_ns())
    fold.finish(now_ns())
    return timeline


def test_run_from_its_start_to_its_end(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(100))
    folders: list[str] = []
    thread.launched.connect(folders.append)
    thread.do(lambda run: run.ask("join_rest"))
    with qtbot.waitSignal(thread.finished, timeout=SOON_MS):
        thread.start()
    assert thread.wait()
    timeline = read_out(thread)
    assert [process.exit_code for process in timeline.processes] == [0, 0, 0]
    assert all(process.joined_ns is not None for process in timeline.processes[1:])
    qtbot.waitUntil(lambda: len(folders) == 1)
    assert thread.take() is None


def test_close_is_heard_at_once_and_ends_the_tree(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(60_000))
    with qtbot.waitSignal(thread.launched, timeout=SOON_MS):
        thread.start()
    began = time.monotonic()
    thread.close()
    assert thread.wait(5000)
    assert time.monotonic() - began < 4.0


def test_close_before_it_ran(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(60_000))
    thread.close()
    with qtbot.waitSignal(thread.finished, timeout=SOON_MS):
        thread.start()
    assert thread.wait(5000)


def test_commands_are_carried_out_in_their_order(qtbot: QtBot) -> None:
    thread = RunThread(sleepers(60_000))
    heard: list[int] = []
    for number in range(20):
        thread.do(lambda run, number=number: heard.append(number))  # type: ignore[misc]
    thread.do(LiveRun.stop)
    with qtbot.waitSignal(thread.finished, timeout=SOON_MS):
        thread.start()
    assert thread.wait(5000)
    assert heard == list(range(20))


def test_run_that_cannot_be_launched_fails_with_the_sentence(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RunError("No folder for the run could be made.")

    monkeypatch.setattr("workers.engines.local_engine.new_run_folder", refuse)
    thread = RunThread(sleepers(100))
    with qtbot.waitSignal(thread.failed, timeout=SOON_MS) as heard:
        thread.start()
    assert thread.wait()
    assert heard.args == ["No folder for the run could be made.", ""]


def test_error_in_a_command_is_told_and_ends_the_run(qtbot: QtBot) -> None:
    def wrong(run: LiveRun) -> None:
        raise ValueError("wrong")

    thread = RunThread(sleepers(60_000))
    thread.do(wrong)
    with qtbot.waitSignal(thread.failed, timeout=SOON_MS) as heard:
        thread.start()
    assert thread.wait()
    assert heard.args is not None
    assert heard.args[0] == "Following the run failed: wrong."
    assert "ValueError: wrong" in heard.args[1]


def test_full_mailbox_is_not_filled_further(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the window does not take stays on disk, and the run can still be closed."""
    monkeypatch.setattr(run_thread, "_MOST_WAITING", 1)
    thread = RunThread(sleepers(100))
    thread.do(lambda run: run.ask("join_rest"))
    with qtbot.waitSignal(thread.launched, timeout=SOON_MS):
        thread.start()
    qtbot.waitUntil(lambda: thread.waiting > 0, timeout=SOON_MS)
    held = thread.waiting
    assert not thread.wait(500)  # the run is long over; it waits to be taken
    assert thread.waiting == held
    timeline = Timeline()
    fold = Fold(timeline)

    def take() -> bool:
        while (portion := thread.take()) is not None:
            fold.apply(portion, now_ns())
        return thread.isFinished()

    qtbot.waitUntil(take, timeout=SOON_MS)
    assert thread.wait()
    fold.finish(now_ns())
    assert [process.exit_code for process in timeline.processes] == [0, 0, 0]
