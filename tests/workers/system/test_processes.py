"""What the system says about processes, through /proc and through psutil."""

import os
import subprocess
import sys
import textwrap

import pytest
from support.paths import ROOT

from workers.system.processes import is_running, left_to_user, look, look_portably


def test_a_look_finds_parent_and_resources() -> None:
    found = look(os.getpid())
    assert found is not None
    assert found.ppid == os.getppid()
    assert found.cpu_ns > 0
    assert found.rss_bytes > 1_000_000
    assert found.status is None
    portable = look_portably(os.getpid())
    assert portable is not None
    assert portable.ppid == found.ppid
    assert abs(portable.rss_bytes - found.rss_bytes) < 50_000_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counted in /proc")
def test_a_process_that_ends_while_they_are_counted_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = os.listdir
    monkeypatch.setattr(os, "geteuid", lambda: 61239)
    monkeypatch.setattr(os, "getuid", lambda: 61239)  # nobody's
    monkeypatch.setattr("resource.getrlimit", lambda which: (7, 7))
    monkeypatch.setattr(os, "listdir", lambda path: [*listed(path), "999999999"] if path == "/proc" else listed(path))
    assert left_to_user() == 7


def test_a_process_is_identified_by_its_pid_and_its_start() -> None:
    found = look(os.getpid())
    assert found is not None
    assert is_running(os.getpid())
    assert is_running(os.getpid(), found.ticks)
    assert not is_running(os.getpid(), found.ticks - 1)
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()
    assert not is_running(process.pid)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_every_module_can_be_imported_without_linux(platform: str) -> None:
    """As far as one system can stand in for another: names that are missing elsewhere are missing."""
    code = f"""
        import contextlib, importlib, os, pkgutil, select, signal, socket, sys
        import psutil, platformdirs, numpy, multiprocessing, subprocess, ctypes, zipfile, gzip, random, ssl
        with contextlib.suppress(ImportError):
            import distributed
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
