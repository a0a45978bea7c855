"""Stacks of real processes, and what is said where the system refuses them."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.waiting import wait_until

from workers.system import python_stacks
from workers.system.python_stacks import GONE, NO_PYTHON, NOT_INSTALLED, read_stacks, refusal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stacks are read on Linux alone")

CODE = """
import os, threading, time
def inner(): time.sleep(60)
def outer(): inner()
threading.Thread(target=outer, name="second", daemon=True).start()
print(flush=True)
inner()
"""


def test_every_thread_of_a_process_with_its_lines(tmp_path: Path) -> None:
    script = tmp_path / "sleeps.py"
    script.write_text(CODE)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            wait_until(lambda: len(read_stacks(process.pid).threads) == 2)
            found = {one.name.partition(" ")[0]: one for one in read_stacks(process.pid).threads}
        finally:
            process.kill()
    main = [(frame.function, frame.line) for frame in found["MainThread"].frames]
    assert main == [("inner", 3), ("<module>", 7)]
    assert found["MainThread"].thread == process.pid
    assert [frame.function for frame in found["second"].frames][:2] == ["inner", "outer"]


def test_a_reading_that_fails_as_threads_move_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spy, fails = tmp_path / "py-spy", tmp_path / "fails"
    spy.write_text(
        f"#!/bin/sh\necho >> '{fails}'\n[ $(wc -l < '{fails}') -gt 3 ] && exec '{python_stacks._spy()}' \"$@\"\n"
        "echo 'Error: Failed to copy PyFrameObject' >&2; exit 1\n"
    )
    spy.chmod(0o700)
    monkeypatch.setattr(python_stacks, "_spy", lambda: str(spy))
    with subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        read = read_stacks(process.pid)
        process.kill()
    assert [one.thread for one in read.threads] == [process.pid]


def test_what_is_no_python_and_what_has_ended() -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        assert read_stacks(sleeper.pid).problem == NO_PYTHON
        sleeper.kill()
    assert read_stacks(sleeper.pid).problem == GONE


@pytest.mark.parametrize(
    ("scope", "way_out"),
    [
        ("1", "sudo sysctl kernel.yama.ptrace_scope=0"),
        ("2", "sudo sysctl kernel.yama.ptrace_scope=0"),
        ("3", "until it is restarted"),
        ("", "--cap-add=SYS_PTRACE"),
    ],
)
def test_a_refusal_says_what_would_allow_it(
    scope: str, way_out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuses = tmp_path / "py-spy"
    refuses.write_text("#!/bin/sh\necho 'Permission Denied: Try running again with elevated permissions' >&2; exit 1\n")
    refuses.chmod(0o700)
    monkeypatch.setattr(python_stacks, "_spy", lambda: str(refuses))
    setting = tmp_path / "ptrace_scope"
    if scope:
        setting.write_text(scope + "\n")
    monkeypatch.setattr(python_stacks, "SCOPE", str(setting))
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        read = read_stacks(sleeper.pid)
        sleeper.kill()
    assert read.threads == ()
    assert way_out in read.problem
    assert read.problem == refusal()


def test_without_py_spy_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_stacks, "_spy", lambda: None)
    assert read_stacks(1).problem == NOT_INSTALLED
