"""What the threads of a process wait in, seen from outside: real processes, each stuck in one way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.waiting import wait_until

from workers.keeper.observations import WaitChange
from workers.keeper.watching.stalls import StallDetector
from workers.keeper.watching.thread_waits import handled_signals, standard_streams
from workers.timeline.model import Wait

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has what this needs")
LIMIT_S = 30.0
SECOND_NS = 1_000_000_000
HANDLER = "import signal; signal.signal(signal.SIGALRM, print); "
OWN_LOCK = "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()"
TICKS = (
    "import threading, time; "
    "threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)], daemon=True).start(); "
)
PPOLL = (  # what selectors call since Python 3.15
    "import ctypes, os, struct; there = [os.pipe()[0] for _ in range(3)]; libc = ctypes.CDLL(None); "
    "libc.ppoll(b''.join(struct.pack('=iHH', end, 1, 0) for end in there), ctypes.c_ulong(3), %s, None)"
)
WAYS = {
    "lock of threads": (OWN_LOCK, Wait.OWN_LOCK),
    "lock of processes": (
        "import multiprocessing; lock = multiprocessing.get_context('fork').Lock(); lock.acquire(); lock.acquire()",
        Wait.LOCK,
    ),
    "lock with a timeout": (
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=900)",
        Wait.TIME,
    ),
    "lock beside a thread that ticks": (TICKS + OWN_LOCK, Wait.OWN_LOCK),
    "lock that a signal may end": (HANDLER + OWN_LOCK, Wait.OWN_LOCK),
    "several pipes": (
        "import os, select; there = [os.pipe()[0] for _ in range(3)]; poll = select.poll(); "
        "[poll.register(end, select.POLLIN) for end in there]; poll.poll()",
        Wait.SEVERAL,
    ),
    "several pipes with a timeout": (
        "import os, select; poll = select.poll(); poll.register(os.pipe()[0], select.POLLIN); poll.poll(900_000)",
        Wait.TIME,
    ),
    "several pipes by ppoll": (PPOLL % "None", Wait.SEVERAL),
    "several pipes by ppoll with a timeout": (PPOLL % "(ctypes.c_long * 2)(900, 0)", Wait.TIME),
    "a server": ("import socket; socket.create_server(('127.0.0.1', 0)).accept()", Wait.SOCKET),
    "empty pipe": ("import os; there = os.pipe(); os.read(there[0], 1)", Wait.PIPE_READ),
    "full pipe": ("import os; there = os.pipe(); os.write(there[1], bytes(1 << 22))", Wait.PIPE_WRITE),
    "empty pair": ("import socket; pair = socket.socketpair(); pair[0].recv(1)", Wait.PIPE_READ),
    "full pair": ("import socket; pair = socket.socketpair(); pair[0].sendall(bytes(1 << 24))", Wait.PIPE_WRITE),
    "named socket": (
        "import socket; here = socket.socket(socket.AF_UNIX); here.bind('\\0procession-%d' % __import__('os').getpid()); "
        "here.listen(); one = socket.socket(socket.AF_UNIX); one.connect(here.getsockname()); one.recv(1)",
        Wait.SOCKET,
    ),
    "named pipe": (
        "import os, tempfile; name = os.path.join(tempfile.mkdtemp(dir=os.environ['PLACE']), 'p'); os.mkfifo(name); "
        "os.read(os.open(name, os.O_RDWR), 1)",
        Wait.SOCKET,
    ),
    "child": ("import os; child = os.fork(); child or __import__('signal').pause(); os.waitpid(child, 0)", Wait.CHILD),
    # A parent of vfork() is not to be interrupted until its child has executed something, which this one never does.
    "kernel": ("import ctypes; libc = ctypes.CDLL(None); libc.vfork() or libc.sleep(900)", Wait.KERNEL),
    "time": ("import time; time.sleep(900)", Wait.TIME),
    "pause": (HANDLER + "signal.pause()", Wait.SIGNAL),
    "sigwait": ("import signal; signal.sigwait({signal.SIGUSR1})", Wait.SIGNAL),
    "sigtimedwait": ("import signal; signal.sigtimedwait({signal.SIGUSR1}, 900)", Wait.TIME),
    "standard input": ("input()", Wait.INPUT),
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


def look(detector: StallDetector, pid: int, number: int) -> list[WaitChange]:
    """One look, on a clock of its own, so that no time has to pass."""
    return detector.look((pid, 1), number * SECOND_NS)


def test_what_a_stuck_thread_waits_in(stuck: tuple[int, Wait]) -> None:
    pid, wait = stuck
    detector = StallDetector(standard_streams(pid))
    until_s = time.monotonic() + LIMIT_S
    seen: Wait | None = None
    number = 0
    reported_once = False
    # While it starts up it may wait in something else for a moment; after that it stays where it is.
    while not reported_once:
        assert time.monotonic() < until_s, seen
        number += 1
        changes = [change for change in look(detector, pid, number) if change.thread == pid]
        reported_once = not changes and seen is wait
        for change in changes:
            seen = None if change.seen is None else change.seen.wait
        time.sleep(0.05)


def test_the_pipe_that_is_waited_for_has_the_number_of_its_other_end(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", WAYS["empty pipe"][0]])
    try:
        wait_until(lambda: "pipe_read" in Path(f"/proc/{process.pid}/wchan").read_text())
        detector = StallDetector()
        change = next(change for number in range(9) for change in look(detector, process.pid, number + 1))
        assert change.seen is not None
        assert f"pipe:[{change.seen.object}]" in {os.readlink(end) for end in Path(f"/proc/{process.pid}/fd").iterdir()}
        assert change.seen.ends == (change.seen.object,)
    finally:
        process.kill()
        process.wait()


def test_signals_that_are_handled() -> None:
    assert not handled_signals(os.getpid()) >> signal.SIGALRM - 1 & 1
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    try:
        assert handled_signals(os.getpid()) >> signal.SIGALRM - 1 & 1
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_process_that_is_gone_has_no_waits() -> None:
    detector = StallDetector()
    gone = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    gone.wait()
    assert not any(look(detector, gone.pid, number) for number in range(100))
    detector.forget((gone.pid, 1))
