"""The spans and marks of a lane as columns, and such columns that grow. Pure numpy, wherever the timeline lives.

Columns have one entry a span or mark, ordered by time; an end of OPEN means that the span has not ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column
from workers.timeline.lane_layers import OPEN
from workers.timeline.model import Call, MarkKind, SpanKind, Wait
from workers.timeline.stacks import ThreadWait


@dataclass(frozen=True, slots=True)
class Spans:
    """Intervals of one lane.

    t0, t1: int64 (n,) ns. kind: uint8 (n,), a SpanKind. ref: int32 (n,), the id of a call or task, the place of
    a wait in `Process.waits` from 1, or 0.
    """

    t0: NDArray[np.int64]
    t1: NDArray[np.int64]
    kind: NDArray[np.uint8]
    ref: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.t0)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int]]) -> "Spans":
        """Columns from (t0, t1, kind, ref) rows."""
        table = np.array(rows, np.int64).reshape(-1, 4)
        return cls(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(np.uint8), table[:, 3].astype(np.int32))


_FEW_MARKS = 64
_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Marks:
    """Instants of one lane.

    t: int64 (n,) ns. kind: uint8 (n,), a MarkKind. ref: int32 (n,), the id of a call, the number of a printed line, or 0.
    """

    t: NDArray[np.int64]
    kind: NDArray[np.uint8]
    ref: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.t)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int]]) -> "Marks":
        """Columns from (t, kind, ref) rows in any order."""
        table = np.array(sorted(rows), np.int64).reshape(-1, 3)
        return cls(table[:, 0].copy(), table[:, 1].astype(np.uint8), table[:, 2].astype(np.int32))

    def with_more(self, others: "Marks") -> "Marks":
        """These marks and a few others, in order. Costs a copy of the columns."""
        if not len(others):
            return self
        at = np.searchsorted(self.t, others.t, side="right")
        if len(others) > _FEW_MARKS:
            return Marks(np.insert(self.t, at, others.t), np.insert(self.kind, at, others.kind),
                         np.insert(self.ref, at, others.ref))  # fmt: skip
        cuts = at.tolist()  # copying pieces is much faster than np.insert
        return Marks(
            _woven(self.t, others.t, cuts), _woven(self.kind, others.kind, cuts), _woven(self.ref, others.ref, cuts)
        )


def _woven(mine: NDArray[_Number], more: NDArray[_Number], cuts: list[int]) -> NDArray[_Number]:
    pieces = [mine[: cuts[0]]]
    for index, (begin, end) in enumerate(pairwise([*cuts, len(mine)])):
        pieces += [more[index : index + 1], mine[begin:end]]
    return np.concatenate(pieces)


class PrintedMarks:
    """The marks of the lines that a process printed, by the lines' numbers. Appending is cheap, and so are the columns.

    Lines that were printed at once have one mark, with the number of the first: a million of them can come in a few bytes of a
    file.
    """

    def __init__(self) -> None:
        self._t, self._ref = Column(np.int64), Column(np.int32)
        self._before = Column(np.int64)  # the number of lines before each mark
        self._last_ns: int | None = None  # when the last line was printed, as it was told
        self._lines = 0

    def append(self, at_ns: int, number: int) -> None:
        """Add a line. A line that seems earlier than the last one gets the time of the last one."""
        if at_ns != self._last_ns:
            self._last_ns = at_ns
            self._t.append(max(at_ns, int(self._t.view[-1])) if self._t.count else at_ns)
            self._ref.append(number)
            self._before.append(self._lines)
        self._lines += 1

    def within(self, t0_ns: int, t1_ns: int) -> int:
        """The number of lines in [t0_ns, t1_ns]."""
        t = self._t.view
        first, behind = (self._lines_before(int(at)) for at in (t.searchsorted(t0_ns), t.searchsorted(t1_ns, "right")))
        return behind - first

    def columns(self) -> Marks:
        """The marks so far: a view that later appends do not change."""
        kind = np.full(self._t.count, MarkKind.OUTPUT, np.uint8)
        return Marks(self._t.view, kind, self._ref.view)

    def _lines_before(self, mark: int) -> int:
        return int(self._before.view[mark]) if mark < self._before.count else self._lines


class WaitSpans:
    """The join() calls of one process as columns, in the order in which they began.

    A call that has returned is not read again: a parent of ten thousand workers makes as many calls.
    """

    def __init__(self) -> None:
        self._table = Column(np.int64)
        self._open: dict[int, Call] = {}
        self._new: list[Call] = []  # those that are no columns yet

    def append(self, call: Call) -> None:
        """Add a call that has not returned."""
        self._new.append(call)

    def extend(self, calls: Sequence[Call]) -> None:
        """Add calls, whether or not they have returned."""
        self._new += calls

    def spans(self, caller_ended_ns: int | None) -> Spans:
        """All calls. caller_ended_ns: when their process ended, and its open calls with it; None while it lives."""
        if self._new:
            self._open.update(enumerate(self._new, self._table.count // 3))
            rows = [(call.began_ns, OPEN, call.id) for call in self._new]
            self._table.extend(np.array(rows, np.int64).reshape(-1))
            self._new = []
        table = self._table.view.reshape(-1, 3)
        for at, call in list(self._open.items()):
            ended_ns = call.ended_ns if call.ended_ns is not None else caller_ended_ns
            if ended_ns is not None:
                table[at, 1] = max(call.began_ns, ended_ns)
            if call.ended_ns is not None:
                del self._open[at]
        kind = np.full(len(table), SpanKind.JOIN, np.uint8)
        return Spans(table[:, 0].copy(), table[:, 1].copy(), kind, table[:, 2].astype(np.int32))


_SURELY_AFTER_NS = 1_000_000_000
"""A wait can seem to begin a little too early. So long after that it has surely begun, and it is not seen before either."""


def is_drawn(wait: ThreadWait) -> bool:
    """Whether a wait is drawn on the lane of its process: of the first thread, and no sleep. A wait with a timeout looks like a
    sleep from outside."""
    return wait.main and wait.wait is not Wait.TIME


class SeenWaits:
    """The waits of one process that were seen from outside, as columns. A join() that was recorded is no second wait.

    What has ended is not read again: a process may wait thousands of times.
    """

    def __init__(self) -> None:
        self._table = Column(np.int64)
        self._open: dict[int, ThreadWait] = {}
        self._first: ThreadWait | None = None
        self._taken = 0

    def spans(self, waits: list[ThreadWait], ended_ns: int | None, calls: Spans) -> Spans:
        """The calls of join(), and the other waits, in the order in which they began; `ref` of a wait is its place in `waits`,
        from 1. ended_ns: when the process ended, and its open waits with it; None while it lives."""
        self._take(waits)
        table = self._table.view.reshape(-1, 3)
        for at, wait in list(self._open.items()):
            until_ns = wait.until_ns if wait.until_ns is not None else ended_ns
            table[at, 1] = OPEN if until_ns is None else max(wait.since_ns, until_ns)
            if wait.until_ns is not None:
                del self._open[at]
        shown = table[~_in_calls(table, calls)]
        if ended_ns is not None:
            shown = shown[shown[:, 0] < ended_ns]
            shown[:, 1] = np.minimum(shown[:, 1], ended_ns)
        if not len(shown):
            return calls
        kind = np.full(len(shown), SpanKind.WAITING, np.uint8)
        t0 = np.concatenate((calls.t0, shown[:, 0]))
        order = np.argsort(t0, kind="stable")
        return Spans(t0[order], np.concatenate((calls.t1, shown[:, 1]))[order],
                     np.concatenate((calls.kind, kind))[order],
                     np.concatenate((calls.ref, shown[:, 2].astype(np.int32)))[order])  # fmt: skip

    def _take(self, waits: list[ThreadWait]) -> None:
        """Take the waits that are new; all of them where old ones were dropped."""
        if len(waits) < self._taken or (self._taken and waits[0] is not self._first):
            self._table, self._open, self._taken = Column(np.int64), {}, 0
        self._first = waits[0] if waits else None
        for number, wait in enumerate(waits[self._taken :], self._taken + 1):
            if is_drawn(wait):
                self._open[self._table.count // 3] = wait
                self._table.extend(np.array((wait.since_ns, OPEN, number), np.int64))
        self._taken = len(waits)


def _in_calls(table: NDArray[np.int64], calls: Spans) -> NDArray[np.bool_]:
    """Which of these waits were in one of the calls: a thread that does not run cannot call, nor return."""
    if not len(calls):
        return np.zeros(len(table), np.bool_)
    sure = table[:, 0] + np.minimum(_SURELY_AFTER_NS, table[:, 1] - table[:, 0])
    order = np.argsort(calls.t0, kind="stable")
    begun = calls.t0[order].searchsorted(sure, "right")
    reach = np.concatenate(([-1], np.maximum.accumulate(calls.t1[order])))
    found: NDArray[np.bool_] = reach[begun] >= sure
    return found
