"""A /dev/shm that only a test and what it starts can see: Linux does not tell who made a file there. The test's process."""

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from endurance.shared_memory import mount_own

_SHARED = Path("/dev/shm")
_MOUNTS = Path("/proc/thread-self/ns/mnt")
_NEW_MOUNTS = 0x00020000


@contextmanager
def own_shared_memory() -> Iterator[Callable[[], list[str]] | None]:
    """Gives a function that tells the names of what is there; None where the system does not let this process have its own.

    It is that of this thread, and of the processes and threads that it starts.
    """
    try:
        before = os.open(_MOUNTS, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        try:
            mount_own()
        except OSError:
            yield None
            return
        try:
            yield lambda: sorted(os.listdir(_SHARED))
        finally:
            if ctypes.CDLL(None, use_errno=True).setns(before, _NEW_MOUNTS):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(before)
