"""Journals of forked workers that began, worked and ended, and wrote nothing else: five records in a row in a nursery.

A program that forks forty thousand of them leaves forty thousand such journals. They are found with one reading of each
nursery, and stay bytes side by side. Only of runs that have ended; any process and thread.
"""

import struct
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from workers.journal.kinds import Kind
from workers.journal.slots import Slots
from workers.recorded import probe

_KINDS = bytes((Kind.HELLO, Kind.WORKER_BEGAN, Kind.TARGET_BEGAN, Kind.TARGET_ENDED, Kind.WORKER_ENDED))
_SIZE = len(_KINDS) * probe.SLOT
_LIFE = struct.Struct("<xBxxIqqq8xqqq" "4xIq48x" "8xq48x" "4xIq48x" "8xq48x")  # fmt: skip
"""The fields of the five slots that tell lives apart: those of a ShortLife."""
_COLUMNS = np.dtype(
    {
        "names": ["how", "clock", "pid", "child", "ticks", "name", "began", "target", "error", "over", "ended"],
        "formats": ["u1", "<i8", "<i8", "<i8", "<i8", "<u4", "<i8", "<i8", "<u4", "<i8", "<i8"],
        "offsets": [1, 8, 16, 48, 56, 68, 72, 136, 196, 200, 264],
        "itemsize": _SIZE,
    }
)
"""Those of them that are looked at in many lives at once."""
_WHOLE = np.dtype((np.void, _SIZE))
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
    def parent_journal(self) -> str:
        """The name of the journal of the process that forked it."""
        return f"{self.parent_pid}-{self.parent_key}.journal"


class ShortLives:
    """Such journals side by side. data: the five slots of each."""

    __slots__ = ("data",)
    SLOTS = len(_KINDS)
    """So many slots are one life's."""

    def __init__(self, data: bytes | bytearray = b"") -> None:
        self.data = data

    @classmethod
    def in_order(cls, some: "Sequence[ShortLives]") -> "ShortLives":
        """All of these, by the time of their HELLO."""
        columns = [np.frombuffer(one.data, _COLUMNS) for one in some]
        clock, pid = (np.concatenate([one[name] for one in columns]) for name in ("clock", "pid"))
        places = np.empty(len(clock), np.intp)
        places[np.lexsort((pid, clock))] = np.arange(len(clock))
        # Each is copied once: there can be very many of them.
        data = bytearray(len(clock) * _SIZE)
        slots, at = np.frombuffer(data, _WHOLE), 0
        for one in some:
            slots[places[at : at + len(one)]] = np.frombuffer(one.data, _WHOLE)
            at += len(one)
        return cls(data)

    def __len__(self) -> int:
        return len(self.data) // _SIZE

    def __iter__(self) -> Iterator[ShortLife]:
        return map(partial(tuple.__new__, ShortLife), _LIFE.iter_unpack(self.data))

    @property
    def latest_ns(self) -> int:
        """The latest time of any. Raises ValueError when there is none."""
        return int(np.frombuffer(self.data, _COLUMNS)["ended"].max())

    def name(self, number: int) -> str:
        """The name that the journal of one of them would have as a file."""
        life = next(iter(ShortLives(self.slots(number).data)))
        return f"{life.pid}-{life.clock_ns}.journal"

    def slots(self, number: int) -> Slots:
        """The journal of one of them as any other journal is."""
        return Slots(bytes(self.data[number * _SIZE : (number + 1) * _SIZE]))

    def parts(self) -> "Iterator[ShortLives]":
        """All of them, some at a time."""
        for at in range(0, len(self.data), SOME * _SIZE):
            yield ShortLives(self.data[at : at + SOME * _SIZE])


def short_lives_in(nursery: bytes, regions: Sequence[int]) -> tuple[ShortLives, list[int]]:
    """(the short lives in these regions of a nursery, the regions that hold other journals).

    Those have other records, or one that says what a short life does not have.
    """
    count = len(nursery) // probe.REGION
    at = np.array([region for region in regions if region < count], np.intp)
    kinds = np.ndarray((count, len(_KINDS)), np.uint8, nursery, strides=(probe.REGION, probe.SLOT))[at]
    rest = np.frombuffer(nursery, np.uint64, count * probe.REGION // 8).reshape(count, probe.REGION // 8)[
        :, _SIZE // 8 :
    ]
    lives = np.ndarray((count,), _WHOLE, nursery, strides=(probe.REGION,))[at]
    columns = lives.view(_COLUMNS)
    plain = (kinds == np.frombuffer(_KINDS, np.uint8)).all(axis=1) & (rest.max(axis=1, initial=0)[at] == 0)
    plain &= (columns["how"] == probe.FORK) & (columns["pid"] > 0) & (columns["child"] > 0)
    plain &= (columns["ticks"] == 0) & (columns["name"] == 0) & (columns["error"] == 0)
    times = [columns[name] for name in ("clock", "began", "target", "over", "ended")]
    plain &= (times[0] > 0) & (times[-1] < _LATEST_NS)
    for earlier, later in pairwise(times):
        plain &= earlier <= later
    short = set(at[plain].tolist())
    return ShortLives(lives[plain].tobytes()), [region for region in regions if region not in short]
