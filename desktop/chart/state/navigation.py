"""Finds the next thing in a lane or track, for the keyboard. Arithmetic on columns; the window's thread.

Things are in order of time. Of those that begin together the longer come first, so that a span comes before its contents.
Only the neighbour is looked for: a lane may hold a million tasks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from desktop.chart.state.hits import of_instant, of_mark, of_phase, of_span, of_task, of_traffic, of_wait
from desktop.facts.selection import (
    BookmarkSelection,
    CallSelection,
    InstantSelection,
    IntervalSelection,
    LineSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    SpanSelection,
    TaskSelection,
    ThreadSelection,
    TrackSelection,
    TrafficSelection,
    WaitSelection,
)
from workers.timeline.lanes import Spans
from workers.timeline.model import PoolThread, SpanKind
from workers.timeline.task_store import LaneTasks
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track


@dataclass(frozen=True, slots=True)
class Landmark:
    """A thing in a lane that the keyboard can select. t1_ns: its end, equal to t0_ns for a mark."""

    t0_ns: int
    t1_ns: int
    selection: Selection


@dataclass(frozen=True, slots=True)
class _Things:
    """Things of one sort, in the order of their begins.

    t0: int64 (n,) ns.
    ends: the ends of a part.
    numbers: the numbers that selections have for a part.
    of: one of them as a selection.
    """

    t0: NDArray[np.int64]
    ends: Callable[[int, int], NDArray[np.int64]]
    numbers: Callable[[int, int], NDArray[np.integer]]
    of: Callable[[int], Selection]


_Place = tuple[int, int, int, int]
"""(begin, end with the sign changed, sort, index in the sort): compares as the things are ordered."""


class Navigation:
    """Everything in a lane, or on a track, that the keyboard can select."""

    def __init__(self, things: Sequence[_Things], now_ns: int) -> None:
        self._things = things
        self._now_ns = now_ns

    @classmethod
    def of_lane(cls, timeline: Timeline, process: int) -> "Navigation":
        """The phases, waits, tasks, transfers and marks of a process."""
        lane, tasks = timeline.lane(process), timeline.lane(process).tasks
        things = [
            _spans(lane.phases, lane.phases.kind, lambda at: of_phase(lane, at)),
            _spans(lane.waits, _call_ids(lane.waits), lambda at: of_wait(lane, at)),
        ]
        if tasks is not None:
            things.append(_tasks(process, tasks, lane.cut_ns))
        traffic = lane.traffic
        if traffic is not None:
            things.append(_spans(traffic, traffic.ref, lambda at: of_traffic(process, traffic, at)))
        marks = lane.marks
        things.append(
            _Things(
                marks.t,
                ends=lambda low, high: marks.t[low:high],
                numbers=lambda low, high: marks.ref[low:high],
                of=lambda at: of_mark(lane, at),
            )
        )
        return cls(things, timeline.now_ns)

    @classmethod
    def of_thread(cls, timeline: Timeline, thread: PoolThread) -> "Navigation":
        """The tasks of a thread."""
        tasks = timeline.tasks.of_thread(thread.id)
        cut_ns = timeline.process(thread.process).last_ns
        return cls([] if tasks is None else [_tasks(thread.process, tasks, cut_ns)], timeline.now_ns)

    @classmethod
    def of_track(cls, timeline: Timeline, track: Track) -> "Navigation":
        """The spans of every depth and the instants of a track."""
        spans, at_ns = track.spans, track.mark_t
        return cls(
            [
                _Things(spans.t0, lambda low, high: spans.t1[low:high], np.arange, lambda at: of_span(track, at)),
                _Things(at_ns, lambda low, high: at_ns[low:high], np.arange, lambda at: of_instant(track, at)),
            ],
            timeline.now_ns,
        )

    def __len__(self) -> int:
        return sum(len(things.t0) for things in self._things)

    def next(self, held: Selection | None, by: int) -> Landmark | None:
        """The thing after `held`, or with -1 before it; the first or last if `held` is not here. None at the ends."""
        place = None if held is None else self._place(held)
        least = np.iinfo(np.int64).min
        start = (least, least, -1, -1) if by > 0 else (np.iinfo(np.int64).max, 0, len(self._things), 0)
        found = [
            one for sort in range(len(self._things)) if (one := self._beyond(sort, place or start, by)) is not None
        ]
        if not found:
            return None
        t0, minus_t1, sort, at = min(found) if by > 0 else max(found)
        return Landmark(t0, -minus_t1, self._things[sort].of(at))

    def _place(self, held: Selection) -> _Place | None:
        """The place of a selection in the order; None if it is not here."""
        if held.at_ns is None:
            return None
        number = _number(held)
        for sort, things in enumerate(self._things):
            low, high = _together(things.t0, held.at_ns)
            for at in (low + np.flatnonzero(things.numbers(low, high) == number)).tolist():
                if things.of(at) == held:
                    return held.at_ns, int(-self._ends(things, at, at + 1)[0]), sort, at
        return None

    def _beyond(self, sort: int, place: _Place, by: int) -> _Place | None:
        """The nearest thing of one sort beyond a place: among those that begin with it, else among those that begin next."""
        things = self._things[sort]
        low, high = _together(things.t0, place[0])
        found = self._nearest(sort, low, high, place, by)
        if found is None and by > 0 and high < len(things.t0):
            found = self._nearest(sort, *_together(things.t0, int(things.t0[high])), place, by)
        elif found is None and by < 0 and low > 0:
            found = self._nearest(sort, *_together(things.t0, int(things.t0[low - 1])), place, by)
        return found

    def _nearest(self, sort: int, low: int, high: int, place: _Place, by: int) -> _Place | None:
        """The nearest thing beyond a place among those in [low, high), which begin together."""
        if high <= low:
            return None
        things = self._things[sort]
        t0 = int(things.t0[low])
        minus_t1 = -self._ends(things, low, high)
        beyond = np.arange(low, high)
        if t0 == place[0]:
            end, last = place[1], place[3]
            after = beyond > last if sort == place[2] else np.full(len(beyond), sort > place[2])
            before = beyond < last if sort == place[2] else ~after
            past = (minus_t1 > end) | ((minus_t1 == end) & after)
            short = (minus_t1 < end) | ((minus_t1 == end) & before)
            beyond = beyond[past if by > 0 else short]
        if not len(beyond):
            return None
        left = minus_t1[beyond - low]
        best = left.min() if by > 0 else left.max()
        same = beyond[left == best]
        return t0, int(best), sort, int(same[0] if by > 0 else same[-1])

    def _ends(self, things: _Things, low: int, high: int) -> NDArray[np.int64]:
        return np.minimum(things.ends(low, high), self._now_ns)


def _number(held: Selection) -> int:
    """The number of a selection in `_Things.numbers`; 0 for one without a number."""
    match held:
        case CallSelection():
            return held.call
        case LineSelection():
            return held.line
        case PhaseSelection():
            return held.phase
        case TaskSelection():
            return held.task
        case SpanSelection():
            return held.span
        case InstantSelection():
            return held.instant
        case ProcessSelection() | ThreadSelection() | TrackSelection() | BookmarkSelection() | IntervalSelection():
            return 0
        case TrafficSelection():
            return held.number
        case WaitSelection():
            return 0
        case _:
            assert_never(held)


def _call_ids(waits: Spans) -> NDArray[np.integer]:
    """The calls that waits are; 0 for waits that were seen from outside."""
    return np.where(waits.kind == SpanKind.WAITING, 0, waits.ref)


def _tasks(process: int, tasks: LaneTasks, cut_ns: int | None) -> _Things:
    """The tasks of a process or thread."""
    return _Things(
        tasks.t0,
        ends=lambda low, high: tasks.ends(low, high, cut_ns),
        numbers=lambda low, high: tasks.id[low:high],
        of=lambda at: of_task(process, tasks, at),
    )


def _spans(spans: Spans, numbers: NDArray[np.integer], of: Callable[[int], Selection]) -> _Things:
    """A few spans, in any order: threads may have begun them in another order than they are recorded in."""
    order = np.argsort(spans.t0, kind="stable")
    t1, named = spans.t1[order], numbers[order]
    return _Things(
        spans.t0[order],
        ends=lambda low, high: t1[low:high],
        numbers=lambda low, high: named[low:high],
        of=lambda at: of(int(order[at])),
    )


def _together(t0: NDArray[np.int64], at_ns: int) -> tuple[int, int]:
    """(low, high) of the things that begin at a moment."""
    return int(t0.searchsorted(at_ns)), int(t0.searchsorted(at_ns, "right"))
