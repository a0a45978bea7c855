"""Signals that a script has a use of its own for reach it under ``procession record`` as they would alone, once, whether they
are sent to the command or to its process group. What is blocked stays blocked."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.paths import MAIN
from support.terminals import environment
from support.waiting import wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="as Linux does it")
LIMIT_S = 60
BARE = [sys.executable]
RECORD = [sys.executable, "-P", str(MAIN), "record", "--python", sys.executable]
KEEPERS: list[dict[str, str]] = [{}, {"PYTHONWARNINGS": "ignore"}]
"""A fork of the command, and an interpreter of its own."""

COUNTS = """
import pathlib, signal, sys, time
got = []
numbers = [int(word) for word in sys.argv[2:]]
for number in numbers:
    signal.signal(number, lambda number, frame: got.append(number))
pathlib.Path(sys.argv[1]).touch()
while not set(numbers) <= set(got):
    time.sleep(0.05)
time.sleep(0.5)
print(sorted(got))
sys.exit(3)
"""
SHOWS_BLOCKED = """
import signal
print(sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))))
"""
SHOWS_IGNORED = """
import signal
print(sorted(int(n) for n in signal.valid_signals() if signal.getsignal(n) is signal.SIG_IGN))
"""
BLOCKED = (signal.SIGINT, signal.SIGUSR1, signal.SIGALRM)


@pytest.mark.parametrize("changes", KEEPERS)
def test_a_script_gets_its_signals_once(tmp_path: Path, changes: dict[str, str]) -> None:
    """SIGXCPU that comes to the command alone is for the CPU time that the command took, and ends neither."""
    passed_on = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGRTMIN + 3]
    script = tmp_path / "script.py"
    script.write_text(COUNTS)
    with ExitStack() as stack:
        started = []
        for send, numbers in ((os.kill, passed_on), (os.killpg, [signal.SIGXCPU, *passed_on])):
            ready = tmp_path / send.__name__
            command = [*RECORD, str(script), str(ready), *(str(int(number)) for number in numbers)]
            process = stack.enter_context(
                subprocess.Popen(
                    command,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=environment(**changes),
                    start_new_session=True,
                )
            )
            started.append((send, numbers, ready, process))
        for send, _, ready, process in started:
            wait_until(ready.exists, limit_s=30)
            for number in (signal.SIGXCPU, *passed_on):
                send(process.pid, number)
        for _, numbers, _, process in started:
            out, err = process.communicate(timeout=LIMIT_S)
            assert (process.returncode, out) == (3, f"{sorted(map(int, numbers))}\n".encode()), err


@pytest.mark.parametrize("changes", KEEPERS)
def test_blocked_signals_stay_blocked(tmp_path: Path, changes: dict[str, str]) -> None:
    script = tmp_path / "script.py"
    script.write_text(SHOWS_BLOCKED)

    def block() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)

    for command in (BARE, RECORD):
        done = subprocess.run(
            [*command, str(script)], capture_output=True, env=environment(**changes), timeout=LIMIT_S, check=True,
            preexec_fn=block,
        )  # fmt: skip
        assert done.stdout == f"{sorted(map(int, BLOCKED))}\n".encode()


@pytest.mark.parametrize("changes", KEEPERS)
def test_ignored_signals_stay_ignored(tmp_path: Path, changes: dict[str, str]) -> None:
    """As a shell that is no terminal's starts what is in the background."""
    script = tmp_path / "script.py"
    script.write_text(SHOWS_IGNORED)

    def ignore() -> None:
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(number, signal.SIG_IGN)

    bare, recorded = (
        subprocess.run(
            [*command, str(script)], capture_output=True, env=environment(**changes), timeout=LIMIT_S, check=True,
            preexec_fn=ignore,
        ).stdout
        for command in (BARE, RECORD)
    )  # fmt: skip
    assert bare == recorded
