"""Sees processes end from outside them. Runs in the keeper.

On Linux with pidfds (5.3): the kernel wakes the keeper at the exit and again when the parent collects it. Elsewhere, or on
an older kernel, every process is looked at 50 times a second, so that an exit is known to within 20 ms.
"""

import os
import select
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import psutil

_TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10**7
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PIDFD_GET_INFO = 0xC040FF0B
_PIDFD_INFO_EXIT = 1 << 3
_INFO = struct.Struct("<QQ11Ii")


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """What a process was like at one moment. cpu_ns: of its whole life. status: its wait status once it is a zombie."""

    state: str
    ppid: int
    ticks: int
    cpu_ns: int
    rss_bytes: int
    status: int | None


@dataclass(frozen=True, slots=True)
class Exit:
    """A process that ended: when (or in the middle of which span), and its exit code as Python gives it (None = not
    known)."""

    pid: int
    ticks: int
    at_ns: int
    code: int | None
    cpu_ns: int
    within_ns: int = 0


class Observer(Protocol):
    """Tells of the ends of the processes it was given."""

    def add(self, pid: int) -> int | None:
        """Watch a process. Its start ticks, or None when it is gone already."""

    def living(self) -> list[tuple[int, int]]:
        """(pid, ticks) of the watched processes that have not ended."""

    def close(self) -> None:
        """Let go of everything."""


def look(pid: int) -> ProcessStat | None:
    """A look at a process through /proc, else through psutil; None when it is gone."""
    if not sys.platform.startswith("linux"):
        return _look_portably(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            parts = file.read().rpartition(b")")[2].split()
        cpu_ns = (int(parts[11]) + int(parts[12])) * _TICK_NS
        zombie = parts[0] in (b"Z", b"X")
        return ProcessStat(parts[0].decode(), int(parts[1]), int(parts[19]), cpu_ns, int(parts[21]) * _PAGE,
                    int(parts[49]) if zombie else None)  # fmt: skip
    except (OSError, IndexError, ValueError):
        return None


def is_alive(pid: int, ticks: int) -> bool:
    """Whether the process with this pid is the one that started then, and has not ended."""
    seen = look(pid)
    return seen is not None and seen.state not in "ZX" and seen.ticks == ticks


def children(pid: int) -> list[int]:
    """The pids of a process's children; none where the system does not tell cheaply."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found.extend(int(child) for child in file.read().split())
    except OSError:
        pass
    return found


def command_name(pid: int) -> str:
    """A process's command, short: the program's name and its first argument. Empty when it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            parts = file.read(4096).decode("utf-8", "replace").split("\0")[:2]
    except OSError:
        return ""
    return " ".join([os.path.basename(parts[0]), *parts[1:]]).strip()[:200]


def kills_for_memory() -> int:
    """How many processes of the machine the kernel has ended for want of memory; 0 where it does not tell."""
    try:
        with open("/proc/vmstat", "rb") as file:
            found = file.read().partition(b"\noom_kill ")[2]
        return int(found.split(maxsplit=1)[0])
    except (OSError, IndexError, ValueError):
        return 0


def _look_portably(pid: int) -> ProcessStat | None:
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            times = process.cpu_times()
            status = process.status()
            state = {psutil.STATUS_STOPPED: "T", psutil.STATUS_ZOMBIE: "Z"}.get(status, "S")
            return ProcessStat(state, process.ppid(), int(process.create_time() * 100), int((times.user + times.system) * 1e9),
                        process.memory_info().rss if state != "Z" else 0, None)  # fmt: skip
    except (psutil.Error, OSError):
        return None


@dataclass(slots=True)
class _Watched:
    pid: int
    ticks: int
    fd: int
    exited: bool = False
    last: ProcessStat | None = field(default=None)


class PidfdObserver:
    """Watches with pidfds in the keeper's epoll. on_exit and on_collected are called as the kernel tells."""

    def __init__(
        self,
        epoll: "select.epoll",
        on_exit: Callable[[Exit], None],
        on_collected: Callable[[int, int, int], None],
    ) -> None:
        self._epoll = epoll
        self._on_exit = on_exit
        self._on_collected = on_collected
        self._by_fd: dict[int, _Watched] = {}
        self._by_pid: dict[int, _Watched] = {}

    def add(self, pid: int) -> int | None:
        """See Observer. A pid that was reused between two looks counts as gone."""
        known = self._by_pid.get(pid)
        first = look(pid)
        if first is None:
            return None
        if known is not None and known.ticks == first.ticks:
            return known.ticks
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        except OSError:
            return first.ticks  # no descriptor is left: it goes unwatched
        second = look(pid)
        if second is None or second.ticks != first.ticks:
            os.close(fd)
            return None
        watched = _Watched(pid, first.ticks, fd)
        self._by_fd[fd] = self._by_pid[pid] = watched
        self._epoll.register(fd, select.EPOLLIN)
        return watched.ticks

    def living(self) -> list[tuple[int, int]]:
        """See Observer."""
        return [(watched.pid, watched.ticks) for watched in self._by_fd.values() if not watched.exited]

    def happened(self, fd: int, events: int, at_ns: int) -> bool:
        """Take an epoll event. False when the descriptor is none of ours."""
        watched = self._by_fd.get(fd)
        if watched is None:
            return False
        if not watched.exited:
            watched.exited = True
            seen = look(watched.pid)
            code, cpu_ns = None, -1
            if seen is not None and seen.ticks == watched.ticks and seen.status is not None:
                code, cpu_ns = os.waitstatus_to_exitcode(seen.status), seen.cpu_ns
            if code is None:
                code = _status_of(fd)
            self._epoll.modify(fd, 0)  # from here on only the hang-up, which is the collection
            self._on_exit(Exit(watched.pid, watched.ticks, at_ns, code, cpu_ns))
        if events & select.EPOLLHUP:
            self._epoll.unregister(fd)
            os.close(fd)
            del self._by_fd[fd]
            if self._by_pid.get(watched.pid) is watched:
                del self._by_pid[watched.pid]
            self._on_collected(watched.pid, watched.ticks, at_ns)
        return True

    def close(self) -> None:
        """See Observer."""
        for fd in self._by_fd:
            os.close(fd)
        self._by_fd.clear()
        self._by_pid.clear()


def _status_of(fd: int) -> int | None:
    """The exit code of a process that was collected already, from kernels that keep it with the pidfd (6.15)."""
    import fcntl

    asked = _INFO.pack(_PIDFD_INFO_EXIT, *([0] * 13))
    try:
        answer = _INFO.unpack(fcntl.ioctl(fd, _PIDFD_GET_INFO, asked))
    except OSError:
        return None
    return os.waitstatus_to_exitcode(answer[-1]) if answer[0] & _PIDFD_INFO_EXIT else None


class PollingObserver:
    """Watches by looking, where there are no pidfds. `poll` is to be called every 20 ms; the middle between the last look
    at the living process and the first without it is taken as its end. Exit codes are the parents' to tell."""

    def __init__(self, on_exit: Callable[[Exit], None]) -> None:
        self._on_exit = on_exit
        self._watched: dict[int, _Watched] = {}
        self._last_ns = time.perf_counter_ns()

    def add(self, pid: int) -> int | None:
        """See Observer."""
        found = look(pid)
        if found is None:
            return None
        self._watched.setdefault(pid, _Watched(pid, found.ticks, -1, last=found))
        return found.ticks

    def living(self) -> list[tuple[int, int]]:
        """See Observer."""
        return [(watched.pid, watched.ticks) for watched in self._watched.values()]

    def poll(self) -> None:
        """One look at everything."""
        now = time.perf_counter_ns()
        for watched in list(self._watched.values()):
            found = look(watched.pid)
            if found is not None and found.ticks == watched.ticks and found.state != "Z":
                watched.last = found
                continue
            del self._watched[watched.pid]
            cpu_ns = -1 if watched.last is None else watched.last.cpu_ns
            within_ns = now - self._last_ns
            self._on_exit(Exit(watched.pid, watched.ticks, now - within_ns // 2, None, cpu_ns, within_ns))
        self._last_ns = now

    def close(self) -> None:
        """See Observer."""
        self._watched.clear()
