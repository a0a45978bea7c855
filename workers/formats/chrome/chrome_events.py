"""What the events of a Chrome trace look like, and how their fields are read: as the format has them, and as people write
them. Pure functions, any process and thread."""

import json
from decimal import Decimal
from math import nan
from typing import Any

import msgspec
from msgspec import Raw, Struct

MOST_US = 4_000_000_000_000_000
"""Microseconds; nothing that a clock says is farther from its zero (it is 126 years)."""
EXACT_US = 4e12
"""Below this a float of microseconds keeps every nanosecond."""
MOST_LETTERS = 1000
_LARGEST = 1 << 63
_LONGEST_NUMBER = 40
_NOTHING = Raw(b"{}")


class TraceEvent(Struct, gc=False):
    """One event as the format has it. Decodes fast; what is written otherwise raises, and is read as `Loose`."""

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


class Loose(Struct, gc=False):
    """One event as it comes: numbers are int or Decimal, and each field can be anything."""

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


events = msgspec.json.Decoder(list[TraceEvent]).decode
loose_events = msgspec.json.Decoder(list[Loose], float_hook=Decimal).decode
_loose_event = msgspec.json.Decoder(Loose, float_hook=Decimal).decode
_FIELDS = frozenset(Loose.__struct_fields__)


def one_event(text: bytes) -> Loose | None:
    """One event, also where it holds what JSON does not know (NaN, Infinity, bytes that are no text). None for what cannot
    be read as an object."""
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
    """Microseconds, as a number or as text, in ns; None for what is no time."""
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
    """A pid, tid or id: a number where it is one or is written like one, else text."""
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
    """A name: what it says, where it is text or a number, with nothing that cannot be written."""
    if isinstance(value, str):
        if value.isascii() and len(value) <= MOST_LETTERS:
            return value
        return value[:MOST_LETTERS].encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    return "?" if isinstance(value, int) and abs(value) >= _LARGEST else str(value)[:_LONGEST_NUMBER]


def details(event: TraceEvent | Loose) -> dict[str, Any]:
    """The event's args; empty where they are none."""
    return _object(event.args)


def scoped_id(event: TraceEvent | Loose) -> tuple[object, bool]:
    """What tells an asynchronous operation from others, and whether it does so among all processes."""
    if event.id2 is not None:
        both = _object(event.id2)
        if "global" in both:
            return identity(both["global"]), True
        return identity(both.get("local")), False
    return identity(event.id), False


def _object(value: object) -> dict[str, Any]:
    if isinstance(value, Raw):
        try:
            value = msgspec.json.decode(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
