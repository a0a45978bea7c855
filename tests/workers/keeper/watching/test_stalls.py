"""What a process waits in, seen from outside: real processes, each stuck in one way."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from workers.keeper.observations import Stall
from workers.keeper.watching.stalls import StallDetector, standard_streams
from workers.timeline.model import Wait

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has what this needs")
LIMIT_S = 30.0
SECOND_NS = 1_000_000_000
HANDLER = "import signal; signal.signal(signal.SIGALRM, print); "
OWN_LOCK = "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()"
WAYS = {
    "lock of threads": (OWN_LOCK, Wait.OWN_LOCK),
    "lock of processes": (
        "import multiprocessing; lock = multiprocessing.get_context('fork').Lock(); lock.acquire(); lock.acquire()",
        Wait.LOCK,
    ),
    "lock with a timeout": (
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=900)",
        Wait.OTHER,
    ),
    "lock that a signal may end": (HANDLER + OWN_LOCK, Wait.OTHER),
    "empty pipe": ("import os; there = os.pipe(); os.read(there[0], 1)", Wait.PIPE_READ),
    "full pipe": ("import os; there = os.pipe(); os.write(there[1], bytes(1 << 22))", Wait.PIPE_WRITE),
    "empty pair": ("import socket; pair = socket.socketpair(); pair[0].recv(1)", Wait.PIPE_READ),
    "full pair": ("import socket; pair = socket.socketpair(); pair[0].sendall(bytes(1 << 24))", Wait.PIPE_WRITE),
    "named socket": (
        "import socket; here = socket.socket(socket.AF_UNIX); here.bind('\\0procession-%d' % __import__('os').getpid()); "
        "here.listen(); one = socket.socket(socket.AF_UNIX); one.connect(here.getsockname()); one.recv(1)",
        Wait.OTHER,
    ),
    "named pipe": (
        "import os, tempfile; name = os.path.join(tempfile.mkdtemp(dir=os.environ['PLACE']), 'p'); os.mkfifo(name); "
        "os.read(os.open(name, os.O_RDWR), 1)",
        Wait.OTHER,
    ),
    "child": ("import os; child = os.fork(); child or __import__('signal').pause(); os.waitpid(child, 0)", Wait.CHILD),
    # A parent of vfork() is not to be interrupted until its child has executed something, which this one never does.
    "kernel": ("import ctypes; libc = ctypes.CDLL(None); libc.vfork() or libc.sleep(900)", Wait.KERNEL),
    "time": ("import time; time.sleep(900)", Wait.OTHER),
    "standard input": ("input()", Wait.OTHER),
}


@pytest.fixture(params=list(WAYS))
def stuck(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A process that soon does not move any more, and what it then waits in."""
    code, wait = WAYS[request.param]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, env={**os.environ, "PLACE": str(tmp_path)}
    )
    yield process.pid, wait
    for child in [*psutil.Process(process.pid).children(), psutil.Process(process.pid)]:
        child.kill()
    process.communicate()


def look(detector: StallDetector, pid: int, number: int) -> tuple[int, Stall | None] | None:
    """One look, on a clock of its own, so that no time has to pass."""
    cpu = psutil.Process(pid).cpu_times()
    return detector.look((pid, 1), int((cpu.user + cpu.system) * SECOND_NS), number * SECOND_NS)


def test_what_a_stuck_process_waits_in(stuck: tuple[int, Wait]) -> None:
    pid, wait = stuck
    detector = StallDetector(standard_streams(pid))
    until_s = time.monotonic() + LIMIT_S
    stall: Stall | None = None
    number = 0
    reported_once = False
    # While it starts up it may wait in something else for a moment; after that it stays where it is.
    while not reported_once:
        assert time.monotonic() < until_s, stall
        change = look(detector, pid, number := number + 1)
        reported_once = change is None and stall == Stall(wait, 1 << wait)
        stall = change[1] if change is not None else stall
        time.sleep(0.02)


def test_a_process_that_moves_is_not_stalled() -> None:
    detector = StallDetector()
    assert all(detector.look((1, 1), cpu_ns, cpu_ns * SECOND_NS) is None for cpu_ns in range(100))


def test_a_process_that_is_gone_is_not_stalled() -> None:
    detector = StallDetector()
    gone = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    gone.wait()
    assert all(detector.look((gone.pid, 1), 0, number * SECOND_NS) is None for number in range(100))
    detector.forget((gone.pid, 1))
