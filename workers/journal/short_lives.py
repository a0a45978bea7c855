"""Journals of forked workers that began, worked and ended, and wrote nothing else: five records in a row in a nursery.

A program that forks forty thousand of them leaves forty thousand such journals. They are found with one reading of each
nursery, and stay bytes side by side. Only of runs that have ended; any process and thread.
"""

import struct
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from workers.journal.kinds import Kind
from workers.journal.nurseries import Newborn
from workers.journal.slots import Slots
from workers.recorded import probe

_KINDS = bytes((Kind.HELLO, Kind.WORKER_BEGAN, Kind.TARGET_BEGAN, Kind.TARGET_ENDED, Kind.WORKER_ENDED))
_SIZE = len(_KINDS) * probe.SLOT
_LIFE = struct.Struct("<xBxxIqqq8xqqq" "4xIq48x" "8xq48x" "4xIq48x" "8xq48x")  # fmt: skip
"""The fields of the five slots that tell lives apart: those of a ShortLife."""
_NOTHING = bytes(probe.REGION - _SIZE)
_LATEST_NS = 1 << 61
SOME = 2000
"""So many lives are taken at once."""


class ShortLife(NamedTuple):
    """What the five records say. Times are the machine's monotonic clock; the text numbers are 0: they name no text."""

    how: int
    fork: int
    clock_ns: int
    pid: int
    parent_pid: int
    parent_key: int
    child: int
    ticks: int
    name_text: int
    began_clock_ns: int
    target_clock_ns: int
    error_text: int
    over_clock_ns: int
    ended_clock_ns: int

    @property
    def journal_name(self) -> str:
        """The name that its journal would have as a file."""
        return f"{self.pid}-{self.clock_ns}.journal"

    @property
    def parent_journal(self) -> str:
        """The name of the journal of the process that forked it."""
        return f"{self.parent_pid}-{self.parent_key}.journal"


class ShortLives:
    """Such journals side by side. data: the five slots of each."""

    __slots__ = ("data",)

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data) // _SIZE

    def __iter__(self) -> Iterator[ShortLife]:
        return map(partial(tuple.__new__, ShortLife), _LIFE.iter_unpack(self.data))

    def slots(self, number: int) -> Slots:
        """The journal of one of them as any other journal is."""
        return Slots(self.data[number * _SIZE : (number + 1) * _SIZE])

    def parts(self) -> "Iterator[ShortLives]":
        """All of them, some at a time."""
        for at in range(0, len(self.data), SOME * _SIZE):
            yield ShortLives(self.data[at : at + SOME * _SIZE])


def short_life(newborn: Newborn, nursery: bytes) -> bytes | None:
    """The five slots of a child's journal; None where it has others, or one that says what a short life does not have."""
    at = newborn.offset
    end = at + _SIZE
    if nursery[at : end : probe.SLOT] != _KINDS or nursery[end : at + probe.REGION] != _NOTHING:
        return None
    how, _, clock_ns, _, _, _, child, ticks, name, began_ns, target_ns, error, over_ns, ended_ns = _LIFE.unpack_from(
        nursery, at
    )
    plain = how == probe.FORK and child > 0 and not (ticks or name or error)
    in_order = clock_ns <= began_ns <= target_ns <= over_ns <= ended_ns < _LATEST_NS
    return nursery[at:end] if plain and in_order else None
