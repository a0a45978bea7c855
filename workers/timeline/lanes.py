"""A process's life as columns that a chart can draw: spans, marks and links. Pure arithmetic on a timeline's records.

Columns are numpy arrays, one entry a span or mark, ordered by time; an end of OPEN means that it goes on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column
from workers.timeline.model import Call, CallName, Link, LinkKind, MarkKind, Process, ProcessKind, Signalled, SpanKind
from workers.timeline.task_store import OPEN, LaneTasks

__all__ = [
    "OPEN",
    "Lane",
    "Marks",
    "PrintedMarks",
    "Spans",
    "WaitSpans",
    "join_link",
    "links",
    "make_lane",
    "start_link",
]


@dataclass(frozen=True, slots=True)
class Spans:
    """Intervals of one lane. t0, t1: int64 (n,) ns; kind: uint8 (n,) of SpanKind; ref: int32 (n,), a call's id or 0."""

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
    """Instants of one lane. t: int64 (n,) ns; kind: uint8 (n,) of MarkKind; ref: int32 (n,), the call's id or the
    output line's number, or 0."""

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
        """These and, where they belong, a few others. Costs a copy of the columns."""
        if not len(others):
            return self
        at = np.searchsorted(self.t, others.t, side="right")
        if len(others) > _FEW_MARKS:
            return Marks(np.insert(self.t, at, others.t), np.insert(self.kind, at, others.kind),
                         np.insert(self.ref, at, others.ref))  # fmt: skip
        cuts = at.tolist()  # pieces are copied at the speed of memory, which inserting is far from
        return Marks(
            _woven(self.t, others.t, cuts), _woven(self.kind, others.kind, cuts), _woven(self.ref, others.ref, cuts)
        )


def _woven(mine: NDArray[_Number], theirs: NDArray[_Number], cuts: list[int]) -> NDArray[_Number]:
    pieces = [mine[: cuts[0]]]
    for index, (begin, end) in enumerate(pairwise([*cuts, len(mine)])):
        pieces += [theirs[index : index + 1], mine[begin:end]]
    return np.concatenate(pieces)


class PrintedMarks:
    """The marks of a process's printed lines, appended in the order of their numbers. Appending is cheap, and so is
    looking at them as columns."""

    def __init__(self) -> None:
        self._t = np.empty(16, np.int64)
        self._ref = np.empty(16, np.int32)
        self._count = 0

    def append(self, at_ns: int, number: int) -> None:
        """One more line. A line that seems to be before the last one counts as at the same time."""
        if self._count == len(self._t):
            self._t, self._ref = np.resize(self._t, 2 * self._count), np.resize(self._ref, 2 * self._count)
        before = self._t[self._count - 1] if self._count else at_ns
        self._t[self._count] = max(at_ns, before)
        self._ref[self._count] = number
        self._count += 1

    def within(self, t0_ns: int, t1_ns: int) -> int:
        """How many there are in [t0_ns, t1_ns]."""
        t = self._t[: self._count]
        return int(t.searchsorted(t1_ns, "right") - t.searchsorted(t0_ns))

    def columns(self) -> Marks:
        """What was appended so far; a view, which later appends do not change."""
        kind = np.full(self._count, MarkKind.OUTPUT, np.uint8)
        return Marks(self._t[: self._count], kind, self._ref[: self._count])


class WaitSpans:
    """The join() calls of one process as columns, in the order in which they began. A call that has returned is not looked
    at again: a parent of ten thousand workers makes as many."""

    def __init__(self) -> None:
        self._table = Column(np.int64)
        self._open: dict[int, Call] = {}

    def append(self, call: Call) -> None:
        """One more, which goes on as far as is known."""
        at = self._table.count // 3
        self._table.extend(np.array((call.began_ns, OPEN, call.id), np.int64))
        self._open[at] = call

    def spans(self, caller_ended_ns: int | None) -> Spans:
        """All of them; caller_ended_ns: when their process ended, and with it those that had not returned."""
        table = self._table.view.reshape(-1, 3)
        for at, call in list(self._open.items()):
            ended_ns = call.ended_ns if call.ended_ns is not None else caller_ended_ns
            if ended_ns is not None:
                table[at, 1] = max(call.began_ns, ended_ns)
            if call.ended_ns is not None:
                del self._open[at]
        kind = np.full(len(table), SpanKind.JOIN, np.uint8)
        return Spans(table[:, 0].copy(), table[:, 1].copy(), kind, table[:, 2].astype(np.int32))


@dataclass(frozen=True, slots=True)
class Lane:
    """Everything drawn on one process's row. phases: its own life, never overlapping. waits: its join() calls, drawn
    inside the bar, and so are its tasks. cut_ns: when it ended, and with it the tasks that had not; None while it lives."""

    process: int
    phases: Spans
    waits: Spans
    marks: Marks
    tasks: LaneTasks | None = None
    cut_ns: int | None = None

    @property
    def inner(self) -> Spans:
        """Waits and tasks together, by when they began. Costs a copy of all of them."""
        if self.tasks is None:
            return self.waits
        ran = len(self.tasks)
        waits, tasks = self.waits, self.tasks
        t0 = np.concatenate((waits.t0, tasks.t0))
        order = np.argsort(t0, kind="stable")
        return Spans(t0[order], np.concatenate((waits.t1, tasks.ends(0, ran, self.cut_ns)))[order],
                     np.concatenate((waits.kind, tasks.kinds(0, ran, self.cut_ns)))[order],
                     np.concatenate((waits.ref, tasks.id.astype(np.int32)))[order])  # fmt: skip


def make_lane(
    process: Process,
    waits: WaitSpans | None,
    received: Iterable[Call],
    printed: Marks,
    signals: Iterable[Signalled] = (),
    tasks: LaneTasks | None = None,
) -> Lane:
    """The lane of `process`, from its join() calls, the calls made on it, what it printed, signals from outside, and the
    tasks that it ran."""
    end_ns = process.last_ns
    return Lane(
        process.id,
        Spans.of(list(_phases(process))),
        Spans.of([]) if waits is None else waits.spans(end_ns),
        printed.with_more(
            Marks.of([*_marks(process, received), *((sent.at_ns, MarkKind.SIGNALLED, 0) for sent in signals)])
        ),
        tasks,
        end_ns,
    )


def links(processes: Sequence[Process], calls: Iterable[Call]) -> Iterator[Link]:
    """Parent→child at each start, and child→parent at the join that found it dead."""
    for process in processes:
        yield from start_link(process)
    for call in calls:
        yield from join_link(processes, call)


def start_link(child: Process) -> Iterator[Link]:
    """Parent→child at the start of this process, where that is known."""
    if child.parent_id is not None and child.start_called_ns is not None and child.born_ns is not None:
        yield Link(LinkKind.START, child.parent_id, child.start_called_ns, child.id, child.born_ns)


def join_link(processes: Sequence[Process], call: Call) -> Iterator[Link]:
    """Child→parent, where this call is the join() that found the child dead."""
    if call.name is CallName.JOIN and call.result and call.process is not None and call.ended_ns is not None:
        child = processes[call.process - 1]
        if child.joined_ns == call.ended_ns and child.exited_ns is not None:
            yield Link(LinkKind.JOIN, child.id, child.exited_ns, call.by, call.ended_ns)


def _phases(process: Process) -> Iterator[tuple[int, int, int, int]]:
    began = process.life_began_ns
    if began is None:
        return
    end = process.start_returned_ns if process.not_born else process.last_ns
    # A process that died in one phase has no later ones: each phase ends where the next known moment is.
    moments = [
        (began, SpanKind.STARTING),
        (process.target_began_ns, SpanKind.ALIVE),
        (process.target_ended_ns, SpanKind.ENDING),
        (process.exited_ns, SpanKind.ZOMBIE),
        (_collected_ns(process) if process.exited_ns is not None else end, None),
    ]
    known = [(at, kind) for at, kind in moments if at is not None]
    # Moments come from several observers; one that is a hair too early must not make phases overlap.
    reached = list(accumulate((at for at, _ in known), max))
    known = [(at, kind) for at, (_, kind) in zip(reached, known, strict=True)]
    for (at, kind), (until, _) in zip(known, [*known[1:], (OPEN, None)], strict=True):
        if kind is not None and until > at:
            yield at, until, kind, 0


def _collected_ns(process: Process) -> int | None:
    if process.kind is ProcessKind.PROGRAM:
        return process.exited_ns  # nobody in the run collects the program
    return process.reaped_ns if process.reaped_ns is not None else process.joined_ns


def _marks(process: Process, received: Iterable[Call]) -> Iterator[tuple[int, int, int]]:
    for call in received:
        at = call.began_ns if call.ended_ns is None else call.ended_ns
        if call.name is CallName.START:
            yield call.began_ns, MarkKind.START, call.id
        elif call.name is CallName.IS_ALIVE and call.result is not None:
            yield at, MarkKind.ALIVE_TRUE if call.result else MarkKind.ALIVE_FALSE, call.id
        elif call.name is CallName.JOIN and call.ended_ns is not None and call.ended_ns == process.joined_ns:
            yield at, MarkKind.JOINED, call.id
        elif call.name in (CallName.TERMINATE, CallName.KILL) and call.error is None:
            yield call.began_ns, MarkKind.SIGNALLED, call.id
    if process.not_born and process.start_returned_ns is not None:
        yield process.start_returned_ns, MarkKind.EXIT_BAD, 0
    elif process.lost and process.lost_ns is not None:
        yield process.lost_ns, MarkKind.EXIT_BAD, 0
    elif process.exited_ns is not None:
        yield process.exited_ns, MarkKind.EXIT_BAD if process.failed else MarkKind.EXIT_OK, 0
