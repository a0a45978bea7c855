"""What is drawn for one process: its lane, and the arrows to other lanes. Pure functions on a timeline's records."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from workers.timeline.cluster.worker_traffic import Traffic, Transfer
from workers.timeline.lane_columns import Marks, PrintedMarks, SeenWaits, Spans, WaitSpans
from workers.timeline.lane_layers import OPEN
from workers.timeline.lane_tasks import LaneTasks
from workers.timeline.model import Call, CallName, Link, LinkKind, MarkKind, Process, ProcessKind, Signalled, SpanKind

__all__ = [
    "OPEN",
    "Lane",
    "Marks",
    "PrintedMarks",
    "Spans",
    "WaitSpans",
    "join_link",
    "lane_order",
    "links",
    "make_lane",
    "start_link",
    "transfer_link",
]


@dataclass(frozen=True, slots=True)
class Lane:
    """Everything that is drawn in the row of one process.

    phases: its own life; they never overlap.
    waits, tasks: its join() calls and its waits that were seen from outside; the tasks that it ran. Drawn inside the bar.
    cut_ns: when it ended, and its open tasks with it; None while it lives.
    traffic: of a worker of a cluster, its transfers and the like, which go on beside its tasks. Drawn at the lower edge of the
        bar; None where there are none.
    """

    process: int
    phases: Spans
    waits: Spans
    marks: Marks
    tasks: LaneTasks | None = None
    cut_ns: int | None = None
    traffic: Spans | None = None

    @property
    def inner(self) -> Spans:
        """Waits and tasks together, in the order in which they began. Costs a copy of all of them."""
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
    seen: SeenWaits | None = None,
    traffic: Traffic | None = None,
) -> Lane:
    """The lane of `process`.

    waits: its join() calls. seen: its other waits, None where they are not drawn.
    received: the calls on it. printed: the lines that it printed. signals: sent to it.
    traffic: what it did beside its tasks, as a worker of a cluster.
    """
    end_ns = process.last_ns
    calls = Spans.of([]) if waits is None else waits.spans(end_ns)
    marks = printed.with_more(
        Marks.of([*_marks(process, received), *((sent.at_ns, MarkKind.SIGNALLED, 0) for sent in signals)])
    )
    return Lane(
        process.id,
        Spans.of(list(_phases(process))),
        calls if seen is None else seen.spans(process.waits, end_ns, calls),
        marks if traffic is None else marks.with_more(traffic.marks()),
        tasks,
        end_ns,
        None if traffic is None else traffic.spans(),
    )


def links(processes: Sequence[Process], calls: Iterable[Call]) -> Iterator[Link]:
    """An arrow from parent to child at each start, and from child to parent at the join() that found the child ended."""
    for process in processes:
        yield from start_link(process)
    for call in calls:
        yield from join_link(processes, call)


def start_link(child: Process) -> Iterator[Link]:
    """The arrow from parent to child at the start of this process, where that is known."""
    if child.parent_id is not None and child.start_called_ns is not None and child.born_ns is not None:
        yield Link(LinkKind.START, child.parent_id, child.start_called_ns, child.id, child.born_ns)


def join_link(processes: Sequence[Process], call: Call) -> Iterator[Link]:
    """The arrow from child to parent, if this call is the join() that found the child ended."""
    if call.name is CallName.JOIN and call.result and call.process is not None and call.ended_ns is not None:
        child = processes[call.process - 1]
        if child.joined_ns == call.ended_ns and child.exited_ns is not None:
            yield Link(LinkKind.JOIN, child.id, child.exited_ns, call.by, call.ended_ns)


def transfer_link(transfer: Transfer) -> Iterator[Link]:
    """The arrow from the worker that sent results to the one that fetched them, where the sender is known."""
    if transfer.sender is not None:
        yield Link(LinkKind.TRANSFER, transfer.sender, transfer.began_ns, transfer.worker, transfer.ended_ns)


def lane_order(processes: Sequence[Process]) -> list[tuple[int, int]]:
    """(process id, depth) in the order of the lanes: each parent, then its helpers, then its children by birth."""
    children: dict[int | None, list[Process]] = {}
    for process in processes:
        parent = process.parent_id if process.parent_id != process.id else None
        children.setdefault(parent, []).append(process)
    order: list[tuple[int, int]] = []
    waiting = [(process, 0) for process in reversed(children.get(None, []))]
    while waiting:
        process, depth = waiting.pop()
        order.append((process.id, depth))
        below = sorted(children.get(process.id, []), key=lambda p: (p.kind is not ProcessKind.HELPER, p.id))
        waiting.extend((child, depth + 1) for child in reversed(below))
    return order


def _phases(process: Process) -> Iterator[tuple[int, int, int, int]]:
    began = process.life_began_ns
    if began is None:
        return
    end = process.start_returned_ns if process.not_born else process.last_ns
    # A process that ended in one phase has no later ones: each phase ends at the next known moment.
    moments = [
        (began, SpanKind.STARTING),
        (process.target_began_ns, SpanKind.ALIVE),
        (process.target_ended_ns, SpanKind.ENDING),
        (process.exited_ns, SpanKind.ZOMBIE),
        (_reaped_ns(process) if process.exited_ns is not None else end, None),
    ]
    known = [(at, kind) for at, kind in moments if at is not None]
    # The moments come from several observers: one that is slightly too early must not make phases overlap.
    reached = list(accumulate((at for at, _ in known), max))
    known = [(at, kind) for at, (_, kind) in zip(reached, known, strict=True)]
    for (at, kind), (until, _) in zip(known, [*known[1:], (OPEN, None)], strict=True):
        if kind is not None and until > at:
            yield at, until, kind, 0


def _reaped_ns(process: Process) -> int | None:
    if process.kind is ProcessKind.PROGRAM:
        return process.exited_ns  # no process of the run reaps the program
    return process.reaped_ns if process.reaped_ns is not None else process.joined_ns


def _marks(process: Process, received: Iterable[Call]) -> Iterator[tuple[int, int, int]]:
    last_ns = OPEN if process.exited_ns is None else process.exited_ns + process.exited_within_ns
    for call in received:
        at = call.began_ns if call.ended_ns is None else call.ended_ns
        if call.name is CallName.START:
            yield call.began_ns, MarkKind.START, call.id
        elif call.name is CallName.IS_ALIVE and call.result is not None:
            yield at, MarkKind.ALIVE_TRUE if call.result else MarkKind.ALIVE_FALSE, call.id
        elif call.name is CallName.JOIN and call.ended_ns is not None and call.ended_ns == process.joined_ns:
            yield at, MarkKind.JOINED, call.id
        elif call.began_ns == process.pool_ended_ns and process.ended_by_pool:
            pass  # the mark of the end says so
        elif call.name.sends_signal and (call.error is None or call.workers) and call.began_ns <= last_ns:
            yield call.began_ns, MarkKind.SIGNALLED, call.id
    if process.not_born and process.start_returned_ns is not None:
        yield process.start_returned_ns, MarkKind.EXIT_BAD, 0
    elif process.lost and process.lost_ns is not None:
        yield process.lost_ns, MarkKind.EXIT_BAD, 0
    elif process.exited_ns is not None:
        yield process.exited_ns, _exit_kind(process), 0


def _exit_kind(process: Process) -> MarkKind:
    if process.ended_by_pool:
        return MarkKind.EXIT_BY_POOL
    return MarkKind.EXIT_BAD if process.failed else MarkKind.EXIT_OK
