"""The slots of journals as they were written, 64 bytes each, and a Record for each that is asked for.

Immutable; any process and thread. A pool of short tasks fills hundreds of thousands of them, which are never made objects:
whoever adds tasks to a timeline takes them as columns of the bytes.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, overload

from workers.recorded.probe import SLOT, TASK_OVER

IS_OVER = bytes(bool(flags & TASK_OVER) for flags in range(256))
"""For bytes.translate: whether flags of a TASK say that it is over."""

_SLOT = struct.Struct("<BBHI7q")
_TIME = struct.Struct("<8xq48x")


class Record(NamedTuple):
    """One slot: three small numbers, a time in ns of the machine's monotonic clock, and six numbers whose meaning is the
    kind's."""

    kind: int
    flags: int
    small: int
    word: int
    t: int
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int


class Slots(Sequence[Record]):
    """Slots side by side. data: their bytes, a whole number of slots."""

    __slots__ = ("data",)

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Slots":
        """The slots that say what these records say. Raises struct.error for a number that has no room in one."""
        return cls(b"".join(_SLOT.pack(*record) for record in records))

    def __len__(self) -> int:
        return len(self.data) // SLOT

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> "Slots": ...
    def __getitem__(self, index: int | slice) -> "Record | Slots":
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return Slots(self.data[start * SLOT : stop * SLOT])
            return Slots.of(self[at] for at in range(start, stop, step))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return Record(*_SLOT.unpack_from(self.data, at * SLOT))

    def __iter__(self) -> Iterator[Record]:
        return map(Record._make, _SLOT.iter_unpack(self.data))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slots) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f"Slots.of({list(self)})"

    @property
    def kinds(self) -> bytes:
        """The kind of each, a byte each."""
        return self.data[::SLOT]

    @property
    def flags(self) -> bytes:
        """The flags of each, a byte each."""
        return self.data[1::SLOT]

    @property
    def last_ns(self) -> int:
        """The time of the last one. Raises struct.error when there is none."""
        t_ns: int = _TIME.unpack_from(self.data, len(self.data) - SLOT)[0]
        return t_ns

    def within(self, end_ns: int) -> "Slots":
        """Those of a time in [0, end_ns)."""
        times = list(chain.from_iterable(_TIME.iter_unpack(self.data)))
        if not times or (min(times) >= 0 and max(times) < end_ns):
            return self
        return Slots(b"".join(self.data[at * SLOT : (at + 1) * SLOT] for at, t in enumerate(times) if 0 <= t < end_ns))
