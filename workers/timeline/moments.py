"""The moments in the life of every process as columns, to look at ten thousand processes at once. Pure numpy.

Runs where the timeline lives. Only processes that changed are read again.
"""

import numpy as np
from numpy.typing import NDArray

from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

NEVER = np.iinfo(np.int64).max
"""A moment that has not come, or is not known."""

_COLUMNS = 6


class Moments:
    """Columns (n,) with one entry a process, by id from 1.

    Moments are int64 ns or NEVER; parent is an int64 process id, 0 for none; failed is bool.
    version: changes whenever the columns do.
    """

    def __init__(self) -> None:
        self._table: NDArray[np.int64] = np.empty((_COLUMNS, 0), np.int64)
        self._bad: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._count = 0
        self._revision = -1
        self.version = 0

    def update(self, timeline: Timeline) -> "Moments":
        """Take in what changed since the last call."""
        if timeline.revision == self._revision:
            return self
        count = len(timeline.processes)
        if count > self._table.shape[1]:
            room = np.full((_COLUMNS, count + count // 4 + 16), NEVER, np.int64)
            room[:, : self._count] = self._table[:, : self._count]
            bad = np.zeros(room.shape[1], np.bool_)
            bad[: self._count] = self._bad[: self._count]
            self._table, self._bad = room, bad
        self._count = count
        for number in timeline.changed_since(self._revision):
            self._take(timeline.process(number))
        self._revision = timeline.revision
        self.version += 1
        return self

    def _take(self, process: Process) -> None:
        ended = (
            process.lost_ns if process.lost else process.start_returned_ns if process.not_born else process.exited_ns
        )
        reaped = process.reaped_ns if process.reaped_ns is not None else process.joined_ns
        if process.kind is ProcessKind.PROGRAM or process.lost or process.not_born:
            reaped = ended  # no process of the run reaps it
        moments = (process.life_began_ns, process.target_began_ns, process.target_ended_ns, ended, reaped)
        at = process.id - 1
        self._table[:, at] = [*(NEVER if moment is None else moment for moment in moments), process.parent_id or 0]
        self._bad[at] = process.ended_badly

    @property
    def began(self) -> NDArray[np.int64]:
        """Where the bar of each begins."""
        return self._table[0, : self._count]

    @property
    def target_began(self) -> NDArray[np.int64]:
        """When the target function of each began."""
        return self._table[1, : self._count]

    @property
    def target_ended(self) -> NDArray[np.int64]:
        """When the target function of each ended."""
        return self._table[2, : self._count]

    @property
    def ended(self) -> NDArray[np.int64]:
        """When each exited, was lost from sight, or failed to start."""
        return self._table[3, : self._count]

    @property
    def reaped(self) -> NDArray[np.int64]:
        """When each was reaped."""
        return self._table[4, : self._count]

    @property
    def parent(self) -> NDArray[np.int64]:
        """The parent of each."""
        return self._table[5, : self._count]

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Whether each ended badly."""
        return self._bad[: self._count]
