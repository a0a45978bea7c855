"""Reads nurseries: files in which a process keeps room for the journals of the children that it forks
(`recorded.probe.Nursery`).

Read by the keeper, which learns of each child by it, and by every reader of the run. Any thread.
"""

import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from workers.recorded import probe

_SUFFIX = ".nursery.journal"
_MOST_DIGITS = 10  # of a pid
_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
    _FLAGS |= getattr(os, _flag, 0)
_MOST_BYTES = probe.REGION * probe.REGION  # the table of regions has a byte for each
_TIME_AND_PID = struct.Struct("<8x2q40x")  # of a HELLO; the keeper loads no record types


class Newborn(NamedTuple):
    """A child that began its journal. key: the time of its HELLO. offset: of its region in the nursery."""

    pid: int
    key: int
    offset: int


class NurseryFile:
    """One nursery. Gives each child once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = b""
        self._full = False

    def whole(self) -> bytes:
        """All of the file; nothing when it cannot be read."""
        try:
            with open(os.open(self.path, _FLAGS), "rb", buffering=0) as file:
                return file.read(min(os.fstat(file.fileno()).st_size, _MOST_BYTES)) or b""
        except OSError:
            return b""

    def newborn(self) -> list[Newborn]:
        """The children that began a journal here since the last time; none when the file cannot be read.

        One in which each region is taken has no more of them, and is not opened again.
        """
        if self._full:
            return []
        try:
            fd = os.open(self.path, _FLAGS)
        except OSError:
            return []
        try:
            new = self.new_regions(_read(fd, probe.REGION, 0))
            found = [_newborn_of(_read(fd, probe.SLOT, region * probe.REGION), region) for region in new]
            if new:
                regions = os.fstat(fd).st_size // probe.REGION
                self._full = 1 < regions <= len(self._known) and 0 not in self._known[1:regions]
            return [child for child in found if child is not None]
        except OSError:
            return []
        finally:
            os.close(fd)

    def new_regions(self, whole: bytes) -> list[int]:
        """The regions that children took since the last time. whole: all of the file, or its beginning."""
        table = whole[: probe.REGION]
        if not table or table == self._known:
            return []
        known, self._known = self._known.ljust(len(table), b"\0"), table
        first = _first_difference(table, known)
        last = len(table.rstrip(b"\0"))
        return [region for region in range(first, last) if table[region] and not known[region]]


def newborn_in(whole: bytes, regions: Iterable[int]) -> list[Newborn]:
    """The children that began a journal in these regions of a nursery. whole: all of its file."""
    slots = ((whole[region * probe.REGION : region * probe.REGION + probe.SLOT], region) for region in regions)
    return [child for slot, region in slots if (child := _newborn_of(slot, region)) is not None]


def is_nursery(name: str) -> bool:
    """Whether a file of this name in a run's folder is a nursery."""
    return pid_and_time(name, _SUFFIX) is not None


def pid_and_time(name: str, suffix: str) -> tuple[int, int] | None:
    """The two numbers in the name of a file that a process made in a run's folder; None where it has another form.

    Without a regular expression: to compile one takes longer than a keeper has for all the names of most runs.
    """
    if not name.endswith(suffix) or not name.isascii():
        return None
    pid, _, at = name.removesuffix(suffix).partition("-")
    if pid.isdigit() and at.isdigit() and len(pid) <= _MOST_DIGITS and len(at) <= 2 * _MOST_DIGITS:
        return int(pid), int(at)
    return None


def _first_difference(one: bytes, other: bytes) -> int:
    """Where two tables of one length that differ begin to: found in halves, since all of them are looked at for each child."""
    low, high = 0, len(one)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if one[low:middle] != other[low:middle] else (middle, high)
    return low


def _newborn_of(slot: bytes, region: int) -> Newborn | None:
    if len(slot) < probe.SLOT or slot[0] != probe.HELLO:
        return None
    key, pid = _TIME_AND_PID.unpack(slot)
    return Newborn(pid, key, region * probe.REGION) if pid > 0 and key > 0 else None


def _read(fd: int, size: int, offset: int) -> bytes:
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, size)
