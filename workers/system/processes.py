"""What the operating system says about a process: its state, its children, its command. Any process and thread.

Linux is asked through /proc; elsewhere psutil answers, as far as it can.
"""

import os
import sys
from typing import NamedTuple

_TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 10**7
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_LONGEST_NAME = 200
_HELPERS = (b"multiprocessing.resource_tracker import main", b"multiprocessing.forkserver import main")
_STAT_BYTES = 4096  # more than any has: read at once, without the calls that a file object makes


class ProcessStat(NamedTuple):
    """A process as it was at one moment.

    state: the letter of /proc/PID/stat (R, S, D, T, t, Z, X).
    ticks: when it started, in the kernel's clock ticks; with the pid it identifies the process.
    cpu_ns: CPU time of its whole life.
    status: its wait status once it is a zombie, where the kernel gives it. threads: how many it has, 0 = not known.
    """

    state: str
    ppid: int
    ticks: int
    cpu_ns: int
    rss_bytes: int
    status: int | None
    threads: int = 0

    @property
    def running(self) -> bool:
        """Whether it has not ended: a zombie has."""
        return self.state not in "ZX"


def look(pid: int) -> ProcessStat | None:
    """One look at a process; None when it is gone."""
    if not sys.platform.startswith("linux"):
        return look_portably(pid)
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            fields = os.read(descriptor, _STAT_BYTES).rpartition(b")")[2].split()
        finally:
            os.close(descriptor)
        return ProcessStat(
            state=fields[0].decode(),
            ppid=int(fields[1]),
            ticks=int(fields[19]),
            cpu_ns=(int(fields[11]) + int(fields[12])) * _TICK_NS,
            rss_bytes=int(fields[21]) * _PAGE_BYTES,
            status=int(fields[49]) if fields[0] in (b"Z", b"X") else None,
            threads=int(fields[17]),
        )
    except (OSError, IndexError, ValueError):
        return None


def can_look() -> bool:
    """Whether `look` can find anything now. It cannot where no descriptor is left, or where /proc is missing."""
    return look(os.getpid()) is not None


def look_portably(pid: int) -> ProcessStat | None:
    """As `look`, through psutil. The wait status is never known."""
    import psutil  # not needed on Linux, where a recorded command waits for what is imported

    try:
        process = psutil.Process(pid)
        with process.oneshot():
            cpu = process.cpu_times()
            status = process.status()
            state = {psutil.STATUS_STOPPED: "T", psutil.STATUS_ZOMBIE: "Z"}.get(status, "S")
            return ProcessStat(
                state=state,
                ppid=process.ppid(),
                ticks=int(process.create_time() * 100),
                cpu_ns=int((cpu.user + cpu.system) * 1e9),
                rss_bytes=process.memory_info().rss if state != "Z" else 0,
                status=None,
            )
    except (psutil.Error, OSError):
        return None


def is_running(pid: int, ticks: int | None = None) -> bool:
    """Whether the process with this pid has not ended. ticks: it must have started then."""
    stat = look(pid)
    return stat is not None and stat.running and ticks in (None, stat.ticks)


def children(pid: int) -> list[int]:
    """The pids of a process's children; empty where the system has no cheap way to list them."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found.extend(int(child) for child in file.read().split())
    except OSError:
        pass
    return found


def user_of(pid: int) -> int | None:
    """The effective user of a process; None when it is gone, or where the system does not say."""
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            return int(file.read(4096).partition(b"\nUid:")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def command_name(pid: int) -> str:
    """A process's command in short: the name of its program and the first argument. Empty when it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            parts = file.read(4096).decode("utf-8", "replace").split("\0")[:2]
    except OSError:
        return ""
    return " ".join([os.path.basename(parts[0]), *parts[1:]]).strip()[:_LONGEST_NAME]


def serves_multiprocessing(pid: int) -> bool:
    """Whether its command is that of a resource tracker or a fork server; also of a worker that a fork server has forked."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return any(words in file.read(4096) for words in _HELPERS)
    except OSError:
        return False


def left_to_user() -> int | None:
    """How many more processes and threads the limit of this user allows (``ulimit -u``); None where none is in force or known.

    The limit is not in force for root.
    """
    if not sys.platform.startswith("linux") or not os.geteuid():
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    try:
        with open("/proc/loadavg", "rb") as file:
            of_all = int(file.read().split()[3].partition(b"/")[2])
        if limit < 0 or limit > of_all + 1000:
            return None  # plenty; counting the user's own takes long
        user = os.getuid()
        pids = [name for name in os.listdir("/proc") if name.isdigit()]
    except (OSError, IndexError, ValueError):
        return None
    return limit - sum(_threads_of(pid, user) for pid in pids)


def _threads_of(pid: str, user: int) -> int:
    """How many threads a process has, if it is this user's; 0 for one that has ended meanwhile."""
    try:
        return len(os.listdir(f"/proc/{pid}/task")) if os.stat(f"/proc/{pid}").st_uid == user else 0
    except OSError:
        return 0


def kills_for_memory() -> int:
    """How many processes of this machine the kernel has killed because memory ran out; 0 where it does not say."""
    try:
        with open("/proc/vmstat", "rb") as file:
            counted = file.read().partition(b"\noom_kill ")[2]
        return int(counted.split(maxsplit=1)[0])
    except (OSError, IndexError, ValueError):
        return 0
