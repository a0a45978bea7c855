"""The pixel columns of a lane's tasks, kept from frame to frame. Numpy only, without Qt; the window's thread.

The grid of columns begins at time zero and not at the edge of the view. Panning, and following a live run, therefore compute
new columns only. Zooming computes all of them again, at a cost that follows the pixels and not the tasks.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop.chart.geometry.level_of_detail import top_kinds
from desktop.chart.geometry.time_scale import TimeScale
from workers.timeline.model import SpanKind
from workers.timeline.task_store import Changes, Layer

SEAM = 16
"""Added to the kind in the first column of a span that is wide enough to be set apart from its neighbour. Kinds are lower."""
NAMED = 32
"""Spans that are coloured by their name have this and the number of the colour in place of their kind; SEAM may be added."""

_SEAMED_COLUMNS = 4
_FEW_SPANS = 2048
"""So many spans are always looked at one by one for seams. A limit by the number of columns alone would leave seams out where
only a few columns of a lane are computed again."""

_MARGIN = 192
_SPREAD = 5
_ROUNDING = 0.01


class Spanned(Protocol):
    """The spans of one lane or level, as `workers.timeline.task_store.LaneTasks` has them.

    t0: int64 (n,) ns, ascending.
    shades: uint8 (n,), what a column shows of each span: NAMED and the number of its colour, or FAILED. None = the kind.
    cut_ns: when the process of open spans ended; None while it runs.
    """

    changes: Changes

    @property
    def t0(self) -> NDArray[np.int64]: ...

    @property
    def shades(self) -> NDArray[np.uint8] | None: ...

    def __len__(self) -> int: ...

    def layers(self, cut_ns: int | None) -> tuple[Layer, ...]:
        """One layer a kind, the kind with the highest priority last."""

    def ends(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.int64]:
        """The ends of a part."""

    def kinds(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.uint8]:
        """The kinds of a part."""


@dataclass(frozen=True, slots=True)
class WorldGrid:
    """Columns of equal width, of which `columns` hold `length_ns`; column 0 begins at time zero."""

    length_ns: int
    columns: int

    def edges(self, first: int, last: int) -> NDArray[np.int64]:
        """The edges of the columns [first, last): int64 (last - first + 1,) ns, read-only."""
        return _edges(self, first, last)

    def column(self, at_ns: int) -> int:
        """The column that holds a moment."""
        return ((at_ns + 1) * self.columns - 1) // self.length_ns

    def position(self, at_ns: int) -> float:
        """The position of a moment, in columns from time zero."""
        return at_ns * self.columns / self.length_ns


@lru_cache(maxsize=16)  # every lane of a frame asks for the same ones
def _edges(grid: WorldGrid, first: int, last: int) -> NDArray[np.int64]:
    whole, rest = divmod(grid.length_ns, grid.columns)
    numbers = np.arange(first, last + 1, dtype=np.int64)
    # Whole and rest apart, so that no product overflows however long the run is.
    edges: NDArray[np.int64] = numbers * whole + numbers * rest // grid.columns
    edges.flags.writeable = False
    return edges


@dataclass(frozen=True, slots=True)
class ColumnRange:
    """The columns [first, last) of a grid, of a run that has come to `now_ns`."""

    grid: WorldGrid
    first: int
    last: int
    now_ns: int

    @classmethod
    def in_view(cls, scale: TimeScale, detail: float, now_ns: int) -> "ColumnRange":
        """The columns of a time scale, with `detail` of them in a unit. The first is the nearest to the edge of the view: at
        most half a column away."""
        grid = WorldGrid(scale.length_ns, max(1, round(scale.width_px * detail)))
        first = round(grid.position(scale.t0_ns))
        return cls(grid, first, first + grid.columns, now_ns)

    @property
    def edges(self) -> NDArray[np.int64]:
        """Their edges: int64 (last - first + 1,) ns, read-only."""
        return _edges(self.grid, self.first, self.last)

    def __len__(self) -> int:
        return self.last - self.first


def task_columns(tasks: Spanned, cut_ns: int | None, columns: ColumnRange) -> NDArray[np.uint8]:
    """The kind that each column shows: TASK or a shade, FAILED or 0 for none, plus SEAM where a wide span begins.

    Of several spans with shades a column shows the one that begins last.
    """
    grid, now_ns, edges = columns.grid, columns.now_ns, columns.edges
    layers = tasks.layers(cut_ns)
    kinds = top_kinds(layers, edges, now_ns)
    if tasks.shades is not None:
        plain = (kinds == SpanKind.TASK).nonzero()[0]
        kinds[plain] = tasks.shades.take(tasks.t0.searchsorted(edges[plain + 1]) - 1)
    low = int(layers[0].reach.searchsorted(edges[0], "right"))
    high = int(layers[0].t0.searchsorted(edges[-1], "left"))
    if 0 < high - low <= max(len(kinds), _FEW_SPANS):
        t0, t1 = tasks.t0[low:high], np.minimum(tasks.ends(low, high, cut_ns), now_ns)
        wide = (t1 - t0 >= _SEAMED_COLUMNS * grid.length_ns // grid.columns).nonzero()[0]
        if len(wide):
            x0 = edges.searchsorted(t0[wide], "right") - 1
            inside = x0 >= 0
            at, wanted = x0[inside], tasks.kinds(low, high, cut_ns)[wide[inside]]
            kinds[at[kinds[at] == wanted]] += SEAM
    return kinds


def columns_wide(detail: float) -> int:
    """How many whole columns cover a unit that has `detail` of them."""
    return max(1, math.ceil(detail - _ROUNDING))


def widened(kinds: NDArray[np.uint8], least: int) -> NDArray[np.uint8]:
    """The same columns with every failed span at least `least` columns wide. It grows to the right, over kinds of a lower
    priority; nothing else changes."""
    if least <= 1:
        return kinds
    failed = (kinds == SpanKind.FAILED) | (kinds == SpanKind.FAILED + SEAM)
    if not failed.any():
        return kinds
    begins = np.flatnonzero(failed & ~np.append(False, failed[:-1]))
    grown = (begins[:, np.newaxis] + np.arange(least)).ravel()
    grown = grown[grown < len(kinds)]
    wide = kinds.copy()
    wide[grown[~failed[grown]]] = SpanKind.FAILED
    return wide


class TaskColumns:
    """The columns of one lane that the last frame needed, with a margin on both sides.

    kinds: uint8 (n,), of the columns from `first` on; see `task_columns`.
    computed: how many columns were computed over all.
    version: changes with `kinds`.
    """

    def __init__(self) -> None:
        self.first = 0
        self.kinds: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.computed = 0
        self.version = 0
        self._grid: WorldGrid | None = None
        self._tasks: Spanned | None = None
        self._state: tuple[int, int | None, int] = (0, None, 0)  # revision, cut, now

    def may_wait(self, tasks: Spanned, cut_ns: int | None, wanted: ColumnRange, patience_ns: int, key: int) -> bool:
        """Whether this frame of a live run may show the columns as they are.

        It may when they cover what is wanted and are less old than a column is wide, and than `patience_ns`. key: spreads the
        lanes over the frames, so that not all are computed in one.
        """
        grid, now_ns, seen = wanted.grid, wanted.now_ns, self._state[2]
        period = min(patience_ns, grid.length_ns // grid.columns)
        if tasks is not self._tasks or grid != self._grid or cut_ns != self._state[1] or period <= 0:
            return False
        if wanted.first < self.first or wanted.last > self.first + len(self.kinds):
            return False
        offset = key * period // _SPREAD
        return (now_ns + offset) // period == (seen + offset) // period

    def are_of(self, tasks: Spanned, cut_ns: int | None) -> bool:
        """Whether the tasks are unchanged since the columns were computed; open ones may have grown."""
        return tasks is self._tasks and self._state[:2] == (tasks.changes.revision, cut_ns)

    def update(self, tasks: Spanned, cut_ns: int | None, wanted: ColumnRange) -> None:
        """Compute the wanted columns of these tasks, as far as they are not there already."""
        grid, first, last, now_ns = wanted.grid, wanted.first, wanted.last, wanted.now_ns
        here, end = self.first, self.first + len(self.kinds)
        same = tasks is self._tasks and cut_ns == self._state[1] and (grid is self._grid or grid == self._grid)
        if same and here <= first and last <= end and self._state == (tasks.changes.revision, cut_ns, now_ns):
            return
        if not same or first >= end or last <= here:
            self.first = first
            self.kinds = self._made(tasks, cut_ns, wanted)
        else:
            self._update_changed(tasks, cut_ns, wanted)
            self._extend(tasks, cut_ns, wanted)
        self._tasks, self._grid = tasks, grid
        self._state = tasks.changes.revision, cut_ns, now_ns

    def _update_changed(self, tasks: Spanned, cut_ns: int | None, wanted: ColumnRange) -> None:
        """Compute those again that may have changed: from the first change on, and from where now was the last time."""
        grid, now_ns = wanted.grid, wanted.now_ns
        changed = tasks.changes.since(self._state[0])
        if now_ns != self._state[2]:
            # An open span grows from where it ended the last time, and may have become wide by that.
            grown = min(self._state[2], now_ns) - (_SEAMED_COLUMNS + 1) * grid.length_ns // grid.columns
            changed = grown if changed is None else min(changed, grown)
        if changed is None:
            return
        last = self.first + len(self.kinds)
        start = max(self.first, grid.column(max(0, changed)))
        if start < last:
            self.kinds = self.kinds.copy()
            # Beyond the last known moment nothing is there yet; the margin of a live run lies there.
            known_ns = max(now_ns, int(tasks.t0[-1])) if len(tasks) else now_ns
            end = max(start, min(last, grid.column(known_ns) + 1))
            self.kinds[end - self.first :] = 0
            if start < end:
                changed_part = self._made(tasks, cut_ns, replace(wanted, first=start, last=end))
                self.kinds[start - self.first : end - self.first] = changed_part
            else:
                self.version += 1

    def _extend(self, tasks: Spanned, cut_ns: int | None, wanted: ColumnRange) -> None:
        """Add the missing columns on either side, with a margin, and drop those far away."""
        first, last = wanted.first, wanted.last
        here, end = self.first, self.first + len(self.kinds)
        if first >= here and last <= end:
            return
        parts = [self.kinds]
        if first < here:
            parts.insert(0, self._made(tasks, cut_ns, replace(wanted, first=first - _MARGIN, last=here)))
            here = first - _MARGIN
        if last > end:
            parts.append(self._made(tasks, cut_ns, replace(wanted, first=end, last=last + _MARGIN)))
        self.kinds = np.concatenate(parts)
        keep = max(0, first - 2 * _MARGIN - here), last + 2 * _MARGIN - here
        self.kinds = self.kinds[keep[0] : keep[1]]
        self.first = here + keep[0]

    def _made(self, tasks: Spanned, cut_ns: int | None, columns: ColumnRange) -> NDArray[np.uint8]:
        self.computed += len(columns)
        self.version += 1
        return task_columns(tasks, cut_ns, columns)
