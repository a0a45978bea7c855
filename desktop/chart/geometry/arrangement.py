"""How the user arranges the lanes: folded, filtered, sorted, pinned, and how high. Values only; the window's thread."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from workers.timeline.model import Process

ROW_PX = 46
"""The usual height of a lane: room for name, pid and state in the header, and for marks above and below the bar."""

HEIGHTS_PX = (12, 16, 24, 34, ROW_PX, 64, 90, 120)
"""The heights of lanes that keys, menu and low pictures use."""

UNFOLDED_THREADS = 8
"""More threads of a process are folded until the user unfolds them."""

LEAST_ROW_PX, MOST_ROW_PX = HEIGHTS_PX[0], HEIGHTS_PX[-1]
"""The lowest lane has room for a bar and a name."""


class LaneOrder(StrEnum):
    """What the children of one parent are sorted by. A process with an unknown value comes last."""

    STARTED = "as started"
    NAME = "name"
    START = "start time"
    DURATION = "duration"
    PID = "pid"
    EXIT = "exit code"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One arrangement of the lanes.

    expanded: the parents whose helpers have rows of their own; None: all parents.
    collapsed: the processes whose descendants share their row.
    hidden: the processes that the filter hides. Their children stay.
    order: the order of the children of one parent. reverse: backwards.
    pinned: the processes that stay at the top, in this order.
    row_px: the height of a process's row; with `fills` the least height.
    fills: whether the lanes of a few processes are as high as the room allows.
    strips: whether CPU and memory are drawn below each bar.
    folded_tracks: the processes whose tracks are not shown.
    folded_hosts: the machines of a cluster whose workers share one row.
    folded_threads, unfolded_threads: the processes whose threads the user folded or unfolded; others show theirs while they are
        no more than UNFOLDED_THREADS.
    """

    expanded: frozenset[int] | None = frozenset()
    collapsed: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    order: LaneOrder = LaneOrder.STARTED
    reverse: bool = False
    pinned: tuple[int, ...] = ()
    row_px: int = ROW_PX
    fills: bool = False
    strips: bool = True
    folded_tracks: frozenset[int] = frozenset()
    folded_hosts: frozenset[str] = frozenset()
    folded_threads: frozenset[int] = frozenset()
    unfolded_threads: frozenset[int] = frozenset()

    def shows_threads(self, process: int, threads: int) -> bool:
        """Whether the threads of a process have rows of their own. threads: how many there are."""
        if process in self.folded_threads or process in self.unfolded_threads:
            return process in self.unfolded_threads
        return threads <= UNFOLDED_THREADS

    def with_threads(self, processes: Collection[int], shown: bool) -> Self:
        """The same with the threads of these processes unfolded, or folded."""
        folded, unfolded = self.folded_threads - set(processes), self.unfolded_threads - set(processes)
        if shown:
            return replace(self, folded_threads=folded, unfolded_threads=unfolded | set(processes))
        return replace(self, folded_threads=folded | set(processes), unfolded_threads=unfolded)


def _started(process: Process) -> tuple[object, ...]:
    began = process.life_began_ns
    return began is None, began or 0


def _duration(process: Process) -> tuple[object, ...]:
    # A process that is still running counts as the longest: its duration is not known yet.
    began, ended = process.life_began_ns, process.lost_ns if process.lost else process.exited_ns
    if began is None:
        return 2, 0
    return (1, -began) if ended is None else (0, ended - began)


def _exit_code(process: Process) -> tuple[object, ...]:
    return process.exit_code is None, process.lost, process.exit_code or 0


SORT_KEYS: dict[LaneOrder, Callable[[Process], tuple[object, ...]]] = {
    LaneOrder.STARTED: lambda process: (process.id,),
    LaneOrder.NAME: lambda process: (process.name.casefold(), process.id),
    LaneOrder.START: _started,
    LaneOrder.DURATION: _duration,
    LaneOrder.PID: lambda process: (process.pid is None, process.pid or 0),
    LaneOrder.EXIT: _exit_code,
}
"""The sort key of each order."""

SHIFTING = frozenset(SORT_KEYS) - {LaneOrder.STARTED}
"""The orders that may change during a live run."""
