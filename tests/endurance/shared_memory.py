"""The shared memory of one tree of processes, and of nothing else on the machine.

Usage: python tests/endurance/shared_memory.py COMMAND…

Linux does not tell who made a file in /dev/shm. So a program that looks at it begins once more, as COMMAND, with a /dev/shm
that only itself and what it starts can see. That takes the right to mount; a user other than root has it in a user namespace,
where the system allows these. Without it nothing is looked at.
"""

import ctypes
import os
import sys
from pathlib import Path

_SHARED = Path("/dev/shm")
_ITS_OWN = "PROCESSION_TEST_OWN_SHARED_MEMORY"
"""In the environment of COMMAND: "yes", or why it has none of its own."""
_NEW_USERS, _NEW_MOUNTS = 0x10000000, 0x00020000
_RECURSIVE, _PRIVATE = 1 << 14, 1 << 18
_EVEN_IN_USE = 2


class SharedMemory:
    """Counts what is in the /dev/shm of this process's own. unseen: why it has none; empty where it has."""

    def __init__(self) -> None:
        found = os.environ.get(_ITS_OWN, "it was not asked for")
        self.unseen = "" if found == "yes" else found

    def count(self) -> int:
        """How many files are there; 0 where they are not this process's own."""
        return 0 if self.unseen else len(os.listdir(_SHARED))


def begin_with_its_own() -> None:
    """Begin this program once more, with a /dev/shm of its own; nothing where that was done already."""
    if _ITS_OWN not in os.environ:
        os.execv(sys.executable, [sys.executable, __file__, sys.executable, *sys.orig_argv[1:]])


def leave_mounts() -> None:
    """From now on, only this thread and what it starts see what they mount. Raises OSError where that is not allowed."""
    system = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    _succeed(system.unshare(_NEW_MOUNTS | (_NEW_USERS if user else 0)))
    if user:
        for name, words in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(words)
    _succeed(system.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None))


def mount_own() -> None:
    """Put an empty folder in the place of /dev/shm, for all who see mounts of this thread. Raises OSError where it cannot."""
    system = ctypes.CDLL(None, use_errno=True)
    _succeed(system.mount(b"tmpfs", os.fsencode(_SHARED), b"tmpfs", 0, b"mode=1777"))


def unmount_own() -> None:
    """Undo that, also where something in the folder is in use. Raises OSError where it cannot."""
    _succeed(ctypes.CDLL(None, use_errno=True).umount2(os.fsencode(_SHARED), _EVEN_IN_USE))


def _succeed(returned: int) -> None:
    if returned:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    try:
        leave_mounts()
        mount_own()
        os.environ[_ITS_OWN] = "yes"
    except OSError as error:
        os.environ[_ITS_OWN] = str(error)
    os.execv(sys.argv[1], sys.argv[1:])
