"""Nurseries: files in which a process keeps room for the journals of the children that it forks (see workers.recorded.probe).

Read by the keeper, which is to hear of each child, and by whoever follows the run.
"""

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from workers.recorded import probe

_NAME = re.compile(r"\d{1,10}-\d{1,20}\.nursery\.journal")
_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
    _FLAGS |= getattr(os, _flag, 0)
_SLOT = struct.Struct("<BBHI7q")


@dataclass(frozen=True, slots=True)
class Newborn:
    """A child that began its journal: its pid, the time of its HELLO, and where in the nursery that is."""

    pid: int
    key: int
    offset: int


class NurseryFile:
    """One such file. Each child in it is told of once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = b""

    def newborn(self) -> list[Newborn]:
        """The children that began a journal here since the last time. None of a file that cannot be read."""
        try:
            fd = os.open(self.path, _FLAGS)
        except OSError:
            return []
        try:
            table = _read(fd, probe.REGION, 0)
            if table == self._known:
                return []
            known, self._known = self._known.ljust(len(table), b"\0"), table
            found = (_at(fd, at) for at, mark in enumerate(table) if mark and not known[at])
            return [child for child in found if child is not None]
        except OSError:
            return []
        finally:
            os.close(fd)


def is_nursery(name: str) -> bool:
    """Whether a file of this name in a run's folder is one."""
    return _NAME.fullmatch(name) is not None


def _at(fd: int, region: int) -> Newborn | None:
    slot = _read(fd, probe.SLOT, region * probe.REGION)
    if len(slot) < probe.SLOT or slot[0] != probe.HELLO:
        return None
    key, pid = _SLOT.unpack(slot)[4:6]
    return Newborn(pid, key, region * probe.REGION) if pid > 0 and key > 0 else None


def _read(fd: int, size: int, offset: int) -> bytes:
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, size)
