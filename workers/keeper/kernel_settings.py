"""Linux settings of the keeper's own process, and those that the program gets back. Runs in the keeper's main thread."""

import ctypes
import errno
import os
import signal
import struct
import sys
from collections.abc import Callable

from workers.system import processes

SPARE_FILES = 8
"""Descriptors that are not used for watching: to look at processes, and to list files."""
_FEWEST_PROCESSES = 32
"""The recorder is a process with up to two threads, which the program would have for itself."""
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_SCHED_ATTRIBUTES = struct.Struct("<IIQiIQQQ")
_RESET_ON_FORK = 1
_SLICE_NS = 100_000

FileLimits = tuple[int, int]
"""Limits of open files: soft and hard."""


def prepare() -> FileLimits:
    """Adopt orphans, allow a descriptor for each of many processes, and ask to be woken soon.

    Returns the limits of open files before that.
    """
    import resource

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    _ask_for_short_slices()
    return before


def check_processes_are_shown() -> None:
    """Raises OSError where /proc is missing, or where the pids in it are those of other processes. To be called before any is
    looked at."""
    if not sys.platform.startswith("linux"):
        return
    if not os.path.exists("/proc/self/stat"):
        raise OSError(errno.ENOENT, "there is no /proc")
    if os.readlink("/proc/self") != str(os.getpid()):
        raise OSError(errno.ENOENT, "/proc shows the processes of another pid namespace")


def check_room() -> None:
    """Raises OSError where so few descriptors or processes are left that the recorder could not do its work, or the program
    would notice that it takes some of them."""
    copies: list[int] = []
    try:
        for _ in range(SPARE_FILES):
            copies.append(os.dup(0))
    finally:
        for copy in copies:
            os.close(copy)
    left = processes.left_to_user()
    if left is not None and left < _FEWEST_PROCESSES:
        raise OSError(errno.EAGAIN, f"only {max(0, left)} more processes are allowed to this user, too few for both")


def _ask_for_short_slices() -> None:
    """On busy cores the scheduler sooner wakes a process that asks for short slices (Linux 6.12; before, a harmless error).

    The program does not inherit this: it runs as its user asked for, with nice, chrt or the like.
    """
    call = _SCHED_SETATTR.get(os.uname().machine)
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    usual = os.sched_getscheduler(0) == os.SCHED_OTHER
    if call is None or nice < 0 or not usual:  # a negative nice value or another policy would not be inherited either
        return
    attributes = _SCHED_ATTRIBUTES.pack(_SCHED_ATTRIBUTES.size, 0, _RESET_ON_FORK, nice, 0, _SLICE_NS, 0, 0)
    ctypes.CDLL(None).syscall(ctypes.c_long(call), ctypes.c_long(0), attributes, ctypes.c_long(0))


def child_setup(limits: FileLimits) -> Callable[[], None]:
    """A function for the new process, before it executes the program: it dies with the keeper, with its own file limits."""
    import resource

    prctl = ctypes.CDLL(None).prctl
    set_limit, which = resource.setrlimit, resource.RLIMIT_NOFILE

    def set_up() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        set_limit(which, limits)

    return set_up
