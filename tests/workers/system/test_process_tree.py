"""Ending a tree: TERM, a grace period, KILL, also for processes that start meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from workers.system.process_tree import MARK, Ending, descendants, is_living, marked

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
PLAIN = "import time; print(flush=True); time.sleep(60)"


class Started:
    """Processes of a test, killed at its end."""

    def __init__(self) -> None:
        self.all: list[subprocess.Popen[bytes]] = []

    def __call__(self, code: str, folder: Path | None = None) -> psutil.Process:
        """Start Python with this code and wait for its first line."""
        environment = {**os.environ, **({} if folder is None else {MARK: str(folder)})}
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
        assert process.stdout is not None
        process.stdout.readline()
        self.all.append(process)
        return psutil.Process(process.pid)

    def codes(self) -> list[int]:
        """How they ended."""
        return [process.wait(5) for process in self.all]


@pytest.fixture
def started() -> Iterator[Started]:
    """Starts processes."""
    all_started = Started()
    yield all_started
    for process in all_started.all:
        process.kill()
        process.communicate()


def test_a_process_that_ignores_term_is_killed_after_the_grace_period(started: Started) -> None:
    processes = [started(PLAIN), started(DEAF)]
    began = time.monotonic()
    assert Ending(lambda: filter(is_living, processes), 0.3).finish()
    assert 0.25 < time.monotonic() - began < 2
    assert started.codes() == [-signal.SIGTERM, -signal.SIGKILL]


def test_without_a_grace_period_everything_is_killed(started: Started) -> None:
    processes = [started(PLAIN), started(DEAF)]
    assert Ending(lambda: filter(is_living, processes), 0.0).finish()
    assert started.codes() == [-signal.SIGKILL] * 2


def test_a_stopped_process_gets_its_term(started: Started) -> None:
    processes = [started(PLAIN)]
    processes[0].suspend()
    assert Ending(lambda: filter(is_living, processes), 5.0).finish()
    assert started.codes() == [-signal.SIGTERM]


def test_term_is_sent_once() -> None:
    class Counted:
        """Stands for a process that does not end."""

        pid = 77

        def __init__(self) -> None:
            self.sent: list[int] = []

        def send_signal(self, number: int) -> None:
            self.sent.append(number)

    counted = Counted()
    ending = Ending(lambda: [counted], 60.0)  # type: ignore[list-item]
    assert [ending.step() for _ in range(5)] == [False] * 5
    assert counted.sent == [signal.SIGTERM, signal.SIGCONT]
    assert not ending.hopeless


def test_a_process_that_outlives_kill_is_hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asleep:
        """As in the kernel's uninterruptible sleep."""

        pid = 78

        def send_signal(self, number: int) -> None:
            raise psutil.AccessDenied(self.pid)

    now = [100.0]
    monkeypatch.setattr("workers.system.process_tree.time.monotonic", lambda: now[0])
    monkeypatch.setattr("workers.system.process_tree.time.sleep", lambda s: now.__setitem__(0, now[0] + s))
    assert not Ending(lambda: [Asleep()], 1.0).finish()  # type: ignore[list-item]
    assert 106 <= now[0] < 107


def test_processes_that_start_meanwhile_are_ended_too(started: Started, tmp_path: Path) -> None:
    spawns = (
        "import signal, subprocess, sys, time\n"
        "def more(*_):\n"
        f"    subprocess.Popen([sys.executable, '-c', {PLAIN!r}], stdout=subprocess.DEVNULL)\n"
        "    sys.exit(5)\n"
        "signal.signal(signal.SIGTERM, more)\n"
        "print(flush=True)\n"
        "time.sleep(60)\n"
    )
    started(spawns, tmp_path)
    assert Ending(lambda: marked(tmp_path), 1.0).finish()
    assert started.codes() == [5]
    assert marked(tmp_path) == []


def test_the_mark_finds_its_own_run_only(started: Started, tmp_path: Path) -> None:
    mine = started(PLAIN, tmp_path)
    started(PLAIN, tmp_path / "other")
    started(PLAIN)
    assert marked(tmp_path) == [mine]


def test_descendants_are_the_processes_below(started: Started) -> None:
    below = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', {PLAIN!r}], stdout=subprocess.PIPE)\n"
        "p.stdout.readline(); print(flush=True)\n"
        "try: time.sleep(60)\n"
        "finally: p.kill()\n"
    )
    process = started(below)
    found = descendants(process.pid)
    assert [one.ppid() for one in found] == [process.pid]
    assert descendants(999_999_999) == []
    for one in found:
        one.kill()
