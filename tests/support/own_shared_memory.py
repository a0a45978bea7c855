"""A /dev/shm that only a test and what it starts can see: Linux does not tell who made a file there. The test's process."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from endurance.shared_memory import leave_mounts, mount_own, unmount_own

_SHARED = Path("/dev/shm")


@contextmanager
def own_shared_memory() -> Iterator[Callable[[], list[str]] | None]:
    """Gives a function that tells the names of what is there; None where the system does not let this process have its own.

    It is that of this thread, and of the processes and threads that it starts. One may be begun within another.
    """
    if not _mounts_are_its_own():
        yield None
        return
    mount_own()
    try:
        yield lambda: sorted(os.listdir(_SHARED))
    finally:
        unmount_own()


@cache
def _mounts_are_its_own() -> bool:
    """For good: threads that are started meanwhile would keep a thread from going back. So not by a user namespace, in which
    a process has no other users."""
    if os.geteuid():
        return False
    try:
        leave_mounts()
    except OSError:
        return False
    return True
