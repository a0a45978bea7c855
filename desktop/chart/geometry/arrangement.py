"""How a person wants the lanes: folded, filtered, sorted, pinned, and how high. Values only; the window's thread."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from workers.timeline.model import Process

ROW_PX = 46
"""The height of a lane until a person changes it: the name, pid and state beside it, and marks above and below the bar."""

HEIGHTS_PX = (12, 16, 24, 34, ROW_PX, 64, 90, 120)
"""The heights of rows that keys, menu and low pictures go through."""

LEAST_ROW_PX, MOST_ROW_PX = HEIGHTS_PX[0], HEIGHTS_PX[-1]
"""At the least a bar and its process's name fit."""


class LaneOrder(StrEnum):
    """By what the children of one parent are sorted. What is not known of a process puts it last."""

    STARTED = "as started"
    NAME = "name"
    START = "start time"
    DURATION = "duration"
    PID = "pid"
    EXIT = "exit code"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """expanded: the parents whose helpers have rows of their own; None = all. collapsed: processes whose descendants share
    their row. hidden: processes that a filter leaves out, without their children. order: of the children of one parent;
    reverse turns it round. pinned: processes that stay above all others, in this order. row_px: the height of a process's
    row. strips: whether CPU and memory are drawn below each bar. folded_tracks: processes whose tracks are not shown."""

    expanded: frozenset[int] | None = frozenset()
    collapsed: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    order: LaneOrder = LaneOrder.STARTED
    reverse: bool = False
    pinned: tuple[int, ...] = ()
    row_px: int = ROW_PX
    strips: bool = True
    folded_tracks: frozenset[int] = frozenset()


def _started(process: Process) -> tuple[object, ...]:
    began = process.life_began_ns
    return began is None, began or 0


def _duration(process: Process) -> tuple[object, ...]:
    # One that goes on is the longest: how long it will be nobody knows.
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
"""What to sort by."""

SHIFTING = frozenset(SORT_KEYS) - {LaneOrder.STARTED}
"""The orders that may change while a run goes on."""
