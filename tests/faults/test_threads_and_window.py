"""What goes wrong with threads and with the window, and what a person must see then. Each in a process of its own, with a
time limit and its return code checked, where it could kill or hang."""

import gc
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from support.paths import ROOT
from support.windows import opened

from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from desktop.trouble.crash_reports import crash_folder
from desktop.trouble.trouble import log_file
from desktop.window.main_window import MainWindow
from workers.journal.follower import Batch
from workers.journal.output_reader import Chunk
from workers.plan.plan import Plan, StartMethod, Workload
from workers.timeline.model import State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
DRIVER = Path(__file__).with_name("driven_window.py")
LIMIT_S = 60.0


@contextmanager
def driven(*arguments: str, options: tuple[str, ...] = ("-X", "faulthandler")) -> Iterator["subprocess.Popen[str]"]:
    """The application in a scenario. Ended, with all below it, when the test is over."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, *options, str(DRIVER), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def outcome(
    *arguments: str, limit_s: float = LIMIT_S, options: tuple[str, ...] = ("-X", "faulthandler")
) -> tuple[int, list[str]]:
    """The scenario's return code and what it said."""
    with driven(*arguments, options=options) as process:
        out, err = process.communicate(timeout=limit_s)
        assert "Traceback" not in err or arguments[0].startswith("raising"), err
        return process.returncode, out.splitlines()


def ready(process: "subprocess.Popen[str]") -> list[int]:
    """The pids that the scenario names when it is there."""
    assert process.stdout is not None
    words = process.stdout.readline().split()
    assert words[:1] == ["ready"], words
    return [int(word) for word in words[1:]]


def lives(pid: int) -> bool:
    """Whether there is such a process, and it is more than a zombie that its new parent has not come to."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone_within(pids: list[int], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(lives(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        threading.Event().wait(0.02)
    return True


def below(process: "subprocess.Popen[str]") -> list[int]:
    return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]


# A QThread is destroyed while it runs


def test_event_loop_that_ends_mid_run_destroys_no_running_thread() -> None:
    assert outcome("left_by_exit") == (0, [])


def test_no_thread_is_terminated_and_no_test_waits_with_the_gil_held() -> None:
    sources = [path for folder in ("desktop", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 50
    qt_wait = re.compile(r"QTest\.q" + r"Wait|qtbot\.wait\(")
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert not qt_wait.search(text), path
        assert "QThread" not in text or ".terminate(" not in text or path == Path(__file__), path


# A thread sits in an unbounded wait


def test_thread_of_a_run_is_woken_and_ends_soon(qtbot: QtBot, window: MainWindow) -> None:
    begin(qtbot, window)
    began = time.monotonic()
    assert window.contents.session.close()
    assert time.monotonic() - began < 2.0  # with the end of the whole tree; the thread's own wait is 50 ms at most


# A widget is touched from another thread


def test_views_hear_only_from_the_window_thread(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: set[str] = set()

    def watched(owner: object, name: str) -> None:
        before = getattr(owner, name)

        def call(*arguments: object) -> object:
            heard.add(threading.current_thread().name)
            return before(*arguments)

        monkeypatch.setattr(owner, name, call)

    for view in (
        window.contents.views.chart,
        window.contents.views.panel(OutputPanel),
        window.contents.views.panel(ProcessesPanel),
        window.contents.views.panel(CodePanel),
        window.contents.views.panel(FindingsPanel),
        window.contents.views.panel(DetailsPanel),
    ):
        watched(view, "refresh")
        watched(view, "set_timeline")
    window.contents.sources.plan.set_plan(Plan.make([20_000] * 2, Workload.SLEEP, StartMethod.FORK))
    window.contents.actions.start.trigger()
    window.contents.actions.join.trigger()
    qtbot.waitUntil(lambda: not window.contents.session.running, timeout=20_000)
    assert heard == {threading.main_thread().name}


# An exception in a slot


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with opened(qtbot) as made:
        yield made


def begin(qtbot: QtBot, window: MainWindow) -> None:
    """A run of two workers that sleep for long."""
    window.contents.sources.plan.set_plan(Plan.make([60_000_000] * 2, Workload.SLEEP, StartMethod.FORK))
    window.contents.actions.start.trigger()

    def alive() -> bool:
        timeline = window.contents.session.timeline
        if timeline is None or [p.state for p in timeline.processes[1:]] != [State.ALIVE] * 2:
            return False
        return timeline.lines_seen == 2  # each has said that it sleeps

    qtbot.waitUntil(alive, timeout=20_000)


def test_raising_slot_is_one_dialog_a_log_and_a_window_that_works_on() -> None:
    code, said = outcome("raising_slot")
    assert code == 0
    assert said == [
        "dialogs 1 Something went wrong inside Procession: <b>wrong</b>.",
        "buttons Copy details OK Show Details...",
        "plain True",
        "start True",
        "exit 0",
    ]
    log = log_file().read_text(encoding="utf-8")
    assert 1 <= log.count("ValueError: <b>wrong</b>") <= 5  # it was raised every 10 ms
    assert outcome("offered") == (
        0, ["offered Something went wrong inside Procession. ValueError: <b>wrong</b>", "shown 1"],
    )  # fmt: skip


def test_raising_paint_is_one_dialog_however_often_it_is_painted() -> None:
    assert outcome("raising_paint") == (0, ["dialogs Something went wrong inside Procession: in paint."])


def test_error_while_closing_closes_all_the_same_and_is_logged() -> None:
    assert outcome("raising_close")[0] == 0
    assert "ValueError: closing" in log_file().read_text(encoding="utf-8")


def test_error_in_the_thread_of_a_run_is_one_dialog_and_a_window_that_works_on() -> None:
    code, said = outcome("raising_run")
    assert code == 0
    assert said == ["dialog Following the run failed: <b>wrong</b>. plain True", "left 0", "again 0"]


def test_crash_of_the_interpreter_is_offered_by_the_next_start() -> None:
    code, _ = outcome("crashing", options=())
    assert code == -signal.SIGSEGV
    code, said = outcome("offered", options=())
    assert code == 0
    assert said[0].startswith("offered Procession ended unexpectedly.")
    assert said[-1] == "shown 1"
    assert [path.name.partition("-")[0] for path in crash_folder().iterdir()] == ["offered"]


# The window is closed in the middle of a run


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the applications are forked from one that is imported")
def test_closed_at_twenty_random_moments() -> None:
    code, said = outcome("many_closes", "20", limit_s=4 * LIMIT_S)  # twenty windows
    assert code == 0
    assert said == [" ".join(["codes", *["0"] * 20])]


# Start or Join pressed twice quickly; sliders moved during a run


def test_presses_that_are_repeated_and_sliders_that_move() -> None:
    assert outcome("presses") == (0, ["runs 1 joins 1 workers 2 next 6"])


# Ctrl-C in the terminal


@pytest.mark.parametrize("scenario", [("idle",), ("running", "fork")], ids=["idle", "mid-run"])
def test_control_c_is_answered_within_half_a_second(scenario: tuple[str, ...]) -> None:
    with driven(*scenario) as process:
        ready(process)
        pids = below(process)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[0] == "end"
        assert float(words[1]) - sent < 0.5
        assert process.wait(10) == 130
        assert not any(lives(pid) for pid in pids)


def test_second_control_c_stops_at_once() -> None:
    with driven("slow_to_end") as process:
        ready(process)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("end")
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == -signal.SIGINT
        assert time.monotonic() - sent < 2.0


def test_term_closes_in_good_order() -> None:
    with driven("running", "fork") as process:
        pids = ready(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 128 + signal.SIGTERM
        assert not any(lives(pid) for pid in pids)


# The window is SIGKILLed


@pytest.mark.parametrize("method", list(StartMethod))
def test_window_killed_takes_the_whole_run_with_it(method: StartMethod) -> None:
    with driven("running", method) as process:
        assert len(ready(process)) >= 3
        pids = below(process)
        assert len(pids) >= 4  # the keeper, the parent and two workers
        process.kill()
        process.wait()
        assert gone_within(pids, 2.0)


# The keeper is SIGKILLed


def test_keeper_killed_is_shown_as_lost_and_the_window_works_on() -> None:
    code, said = outcome("keeper_killed")
    assert code == 0
    assert said == [
        "within True", "states lost lost lost", "left 0",
        "banner The recorder was ended by SIGKILL (from outside, or by the kernel because memory or its CPU time had run out). "
        "What came after is not known.", "again 0",
    ]  # fmt: skip


# Thousands of events a second


def test_flood_of_lines_leaves_the_window_live(qtbot: QtBot, window: MainWindow) -> None:
    """Measured in the time that the window's own thread used between two ticks, which a busy machine does not change."""
    begin(qtbot, window)
    timeline, thread = window.contents.session.timeline, window.contents.session._thread
    assert timeline is not None
    assert thread is not None
    gaps: list[float] = []
    last = time.thread_time()

    def tick() -> None:
        nonlocal last
        now = time.thread_time()
        gaps.append(now - last)
        last = now

    timer = QTimer()
    timer.timeout.connect(tick)
    # What hundreds of tests before this one left in memory is not the window's to look through.
    gc.collect()
    gc.freeze()
    before = timeline.lines_seen
    pid = timeline.process(2).pid or 0
    for number in range(300):
        text = "".join(f"line {number * 100 + at}\n" for at in range(100)).encode()
        thread._mailbox.append(Batch(chunks=[Chunk(pid, 1, time.perf_counter_ns(), text)], advanced=True))
    # What follows is the window's own: no longer the making of these lines.
    last = time.thread_time()
    timer.start(0)
    qtbot.waitUntil(lambda: timeline.lines_seen - before == 30_000, timeout=30_000)
    timer.stop()
    gc.unfreeze()
    texts = [line.text for line in timeline.lines if line.text.startswith("line ")]
    assert texts == [f"line {at}" for at in range(30_000)]
    assert max(gaps) < 0.05, sorted(gaps)[-5:]


# PySide6 and Python


def test_emits_and_void_calls_do_not_wear_out_the_interpreter() -> None:
    code = textwrap.dedent(
        """
        from PySide6.QtCore import QObject, Signal
        from PySide6.QtWidgets import QApplication, QLabel

        class Sender(QObject):
            sent = Signal(bool)

        app = QApplication([])
        heard = []
        sender, label = Sender(), QLabel()
        sender.sent.connect(heard.append)
        for at in range(20_000):
            sender.sent.emit(True)
            label.setText("text")
        assert len(heard) == 20_000
        """
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=LIMIT_S, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
