"""Seeing processes from outside, with Linux's means and without."""

import os
import select
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable

import pytest
from support.paths import ROOT

from workers.system import processes
from workers.system.processes import Exit, PidfdObserver, PollingObserver, look

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pidfds are Linux's")


def child(code: str) -> "subprocess.Popen[bytes]":
    """A Python that runs this, and ends when its standard input does."""
    return subprocess.Popen([sys.executable, "-c", f"import os, sys; sys.stdin.read(); {code}"], stdin=subprocess.PIPE)


class Seen:
    """What an observer told."""

    def __init__(self) -> None:
        self.exits: list[Exit] = []
        self.collected: list[tuple[int, int, int]] = []

    def on_collected(self, pid: int, ticks: int, at_ns: int) -> None:
        """The kernel let go of it."""
        self.collected.append((pid, ticks, at_ns))


def until(condition: Callable[[], object], step: Callable[[], object], limit_s: float = 10) -> None:
    """Step until the condition holds."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        step()


@linux_only
@pytest.mark.parametrize(("code", "exit_code"), [("pass", 0), ("os._exit(7)", 7), ("os.kill(os.getpid(), 9)", -9)])
def test_a_death_and_its_collection_are_two_moments(code: str, exit_code: int) -> None:
    seen = Seen()
    with select.epoll() as epoll:
        observer = PidfdObserver(epoll, seen.exits.append, seen.on_collected)
        process = child(code)
        ticks = observer.add(process.pid)
        assert ticks is not None
        assert observer.add(process.pid) == ticks
        assert observer.living() == [(process.pid, ticks)]

        def step() -> None:
            for fd, events in epoll.poll(0.1):
                assert observer.happened(fd, events, time.perf_counter_ns())

        assert process.stdin is not None
        process.stdin.close()
        until(lambda: seen.exits, step)
        assert (seen.exits[0].pid, seen.exits[0].ticks, seen.exits[0].code) == (process.pid, ticks, exit_code)
        assert seen.exits[0].cpu_ns >= 0
        assert seen.collected == []
        assert observer.living() == []
        assert process.wait() == exit_code
        until(lambda: seen.collected, step)
        assert seen.collected[0][:2] == (process.pid, ticks)
        assert len(seen.exits) == 1
        assert not observer.happened(999, 0, 0)
        observer.close()


@linux_only
def test_who_is_gone_already_cannot_be_watched() -> None:
    process = child("pass")
    process.communicate()
    with select.epoll() as epoll:
        observer = PidfdObserver(epoll, lambda ended: None, lambda *_: None)
        assert observer.add(process.pid) is None
        assert observer.living() == []
    assert look(process.pid) is None
    assert PollingObserver(lambda ended: None).add(process.pid) is None


def test_polling_sees_the_same_and_says_how_closely() -> None:
    seen = Seen()
    observer = PollingObserver(seen.exits.append)
    process = child("pass")
    assert observer.add(process.pid) == observer.add(process.pid) is not None
    observer.poll()
    assert seen.exits == []
    assert process.stdin is not None
    before = time.perf_counter_ns()
    process.stdin.close()
    process.wait()
    observer.poll()
    ended = seen.exits[0]
    assert ended.pid == process.pid
    assert ended.at_ns - ended.within_ns // 2 <= time.perf_counter_ns()
    assert ended.at_ns + ended.within_ns // 2 + 1 >= before
    assert observer.living() == []


def test_a_pid_used_again_is_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identity is the pid and the start time: the end of the first is told, and the second is not it."""
    looks = {5: processes.ProcessStat("S", 1, 100, 7, 0, None)}
    monkeypatch.setattr("workers.system.processes.look", looks.get)
    seen = Seen()
    observer = PollingObserver(seen.exits.append)
    assert observer.add(5) == 100
    looks[5] = processes.ProcessStat("S", 1, 200, 0, 0, None)
    observer.poll()
    assert [(ended.pid, ended.ticks, ended.cpu_ns) for ended in seen.exits] == [(5, 100, 7)]
    assert observer.living() == []


@linux_only
def test_a_pid_used_again_between_two_looks_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    process = child("pass")
    real = processes.look(process.pid)
    assert real is not None
    answers = iter([real, processes.ProcessStat("S", 1, real.ticks + 1, 0, 0, None)])
    monkeypatch.setattr("workers.system.processes.look", lambda pid: next(answers))
    with select.epoll() as epoll:
        assert PidfdObserver(epoll, lambda ended: None, lambda *_: None).add(process.pid) is None
    process.communicate()


def test_a_look_tells_state_parent_and_use() -> None:
    found = look(os.getpid())
    assert found is not None
    assert found.ppid == os.getppid()
    assert found.cpu_ns > 0
    assert found.rss_bytes > 1_000_000
    assert found.status is None
    portable = processes._look_portably(os.getpid())
    assert portable is not None
    assert portable.ppid == found.ppid
    assert abs(portable.rss_bytes - found.rss_bytes) < 50_000_000


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_every_module_can_be_imported_without_linux(platform: str) -> None:
    """As far as one system can stand in for another: names that are missing elsewhere are missing."""
    code = f"""
        import importlib, os, pkgutil, select, signal, socket, sys
        import psutil, platformdirs, numpy, multiprocessing, subprocess, ctypes, zipfile, gzip, random
        missing = {{
            os: ["pidfd_open", "sched_getaffinity", "posix_fallocate", "waitid", "P_ALL", "WNOWAIT", "getpriority",
                 "PRIO_PROCESS", "O_NOFOLLOW", "sysconf", "register_at_fork", "getpgid", "setsid"],
            select: ["epoll", "EPOLLIN", "EPOLLHUP", "poll"],
            socket: ["SCM_CREDENTIALS", "SO_PASSCRED", "CMSG_SPACE", "AF_UNIX", "socketpair"],
            signal: ["SIGKILL", "SIGCONT", "SIGHUP", "SIGSTOP", "pthread_sigmask"],
        }}
        for module, names in missing.items():
            for name in names:
                if hasattr(module, name):
                    delattr(module, name)
        for name in ("fcntl", "resource", "termios", "pwd", "grp"):
            sys.modules[name] = None
        sys.platform = {platform!r}
        import workers
        names = [m.name for m in pkgutil.walk_packages(workers.__path__, "workers.") if "inject" not in m.name]
        for name in names:
            importlib.import_module(name)
        from workers.keeper.event_loop import on_linux
        assert not on_linux()
        print(len(names))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
