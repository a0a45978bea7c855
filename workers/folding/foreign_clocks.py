"""Processes whose monotonic clock is another than that of the run: in a time namespace, or under libfaketime.

Part of a Fold, which owns it. What such a process records would stand days beside the rest. Its first record shows that: it
lies outside of what is known of the process from outside. All of its times are then moved.
"""

from typing import NamedTuple

from workers.folding.keeper_records import KeeperRecords
from workers.folding.run_clock import RunClock
from workers.journal.process_kinds import Hello

_SLACK_NS = 1_000_000_000
"""How far outside a first record may lie: clocks of one machine differ by nothing, and a keeper is seldom so late."""


class Shift(NamedTuple):
    """How far the times of a journal have to be moved, and by what that is known."""

    by_ns: int = 0
    witness: str = ""


NO_SHIFT = Shift()


def shift_of(hello: Hello, pid: int, key: int, clock: RunClock, keeper: KeeperRecords) -> Shift:
    """The shift of the journal that begins with this record. pid, key: of its name."""
    found = keeper.journal_of(pid, key)
    earliest, latest = clock.origin_ns or 0, keeper.latest_ns
    if found is not None:
        earliest, latest = max(earliest, found.born_clock_ns), found.clock_ns
    earliest, latest = earliest - _SLACK_NS, latest + _SLACK_NS
    if earliest <= hello.clock_ns <= latest:
        return NO_SHIFT
    by_wall_ns = 0 if clock.wall_ns is None else hello.epoch_ns - clock.wall_ns - hello.clock_ns
    if found is None and hello.clock_ns > latest and abs(by_wall_ns) < _SLACK_NS:
        return NO_SHIFT  # the keeper's journal may have come to its end before
    if (
        by_wall_ns
        and earliest <= hello.clock_ns + by_wall_ns
        and (found is None or hello.clock_ns + by_wall_ns <= latest)
    ):
        return Shift(by_wall_ns, "the time of day")
    if found is not None:
        return Shift(found.clock_ns - hello.clock_ns, "the moment at which it was first seen from outside")
    return Shift((clock.origin_ns or 0) - hello.clock_ns, "the beginning of the run, since nothing better is known")
