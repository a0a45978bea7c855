"""Amdahl's law fitted to measured times: which share of the work seems serial. Pure arithmetic, any process.

With n workers a run takes ``a + b / n``: a is the serial part, b is what the workers share. Both come from a least-squares
fit over 1/n, in which every run counts by its relative error, since a time that is twice as long varies twice as much.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_POINTS = 3
"""Two points lie on every curve of this kind, so that they say nothing about the law."""

_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Student's t for 95 % within, by degrees of freedom from 1."""


@dataclass(frozen=True, slots=True)
class AmdahlFit:
    """serial_s, shared_s: a and b. low, high: the 95 % interval of the serial share. All as fitted, so that they may be
    negative or above 1 where the law does not hold."""

    serial_s: float
    shared_s: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The serial share of the time at one worker."""
        return self.serial_s / (self.serial_s + self.shared_s)

    def seconds(self, workers: float) -> float:
        """The time that the law gives."""
        return self.serial_s + self.shared_s / workers

    @property
    def holds(self) -> bool:
        """Whether it is a share at all, and its interval tells something."""
        return 0.0 <= self.share <= 1.0 and self.shared_s > 0 and self.high - self.low < 1.0


def fit_amdahl(times: Sequence[tuple[int, float]]) -> AmdahlFit | None:
    """The fit to (workers, seconds), one for each run. None where there are too few numbers of workers, or no time."""
    kinds = {workers for workers, _ in times}
    if len(kinds) < LEAST_POINTS or any(seconds <= 0 for _, seconds in times):
        return None
    # Weighted sums: w = 1 / t², x = 1 / n.
    rows = [(1 / seconds**2, 1 / workers, seconds) for workers, seconds in times]
    s0 = sum(w for w, _, _ in rows)
    mean_x = sum(w * x for w, x, _ in rows) / s0
    mean_t = sum(w * t for w, _, t in rows) / s0
    sxx = sum(w * (x - mean_x) ** 2 for w, x, _ in rows)
    shared = sum(w * (x - mean_x) * (t - mean_t) for w, x, t in rows) / sxx
    serial = mean_t - shared * mean_x
    whole = serial + shared
    if whole <= 0:
        return None
    freedom = len(rows) - 2
    scatter = sum(w * (t - serial - shared * x) ** 2 for w, x, t in rows) / freedom
    var_shared = scatter / sxx
    # The share is 1 - b / (a + b), and a + b is the fitted time at 1/n = 1.
    var_whole = scatter * (1 / s0 + (1 - mean_x) ** 2 / sxx)
    covariance = (1 - mean_x) * scatter / sxx
    ratio = shared / whole
    variance = (var_shared - 2 * ratio * covariance + ratio**2 * var_whole) / whole**2
    within = student_95(freedom) * math.sqrt(max(variance, 0.0))
    share = serial / whole
    return AmdahlFit(serial, shared, share - within, share + within)


def student_95(freedom: int) -> float:
    """Student's t for 95 % within, with these degrees of freedom; to a thousandth beyond the table."""
    return _STUDENT[freedom - 1] if freedom <= len(_STUDENT) else 1.96 + 2.4 / freedom + 2.9 / freedom**2
