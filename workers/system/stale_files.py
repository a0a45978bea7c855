"""Removes temporary files whose makers are gone. Any process and thread.

The name of a temporary file identifies its maker: by pid, the kernel's time of its start, and a digest of the machine's boot
and namespaces in which these two are counted. So a reused pid, or a folder on the network, does not mislead. Whether a maker
from another machine, or from before a reboot, still runs cannot be known here; its files stay.
"""

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from workers.system import processes

_MAKER = r"(?P<machine>[0-9a-f]{16})-(?P<pid>\d{1,10})-(?P<ticks>\d{1,20})-"
_NAMESPACES = ("pid", "time")
"""The namespaces in which pids and start times are counted."""


def maker_tag() -> str:
    """The middle part of a temporary file's name: identifies the process that makes it.

    Empty where this process cannot be identified later; a file without the tag is never removed.
    """
    machine, stat_now = _machine(), processes.look(os.getpid())
    return "" if machine is None or stat_now is None else f"{machine}-{os.getpid()}-{stat_now.ticks}-"


def remove_stale(folder: Path, prefix: str, suffix_pattern: str, *, folders: bool = False) -> None:
    """Remove the temporary files in `folder` whose maker is gone. Never raises.

    prefix: the part of their names before the maker's tag.
    suffix_pattern: a regular expression for the part after it.
    folders: remove folders of such names, with their contents, instead of files.

    Files of other users stay, and no link is followed.
    """
    machine = _machine()
    if machine is None:
        return
    pattern = re.compile(re.escape(prefix) + _MAKER + suffix_pattern)
    for entry in _entries(folder):
        match = pattern.fullmatch(entry.name)
        if match and match["machine"] == machine and not processes.is_running(int(match["pid"]), int(match["ticks"])):
            _remove(entry, folders)


def _machine() -> str | None:
    """A digest of what pids and start times are counted in; None where that cannot be known."""
    try:
        if not sys.platform.startswith("linux"):
            import platform

            import psutil

            parts = [platform.node(), str(int(psutil.boot_time()))]
        elif os.readlink("/proc/self") != str(os.getpid()):
            return None  # /proc shows the processes of another namespace
        else:
            parts = [Path("/proc/sys/kernel/random/boot_id").read_text("ascii")]
            links = [f"/proc/self/ns/{name}" for name in _NAMESPACES]
            parts += [os.readlink(link) for link in links if os.path.lexists(link)]
    except OSError:
        return None
    import hashlib  # seldom needed, and it loads OpenSSL

    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        pass  # the folder cannot be listed, or not to its end


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
