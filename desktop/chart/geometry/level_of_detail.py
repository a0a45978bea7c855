"""Which pixel columns a lane's spans and marks fill. Pure numpy on columns, any thread.

Two promises hold at every zoom. A pixel column that holds any part of a span is never blank. Where several spans share a
column, the kind with the highest priority shows, which is the highest number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.timeline.lanes import Marks, Spans
from workers.timeline.task_store import Layer

_HANDFUL = 12
SPARSE = 4
"""Spans are placed one by one while there are at most a fourth as many as pixel columns, otherwise column by column."""


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
        """The number of columns."""
        return len(self.edges) - 1

    def column(self, at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column of each time; -1 before the first and `columns` or more after the last."""
        return np.searchsorted(self.edges, at_ns, "right") - 1


@dataclass(frozen=True, slots=True)
class Runs:
    """What to paint, in this order: columns [x0, x1) of one kind. All arrays are (n,).

    span: the index of the span that the run shows; -1 where several spans share it.
    """

    x0: NDArray[np.int64]
    x1: NDArray[np.int64]
    kind: NDArray[np.uint8]
    span: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.x0)


def runs(spans: Spans, grid: Grid, now_ns: int, *, sparse: int = SPARSE) -> Runs:
    """The runs of the spans in view. `spans` is ordered by t0; open spans reach to `now_ns`."""
    first, last = grid.edges[0], grid.edges[-1]
    high = int(np.searchsorted(spans.t0, last, "left"))
    # Waits of two threads may overlap, so the ends need not be in order; the latest end so far always is. A span of no
    # length may be on the first edge itself.
    low = int(np.searchsorted(np.maximum.accumulate(spans.t1[:high]), first, "left"))
    t0, kind = spans.t0[low:high], spans.kind[low:high]
    t1 = np.maximum(np.minimum(spans.t1[low:high], now_ns), t0 + 1)
    if len(t0) * sparse <= grid.columns or bool(np.any(t1[1:] < t1[:-1])):
        return _one_by_one(t0, t1, kind, grid, low)
    return _by_column(t0, t1, kind, grid, low)


def _one_by_one(t0: NDArray[np.int64], t1: NDArray[np.int64], kind: NDArray[np.uint8], grid: Grid, low: int) -> Runs:
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


def top_kinds(layers: Sequence[Layer], edges: NDArray[np.int64], now_ns: int) -> NDArray[np.uint8]:
    """The kind that each column shows, 0 for none: uint8 (columns,).

    layers: one a kind, the kind with the highest priority last. Open spans reach to `now_ns`. The cost is one search for each
    edge and layer, however many spans there are and however they overlap.
    """
    kinds: NDArray[np.uint8] = np.zeros(len(edges) - 1, np.uint8)
    first, last = edges[0], edges[-1]
    for layer in layers:
        high = int(layer.t0.searchsorted(last, "left"))
        low = int(layer.reach[:high].searchsorted(first, "right"))
        while low and layer.t0[low - 1] >= first:  # spans of no length on the first edge
            low -= 1
        if high - low <= _HANDFUL:
            _few(kinds, layer, low, high, edges, now_ns)
        else:
            kinds[_held(layer, low, high, edges, now_ns)] = layer.kind
    return kinds


def _held(layer: Layer, low: int, high: int, edges: NDArray[np.int64], now_ns: int) -> NDArray[np.bool_]:
    """Which columns hold one of the spans [low, high): a span begins in it, or an earlier span reaches into it."""
    landmarks = layer.landmarks
    if len(landmarks) and high - low > Layer.STRIDE * len(edges):
        # With so many spans most columns hold a landmark too. Only the other columns are searched among all spans.
        few = landmarks[-(-low // Layer.STRIDE) : -(-high // Layer.STRIDE)].searchsorted(edges)
        held: NDArray[np.bool_] = few[1:] > few[:-1]
        unsure = np.flatnonzero(~held)
        if len(unsure):
            before = layer.t0.searchsorted(edges[unsure])
            held[unsure] = (layer.t0.searchsorted(edges[unsure + 1]) > before) | _reached(
                layer, before, edges[unsure], now_ns
            )
        return held
    before = layer.t0[low:high].searchsorted(edges)
    held = before[1:] > before[:-1]
    unsure = np.flatnonzero(~held)
    if len(unsure):
        held[unsure] = _reached(layer, before[unsure] + low, edges[unsure], now_ns)
    return held


def _reached(layer: Layer, before: NDArray[np.int64], left: NDArray[np.int64], now_ns: int) -> NDArray[np.bool_]:
    """Whether any of the first `before` spans ends after `left`, column by column."""
    reach = layer.reach.take(before - 1, mode="clip")
    return (np.minimum(reach, now_ns) > left) & (before > 0)


def _few(kinds: NDArray[np.uint8], layer: Layer, low: int, high: int, edges: NDArray[np.int64], now_ns: int) -> None:
    if high <= low:
        return
    t0 = layer.t0[low:high]
    # `reach` may be the end of an earlier span: its columns are of the same kind.
    t1 = np.maximum(np.minimum(layer.reach[low:high], now_ns), t0 + 1)
    x0 = (edges.searchsorted(t0, "right") - 1).tolist()
    x1 = edges.searchsorted(t1 - 1, "right").tolist()
    for left, right in zip(x0, x1, strict=True):
        kinds[max(0, left) : max(0, right)] = layer.kind


def _last_of_cells(t: NDArray[np.int64], cell_ns: int) -> NDArray[np.int64]:
    """The last index in each cell of time that has any. Costs one search for each cell, however many times there are."""
    first, last = int(t[0]) // cell_ns, int(t[-1]) // cell_ns
    if last - first >= len(t):
        cell = t // cell_ns
        return np.flatnonzero(np.append(cell[1:] != cell[:-1], True))
    ends = np.searchsorted(t, np.arange(first + 1, last + 2, dtype=np.int64) * cell_ns)
    return ends[np.diff(ends, prepend=0) > 0] - 1


def shown_marks(marks: Marks, grid: Grid, cell_ns: int) -> NDArray[np.int64]:
    """The indices of the marks to draw, in order of time: of each cell of time the last mark of the highest kind.

    Cells begin at time zero, so that panning does not change the choice.
    """
    low = int(np.searchsorted(marks.t, grid.edges[0], "left"))
    high = int(np.searchsorted(marks.t, grid.edges[-1], "left"))
    if high <= low + 1:
        return np.arange(low, max(low, high), dtype=np.int64)
    if marks.kind[low:high].min() == marks.kind[low:high].max():
        return _last_of_cells(marks.t[low:high], max(1, cell_ns)) + low
    cell = marks.t[low:high] // max(1, cell_ns)
    starts = np.concatenate(([0], np.flatnonzero(cell[1:] != cell[:-1]) + 1))
    kind = marks.kind[low:high]
    best = np.repeat(np.maximum.reduceat(kind, starts), np.diff(np.append(starts, len(kind))))
    winners = np.flatnonzero(kind == best)
    of_cell = cell[winners]
    last: NDArray[np.int64] = winners[np.append(of_cell[1:] != of_cell[:-1], True)] + low
    return last
