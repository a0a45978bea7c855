"""Files that are locked while their maker runs: seen from every container of a machine. Any process and thread.

The kernel gives up the lock when the process ends, however it ends. Where a file system or a system has no such locks, a file
counts as not locked, which proves nothing.
"""

import os
from pathlib import Path

_HAS_LOCKS = os.name == "posix"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class LockedFile:
    """A new file for this user only, locked until it is removed. Does nothing when it cannot be made."""

    def __init__(self, path: Path, content: bytes = b"") -> None:
        self._path = path
        self._descriptor = -1
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
            if _HAS_LOCKS:
                import fcntl

                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # without a lock the content says whose it is
        if self._descriptor >= 0 and content:
            try:
                os.write(self._descriptor, content)
            except OSError:
                pass  # the disk is full: the lock says it all the same

    def touch(self) -> None:
        """Set the file's time to now."""
        try:
            if self._descriptor >= 0:
                os.utime(self._descriptor)
        except (OSError, TypeError):
            pass  # the folder is gone, or the system cannot do it

    def remove(self) -> None:
        """Remove the file, and with it the lock. A second time does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        os.close(descriptor)
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            pass  # harmless: nobody has it locked any more


def is_locked(path: Path) -> bool:
    """Whether a process has the file locked. False also where that cannot be found out."""
    if not _HAS_LOCKS:
        return False
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NO_LINK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
