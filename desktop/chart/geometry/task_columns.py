"""The pixel columns of a lane's tasks, kept from frame to frame. Numpy only, without Qt; the window's thread.

Columns lie on a grid that begins at time zero and not at the edge of the view: panning and following a live run need new
columns only where none were, and zooming makes all of them anew, whose cost follows the pixels and not the tasks.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop.chart.geometry.level_of_detail import top_kinds
from workers.timeline.model import SpanKind
from workers.timeline.task_store import Changes, Layer

SEAM = 16
"""Added to the kind in the first column of a span that is wide enough to be told from its neighbour."""

_SEAMED_COLUMNS = 4
_MARGIN = 192
_SPREAD = 5
_ROUNDING = 0.01


class Spanned(Protocol):
    """What has the spans of one lane or level: `workers.timeline.task_store.LaneTasks`, or what is like it. t0: int64 (n,) ns,
    ascending; cut_ns: when what went on was cut off."""

    changes: Changes

    @property
    def t0(self) -> NDArray[np.int64]: ...

    def __len__(self) -> int: ...

    def layers(self, cut_ns: int | None) -> tuple[Layer, ...]:
        """By kind, what matters most last."""

    def ends(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.int64]:
        """The ends of a part."""

    def kinds(self, low: int, high: int, cut_ns: int | None) -> NDArray[np.uint8]:
        """The kinds of a part."""


@dataclass(frozen=True, slots=True)
class WorldGrid:
    """`columns` columns hold `length_ns`; column 0 begins at time zero."""

    length_ns: int
    columns: int

    def edges(self, first: int, last: int) -> NDArray[np.int64]:
        """The edges of the columns [first, last): int64 (last - first + 1,) ns, not to be written to."""
        return _edges(self, first, last)

    def column(self, at_ns: int) -> int:
        """The column that holds a moment."""
        return ((at_ns + 1) * self.columns - 1) // self.length_ns

    def position(self, at_ns: int) -> float:
        """Where a moment lies, in columns from time zero."""
        return at_ns * self.columns / self.length_ns


@lru_cache(maxsize=16)  # every lane of a frame asks for the same ones
def _edges(grid: WorldGrid, first: int, last: int) -> NDArray[np.int64]:
    whole, rest = divmod(grid.length_ns, grid.columns)
    numbers = np.arange(first, last + 1, dtype=np.int64)
    # Whole and rest apart, so that no product overflows however long the run is.
    edges: NDArray[np.int64] = numbers * whole + numbers * rest // grid.columns
    edges.flags.writeable = False
    return edges


def task_columns(
    tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, last: int, now_ns: int
) -> NDArray[np.uint8]:
    """The kind that shows in each of the columns [first, last): TASK, FAILED or 0 for none, and SEAM added where a wide
    span begins. cut_ns: when the tasks' process ended."""
    edges = grid.edges(first, last)
    layers = tasks.layers(cut_ns)
    kinds = top_kinds(layers, edges, now_ns)
    low = int(layers[0].reach.searchsorted(edges[0], "right"))
    high = int(layers[0].t0.searchsorted(edges[-1], "left"))
    if 0 < high - low <= len(kinds):
        t0, t1 = tasks.t0[low:high], np.minimum(tasks.ends(low, high, cut_ns), now_ns)
        wide = (t1 - t0 >= _SEAMED_COLUMNS * grid.length_ns // grid.columns).nonzero()[0]
        if len(wide):
            x0 = edges.searchsorted(t0[wide], "right") - 1
            inside = x0 >= 0
            at, wanted = x0[inside], tasks.kinds(low, high, cut_ns)[wide[inside]]
            kinds[at[kinds[at] == wanted]] += SEAM
    return kinds


def columns_wide(detail: float) -> int:
    """How many columns a unit takes of which `detail` make one."""
    return max(1, math.ceil(detail - _ROUNDING))


def widened(kinds: NDArray[np.uint8], least: int) -> NDArray[np.uint8]:
    """The same columns, but what failed is `least` of them wide wherever it begins and is narrower. It grows to the right, over
    what matters less; nothing else changes."""
    if least <= 1:
        return kinds
    failed = kinds % SEAM == SpanKind.FAILED
    if not failed.any():
        return kinds
    begins = np.flatnonzero(failed & ~np.append(False, failed[:-1]))
    grown = (begins[:, np.newaxis] + np.arange(least)).ravel()
    grown = grown[grown < len(kinds)]
    wide = kinds.copy()
    wide[grown[~failed[grown]]] = SpanKind.FAILED
    return wide


class TaskColumns:
    """The columns of one lane that were needed last, and some on both sides. kinds: uint8 (n,), of the columns from
    `first` on. version changes with them."""

    def __init__(self) -> None:
        self.first = 0
        self.kinds: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.computed = 0
        self.version = 0
        self._grid: WorldGrid | None = None
        self._tasks: Spanned | None = None
        self._state: tuple[int, int | None, int] = (0, None, 0)  # revision, cut, now

    def may_wait(self, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, last: int, now_ns: int,
                 patience_ns: int, key: int) -> bool:  # fmt: skip
        """Whether these columns will do for this frame of a run that goes on: no column has been reached by now that they do
        not have, and they are not older than a person could see. key: spreads the lanes over the frames."""
        seen = self._state[2]
        period = min(patience_ns, grid.length_ns // grid.columns)
        return (
            tasks is self._tasks and grid == self._grid and cut_ns == self._state[1] and period > 0
            and self.first <= first and last <= self.first + len(self.kinds)
            and (now_ns + key * period // _SPREAD) // period == (seen + key * period // _SPREAD) // period
        )  # fmt: skip

    def are_of(self, tasks: Spanned, cut_ns: int | None) -> bool:
        """Whether nothing of the tasks changed since these columns were made; what goes on may have grown."""
        return tasks is self._tasks and self._state[:2] == (tasks.changes.revision, cut_ns)

    def update(self, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, last: int, now_ns: int) -> None:
        """Have the columns [first, last) of these tasks."""
        here, end = self.first, self.first + len(self.kinds)
        same = tasks is self._tasks and cut_ns == self._state[1] and (grid is self._grid or grid == self._grid)
        if same and here <= first and last <= end and self._state == (tasks.changes.revision, cut_ns, now_ns):
            return
        if not same or first >= end or last <= here:
            self._fill(tasks, cut_ns, grid, first, last, now_ns)
        else:
            self._renew(tasks, cut_ns, grid, now_ns)
            self._widen(tasks, cut_ns, grid, first, last, now_ns)
        self._tasks, self._grid = tasks, grid
        self._state = tasks.changes.revision, cut_ns, now_ns

    def _fill(self, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, last: int, now_ns: int) -> None:
        self.first = first
        self.kinds = self._made(tasks, cut_ns, grid, first, last, now_ns)

    def _renew(self, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, now_ns: int) -> None:
        """Make those anew that are not what they were: after a change, and from where now was the last time."""
        changed = tasks.changes.since(self._state[0])
        if now_ns != self._state[2]:
            # One that goes on grows from where it ended the last time, and with that it may have become wide.
            grown = min(self._state[2], now_ns) - (_SEAMED_COLUMNS + 1) * grid.length_ns // grid.columns
            changed = grown if changed is None else min(changed, grown)
        if changed is None:
            return
        last = self.first + len(self.kinds)
        start = max(self.first, grid.column(max(0, changed)))
        if start < last:
            self.kinds = self.kinds.copy()
            # Right of what is known there is nothing, in columns that a run which goes on will need in a moment.
            known_ns = max(now_ns, int(tasks.t0[-1])) if len(tasks) else now_ns
            end = max(start, min(last, grid.column(known_ns) + 1))
            self.kinds[end - self.first :] = 0
            if start < end:
                self.kinds[start - self.first : end - self.first] = self._made(tasks, cut_ns, grid, start, end, now_ns)
            else:
                self.version += 1

    def _widen(self, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, last: int, now_ns: int) -> None:
        """Add what is missing on either side, with a margin, and drop what is far away."""
        here, end = self.first, self.first + len(self.kinds)
        if first >= here and last <= end:
            return
        left = self._made(tasks, cut_ns, grid, first - _MARGIN, here, now_ns) if first < here else None
        right = self._made(tasks, cut_ns, grid, end, last + _MARGIN, now_ns) if last > end else None
        if left is not None:
            here = first - _MARGIN
        self.kinds = np.concatenate([part for part in (left, self.kinds, right) if part is not None])
        keep = max(0, first - 2 * _MARGIN - here), last + 2 * _MARGIN - here
        self.kinds = self.kinds[keep[0] : keep[1]]
        self.first = here + keep[0]

    def _made(self, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, last: int,
              now_ns: int) -> NDArray[np.uint8]:  # fmt: skip
        self.computed += last - first
        self.version += 1
        return task_columns(tasks, cut_ns, grid, first, last, now_ns)
