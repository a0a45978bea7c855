"""What the keeper asks of Linux for itself, and takes back in the program that it launches. Runs in the keeper."""

import ctypes
import os
import platform
import signal
import struct
from collections.abc import Callable

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_SCHED_ATTRIBUTES = struct.Struct("<IIQiIQQQ")
_RESET_ON_FORK = 1
_SLICE_NS = 100_000

Limits = tuple[int, int]
"""Of open files: soft and hard."""


def prepare() -> Limits:
    """Adopt orphans, allow one descriptor for each of many processes, and be woken soon. The limits of before."""
    import resource

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    _ask_for_short_slices()
    return before


def _ask_for_short_slices() -> None:
    """On busy cores the scheduler wakes who asks for little sooner (6.12; an error before, which does no harm). What the
    keeper starts does not inherit it."""
    call = _SCHED_SETATTR.get(platform.machine())
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    if call is None or nice < 0:  # a negative nice value would not be inherited either
        return
    attributes = _SCHED_ATTRIBUTES.pack(_SCHED_ATTRIBUTES.size, 0, _RESET_ON_FORK, nice, 0, _SLICE_NS, 0, 0)
    ctypes.CDLL(None).syscall(ctypes.c_long(call), ctypes.c_long(0), attributes, ctypes.c_long(0))


def child_setup(limits: Limits) -> Callable[[], None]:
    """What is done in the program before it is executed: it dies with the keeper, and has its own limit of open files."""
    import resource

    prctl = ctypes.CDLL(None).prctl
    set_limit, which = resource.setrlimit, resource.RLIMIT_NOFILE

    def set_up() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        set_limit(which, limits)

    return set_up
