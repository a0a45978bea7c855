"""Moments, spans of time and numbers as text. Pure functions without Qt, for any thread."""

from workers.plan.sizes import format_duration

UNKNOWN = "–"
"""Shown for a moment or value that did not happen or is not known."""


def format_moment(at_ns: int | None, lasts_ns: int = 10**9) -> str:
    """A moment of the run in seconds from its start: ``1.234 s``.

    lasts_ns: how long the thing at that moment lasts. A short one gets more digits, by threes, so that its end differs from
    its beginning: ``1.234567 s``.
    """
    if at_ns is None:
        return UNKNOWN
    digits = 3 if lasts_ns >= 10_000_000 else 6 if lasts_ns >= 10_000 else 9
    return f"{at_ns / 1e9:,.{digits}f} s"


def format_span(began_ns: int, ended_ns: int | None, now_ns: int) -> str:
    """How long something took, or has taken so far."""
    if ended_ns is not None:
        return format_duration((ended_ns - began_ns) / 1e9)
    return f"{format_duration(max(0, now_ns - began_ns) / 1e9)} so far"


def format_count(count: float) -> str:
    """A whole number: ``100,000``."""
    return f"{count:,.0f}"


def format_cpu(seconds: float) -> str:
    """CPU time."""
    return "< 10 ms" if seconds == 0 else format_duration(seconds)  # the kernel counts in ticks of 10 ms
