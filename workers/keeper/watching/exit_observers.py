"""Exit observers report when a process ends, seen from outside it. They run in the keeper's main thread.

PidfdObserver needs Linux 5.3: the kernel wakes the keeper when a process exits, and again when its parent reaps it.
PollingObserver works everywhere: it looks at every process 50 times a second, so an exit is known to within 20 ms.
"""

import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import Protocol

from workers.keeper.kernel_settings import SPARE_FILES
from workers.keeper.observations import Exit
from workers.system import processes
from workers.system.processes import ProcessStat

_PIDFD_GET_INFO = 0xC040FF0B
_PIDFD_INFO_EXIT = 1 << 3
_PIDFD_INFO = struct.Struct("<QQ11Ii")
"""struct pidfd_info: mask, cgroup, eleven ids, wait status."""


class ExitObserver(Protocol):
    """Reports the exits of the processes that it was given."""

    def add(self, pid: int) -> int | None:
        """Watch a process. Returns its start ticks, or None when it is gone already."""

    def living(self) -> list[tuple[int, int]]:
        """(pid, ticks) of the watched processes that have not ended."""

    def poll(self) -> None:
        """Look for exits now, where the kernel does not report them. To be called every 20 ms."""

    def close(self) -> None:
        """Release all descriptors."""


class _PidfdWatch:
    """last: how it was seen to have ended already, when the watch began."""

    __slots__ = ("exited", "fd", "last", "pid", "ticks")

    def __init__(self, pid: int, ticks: int, fd: int, last: ProcessStat | None) -> None:
        self.pid = pid
        self.ticks = ticks
        self.fd = fd
        self.last = last
        self.exited = False


class PidfdObserver:
    """Watches processes with pidfds in the keeper's epoll.

    on_exit(exit) is called at the exit; on_reaped(pid, ticks, at_ns) when the parent reaps the process.
    unwatched: a process could not be watched, because too few descriptors are left.
    """

    def __init__(
        self, epoll: "select.epoll", on_exit: Callable[[Exit], None], on_reaped: Callable[[int, int, int], None]
    ) -> None:
        self._epoll = epoll
        self._on_exit = on_exit
        self._on_reaped = on_reaped
        self._by_fd: dict[int, _PidfdWatch] = {}
        self._by_pid: dict[int, _PidfdWatch] = {}
        self.unwatched = False

    def add(self, pid: int) -> int | None:
        """See ExitObserver. A pid that is reused while this runs counts as gone; 0 where nothing can be known of it now."""
        known = self._by_pid.get(pid)
        if known is not None and (seen := processes.look(pid)) is not None and seen.ticks == known.ticks:
            return known.ticks
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            return None
        except OSError:
            return self._look_only(pid)
        if fd >= self._limit() - SPARE_FILES:
            os.close(fd)
            return self._look_only(pid)
        stat = processes.look(pid)
        if stat is None or not _has_its_pid(fd, pid, stat.ticks):
            os.close(fd)
            return self._left_unwatched(0) if stat is None and not processes.can_look() else None
        # A zombie changes no more, unless other threads of it still run.
        watch = _PidfdWatch(pid, stat.ticks, fd, stat if stat.state == "Z" and stat.threads <= 1 else None)
        self._by_fd[fd] = self._by_pid[pid] = watch
        self._epoll.register(fd, select.EPOLLIN)
        return watch.ticks

    def _look_only(self, pid: int) -> int | None:
        stat = processes.look(pid)
        if stat is None:
            return self._left_unwatched(0) if not processes.can_look() else None
        return self._left_unwatched(stat.ticks)

    def _left_unwatched(self, ticks: int) -> int:
        self.unwatched = True
        return ticks

    def _limit(self) -> int:
        """How many files this process may open now: another one can change that."""
        import resource  # not every system has it

        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return soft if soft >= 0 else sys.maxsize

    def living(self) -> list[tuple[int, int]]:
        """See ExitObserver."""
        return [(watch.pid, watch.ticks) for watch in self._by_fd.values() if not watch.exited]

    def poll(self) -> None:
        """See ExitObserver. Nothing to do: the kernel reports exits to `take_event`."""

    def take_event(self, fd: int, events: int, at_ns: int) -> bool:
        """Handle one epoll event. False when the descriptor is not one of this observer."""
        watch = self._by_fd.get(fd)
        if watch is None:
            return False
        if not watch.exited:
            watch.exited = True
            stat = watch.last or processes.look(watch.pid)
            code, cpu_ns = None, -1
            if stat is not None and stat.ticks == watch.ticks and stat.status is not None:
                code, cpu_ns = os.waitstatus_to_exitcode(stat.status), stat.cpu_ns
            if code is None:
                code = _exit_code_of_reaped(fd)
            self._epoll.modify(fd, 0)  # from here on only the hang-up is reported, which means: reaped
            self._on_exit(Exit(watch.pid, watch.ticks, at_ns, code, cpu_ns))
        if events & select.EPOLLHUP:
            self._epoll.unregister(fd)
            os.close(fd)
            del self._by_fd[fd]
            if self._by_pid.get(watch.pid) is watch:
                del self._by_pid[watch.pid]
            self._on_reaped(watch.pid, watch.ticks, at_ns)
        return True

    def close(self) -> None:
        """See ExitObserver."""
        for fd in self._by_fd:
            os.close(fd)
        self._by_fd.clear()
        self._by_pid.clear()


def _has_its_pid(fd: int, pid: int, ticks: int) -> bool:
    """Whether the process of a pidfd has not been reaped, so that what was just seen under its pid was this process.

    ticks: those that were seen.
    """
    try:
        signal.pidfd_send_signal(fd, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's, or the call is forbidden here
        stat = processes.look(pid)
        return stat is not None and stat.ticks == ticks
    return True


def _exit_code_of_reaped(fd: int) -> int | None:
    """The exit code of a process that is reaped already, from kernels that keep it with the pidfd (6.15)."""
    import fcntl

    request = _PIDFD_INFO.pack(_PIDFD_INFO_EXIT, *([0] * 13))
    try:
        answer = _PIDFD_INFO.unpack(fcntl.ioctl(fd, _PIDFD_GET_INFO, request))
    except OSError:
        return None
    return os.waitstatus_to_exitcode(answer[-1]) if answer[0] & _PIDFD_INFO_EXIT else None


class PollingObserver:
    """Watches processes by looking at them.

    A process ends between the last look that found it alive and the first that did not; the middle is taken as the
    moment. Exit codes are left to the parents to report.
    """

    def __init__(self, on_exit: Callable[[Exit], None]) -> None:
        self._on_exit = on_exit
        self._last_stats: dict[int, ProcessStat] = {}
        self._polled_ns = time.perf_counter_ns()

    def add(self, pid: int) -> int | None:
        """See ExitObserver."""
        stat = processes.look(pid)
        if stat is None:
            return None
        self._last_stats.setdefault(pid, stat)
        return stat.ticks

    def living(self) -> list[tuple[int, int]]:
        """See ExitObserver."""
        return [(pid, stat.ticks) for pid, stat in self._last_stats.items()]

    def poll(self) -> None:
        """See ExitObserver."""
        now_ns = time.perf_counter_ns()
        for pid, last in list(self._last_stats.items()):
            stat = processes.look(pid)
            if stat is not None and stat.ticks == last.ticks and stat.state != "Z":
                self._last_stats[pid] = stat
                continue
            del self._last_stats[pid]
            within_ns = now_ns - self._polled_ns
            self._on_exit(Exit(pid, last.ticks, now_ns - within_ns // 2, None, last.cpu_ns, within_ns))
        self._polled_ns = now_ns

    def close(self) -> None:
        """See ExitObserver."""
        self._last_stats.clear()
