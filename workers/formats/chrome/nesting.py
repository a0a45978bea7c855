"""Finds the row of each span of a track. Arithmetic on columns, any thread.

Most tracks are plain: their spans are beside or within each other, and all rows come from a few sorted columns. Only a stretch
of spans where that is not so is walked through span by span. A stretch begins where no earlier span is left.
"""

from array import array
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from workers.timeline.distinct import distinct
from workers.timeline.tracks import MOST_DEPTH

Times = NDArray[np.int64]
Rows = NDArray[np.uint16]


def nested(t0: Times, t1: Times, slack_ns: int) -> Rows | None:
    """How many spans are around each span, up to MOST_DEPTH; None where two spans overlap and neither is within the other.

    t0 ascends, and of spans that begin together the longest is first. An overlap of no more than `slack_ns` comes from rounded
    times: it is removed, by a change of `t1`.
    """
    around = _spans_around(t0, t1)
    depth = np.minimum(around, MOST_DEPTH).astype(np.uint16)
    inner = np.flatnonzero(around)
    if not len(inner):
        return depth
    # The span around another one is the last before it that is one row further out.
    place = np.arange(len(t0)) + around * len(t0)
    by_row = np.argsort(depth, kind="stable") if around.max() < MOST_DEPTH else np.argsort(place)
    outer = by_row[np.searchsorted(place[by_row], place[inner] - len(t0)) - 1]
    crossing = inner[t1[outer] < t1[inner]]
    for first, end in _stretches(around, crossing):
        rows = _walked(t0[first:end], t1[first:end], slack_ns)
        if rows is None:
            return None
        depth[first:end] = rows
    return depth


def packed(t0: Times, t1: Times) -> Rows:
    """The first free row for each span, up to MOST_DEPTH."""
    around = _spans_around(t0, t1)
    depth = np.zeros(len(t0), np.uint16)
    for first, end in _stretches(around, np.flatnonzero(around)):
        rows = NestedRows()
        taken = map(rows.take, t0[first:end].tolist(), t1[first:end].tolist())
        depth[first:end] = [min(row, MOST_DEPTH) for row in taken]
    return depth


def _spans_around(t0: Times, t1: Times) -> NDArray[np.int64]:
    """How many earlier spans have not ended when each span begins."""
    lasting = t1 > t0  # a span without length is around nothing
    earlier: NDArray[np.int64] = np.cumsum(lasting) - lasting
    return np.asarray(earlier - np.searchsorted(np.sort(t1[lasting]), t0, "right"))


def _stretches(around: NDArray[np.int64], bad: NDArray[np.int64]) -> list[tuple[int, int]]:
    """(first, end) of the stretches that have one of these spans."""
    if not len(bad):
        return []
    bounds = np.append(np.flatnonzero(around == 0), len(around))
    number = distinct(np.searchsorted(bounds, bad, "right")).values
    return list(zip(bounds[number - 1].tolist(), bounds[number].tolist(), strict=True))


def _walked(t0: Times, t1: Times, slack_ns: int) -> Rows | None:
    """As `nested`, one span after another."""
    depths = array("H")
    ends: list[tuple[int, int]] = []
    for at, (began, ended) in enumerate(zip(t0.tolist(), t1.tolist(), strict=True)):
        while ends and ends[-1][0] <= began:
            ends.pop()
        while ends and ended > ends[-1][0]:
            until, around = ends[-1]
            if until - began <= slack_ns and began > t0[around]:
                t1[around] = began
                ends.pop()
            elif ended - until <= slack_ns:
                t1[at] = ended = until
            else:
                return None
        depths.append(min(len(ends), MOST_DEPTH))
        ends.append((ended, at))
    return np.frombuffer(depths, np.uint16)


class NestedRows:
    """Gives each span the first free row, for spans in the order in which they begin. count: the number of rows."""

    def __init__(self) -> None:
        self.count = 0
        self._free: list[int] = []
        self._busy: list[tuple[int, int]] = []

    def take(self, began: int, ended: int) -> int:
        """The row of the next span."""
        busy, free = self._busy, self._free
        while busy and busy[0][0] <= began:
            heappush(free, heappop(busy)[1])
        if free:
            row = heappop(free)
        else:
            row, self.count = self.count, self.count + 1
        heappush(busy, (ended, row))
        return row
