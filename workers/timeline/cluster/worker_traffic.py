"""What a worker of a cluster did beside its tasks: fetched results, used its disk, was given a task again. Any process.

It is drawn on the worker's lane: intervals as spans, the rest as marks. Columns grow; what was added is not read again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import Column
from workers.timeline.lane_columns import Marks, Spans
from workers.timeline.model import MarkKind, SpanKind

_SPAN, _MARK = 4, 3


@dataclass(frozen=True, slots=True)
class Transfer:
    """A worker fetched results of others. sender: None where it is not known."""

    worker: int
    sender: int | None
    began_ns: int
    ended_ns: int
    size_bytes: int
    keys: int


@dataclass(frozen=True, slots=True)
class Preparation:
    """A worker read what a task needs from its disk, wrote its result there, or opened its pickle.

    what: DISK or DESERIALIZE. writes: of the disk, whether it wrote. key: of the task.
    """

    worker: int
    what: SpanKind
    writes: bool
    began_ns: int
    ended_ns: int
    key: str


@dataclass(frozen=True, slots=True)
class DiskUse:
    """A worker wrote results to its disk or read them back. at_ns: by then."""

    worker: int
    at_ns: int
    writes: int
    written_bytes: int
    reads: int
    read_bytes: int


TrafficEntry = Transfer | Preparation | DiskUse


class Traffic:
    """What one worker did beside its tasks. entries: in the order in which it became known; `ref` of a span, and of the mark of
    a spill, is the place of its entry from 1. `ref` of any other mark is the id of a task."""

    def __init__(self) -> None:
        self.entries: list[TrafficEntry] = []
        self._spans, self._marks = Column(np.int64), Column(np.int64)
        self._sorted: tuple[int, Spans] | None = None

    def add_transfer(self, transfer: Transfer) -> None:
        """Add a transfer to this worker."""
        self._add_span(transfer, transfer.began_ns, transfer.ended_ns, SpanKind.TRANSFER)

    def add_preparation(self, one: Preparation) -> None:
        """Add a use of the disk that took a while, or the opening of a pickle."""
        self._add_span(one, one.began_ns, one.ended_ns, one.what)

    def add_disk(self, use: DiskUse) -> None:
        """Add what was written to disk and read from there. What was written has a mark: when exactly is not known."""
        self.entries.append(use)
        if use.writes:
            self._marks.extend(np.array((use.at_ns, MarkKind.SPILLED, len(self.entries)), np.int64))

    def add_attempt(self, at_ns: int, task: int) -> None:
        """Add an attempt at a task that was attempted before."""
        self._marks.extend(np.array((at_ns, MarkKind.RETRIED, task), np.int64))

    def add_attempts(self, at_ns: NDArray[np.int64], tasks: NDArray[np.int64]) -> None:
        """Add many such attempts. at_ns: their begins. tasks: their ids."""
        kind = np.full(len(at_ns), MarkKind.RETRIED, np.int64)
        self._marks.extend(np.stack((at_ns, kind, tasks), 1).reshape(-1))

    def add_lost(self, at_ns: int, task: int) -> None:
        """Add a task that the worker took with it when it ended."""
        self._marks.extend(np.array((at_ns, MarkKind.LOST, task), np.int64))

    def spans(self) -> Spans:
        """All intervals, in the order in which they began."""
        if self._sorted is None or self._sorted[0] != self._spans.count:
            table = self._spans.view.reshape(-1, _SPAN)
            table = table[np.argsort(table[:, 0], kind="stable")]
            self._sorted = self._spans.count, Spans(
                table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(np.uint8), table[:, 3].astype(np.int32)
            )  # fmt: skip
        return self._sorted[1]

    def marks(self) -> Marks:
        """All marks, in order."""
        table = self._marks.view.reshape(-1, _MARK)
        table = table[np.argsort(table[:, 0], kind="stable")]
        return Marks(table[:, 0].copy(), table[:, 1].astype(np.uint8), table[:, 2].astype(np.int32))

    def _add_span(self, entry: TrafficEntry, began_ns: int, ended_ns: int, kind: SpanKind) -> None:
        self.entries.append(entry)
        self._spans.extend(np.array((began_ns, ended_ns, kind, len(self.entries)), np.int64))
