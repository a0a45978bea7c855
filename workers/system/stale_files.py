"""Names what is there for a while after whoever makes it, so that what the dead left of it can be taken away. Any process.

A maker is a pid, the kernel's time of its start, and where the two are counted, since a folder may lie on a network and a pid
is given again. Of a maker that was counted elsewhere, on another machine or before this one was started anew, nobody here
knows whether it lives; what it made stays.
"""

import hashlib
import os
import platform
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from workers.system import processes

_MAKER = r"(?P<where>[0-9a-f]{16})-(?P<pid>\d{1,10})-(?P<ticks>\d{1,20})-"
_NAMESPACES = ("pid", "time")
"""What a pid and the time of a start are counted in."""


def maker() -> str:
    """What stands in the name of what this process makes, after what it is and before what else makes the name the only one.
    Empty where the system does not tell enough to know this process again: what has such a name is never taken away."""
    where, seen = _where(), processes.look(os.getpid())
    return "" if where is None or seen is None else f"{where}-{os.getpid()}-{seen.ticks}-"


def take_away(folder: Path, before: str, after: str, *, folders: bool = False) -> None:
    """Remove the files in `folder`, or the folders with all that is in them, whose maker is gone. Never raises.

    before: what their names begin with. after: the pattern of what follows the maker. What another person owns stays, and
    no link is followed.
    """
    where = _where()
    if where is None:
        return
    named = re.compile(re.escape(before) + _MAKER + after)
    for entry in _entries(folder):
        match = named.fullmatch(entry.name)
        if match and match["where"] == where and not processes.is_alive(int(match["pid"]), int(match["ticks"])):
            _remove(entry, folders)


def _where() -> str | None:
    """Where processes are counted that have another pid or another time of their start when they are not the same."""
    try:
        if not sys.platform.startswith("linux"):
            told = [platform.node(), str(int(psutil.boot_time()))]
        elif os.readlink("/proc/self") != str(os.getpid()):
            return None  # these are the processes of another namespace
        else:
            told = [Path("/proc/sys/kernel/random/boot_id").read_text("ascii")]
            spaces = [f"/proc/self/ns/{name}" for name in _NAMESPACES]
            told += [os.readlink(space) for space in spaces if os.path.lexists(space)]
    except OSError:
        return None
    return hashlib.blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        pass  # nothing of it can be seen, or no more of it


def _remove(entry: "os.DirEntry[str]", folders: bool) -> None:
    try:
        found = entry.stat(follow_symlinks=False)
        if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
            return
        if folders and stat.S_ISDIR(found.st_mode):
            shutil.rmtree(entry.path, ignore_errors=True)
        elif not folders and stat.S_ISREG(found.st_mode):
            os.unlink(entry.path)
    except OSError:
        pass  # it is gone by now, or can be removed another time
