"""Slots of a journal as they were written, 64 bytes each, and a named record for each that is asked for.

Immutable; any process and thread. A pool of short tasks fills hundreds of thousands of slots, and these never become
objects: tasks are added to a timeline as columns of the bytes (`folding.task_records`).
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, Protocol, overload

import numpy as np

from workers.journal import cluster_kinds, keeper_kinds, plan_kinds, process_kinds
from workers.journal.slot_layout import SlotLayout, layout_of
from workers.recorded.probe import SLOT, TASK_OVER

IS_OVER = bytes(bool(flags & TASK_OVER) for flags in range(256))
"""For bytes.translate: flags of TASK records become 1 where the task has ended, else 0."""

_TIME = struct.Struct("<8xq48x")
_CLOCK = struct.Struct("<q")
_CLOCKS_OF_MANY = np.dtype({"names": ["t"], "formats": ["<i8"], "offsets": [8], "itemsize": SLOT})
_MANY = 32
"""From so many slots on numpy finds the earliest and the latest sooner."""
_LAST_NS = (1 << 63) - 1

RECORD_TYPES: tuple[type, ...] = tuple(
    record_type
    for module in (process_kinds, plan_kinds, keeper_kinds, cluster_kinds)
    for record_type in vars(module).values()
    if isinstance(record_type, type) and isinstance(getattr(record_type, "layout", None), SlotLayout)
)
"""Every record type, by writer and in the order of their declarations."""


class Record(Protocol):
    """What every record has. Which type it is tells the rest: `isinstance`, or a class pattern."""

    @property
    def clock_ns(self) -> int:
        """Its time, in nanoseconds of the machine's monotonic clock."""


class UnknownRecord(NamedTuple):
    """A record of a kind that this version does not know: of another version, or damaged."""

    clock_ns: int


_Decoder = tuple[Callable[[bytes, int], tuple[Any, ...]], Callable[[tuple[Any, ...]], Any]]
_UNKNOWN: _Decoder = (_TIME.unpack_from, UnknownRecord._make)


def _decoders() -> tuple[list[_Decoder | None], dict[tuple[int, int], _Decoder]]:
    """By the first byte of a slot, None for kinds with variants; and by the first two bytes for those."""
    by_kind: list[_Decoder | None] = [_UNKNOWN] * 256
    by_variant: dict[tuple[int, int], _Decoder] = {}
    for record_type in RECORD_TYPES:
        layout = layout_of(record_type)
        decoder = layout.unpack_from, partial(tuple.__new__, record_type)
        if layout.variant is None:
            by_kind[layout.kind] = decoder
        else:
            by_kind[layout.kind] = None
            by_variant[layout.kind, layout.variant] = decoder
    return by_kind, by_variant


_BY_KIND, _BY_VARIANT = _decoders()
_CLOCKS = {
    (int(layout.kind), layout.variant): tuple(
        field.place.offset for field in layout.fields if field.name.endswith("clock_ns")
    )
    for layout in map(layout_of, RECORD_TYPES)
}
"""Where the times are in the slots of each record type."""


def packed(record: Record) -> bytes:
    """The slot that says what a record says. Raises struct.error for a number that has no room in its place."""
    layout = layout_of(type(record))
    slot = bytearray(layout.pack(*record))  # type: ignore[misc]  # record types are tuples
    slot[0] = layout.kind
    if layout.variant is not None:
        slot[1] = layout.variant
    return bytes(slot)


class Slots(Sequence[Record]):
    """Slots side by side. data: their bytes, a whole number of slots."""

    __slots__ = ("data",)

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Slots":
        """The slots of these records. Raises struct.error as `packed` does."""
        return cls(b"".join(map(packed, records)))

    def __len__(self) -> int:
        return len(self.data) // SLOT

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> "Slots": ...
    def __getitem__(self, index: int | slice) -> "Record | Slots":
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return Slots(self.data[start * SLOT : stop * SLOT]) if step == 1 else self.chosen(range(start, stop, step))
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return next(iter(Slots(self.data[at * SLOT : (at + 1) * SLOT])))

    def __iter__(self) -> Iterator[Record]:
        data, by_kind = self.data, _BY_KIND
        for at in range(0, len(data), SLOT):
            unpack_from, make = by_kind[data[at]] or _BY_VARIANT.get((data[at], data[at + 1]), _UNKNOWN)
            yield make(unpack_from(data, at))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slots) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __repr__(self) -> str:
        return f"Slots.of({list(self)})"

    def chosen(self, indices: Iterable[int]) -> "Slots":
        """The slots at these indices, in this order."""
        data = self.data
        return Slots(b"".join([data[at * SLOT : (at + 1) * SLOT] for at in indices]))

    @property
    def kinds(self) -> bytes:
        """The kind of each, a byte each."""
        return self.data[::SLOT]

    @property
    def flags(self) -> bytes:
        """The flags of each, a byte each."""
        return self.data[1::SLOT]

    @property
    def latest_ns(self) -> int:
        """The latest time of any. Raises ValueError when there is none."""
        return self._bounds_ns()[1]

    def _bounds_ns(self) -> tuple[int, int]:
        """The earliest and the latest time. Raises ValueError when there is none."""
        if len(self) < _MANY:
            times = list(chain.from_iterable(_TIME.iter_unpack(self.data)))
            return min(times), max(times)
        clocks = np.frombuffer(self.data, _CLOCKS_OF_MANY)["t"]
        return int(clocks.min()), int(clocks.max())

    def moved(self, by_ns: int) -> "Slots":
        """The same with all times that are known moved. Times that no slot can hold become the latest or earliest."""
        data = bytearray(self.data)
        for at in range(0, len(data), SLOT):
            for place in _CLOCKS.get((data[at], None)) or _CLOCKS.get((data[at], data[at + 1])) or (8,):
                clock_ns = _CLOCK.unpack_from(data, at + place)[0]
                if clock_ns:
                    _CLOCK.pack_into(data, at + place, max(-_LAST_NS, min(clock_ns + by_ns, _LAST_NS)))
        return Slots(bytes(data))

    def within(self, end_ns: int) -> "Slots":
        """The slots whose time is in [0, end_ns)."""
        if not self:
            return self
        earliest, latest = self._bounds_ns()
        if earliest >= 0 and latest < end_ns:
            return self
        times = chain.from_iterable(_TIME.iter_unpack(self.data))
        return self.chosen(at for at, clock_ns in enumerate(times) if 0 <= clock_ns < end_ns)
