"""How a record type says where in its slot each field is. Any process and thread; nothing here is read or written.

A record type is a NamedTuple whose fields are annotated with their place and, where the name does not say it, their
meaning:

    @written_as(Kind.REAPED)
    class Reaped(NamedTuple):
        \"""A parent learned the exit code of a child, which is reaped by then.\"""

        clock_ns: ClockNs
        pid: Annotated[int, A, "the child"]
        exit_code: Annotated[int, B, "negative: the signal that ended it"]

All else derives from that: reading and packing of slots (`slots`), numpy columns of many slots
(`folding.task_records`), and the table in FORMAT.md.
"""

import struct
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeVar

from workers.journal.kinds import Kind
from workers.recorded.probe import SLOT

_RecordType = TypeVar("_RecordType", bound=type)


class SlotPlace(NamedTuple):
    """Part of a slot. offset: bytes from the slot's beginning. code: as in the struct module, little-endian."""

    name: str
    offset: int
    code: str


FLAGS = SlotPlace("flags", 1, "B")
SMALL = SlotPlace("small", 2, "H")
WORD = SlotPlace("word", 4, "I")
TIME = SlotPlace("t", 8, "q")
A = SlotPlace("a", 16, "q")
B = SlotPlace("b", 24, "q")
C = SlotPlace("c", 32, "q")
D = SlotPlace("d", 40, "q")
E = SlotPlace("e", 48, "q")
F = SlotPlace("f", 56, "q")
LOW_A = SlotPlace("low half of a", 16, "I")
HIGH_A = SlotPlace("high half of a", 20, "I")
LOW_B = SlotPlace("low half of b", 24, "I")
HIGH_B = SlotPlace("high half of b", 28, "I")
LOW_C = SlotPlace("low half of c", 32, "i")
HIGH_C = SlotPlace("high half of c", 36, "I")
LOW_E = SlotPlace("low half of e", 48, "I")
HIGH_E = SlotPlace("high half of e", 52, "f")
LOW_D = SlotPlace("low half of d", 40, "I")
HIGH_D = SlotPlace("high half of d", 44, "i")
BYTES = SlotPlace("t to f", 8, "56s")

ClockNs = Annotated[int, TIME]
"""The time of a record: nanoseconds of the machine's monotonic clock, which all of its processes share."""


class SlotField(NamedTuple):
    """One field of a record type. meaning: "" where the field's name says it all."""

    name: str
    place: SlotPlace
    meaning: str


class SlotLayout:
    """Where the fields of a record type are in its slots. variant: the flags that tell this record type from others of
    the same kind; None for a kind that has one type only."""

    __slots__ = ("fields", "kind", "pack", "unpack_from", "variant")

    def __init__(self, kind: Kind, variant: int | None, fields: tuple[SlotField, ...]) -> None:
        self.kind = kind
        self.variant = variant
        self.fields = fields
        reader = struct.Struct(_format(fields))
        self.unpack_from: Callable[[bytes, int], tuple[Any, ...]] = reader.unpack_from
        self.pack: Callable[..., bytes] = reader.pack


def written_as(kind: Kind, variant: int | None = None) -> Callable[[_RecordType], _RecordType]:
    """Declare a NamedTuple as the record type of a kind, or of those records of the kind whose flags are `variant`.

    Raises TypeError for a field without a place, or one before another that comes earlier in the slot.
    """

    def declare(record_type: _RecordType) -> _RecordType:
        layout = SlotLayout(kind, variant, tuple(_fields(record_type)))
        setattr(record_type, "layout", layout)  # noqa: B010 - no field, so no annotation either
        return record_type

    return declare


def layout_of(record_type: type) -> SlotLayout:
    """The layout of a record type. Raises AttributeError for other classes."""
    layout: SlotLayout = record_type.layout  # type: ignore[attr-defined]
    return layout


def _fields(record_type: type) -> list[SlotField]:
    fields: list[SlotField] = []
    end = 1
    for name, hint in record_type.__annotations__.items():
        place, *meaning = getattr(hint, "__metadata__", (None,))
        if not isinstance(place, SlotPlace) or place.offset < end:
            raise TypeError(f"{record_type.__name__}.{name} has no place of its own, or one out of order")
        end = place.offset + struct.calcsize(f"<{place.code}")
        fields.append(SlotField(name, place, meaning[0] if meaning else ""))
    return fields


def _format(fields: tuple[SlotField, ...]) -> str:
    """A whole slot: what no field names is left out when it is read, and zero when it is packed."""
    parts, at = ["<"], 0
    for field in fields:
        parts.append(f"{field.place.offset - at}x{field.place.code}")
        at = field.place.offset + struct.calcsize(f"<{field.place.code}")
    return "".join([*parts, f"{SLOT - at}x"])
