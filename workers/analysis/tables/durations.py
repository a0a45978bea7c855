"""Durations in figures: median, 95th percentile, longest, and a histogram over a logarithmic axis. Pure numpy, any thread."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEPS = (100, 112, 125, 140, 160, 180, 200, 224, 250, 280, 315, 355, 400, 450, 500, 560, 630, 710, 800, 900)
"""The edges in each decade: the R20 series of ISO 3, evenly spaced on a logarithmic axis and short to write."""

_DECADES = 17
EDGES: NDArray[np.int64] = np.array(
    [0, *(step * 10**decade for decade in range(_DECADES) for step in _STEPS)], dtype=np.int64
)
"""The edges of all bins, ns: up to 100 ns is one bin, the last one has no end."""


def axis_place(lasted_ns: float) -> float:
    """Where a duration is on the logarithmic axis, in bins: the edge i of EDGES is about at i."""
    return max(0.0, 1 + len(_STEPS) * (math.log10(max(lasted_ns, 1)) - 2))


@dataclass(frozen=True, slots=True)
class Durations:
    """ascending: int64 (n,) ns."""

    ascending: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ascending)

    @property
    def longest_ns(self) -> int | None:
        """The longest; None if there is none."""
        return int(self.ascending[-1]) if len(self.ascending) else None

    @property
    def median_ns(self) -> float | None:
        """The median."""
        return self.share(0.5)

    @property
    def p95_ns(self) -> float | None:
        """The duration that 95 % do not exceed."""
        return self.share(0.95)

    def share(self, share: float) -> float | None:
        """The duration that this share of them does not exceed, interpolated between two; None if there is none."""
        if not len(self.ascending):
            return None
        at = (len(self.ascending) - 1) * share
        low = int(at)
        below, above = (int(self.ascending[min(one, len(self.ascending) - 1)]) for one in (low, low + 1))
        return below + (above - below) * (at - low)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins from `first` on: bin i holds the durations from EDGES[first + i] up to, and without, EDGES[first + i + 1].

    of_all, passing: int64 (n,), how many of all durations, and of those that pass the filter, are in each.
    """

    first: int
    of_all: NDArray[np.int64]
    passing: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.of_all)

    @classmethod
    def of(cls, of_all: NDArray[np.int64], passing: NDArray[np.int64]) -> "Histogram":
        """The histogram of ascending durations. It reaches from the shortest to the longest of all."""
        if not len(of_all):
            return NO_HISTOGRAM
        first, last = (int(at) - 1 for at in EDGES.searchsorted(of_all[[0, -1]], side="right"))
        inner = EDGES[first + 1 : last + 1]
        counts = [
            np.diff(ascending.searchsorted(inner), prepend=0, append=len(ascending)) for ascending in (of_all, passing)
        ]
        return cls(first, *counts)

    def edges(self, bin_: int) -> tuple[int, int | None]:
        """The begin and end of a bin, ns; None after the last edge."""
        at = self.first + bin_
        return int(EDGES[at]), int(EDGES[at + 1]) if at + 1 < len(EDGES) else None


NO_HISTOGRAM = Histogram(0, np.zeros(0, np.int64), np.zeros(0, np.int64))
