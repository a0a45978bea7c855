"""Exit observers report when processes end, with Linux's means and without."""

import select
import subprocess
import sys
import time

import pytest
from support.waiting import wait_until

from workers.keeper.observations import Exit
from workers.keeper.watching.exit_observers import PidfdObserver, PollingObserver
from workers.system import processes
from workers.system.processes import look

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pidfds are Linux's")


def child(code: str) -> "subprocess.Popen[bytes]":
    """A Python that runs this, and ends when its standard input does."""
    return subprocess.Popen([sys.executable, "-c", f"import os, sys; sys.stdin.read(); {code}"], stdin=subprocess.PIPE)


class Reports:
    """What an observer reported."""

    def __init__(self) -> None:
        self.exits: list[Exit] = []
        self.reaped: list[tuple[int, int, int]] = []

    def on_reaped(self, pid: int, ticks: int, at_ns: int) -> None:
        """The parent reaped it."""
        self.reaped.append((pid, ticks, at_ns))


@linux_only
@pytest.mark.parametrize(("code", "exit_code"), [("pass", 0), ("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -9)])
def test_an_exit_and_its_reaping_are_two_moments(code: str, exit_code: int) -> None:
    reports = Reports()
    with select.epoll() as epoll:
        observer = PidfdObserver(epoll, reports.exits.append, reports.on_reaped)
        process = child(code)
        ticks = observer.add(process.pid)
        assert ticks is not None
        assert observer.add(process.pid) == ticks
        assert observer.living() == [(process.pid, ticks)]

        def step() -> None:
            for fd, events in epoll.poll(0.1):
                assert observer.take_event(fd, events, time.perf_counter_ns())

        assert process.stdin is not None
        process.stdin.close()
        wait_until(lambda: reports.exits, step=step)
        assert (reports.exits[0].pid, reports.exits[0].ticks, reports.exits[0].code) == (process.pid, ticks, exit_code)
        assert reports.exits[0].cpu_ns >= 0
        assert reports.reaped == []
        assert observer.living() == []
        assert process.wait() == exit_code
        wait_until(lambda: reports.reaped, step=step)
        assert reports.reaped[0][:2] == (process.pid, ticks)
        assert len(reports.exits) == 1
        assert not observer.take_event(999, 0, 0)
        observer.close()


@linux_only
def test_the_end_of_a_process_that_was_a_zombie_already_is_known_though_it_is_reaped_at_once() -> None:
    reports = Reports()
    with select.epoll() as epoll:
        observer = PidfdObserver(epoll, reports.exits.append, reports.on_reaped)
        process = child("sum(range(2_000_000)); os._exit(7)")
        assert process.stdin is not None
        process.stdin.close()
        wait_until(lambda: (seen := look(process.pid)) is not None and seen.state == "Z")
        seen = look(process.pid)
        assert seen is not None
        assert observer.add(process.pid) == seen.ticks
        assert process.wait() == 7

        def step() -> None:
            for fd, events in epoll.poll(0.1):
                assert observer.take_event(fd, events, time.perf_counter_ns())

        wait_until(lambda: reports.reaped, step=step)
        assert [(one.ticks, one.code, one.cpu_ns) for one in reports.exits] == [(seen.ticks, 7, seen.cpu_ns)]


@linux_only
def test_a_process_that_is_gone_cannot_be_watched() -> None:
    process = child("pass")
    process.communicate()
    with select.epoll() as epoll:
        observer = PidfdObserver(epoll, lambda ended: None, lambda *_: None)
        assert observer.add(process.pid) is None
        assert observer.living() == []
    assert look(process.pid) is None
    assert PollingObserver(lambda ended: None).add(process.pid) is None


def test_polling_reports_the_same_and_how_exactly() -> None:
    reports = Reports()
    observer = PollingObserver(reports.exits.append)
    process = child("pass")
    assert observer.add(process.pid) == observer.add(process.pid) is not None
    observer.poll()
    assert reports.exits == []
    assert process.stdin is not None
    before = time.perf_counter_ns()
    process.stdin.close()
    process.wait()
    observer.poll()
    ended = reports.exits[0]
    assert ended.pid == process.pid
    assert ended.at_ns - ended.within_ns // 2 <= time.perf_counter_ns()
    assert ended.at_ns + ended.within_ns // 2 + 1 >= before
    assert observer.living() == []


def test_a_pid_used_again_is_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pid and a start time identify a process: the end of the first is reported, and the second is another."""
    looks = {5: processes.ProcessStat("S", 1, 100, 7, 0, None)}
    monkeypatch.setattr("workers.system.processes.look", looks.get)
    reports = Reports()
    observer = PollingObserver(reports.exits.append)
    assert observer.add(5) == 100
    looks[5] = processes.ProcessStat("S", 1, 200, 0, 0, None)
    observer.poll()
    assert [(ended.pid, ended.ticks, ended.cpu_ns) for ended in reports.exits] == [(5, 100, 7)]
    assert observer.living() == []


@linux_only
def test_a_pid_used_again_before_the_look_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    process = child("pass")

    def look(pid: int) -> processes.ProcessStat:
        process.kill()  # reaped between the opening of the pidfd and this look, which sees another with its pid
        process.wait()
        return processes.ProcessStat("S", 1, 5, 0, 0, None)

    monkeypatch.setattr("workers.system.processes.look", look)
    with select.epoll() as epoll:
        assert PidfdObserver(epoll, lambda ended: None, lambda *_: None).add(process.pid) is None
    process.communicate()
