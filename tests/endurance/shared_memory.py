"""The shared memory of one tree of processes, among all of the machine. Other systems than Linux do not list it."""

import os
from pathlib import Path

import psutil

_SHARED = Path("/dev/shm")


class SharedMemory:
    """Counts what this process and those that it started make from now on, and leave behind."""

    def __init__(self) -> None:
        self._before = _entries()

    def count(self) -> int:
        """How many files of this user are new, and in use by no process outside of this process's tree."""
        new = {entry for entry in _entries() - self._before if _owner(entry) == os.geteuid()}
        return len(new - _used_by_others()) if new else 0


def _entries() -> set[Path]:
    try:
        return set(_SHARED.iterdir())
    except OSError:
        return set()


def _owner(entry: Path) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except OSError:
        return -1


def _used_by_others() -> set[Path]:
    """The files there that other processes have mapped or open."""
    own = {os.getpid(), *(child.pid for child in psutil.Process().children(recursive=True))}
    used: set[Path] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) in own:
            continue
        try:
            words = (folder / "maps").read_text("utf-8", "replace").split()
            used.update(Path(word) for word in words if word.startswith("/dev/shm/"))
            used.update(Path(os.readlink(link)) for link in (folder / "fd").iterdir() if os.path.islink(link))
        except OSError:
            continue  # it has ended, or is not ours to look at
    return used
