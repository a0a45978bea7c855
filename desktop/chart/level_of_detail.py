"""Which pixel columns a lane's spans and marks fill. Pure numpy on columns, any thread.

Two promises, whatever the zoom: a pixel column that holds any part of a span is never blank, and where several share a
column the kind that matters most (the highest number: failed above all) is the one that shows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.lanes import Marks, Spans

SPARSE = 4
"""Spans are placed one by one while there are at most a fourth as many as pixel columns, and else column by column."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The pixel columns of a view. edges: int64 (columns + 1,) ns; column i holds [edges[i], edges[i + 1])."""

    edges: NDArray[np.int64]

    @classmethod
    def over(cls, start_ns: int, end_ns: int, columns: int) -> "Grid":
        """`columns` equal columns over [start_ns, end_ns), with whole nanoseconds as edges."""
        columns = max(1, columns)
        whole, rest = divmod(max(1, end_ns - start_ns), columns)
        numbers = np.arange(columns + 1, dtype=np.int64)
        # Whole and rest apart, so that no product overflows however long the run is.
        return cls(start_ns + numbers * whole + (numbers * rest + columns - 1) // columns)

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.edges) - 1

    def column(self, at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column of each time; -1 before the first and `columns` or more after the last."""
        return np.searchsorted(self.edges, at_ns, "right") - 1


@dataclass(frozen=True, slots=True)
class Runs:
    """What to paint, in this order: columns [x0, x1) with a kind. All arrays are (n,).

    span: the index of the one span that the run shows; -1 where several share it.
    """

    x0: NDArray[np.int64]
    x1: NDArray[np.int64]
    kind: NDArray[np.uint8]
    span: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.x0)


def runs(spans: Spans, grid: Grid, now_ns: int, *, sparse: int = SPARSE) -> Runs:
    """The runs of the spans that are in view. `spans` is ordered by t0; open ends go on to `now_ns`."""
    first, last = grid.edges[0], grid.edges[-1]
    high = int(np.searchsorted(spans.t0, last, "left"))
    # Waits of two threads may overlap, so the ends alone need not be in order; the latest end so far always is. A span
    # of no length may lie on the first edge itself.
    low = int(np.searchsorted(np.maximum.accumulate(spans.t1[:high]), first, "left"))
    t0, kind = spans.t0[low:high], spans.kind[low:high]
    t1 = np.maximum(np.minimum(spans.t1[low:high], now_ns), t0 + 1)
    if len(t0) * sparse <= grid.columns or bool(np.any(t1[1:] < t1[:-1])):
        return _one_by_one(t0, t1, kind, grid, low)
    return _by_column(t0, t1, kind, grid, low)


def _one_by_one(
    t0: NDArray[np.int64], t1: NDArray[np.int64], kind: NDArray[np.uint8], grid: Grid, low: int
) -> Runs:  # fmt: skip
    x0 = np.maximum(grid.column(t0), 0)
    x1 = np.minimum(grid.column(t1 - 1) + 1, grid.columns)
    order = np.argsort(kind, kind="stable")
    order = order[(t1 > grid.edges[0])[order] & (t0 < grid.edges[-1])[order]]
    return Runs(x0[order], x1[order], kind[order], order + low)


def _by_column(t0: NDArray[np.int64], t1: NDArray[np.int64], kind: NDArray[np.uint8], grid: Grid, low: int) -> Runs:
    begin = np.searchsorted(t1, grid.edges[:-1], "right")
    end = np.searchsorted(t0, grid.edges[1:], "left")
    held = end > begin
    pairs = np.empty(2 * grid.columns, np.int64)
    pairs[0::2], pairs[1::2] = begin, end
    top = np.maximum.reduceat(np.append(kind, np.uint8(0)), pairs)[0::2]
    span = np.where(end - begin == 1, begin + low, -1)
    changed = np.flatnonzero((top[1:] != top[:-1]) | (span[1:] != span[:-1]) | (held[1:] != held[:-1])) + 1
    x0 = np.concatenate(([0], changed))
    x1 = np.append(changed, grid.columns)
    shown = held[x0]
    x0, x1 = x0[shown], x1[shown]
    return Runs(x0, x1, top[x0], span[x0])


def shown_marks(marks: Marks, grid: Grid, apart: int) -> NDArray[np.int64]:
    """The indices of the marks to draw, in order of time: of those less than about `apart` columns from each other only
    the one that matters most. Cells are laid out from time zero, so that panning does not change the choice."""
    low = int(np.searchsorted(marks.t, grid.edges[0], "left"))
    high = int(np.searchsorted(marks.t, grid.edges[-1], "left"))
    if high <= low + 1:
        return np.arange(low, max(low, high), dtype=np.int64)
    cell_ns = max(1, int(grid.edges[-1] - grid.edges[0]) * apart // grid.columns)
    cell = marks.t[low:high] // cell_ns
    starts = np.concatenate(([0], np.flatnonzero(cell[1:] != cell[:-1]) + 1))
    kind = marks.kind[low:high]
    best = np.repeat(np.maximum.reduceat(kind, starts), np.diff(np.append(starts, len(kind))))
    winners = np.flatnonzero(kind == best)
    of_cell = cell[winners]
    last: NDArray[np.int64] = winners[np.append(of_cell[1:] != of_cell[:-1], True)] + low
    return last
