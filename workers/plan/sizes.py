"""Amounts as the user writes and reads them: ``70M`` numbers, ``1.5 s``, ``20 MB``. Pure functions, any process."""

import math
import re
from enum import StrEnum

from workers.errors import PlanError

MOST = 100_000_000_000
"""The largest amount that a plan may have. `estimate` checks whether it fits in memory."""

# An amount from this share of a unit on is written in that unit, since it rounds to one: "1M", never "1000k".
_THREE_DIGITS = 0.9995
_FOUR_DIGITS = 0.99995

_SUFFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_SECONDS = {"s": 10**6, "ms": 10**3, "us": 1, "\N{MICRO SIGN}s": 1, "\N{GREEK SMALL LETTER MU}s": 1}
# Times come first: "20 ms" is milliseconds, never 20 million seconds.
_SIZE = re.compile(
    r"\s*(?P<number>\d[\d_]*(?:\.\d+)?(?:e\d{1,2})?)\s*"
    rf"(?:(?P<time>{'|'.join(_SECONDS)})|(?P<suffix>[kmg]?)\s*(?P<bytes>b)?)\s*"
)


class SizeUnit(StrEnum):
    """What an amount counts."""

    NUMBERS = "numbers"
    MICROSECONDS = "microseconds"
    BYTES = "bytes"


def parse_size(text: str, unit: SizeUnit = SizeUnit.NUMBERS, most: int = MOST) -> int:
    """The amount in `text`, in `unit`.

    Takes ``70M``, ``2.5k``, ``10_000``, ``1e6``; for times also ``1.5 s`` and ``20 ms``.
    Raises PlanError with one sentence if it is not an amount from 1 to `most`.
    """
    if not text.strip():
        raise PlanError("Write a size, such as 70M.")
    below = text.strip().startswith(("-", "\N{MINUS SIGN}"))
    match = _SIZE.fullmatch(text.strip()[1:].lower() if below else text.lower())
    if match is None:
        raise PlanError(f"{text.strip()!r} is not a size: write a number such as 70M, 500k or 10000.")
    if match["time"] and unit is not SizeUnit.MICROSECONDS:
        raise PlanError(f"{text.strip()!r} is a time, and this workload is measured in {unit}.")
    if match["bytes"] and unit is not SizeUnit.BYTES:
        raise PlanError(f"{text.strip()!r} is in bytes, and this workload is measured in {unit}.")
    factor = _SECONDS[match["time"]] if match["time"] else _SUFFIXES[match["suffix"]]
    amount = float(match["number"].replace("_", "")) * factor
    if below or not 0.5 < amount <= most:
        raise PlanError(f"{text.strip()!r} is out of range: a size is from 1 to {format_size(most)}.")
    return round(amount)


def format_size(amount: int, unit: SizeUnit = SizeUnit.NUMBERS) -> str:
    """`amount` as `parse_size` reads it, to four digits: ``70M``, ``12.5k``; times as ``1.5 s``."""
    if unit is SizeUnit.MICROSECONDS:
        for factor, name in ((10**6, "s"), (10**3, "ms")):
            if amount >= factor * _FOUR_DIGITS:
                return f"{_short(amount / factor)} {name}"
        return f"{amount} µs"
    end = "B" if unit is SizeUnit.BYTES else ""
    for factor, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if amount >= factor * _FOUR_DIGITS:
            return f"{_short(amount / factor)}{' ' if end else ''}{name}{end}"
    return f"{amount}{' ' if end else ''}{end}"


def format_bytes(count: float) -> str:
    """`count` bytes in decimal units, to three digits: ``525 MB``."""
    for factor, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor * _THREE_DIGITS:
            digits = ".3g" if count < 999.5 * factor else ".0f"
            return f"{count / factor:{digits}} {name}"
    return f"{count:.0f} B"


def format_duration(seconds: float) -> str:
    """A duration to the digit that matters: ``1.234 s``, ``56.7 ms``, ``890 µs``; minutes from 100 s on."""
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    tenths = round(seconds * 10)
    if tenths >= 36_000:
        return f"{tenths // 36_000} h {tenths % 36_000 // 600:02d} min"
    if tenths >= 1_000:
        return f"{tenths // 600} min {tenths % 600 / 10:04.1f} s"
    if seconds >= _THREE_DIGITS:
        return f"{seconds:.3f} s"
    if seconds >= 1e-3 * _THREE_DIGITS:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds * 1e6:.0f} µs"


def _short(number: float) -> str:
    digits = max(0, 3 - math.floor(math.log10(number)))
    text = f"{number:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
