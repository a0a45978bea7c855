"""What the keeper saw of processes of which no journal was read yet, as columns. Only of runs that have ended.

There the keeper's journal is read before all others. Of each short life it has three records, as a rule: its journal was
found, it exited, it was released. They stay slots until the lives come, and are then matched with all of them at once.
Part of KeeperRecords, which owns it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.folding.slot_columns import columns_of
from workers.journal.keeper_kinds import Exited, JournalFound, LeftRunning, PauseChanged, Released
from workers.journal.kinds import Kind
from workers.journal.process_kinds import Hello
from workers.journal.short_lives import ShortLives
from workers.journal.slot_layout import layout_of
from workers.journal.slots import Slots

_FOUND, _EXITED, _RELEASED, _HELLO = map(columns_of, (JournalFound, Exited, Released, Hello))
_KIND = np.dtype({"names": ["kind", "flags"], "formats": ["u1", "u1"], "offsets": [0, 1], "itemsize": _FOUND.itemsize})
_IN_ORDER = (layout_of(PauseChanged).kind, layout_of(LeftRunning).kind)
_FOUND_VARIANT = layout_of(JournalFound).variant
_MOST_PID, _MOST_TICKS = 1 << 23, 1 << 39

_Numbers = NDArray[np.int64]


class SeenLife(NamedTuple):
    """All that the keeper saw of a process. Times are the machine's monotonic clock; 0: not known.

    ticks: 0 where the process was gone when its journal was found. cpu_ns: -1: not known.
    places: where its records are among all.
    """

    ticks: int
    born_clock_ns: int
    exited_clock_ns: int
    within_ns: int
    exit_code: int
    status_known: int
    cpu_ns: int
    reaped_clock_ns: int
    places: tuple[int, int, int]


_seen_life = partial(tuple.__new__, SeenLife)


class Sights:
    """Records of the kinds JournalFound, Exited and Released. Each is given once."""

    def __init__(self) -> None:
        self._data = b""
        self._new: list[bytes] = []
        self._left = bytearray()  # 1 where a record was not given yet
        self._given: set[int] = set()  # pids of which none is left
        self._by_name: tuple[_Index, _Index, _Index] | None = None
        self._pids: _Numbers = np.empty(0, np.int64)  # in ascending order
        self._by_pid: _Numbers = np.empty(0, np.int64)  # the place of each of these

    def hold(self, slots: Slots, except_pid: int) -> Slots:
        """Keep those that are of these kinds, and of no process with that pid; gives the others.

        All those of a pid are given where one of them is of a kind that means something else after an end than before it.
        """
        kinds, pids = np.frombuffer(slots.data, _KIND), np.frombuffer(slots.data, _EXITED)["pid"]
        mine = (kinds["kind"] == Kind.FOUND) & (kinds["flags"] == _FOUND_VARIANT)
        mine |= (kinds["kind"] == Kind.EXITED) | (kinds["kind"] == Kind.RELEASED)
        in_order = {except_pid}
        for kind in _IN_ORDER:
            in_order.update(pids[kinds["kind"] == kind].tolist())
        mine &= np.array([pid not in in_order for pid in pids.tolist()], np.bool_)
        if mine.any():
            self._new.append(slots.data if mine.all() else slots.chosen(np.flatnonzero(mine).tolist()).data)
        return slots.chosen(np.flatnonzero(~mine).tolist())

    def of_pid(self, pid: int) -> Slots:
        """Those of all processes that had this pid."""
        self._take_new()
        if pid in self._given:
            return Slots()
        self._given.add(pid)
        low, high = self._pids.searchsorted(pid, "left"), self._pids.searchsorted(pid, "right")
        return self._give(self._by_pid[low:high])

    def rest(self) -> Slots:
        """All that were not given yet."""
        self._take_new()
        return self._give(np.arange(len(self._left)))

    def of_lives(self, lives: ShortLives) -> list[SeenLife | None]:
        """For each of these lives what was seen of it; None where that was not all of it, or is not sure."""
        self._take_new()
        hello = np.frombuffer(lives.data, _HELLO)[:: lives.SLOTS]
        if self._by_name is None:
            self._by_name = (
                _Index(self._data, Kind.FOUND, _FOUND, lambda rows: rows["key"]),
                _Index(self._data, Kind.EXITED, _EXITED, _name),
                _Index(self._data, Kind.RELEASED, _RELEASED, _name),
            )
        founds, exits, releases = self._by_name
        found, found_at = founds.match(hello["clock_ns"])
        known = (found_at >= 0) & (found["pid"] == hello["pid"])
        names = np.where(known, _name(found), -1)
        exited, exited_at = exits.match(names)
        released, released_at = releases.match(names)
        gone = known & (found["ticks"] < 0)
        sure = gone | (exited_at >= 0)
        rows = zip(
            np.where(gone, 0, found["ticks"]).tolist(), found["born_clock_ns"].tolist(),
            np.where(gone, found["died_clock_ns"], exited["clock_ns"]).tolist(),
            np.where(gone, 0, exited["within_ns"]).tolist(),
            np.where(gone, found["exit_code"], exited["exit_code"]).tolist(),
            (gone | (exited["status_known"] != 0)).tolist(), np.where(gone, -1, exited["cpu_ns"]).tolist(),
            np.where(gone, found["clock_ns"], np.where(released_at >= 0, released["clock_ns"], 0)).tolist(),
            zip(found_at.tolist(), exited_at.tolist(), released_at.tolist(), strict=True), strict=True,
        )  # fmt: skip
        return [life if one else None for one, life in zip(sure.tolist(), map(_seen_life, rows), strict=True)]

    def give(self, life: SeenLife) -> bool:
        """The records of this life are used now. False where one of them was given already."""
        left = self._left
        for place in life.places:
            if place >= 0 and not left[place]:
                return False
        for place in life.places:
            if place >= 0:
                left[place] = 0
        return True

    def _give(self, places: _Numbers) -> Slots:
        left = [place for place in places.tolist() if self._left[place]]
        for place in left:
            self._left[place] = 0
        return Slots(self._data).chosen(left)

    def _take_new(self) -> None:
        if not self._new:
            return
        self._data = b"".join([self._data, *self._new])
        self._new = []
        self._by_name = None
        self._given.clear()
        pids = np.frombuffer(self._data, _EXITED)["pid"]
        self._left += b"\1" * (len(pids) - len(self._left))
        self._by_pid = pids.argsort(kind="stable")
        self._pids = pids[self._by_pid]


class _Index:
    """Records of one kind by a name that they have alone."""

    def __init__(
        self, data: bytes, kind: Kind, layout: np.dtype[Any], name_of: Callable[[NDArray[Any]], _Numbers]
    ) -> None:
        places = np.flatnonzero(np.frombuffer(data, _KIND)["kind"] == kind)
        rows = np.frombuffer(data, layout)[places]
        names = name_of(rows)
        order = names.argsort(kind="stable")
        names = names[order]
        alone = np.ones(len(names), np.bool_)
        alone[1:] &= names[1:] != names[:-1]
        alone[:-1] &= names[1:] != names[:-1]
        order = order[alone]
        self._names, self._rows, self._places = names[alone], rows[order], places[order]

    def match(self, names: _Numbers) -> tuple[NDArray[Any], _Numbers]:
        """For each name the record that has it, and its place; the place is -1 where there is none."""
        if not len(self._names):
            return np.zeros(len(names), self._rows.dtype), np.full(len(names), -1, np.int64)
        at = np.minimum(self._names.searchsorted(names), len(self._names) - 1)
        return self._rows[at], np.where(self._names[at] == names, self._places[at], -1)


def _name(rows: NDArray[Any]) -> _Numbers:
    """Pid and start time as one number; -2 where they are none that a system gives."""
    pid, ticks = rows["pid"], rows["ticks"]
    real = (pid > 0) & (pid < _MOST_PID) & (ticks > 0) & (ticks < _MOST_TICKS)
    name: _Numbers = np.where(real, (pid & _MOST_PID - 1) << 39 | ticks & _MOST_TICKS - 1, -2)
    return name
