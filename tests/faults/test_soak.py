"""Many runs in one window leave nothing behind, and many processes do not hold the window up: short forms of `make soak` and
of `tests/benchmarks/window_under_load.py`, each in a process of its own."""

import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.own_shared_memory import own_shared_memory
from support.paths import ROOT, TESTS

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="it looks for processes by the run's mark, in /proc and /dev/shm"
)


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TESTS / name), *arguments], capture_output=True, text=True, timeout=170,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def soak() -> ModuleType:
    """The benchmark, whose judgement is tested here."""
    spec = importlib.util.spec_from_file_location("soak", TESTS / "endurance" / "soak.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["soak"] = module  # dataclasses look there for the types of their fields
    spec.loader.exec_module(module)
    return module


@linux_only
@pytest.mark.timeout(180)
def test_runs_in_a_row_leave_nothing_behind() -> None:
    done = run("endurance/soak.py", "13")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "13 runs: 5 joined, 2 stopped, 1 by hand, 6 scripts, 1 closed, 6 exported, 2 opened" in done.stdout
    assert "nothing grew" in done.stdout


@linux_only
@pytest.mark.timeout(180)
def test_many_processes_do_not_hold_the_window_up() -> None:
    """A tenth of what the benchmark does, and with other tests beside it: so twice the time."""
    sizes = ("--processes", "200", "--lines", "100000")
    tabs = ("--tab", "Findings", "--tab", "Processes")
    done = run("benchmarks/window_under_load.py", *sizes, *tabs, "--most-ms", "100")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert re.search(r"\b20[1-9] processes", done.stdout), (
        done.stdout
    )  # with a fork server and a tracker, where they are used
    assert "100,000 lines read" in done.stdout


@linux_only
def test_only_shared_memory_of_its_own_is_counted() -> None:
    """What the rest of the machine makes is not, and what is left by a process that the program started is."""
    makes = "import sys; open('/dev/shm/procession-' + sys.argv[1], 'x').close()"
    counts = (
        "import subprocess, sys\n"
        "from endurance.shared_memory import SharedMemory\n"
        "shared = SharedMemory()\n"
        "print(shared.unseen, flush=True)\n"
        "for name in sys.stdin:\n"
        f"    subprocess.run([sys.executable, '-c', {makes!r}, name.strip()], check=True) if name.strip() else None\n"
        "    print(shared.count(), flush=True)\n"
    )
    theirs = Path(f"/dev/shm/procession-{os.getpid()}-theirs")
    ours = Path(f"/dev/shm/procession-{os.getpid()}-ours")
    command = [sys.executable, str(TESTS / "endurance" / "shared_memory.py"), sys.executable, "-c", counts]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(TESTS)}
    ) as counting:

        def counted(line: str) -> int:
            assert counting.stdin is not None
            assert counting.stdout is not None
            counting.stdin.write(f"{line}\n")
            counting.stdin.flush()
            return int(counting.stdout.readline())

        assert counting.stdout is not None
        if unseen := counting.stdout.readline().strip():
            pytest.skip(f"no /dev/shm of its own: {unseen}")
        assert counted("") == 0
        try:
            theirs.touch()
            assert counted("") == 0
            assert counted(f"{os.getpid()}-ours") == 1
            assert counted(f"{os.getpid()}-more") == 2
            assert not ours.exists()
        finally:
            theirs.unlink()
            counting.communicate()


@linux_only
def test_a_test_sees_shared_memory_of_its_own_and_of_nobody_else() -> None:
    makes = "import sys\nfor name in sys.stdin: open('/dev/shm/' + name.strip(), 'x').close(); print(name, end='', flush=True)"

    def make(program: "subprocess.Popen[str]", name: str) -> None:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(f"{name}\n")
        program.stdin.flush()
        assert program.stdout.readline() == f"{name}\n"

    command = [sys.executable, "-c", makes]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    first, theirs, ours = (f"psm_{os.getpid()}_{name}" for name in ("first", "theirs", "ours"))
    with own_shared_memory() as names:
        if names is None:
            pytest.skip("no /dev/shm of its own")
    with subprocess.Popen(["unshare", "--mount", *command], **pipes) as other:
        try:
            make(other, first)  # it has mounts of its own by then
            with own_shared_memory() as names:
                assert names is not None
                make(other, theirs)
                assert names() == []
                with subprocess.Popen(command, **pipes) as own:
                    make(own, ours)
                    own.communicate()
                assert names() == [ours]
            assert [Path("/dev/shm", name).exists() for name in (first, theirs, ours)] == [True, True, False]
        finally:
            other.communicate()
            for name in (first, theirs):
                Path("/dev/shm", name).unlink(missing_ok=True)


def test_a_use_that_does_not_grow_passes(soak: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    flat = [soak.Use(number * 12, 180_000, 10, 4, 256, 269, min(20, number * 12), 8) for number in range(1, 7)]
    noise = [180_000 + number * 7919 % 9000 for number in range(200)]
    assert soak.judge(flat, noise, 1, 1) == 0
    assert "nothing grew" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["descriptors", "threads", "objects", "widgets", "folders", "shared", "memory", "timelines", "windows"]
)
def test_what_grows_is_named(soak: ModuleType, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = [soak.Use(number * 12, 180_000, 10, 4, 256, 269, 20, 8) for number in range(1, 9)]
    if name in ("descriptors", "threads", "objects", "widgets", "folders", "shared"):
        step = 20 if name == "objects" else 4
        rounds = [replace(one, **{name: getattr(one, name) + at * step}) for at, one in enumerate(rounds)]
    memory = [180_000 + (number * 300 if name == "memory" else 0) for number in range(96)]
    kept = [3 if name == "timelines" else 1, 2 if name == "windows" else 1]
    assert soak.judge(rounds, memory, *kept) == 1
    assert name in capsys.readouterr().out.splitlines()[-1]
