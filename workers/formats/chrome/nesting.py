"""Matches begins of spans with their ends, and finds the row of each span. Arithmetic on columns, any thread."""

from array import array
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from workers.timeline.lanes import OPEN
from workers.timeline.tracks import MOST_DEPTH

END = 1 << 31
"""A bit that is set in the name of an end."""
NAMELESS = END - 1

Times = NDArray[np.int64]


class RawSpans:
    """Spans of one track in the order of the file: complete ones, and begins and ends.

    Names are numbers below NAMELESS. seq: the place in the file. operation: tells operations apart that run at the same time.
    """

    __slots__ = ("event_name", "event_operation", "event_seq", "event_t", "name", "seq", "t0", "t1")

    def __init__(self) -> None:
        self.t0, self.t1, self.name, self.seq = array("q"), array("q"), array("I"), array("I")
        self._no_events()

    def _no_events(self) -> None:
        self.event_t, self.event_name, self.event_seq = array("q"), array("I"), array("I")
        self.event_operation = array("q")

    def __len__(self) -> int:
        return len(self.t0) + len(self.event_t)

    def add(self, t0: int, t1: int, name: int, seq: int) -> None:
        """Add a complete span."""
        self.t0.append(t0)
        self.t1.append(t1)
        self.name.append(name)
        self.seq.append(seq)

    def event(self, t: int, name: int, seq: int, operation: int | None = None) -> None:
        """Add a begin, or with END in its name an end."""
        self.event_t.append(t)
        self.event_name.append(name)
        self.event_seq.append(seq)
        if operation is not None:
            self.event_operation.append(operation)

    def match(self) -> tuple[int, int]:
        """Make spans of begins and ends. Returns (ends without a begin, spans cut at the end of the span around them).

        An end belongs to the innermost span with its name, or to the innermost of all where none has it. A span that began
        within that one and did not end cannot have lasted longer: it is cut.
        """
        seq, t = np.frombuffer(self.event_seq, np.uint32), np.frombuffer(self.event_t, np.int64)
        ones = np.frombuffer(self.event_operation, np.int64) if self.event_operation else np.zeros(len(t), np.int64)
        order = np.lexsort((seq, t, ones))
        bounds = np.flatnonzero(np.diff(ones[order])) + 1
        ends = {int(at) for at in bounds}
        names = np.frombuffer(self.event_name, np.uint32)[order]
        stack: list[tuple[int, int, int]] = []
        stray = cut = 0
        for place, (at, name, number) in enumerate(zip(t[order].data, names.data, seq[order].data, strict=True)):
            if place in ends:
                self._leave_open(stack)
            if name < END:
                stack.append((at, name, number))
            elif not stack:
                stray += 1
            else:
                depth = _ended_by(name - END, stack)
                cut += len(stack) - 1 - depth
                while len(stack) > depth:
                    began, its_name, its_number = stack.pop()
                    self.add(began, at, its_name, its_number)
        self._leave_open(stack)
        self._no_events()
        return stray, cut

    def _leave_open(self, stack: list[tuple[int, int, int]]) -> None:
        for began, name, number in stack:
            self.add(began, OPEN, name, number)
        stack.clear()

    def columns(self) -> tuple[Times, Times, NDArray[np.uint32]]:
        """(t0, t1, name): an outer span comes before the spans within it; equal spans keep the order of the file."""
        t0, t1 = np.frombuffer(self.t0, np.int64), np.frombuffer(self.t1, np.int64)
        order = np.lexsort((np.frombuffer(self.seq, np.uint32), -t1, t0))
        return t0[order], t1[order], np.frombuffer(self.name, np.uint32)[order]


def _ended_by(name: int, stack: list[tuple[int, int, int]]) -> int:
    """The depth of the span that an end belongs to."""
    innermost = len(stack) - 1
    if name == NAMELESS or stack[innermost][1] == name:
        return innermost
    return next((depth for depth in range(innermost, -1, -1) if stack[depth][1] == name), innermost)


def nested(t0: Times, t1: Times, slack_ns: int) -> NDArray[np.uint16] | None:
    """How many spans are around each span, up to MOST_DEPTH; None where two spans overlap and neither is within the other.

    An overlap of no more than `slack_ns` comes from rounded times: it is removed, by a change of `t1`.
    """
    depths = array("H")
    ends: list[tuple[int, int]] = []
    for at, (began, ended) in enumerate(zip(t0.data, t1.data, strict=True)):
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


def packed(t0: Times, t1: Times) -> NDArray[np.uint16]:
    """The first free row for each span, up to MOST_DEPTH."""
    depths = array("H")
    rows = NestedRows()
    for began, ended in zip(t0.data, t1.data, strict=True):
        depths.append(min(rows.take(began, ended), MOST_DEPTH))
    return np.frombuffer(depths, np.uint16)
