"""The moments of every process as columns: for whatever looks at ten thousand of them at once. Pure numpy.

Runs where the timeline lives. Only what changed is read again.
"""

import numpy as np
from numpy.typing import NDArray

from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

NEVER = np.iinfo(np.int64).max
"""A moment that did not come, or is not known."""

_COLUMNS = 6


class Moments:
    """(n,) columns by process id, beginning with 1: int64 ns or NEVER; parent: int64, 0 for none; failed: bool."""

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
        collected = process.reaped_ns if process.reaped_ns is not None else process.joined_ns
        if process.kind is ProcessKind.PROGRAM or process.lost or process.not_born:
            collected = ended  # nobody in the run collects it
        moments = (process.life_began_ns, process.target_began_ns, process.target_ended_ns, ended, collected)
        at = process.id - 1
        self._table[:, at] = [*(NEVER if moment is None else moment for moment in moments), process.parent_id or 0]
        self._bad[at] = process.failed

    @property
    def began(self) -> NDArray[np.int64]:
        """Where each bar begins."""
        return self._table[0, : self._count]

    @property
    def target_began(self) -> NDArray[np.int64]:
        """When each one's work began."""
        return self._table[1, : self._count]

    @property
    def target_ended(self) -> NDArray[np.int64]:
        """When each one's work ended."""
        return self._table[2, : self._count]

    @property
    def ended(self) -> NDArray[np.int64]:
        """When each exited, or was lost from sight."""
        return self._table[3, : self._count]

    @property
    def collected(self) -> NDArray[np.int64]:
        """When each was collected."""
        return self._table[4, : self._count]

    @property
    def parent(self) -> NDArray[np.int64]:
        """Who started each."""
        return self._table[5, : self._count]

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Which ended badly."""
        return self._bad[: self._count]
