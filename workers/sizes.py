"""Amounts of work as people write and read them: ``70M`` numbers, ``1.5 s``, ``20 MB``. Pure functions, any process."""

import math
import re
from enum import StrEnum

from workers.errors import PlanError

MOST = 100_000_000_000
"""The largest amount that is taken at all; what fits in memory is checked elsewhere."""

_SUFFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_SIZE = re.compile(r"\s*(?P<number>\d[\d_]*(?:\.\d+)?(?:e\d{1,2})?)\s*(?P<suffix>[kmg]?)\s*(?P<unit>s|ms|us|µs|b)?\s*", re.I)
_SECONDS = {"s": 10**6, "ms": 10**3, "us": 1, "µs": 1}


class Unit(StrEnum):
    """What one unit of an amount is."""

    NUMBERS = "numbers"
    MICROSECONDS = "microseconds"
    BYTES = "bytes"


def parse_size(text: str, unit: Unit = Unit.NUMBERS) -> int:
    """The amount that `text` says, in `unit`.

    Takes ``70M``, ``2.5k``, ``10_000``, ``1e6``; for times also ``1.5 s`` and ``20 ms``.
    Raises PlanError with one sentence when it is not an amount from 1 to 100G.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise PlanError(f"{text.strip()!r} is not a size: write a number such as 70M, 500k or 10000.")
    written = (match["unit"] or "").lower()
    factor = _SUFFIXES[match["suffix"].lower()]
    if written in _SECONDS:
        # "20 ms" is milliseconds, never 20 million seconds: the unit swallows its own letters.
        if unit is not Unit.MICROSECONDS:
            raise PlanError(f"{text.strip()!r} is a time, and this workload is measured in {unit}.")
        factor *= _SECONDS[written]
    elif written == "b" and unit is not Unit.BYTES:
        raise PlanError(f"{text.strip()!r} is in bytes, and this workload is measured in {unit}.")
    amount = round(float(match["number"].replace("_", "")) * factor)
    if not 1 <= amount <= MOST:
        raise PlanError(f"{text.strip()!r} is out of range: a size is from 1 to 100G.")
    return amount


def format_size(amount: int, unit: Unit = Unit.NUMBERS) -> str:
    """`amount` as parse_size takes it back: ``70M``, ``12.5k``; times as ``1.5 s``."""
    if unit is Unit.MICROSECONDS:
        for factor, name in ((10**6, "s"), (10**3, "ms")):
            if amount >= factor:
                return f"{_short(amount / factor)} {name}"
        return f"{amount} µs"
    end = "B" if unit is Unit.BYTES else ""
    for factor, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if amount >= factor:
            return f"{_short(amount / factor)}{' ' if end else ''}{name}{end}"
    return f"{amount}{' ' if end else ''}{end}"


def format_bytes(count: float) -> str:
    """`count` bytes in decimal units, three digits: ``525 MB``."""
    for factor, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor:
            return f"{count / factor:.3g} {name}" if count < 999.5 * factor else f"{count / factor:.0f} {name}"
    return f"{count:.0f} B"


def format_duration(seconds: float) -> str:
    """A duration to the digit that matters: ``1.234 s``, ``56.7 ms``, ``890 µs``; minutes from 100 s on."""
    size = abs(seconds)
    if size >= 3600:
        whole = round(seconds)
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    if size >= 100:
        return f"{int(seconds // 60)} min {seconds % 60:04.1f} s"
    if size >= 1:
        return f"{seconds:.3f} s"
    if size >= 1e-3:
        return f"{seconds * 1e3:.3g} ms" if size < 0.9995 else "1.000 s"
    return f"{seconds * 1e6:.0f} µs"


def _short(number: float) -> str:
    digits = max(0, 3 - int(math.floor(math.log10(number))))
    text = f"{number:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
