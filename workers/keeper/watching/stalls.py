"""Detects from outside that a process does not move any more, and what its threads wait in. Runs in the keeper's main thread.

Only Linux has what this needs: `/proc/PID/task/TID/schedstat` counts how often a thread was on a core, `wchan` names the
function of the kernel that it sleeps in, and `syscall` has the arguments of the call. Where one of them is missing, no stall
is reported. A wait counts as OTHER where it may end from outside the run: through a standard stream, a named pipe or socket,
or a signal that the program has a handler for.
"""

import os
import signal

from workers.journal.codes import Wait
from workers.keeper.observations import Stall
from workers.keeper.watching.socket_pairs import is_pair

_WAITS = (
    ("futex", Wait.LOCK),
    ("pipe_write", Wait.PIPE_WRITE),
    ("pipe_read", Wait.PIPE_READ),
    ("unix_stream_read", Wait.PIPE_READ),
    ("unix_stream_data_wait", Wait.PIPE_READ),
    ("sock_alloc_send", Wait.PIPE_WRITE),
    ("do_wait", Wait.CHILD),
)
_PRIVATE = 0x80
"""Bit in the operation of a futex: only threads of the same process can wake it, so it is no lock of multiprocessing."""
_SENT_FROM_OUTSIDE = ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGTERM")
_SIGNAL_BITS = sum(1 << getattr(signal, name) - 1 for name in _SENT_FROM_OUTSIDE if hasattr(signal, name))
_LOOK_EVERY_NS = 500_000_000
_STALLED_AFTER_NS = 1_000_000_000
_SHARE_NS = 4_000_000
"""Added to the time between looks for each process: a look takes about 100 µs and must stay a small share."""


class _WatchedProcess:
    """runs: how often each thread was on a core, at the last look. stall: the one that was reported."""

    __slots__ = ("cpu_ns", "looked_ns", "runs", "stall", "still_since_ns")

    def __init__(self, cpu_ns: int) -> None:
        self.cpu_ns = cpu_ns
        self.looked_ns = self.still_since_ns = 0
        self.runs: tuple[tuple[str, bytes], ...] = ()
        self.stall: Stall | None = None


class StallDetector:
    """Follows every process of a run. A process is identified by (pid, ticks).

    outside: links of descriptors that lead out of the run, such as the program's standard streams (`standard_streams`).
    """

    def __init__(self, outside: frozenset[str] = frozenset()) -> None:
        self._outside = outside
        self._watched: dict[tuple[int, int], _WatchedProcess] = {}

    def look(self, process: tuple[int, int], cpu_ns: int, now_ns: int) -> tuple[int, Stall | None] | None:
        """Look at a sleeping process that has used `cpu_ns` so far.

        Returns None while nothing changes; else (since when in ns, its stall, or None when it moves again).
        """
        watched = self._watched.get(process)
        if watched is None:
            watched = self._watched[process] = _WatchedProcess(cpu_ns)
        if cpu_ns != watched.cpu_ns:
            watched.cpu_ns, watched.looked_ns, watched.runs = cpu_ns, now_ns, ()
            return self._moves(watched, now_ns)
        if now_ns - watched.looked_ns < max(_LOOK_EVERY_NS, _SHARE_NS * len(self._watched)):
            return None
        watched.looked_ns = now_ns
        runs = _runs_of_threads(process[0])
        if not runs or runs != watched.runs:
            watched.runs, watched.still_since_ns = runs, now_ns
            return self._moves(watched, now_ns)
        if watched.stall is not None or now_ns - watched.still_since_ns < _STALLED_AFTER_NS:
            return None
        watched.stall = _stall_of(process[0], runs, self._outside)
        return None if watched.stall is None else (watched.still_since_ns, watched.stall)

    def forget(self, process: tuple[int, int]) -> None:
        """The process has ended."""
        self._watched.pop(process, None)

    def _moves(self, watched: _WatchedProcess, now_ns: int) -> tuple[int, Stall | None] | None:
        if watched.stall is None:
            return None
        watched.stall = None
        return now_ns, None


def _runs_of_threads(pid: int) -> tuple[tuple[str, bytes], ...]:
    """(thread, how often it was on a core) of each thread; empty where that cannot be known."""
    try:
        return tuple((thread, _read(pid, thread, "schedstat").split()[2]) for thread in os.listdir(f"/proc/{pid}/task"))
    except (OSError, IndexError):
        return ()


def _stall_of(pid: int, runs: tuple[tuple[str, bytes], ...], outside: frozenset[str]) -> Stall | None:
    try:
        waits = {thread: _wait_of(pid, thread, outside) for thread, _ in runs}
        if _handles_signals(pid):
            waits = {thread: wait if wait is Wait.KERNEL else Wait.OTHER for thread, wait in waits.items()}
    except OSError:
        return None
    main = waits.get(str(pid))
    return None if main is None else Stall(main, sum({1 << wait for wait in waits.values()}))


def _handles_signals(pid: int) -> bool:
    """Whether it has a handler for a signal that another program, the user or a clock may send."""
    status = _read(pid, str(pid), "status")
    return bool(int(status.partition(b"SigCgt:")[2].split()[0], 16) & _SIGNAL_BITS)


def _wait_of(pid: int, thread: str, outside: frozenset[str]) -> Wait:
    if _read(pid, thread, "stat").rpartition(b")")[2].split()[:1] == [b"D"]:
        return Wait.KERNEL
    kernel_function = _read(pid, thread, "wchan").decode("ascii", "replace")
    wait = next((wait for part, wait in _WAITS if part in kernel_function), Wait.OTHER)
    if wait in (Wait.OTHER, Wait.CHILD):
        return wait
    arguments = [int(word, 16) for word in _read(pid, thread, "syscall").split()[1:] if word.startswith(b"0x")]
    if wait is not Wait.LOCK:
        link = os.readlink(f"/proc/{pid}/fd/{arguments[0]}") if arguments else ""
        inside = link not in outside and (link.startswith("pipe:") or (link.startswith("socket:") and is_pair(link)))
        return wait if inside else Wait.OTHER
    if len(arguments) < 4 or arguments[3]:
        return Wait.OTHER  # the call has a timeout, so the wait ends by itself
    return Wait.OWN_LOCK if arguments[1] & _PRIVATE else Wait.LOCK


def standard_streams(pid: int) -> frozenset[str]:
    """The links of a process's standard streams, as ``pipe:[4711]``; empty where they cannot be known."""
    links = set()
    for number in range(3):
        try:
            links.add(os.readlink(f"/proc/{pid}/fd/{number}"))
        except OSError:
            pass  # that one is closed
    return frozenset(links)


def _read(pid: int, thread: str, name: str) -> bytes:
    with open(f"/proc/{pid}/task/{thread}/{name}", "rb") as file:
        return file.read(4096)
