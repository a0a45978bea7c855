"""Who has the ends of pipes and sockets open, and who has a lock mapped, by their inodes. Any process and thread; Linux."""

import os
from collections.abc import Collection
from typing import NamedTuple


class OpenEnd(NamedTuple):
    """One process that has something open. reads, writes: which directions its descriptors allow; a mapped lock has both."""

    pid: int
    reads: bool
    writes: bool


def who_has(inodes: Collection[int], pids: Collection[int]) -> dict[int, list[OpenEnd]]:
    """For each of these inodes, which of these processes have it open or mapped. One that is gone has nothing."""
    found: dict[int, list[OpenEnd]] = {inode: [] for inode in inodes}
    for pid in pids:
        for inode, (reads, writes) in _open_in(pid, found).items():
            found[inode].append(OpenEnd(pid, reads, writes))
    return found


def all_pids() -> list[int]:
    """Every process of this machine that can be seen."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _open_in(pid: int, wanted: Collection[int]) -> dict[int, tuple[bool, bool]]:
    ends: dict[int, tuple[bool, bool]] = {}
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return ends
    for name in names:
        try:
            link = os.readlink(f"/proc/{pid}/fd/{name}")
            if not link.startswith(("pipe:[", "socket:[")):
                continue
            inode = int(link.partition("[")[2].removesuffix("]"))
            if inode not in wanted:
                continue
            reads, writes = _directions(pid, name)
        except (OSError, ValueError):
            continue
        before = ends.get(inode, (False, False))
        ends[inode] = before[0] or reads, before[1] or writes
    for inode in _mapped_in(pid, wanted):
        ends[inode] = True, True
    return ends


def _directions(pid: int, name: str) -> tuple[bool, bool]:
    with open(f"/proc/{pid}/fdinfo/{name}", encoding="ascii") as file:
        for line in file:
            if line.startswith("flags:"):
                access = int(line.split()[1], 8) & os.O_ACCMODE
                return access != os.O_WRONLY, access != os.O_RDONLY
    return True, True


def _mapped_in(pid: int, wanted: Collection[int]) -> set[int]:
    """The wanted inodes that are mapped from shared memory: the locks of multiprocessing."""
    found = set()
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as file:
            for line in file:
                if "/dev/shm/" in line and int(line.split(maxsplit=5)[4]) in wanted:
                    found.add(int(line.split(maxsplit=5)[4]))
    except (OSError, IndexError, ValueError):
        pass
    return found
