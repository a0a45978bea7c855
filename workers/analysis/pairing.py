"""Pairs the processes of two runs that correspond to each other. Pure functions on two timelines, any process.

The workers of two plans are paired by number. All others are paired by name, kind and order, and the rest of a kind by
order. A process without a counterpart is a pair with one side empty.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

# multiprocessing puts the start method in front of the names that it gives: ForkPoolWorker-1, SpawnPoolWorker-1.
_METHOD = re.compile(r"^(?:Fork|Spawn|ForkServer)(?=(?:Process|PoolWorker)-\d)")


class Match(StrEnum):
    """By what two processes were paired."""

    PROGRAM = "the program"
    NUMBER = "worker number"
    NAME = "name"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two processes that correspond.

    a, b: the id of the process in each run; None if it has no counterpart, and `match` is None then.
    label: a name for both.
    """

    a: int | None
    b: int | None
    match: Match | None
    label: str


def pairs(a: Timeline, b: Timeline) -> tuple[Pair, ...]:
    """Every process of both runs once, in the order of A's, then those that only B has. Processes that never began are left
    out."""
    left = {process.id: process for process in a.processes if process.began}
    right = {process.id: process for process in b.processes if process.began}
    found: dict[int, tuple[int, Match]] = {}
    for match, key in _ways(a, b):
        waiting: dict[Hashable, list[int]] = {}
        for process in right.values():
            waiting.setdefault(key(process), []).append(process.id)
        for ids in waiting.values():
            ids.reverse()
        for process in list(left.values()):
            wanted = key(process)
            if wanted is not None and waiting.get(wanted):
                other = waiting[wanted].pop()
                found[process.id] = other, match
                del left[process.id], right[other]
    return tuple(_in_order(a, b, found, right.values()))


def _ways(a: Timeline, b: Timeline) -> Iterable[tuple[Match, Callable[[Process], Hashable]]]:
    """The ways to pair, the surest first. A key of None pairs with nothing."""
    if a.imported is None and b.imported is None:
        yield Match.PROGRAM, lambda process: process.id == 1 or None
    if a.plan is not None and b.plan is not None:
        yield Match.NUMBER, lambda process: process.worker
    yield Match.NAME, lambda process: (process.kind, _METHOD.sub("", process.name))
    yield Match.NAME, lambda process: _METHOD.sub("", process.name)
    if (a.imported is None) == (b.imported is None):
        yield Match.ORDER, lambda process: process.kind


def _in_order(a: Timeline, b: Timeline, found: dict[int, tuple[int, Match]], rest: Iterable[Process]) -> Iterable[Pair]:
    for process in a.processes:
        if not process.began:
            continue
        other = found.get(process.id)
        if other is None:
            yield Pair(process.id, None, None, _name(process))
        else:
            yield Pair(process.id, other[0], other[1], _label(process, b.process(other[0]), other[1]))
    for process in rest:
        yield Pair(None, process.id, None, _name(process))


def _label(one: Process, other: Process, match: Match) -> str:
    if match is Match.PROGRAM:
        return "the program"
    if match is Match.NUMBER:
        return f"worker {one.worker}"
    return one.name if one.name == other.name else f"{one.name} / {other.name}"


def _name(process: Process) -> str:
    return f"worker {process.worker}" if process.worker is not None else process.name
