"""Converts time to pixels and back, and finds the ticks of the time axis. Immutable arithmetic without Qt, any thread.

Times are whole nanoseconds from the program's start. A time becomes relative to the left edge while it is still an integer, so
that a microsecond stays a microsecond after an hour.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

LEAST_NS = 1_000
"""The shortest interval that can fill the view."""

SECOND_NS = 1_000_000_000
_MINUTE_NS = 60 * SECOND_NS
_DAY_NS = 24 * 60 * _MINUTE_NS
_WHOLE_STEPS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The interval [t0_ns, t1_ns] laid over `width_px` pixels that begin at `left_px`."""

    t0_ns: int
    t1_ns: int
    left_px: float
    width_px: float

    @property
    def length_ns(self) -> int:
        """The length of the interval, at least one nanosecond."""
        return max(1, self.t1_ns - self.t0_ns)

    @property
    def right_px(self) -> float:
        """The right edge."""
        return self.left_px + self.width_px

    @property
    def ns_per_px(self) -> float:
        """The time in one pixel."""
        return self.length_ns / max(1.0, self.width_px)

    def x(self, at_ns: int) -> float:
        """The position of a moment; outside the edges when it is out of view."""
        return self.left_px + (at_ns - self.t0_ns) * self.width_px / self.length_ns

    def xs(self, at_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """The positions of many moments."""
        return np.float64(self.left_px) + (at_ns - self.t0_ns) * np.float64(self.width_px / self.length_ns)

    def at(self, x_px: float) -> int:
        """The moment at a pixel position."""
        return self.t0_ns + round((x_px - self.left_px) * self.length_ns / max(1.0, self.width_px))

    def zoomed(self, factor: float, about_ns: int) -> "TimeScale":
        """The same pixels over `factor` times the time, with `about_ns` at the same place."""
        share = (about_ns - self.t0_ns) / self.length_ns
        length = max(LEAST_NS, round(self.length_ns * factor))
        t0 = about_ns - round(share * length)
        return replace(self, t0_ns=t0, t1_ns=t0 + length)

    def panned(self, by_ns: int) -> "TimeScale":
        """The same length, later by `by_ns`."""
        return replace(self, t0_ns=self.t0_ns + by_ns, t1_ns=self.t1_ns + by_ns)

    def within(self, last_ns: int) -> "TimeScale":
        """The nearest scale that lies in [0, last_ns] and is no shorter than LEAST_NS."""
        last = max(last_ns, LEAST_NS)
        length = min(max(self.t1_ns - self.t0_ns, LEAST_NS), last)
        t0 = min(max(0, self.t0_ns), last - length)
        return replace(self, t0_ns=t0, t1_ns=t0 + length)


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick of the axis. text: empty on a minor one."""

    at_ns: int
    text: str


def step_for(scale: TimeScale, least_px: float) -> int:
    """The smallest round number of nanoseconds that is at least `least_px` wide."""
    least = scale.ns_per_px * least_px
    if least > SECOND_NS:
        for seconds in _WHOLE_STEPS_S:
            if seconds * SECOND_NS >= least:
                return seconds * SECOND_NS
        return _round_up(least / _DAY_NS) * _DAY_NS
    return _round_up(least)


def _round_up(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 and so on that is not less."""
    power: int = 10 ** math.floor(math.log10(max(1.0, least)))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least)


def ticks(scale: TimeScale, px_per_letter: float = 7.0) -> list[Tick]:
    """The ticks in view. Major ones have a text, and room for it."""
    step = step_for(scale, 70)
    for _ in range(3):  # a finer step has longer texts, which may need a coarser step
        least = len(tick_text(scale.t1_ns // step * step, step, scale.t1_ns)) * px_per_letter + 28
        step = step_for(scale, max(70.0, least))
    minor = _minor(step)
    return list(_ticks(scale, step, minor))


def tick_text(at_ns: int, step_ns: int, last_ns: int) -> str:
    """The time of a tick, in a unit that suits the right edge, with as many digits as the step needs."""
    if at_ns == 0:
        return "0"
    if last_ns >= 2 * _MINUTE_NS and step_ns >= SECOND_NS:
        return _clock(at_ns // SECOND_NS)
    unit_ns, unit = (SECOND_NS, "s") if last_ns >= SECOND_NS else (10**6, "ms") if last_ns >= 10**6 else (10**3, "µs")
    digits = 0
    while digits < 9 and step_ns % max(1, unit_ns // 10**digits):
        digits += 1
    whole, rest = divmod(at_ns, unit_ns)
    decimals = f"{rest:0{len(str(unit_ns)) - 1}d}"[:digits]
    return f"{whole}.{decimals} {unit}" if digits else f"{whole} {unit}"


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _minor(step_ns: int) -> int:
    for parts in (5, 4, 6, 2):
        if step_ns % parts == 0:
            return step_ns // parts
    return step_ns


def _ticks(scale: TimeScale, step: int, minor: int) -> Iterator[Tick]:
    at = max(0, -(-scale.t0_ns // minor) * minor)
    while at <= scale.t1_ns:
        yield Tick(at, tick_text(at, step, scale.t1_ns) if at % step == 0 else "")
        at += minor
