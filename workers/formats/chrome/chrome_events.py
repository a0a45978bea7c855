"""The events of a Chrome trace and the reading of their fields, in the format's form and in other forms that programs write.

Pure functions, any process and thread.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from math import nan
from typing import Any

import msgspec
from msgspec import Raw, Struct

MOST_US = 4_000_000_000_000_000
"""The largest time in microseconds that is believed: 126 years from the clock's zero."""
EXACT_US = 4e12
"""Below this a float of microseconds keeps every nanosecond."""
MOST_LETTERS = 1000
_LARGEST = 1 << 63
_LOW = (1 << 32) - 1
_LONGEST_NUMBER = 40
_NOTHING = Raw(b"{}")


class TraceEvent(Struct, gc=False):
    """One event in the form that the format gives. Decodes fast; any other form raises, and is decoded as `Loose`."""

    ph: str = ""
    ts: float = nan
    dur: float = nan
    pid: int | str | None = None
    tid: int | str | None = None
    name: str | None = None
    cat: str | None = None
    id: int | str | None = None
    id2: Raw | None = None
    s: str | None = None
    scope: str | None = None
    bind_id: int | str | None = None
    flow_in: bool = False
    flow_out: bool = False
    args: Raw = _NOTHING


class ExactEvent(TraceEvent, gc=False):
    """The same with times as they are written: int, or text for a number with a point and for text."""

    ts: Any = None
    dur: Any = None


class Loose(Struct, gc=False):
    """One event in any form: numbers are int or Decimal, and each field can be of any type."""

    ph: Any = ""
    ts: Any = None
    dur: Any = None
    pid: Any = None
    tid: Any = None
    name: Any = None
    cat: Any = None
    id: Any = None
    id2: Raw | None = None
    s: Any = None
    scope: Any = None
    bind_id: Any = None
    flow_in: Any = False
    flow_out: Any = False
    args: Raw = _NOTHING


class HeadEvent(Struct, gc=False):
    """What a span's track and name depend on, in the form that the format gives: decodes in less time than a TraceEvent."""

    ph: str = ""
    pid: int | str | None = None
    tid: int | str | None = None
    name: str | None = None
    cat: str | None = None
    id: int | str | None = None
    id2: Raw | None = None
    scope: str | None = None
    bind_id: int | str | None = None


events = msgspec.json.Decoder(list[TraceEvent]).decode
exact_events = msgspec.json.Decoder(list[ExactEvent], float_hook=str).decode
loose_events = msgspec.json.Decoder(list[Loose], float_hook=Decimal).decode
_anything = msgspec.json.Decoder().decode
_loose_event = msgspec.json.Decoder(Loose, float_hook=Decimal).decode
_heads_on_lines = msgspec.json.Decoder(HeadEvent).decode_lines
_FIELDS = frozenset(Loose.__struct_fields__)


def completed_events(heads: Sequence[bytes], end: bytes) -> list[HeadEvent] | None:
    """The events that begin with these bytes and end with `end`, which is a comma, a key and more up to a bracket.

    None when one of them is not one whole event in the form that the format gives.
    """
    if {head[:1] for head in heads} != {b"{"}:
        return None
    try:
        # A closing bracket, a new line and an opening one are nowhere in JSON but between two values.
        found = _heads_on_lines((end + b"\n").join(heads) + end)
    except (ValueError, RecursionError):
        return None
    return found if len(found) == len(heads) else None


def one_event(text: bytes) -> Loose | None:
    """One event, also with values that are no JSON: NaN, Infinity, bytes that are no text. None for anything but an object."""
    try:
        return _loose_event(text)
    except (ValueError, ArithmeticError, RecursionError):  # msgspec's errors are ValueErrors
        pass
    try:
        fields = json.loads(text.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    return Loose(**{name: value for name, value in fields.items() if name in _FIELDS})


def nanoseconds(value: object) -> int | None:
    """A time or duration in ns, from microseconds as a number or as text; None where the value is neither."""
    if isinstance(value, float | Decimal):
        # A Decimal that is no number cannot be compared, and a huge one is compared at once.
        return round(value * 1000) if value == value and -MOST_US <= value <= MOST_US else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 1000 if -MOST_US <= value <= MOST_US else None
    if isinstance(value, str) and len(value) < _LONGEST_NUMBER:
        try:
            return nanoseconds(Decimal(value))
        except ArithmeticError:
            return None
    return None


def identity(value: object) -> int | str | None:
    """A pid, tid or id: as a number where it is written like one, else as text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value if -_LARGEST < value < _LARGEST else "?"
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else text(value)
    if isinstance(value, float | Decimal) and value == value and -_LARGEST < value < _LARGEST and value == int(value):
        return int(value)
    return text(value) or None


def text(value: object) -> str:
    """Text or a number as a name that can be encoded and is not too long; empty for any other type."""
    if isinstance(value, str):
        if value.isascii() and len(value) <= MOST_LETTERS:
            return value
        return value[:MOST_LETTERS].encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    return "?" if isinstance(value, int) and abs(value) >= _LARGEST else str(value)[:_LONGEST_NUMBER]


def details(event: TraceEvent | Loose) -> dict[str, Any]:
    """The event's args; empty where they are no object."""
    return _object(event.args)


def scoped_id(event: TraceEvent | Loose) -> tuple[object, bool]:
    """(id of an asynchronous operation, whether it counts in all processes)"""
    if event.id2 is not None:
        both = _object(event.id2)
        if "global" in both:
            return identity(both["global"]), True
        return identity(both.get("local")), False
    return identity(event.id), False


def operation_number(number: object, scope: object, name: str | None = None) -> int:
    """A number for an asynchronous operation, which takes less room than its parts: there can be as many as events."""
    of = text(scope)
    if not of and name is None:
        return number if isinstance(number, int) and -_LARGEST <= number < _LARGEST else hash(number)
    return hash((*_apart(number), of, name))


def flow_number(number: object, everywhere: bool, category: str | None, name: int) -> int:
    """A number for a flow, which takes less room than its parts: there can be as many as events.

    number, everywhere: as `scoped_id` gives them. category, name: which flows it is one of; None for those of spans' bind_ids.
    """
    return hash((*_apart(number), everywhere, category, name))


def _apart(number: object) -> tuple[object, ...]:
    """An id so that no two are hashed alike: Python hashes -1 as -2, and numbers that differ by 2**61 - 1 alike."""
    if type(number) is not int:
        return (number,)
    return (number >> 32 & _LOW, number & _LOW) if -_LARGEST <= number < _LARGEST else (hex(number),)


def _object(value: object) -> dict[str, Any]:
    if isinstance(value, Raw):
        try:
            value = _anything(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
