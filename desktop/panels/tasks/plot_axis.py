"""Where durations are on the histogram's axis. Arithmetic without Qt, any thread."""

import math
from dataclasses import dataclass

from workers.analysis.tables.durations import Histogram, axis_place

_LEAST_BINS = 40


@dataclass(frozen=True, slots=True)
class PlotAxis:
    """The axis of a histogram between `left` and `right` px: at least two decades, around the bins that are in use."""

    histogram: Histogram
    left: float
    right: float

    @property
    def wide(self) -> int:
        """How many bins there is room for."""
        return max(len(self.histogram), _LEAST_BINS)

    @property
    def first(self) -> float:
        """The bin at the left edge, counted from the histogram's first one."""
        return -(self.wide - len(self.histogram)) / 2

    def bin_px(self, bin_: float) -> float:
        """Where a bin begins."""
        return self.left + (bin_ - self.first) / self.wide * (self.right - self.left)

    def px_of(self, lasted_ns: float) -> float:
        """Where a duration is; at an edge, if it is beyond it."""
        px = self.bin_px(axis_place(lasted_ns) - self.histogram.first)
        return min(max(px, self.left), self.right)

    def bin_at(self, px: float) -> int:
        """The bin at a pixel; beside the bins, the nearest one."""
        place = self.first + (px - self.left) / max(1.0, self.right - self.left) * self.wide
        return min(max(math.floor(place), 0), len(self.histogram) - 1)

    def limits(self, one: int, other: int) -> tuple[int | None, int | None]:
        """The durations from one bin to another one, ns; None where that is the end of the histogram."""
        low, high = min(one, other), max(one, other)
        least = self.histogram.edges(low)[0] if low else None
        below = self.histogram.edges(high)[1] if high < len(self.histogram) - 1 else None
        return least, below
