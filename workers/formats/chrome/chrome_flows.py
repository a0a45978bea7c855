"""The arrows of a Chrome trace: starts, steps and ends of flows, joined once all are there. Any process and thread."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.formats.chrome.chrome_spans import Names
from workers.formats.chrome.nesting import Times
from workers.timeline.lanes import OPEN
from workers.timeline.tracks import Flows

_ORDER = "stf"
_START, _END = 0, 2


class FlowEnds:
    """The ends of arrows as columns: flow, phase, time, track, name and place in the file."""

    def __init__(self) -> None:
        self._flow, self._phase = array("q"), array("B")
        self._t, self._track, self._name, self._seq = array("q"), array("I"), array("I"), array("I")

    def add(self, flow: int, phase: str, t: int, track: int, name: int, seq: int) -> None:
        """Add one end. flow: the same for all ends of one flow. phase: ``s`` is its start, ``t`` a step, ``f`` its end.
        seq: its place in the file."""
        self._flow.append(flow)
        self._phase.append(_ORDER.index(phase))
        self._t.append(t)
        self._track.append(track)
        self._name.append(name)
        self._seq.append(seq)

    def extend(
        self, flow: Sequence[int], phase: str, t: Times, track: NDArray[np.uint16], name: Names, seq: Names
    ) -> None:
        """Add many ends. phase: one letter for each."""
        self._flow.extend(flow)
        self._phase.extend(map(_ORDER.index, phase))
        self._t.frombytes(t.view(np.uint8).data)
        self._track.frombytes(track.astype(np.uint32).view(np.uint8).data)
        self._name.frombytes(name.view(np.uint8).data)
        self._seq.frombytes(seq.view(np.uint8).data)

    @property
    def first_ns(self) -> int:
        """The earliest time."""
        return int(np.frombuffer(self._t, np.int64).min()) if self._t else OPEN

    def joined(self, tracks: Sequence[int], origin: int) -> tuple[Flows, int]:
        """(the arrows in the order of the file, how many ends have no other end)

        tracks: the id of each track, by the number that `add` was given. origin: the time from which times count.

        In one flow each arrow goes from a start or step to the next step or end. A flow's number may be used again after its
        end. Where clocks differ, an end can be earlier than its start: the two are joined all the same.
        """
        if not self._t:
            return Flows.none(), 0
        flow, phase = np.frombuffer(self._flow, np.int64), np.frombuffer(self._phase, np.uint8)
        t, seq = np.frombuffer(self._t, np.int64), np.frombuffer(self._seq, np.uint32)
        order = np.lexsort((seq, phase, t, flow))
        flow, phase = flow[order], phase[order]
        first = np.append(True, flow[1:] != flow[:-1])
        starts = phase == _START
        # In most flows each step and end follows a start or step. Others are walked through.
        of = np.cumsum(first) - 1
        strange = np.zeros(int(of[-1]) + 1, bool)
        strange[of[~starts & (first | np.append(False, phase[:-1] == _END))]] = True
        walked = strange[of]
        follows = np.append(~first[1:] & ~starts[1:], False)  # the next one is where an arrow arrives
        joined = np.flatnonzero(follows & ~walked)
        ends = _FlowJoiner()
        rows = np.flatnonzero(walked)
        for at, begins, what in zip(order[rows].data, first[rows].data, phase[rows].data, strict=True):
            if begins:
                ends.leave()
            ends.take(at, what)
        ends.leave()
        ends.unjoined += int((starts & ~follows & ~walked).sum())
        leaves = np.concatenate((order[joined], np.array(ends.leaves, np.int64)))
        arrives = np.concatenate((order[joined + 1], np.array(ends.arrives, np.int64)))
        in_file = np.argsort(seq[leaves])  # the numbers of flows are hashes, which differ from one process to another
        leaves, arrives = leaves[in_file], arrives[in_file]
        track = np.array(tracks, np.int32)[np.frombuffer(self._track, np.uint32)]
        name = np.frombuffer(self._name, np.uint32)
        return (
            Flows(track[leaves], t[leaves] - origin, track[arrives], t[arrives] - origin, name[leaves]),
            ends.unjoined,
        )


class _FlowJoiner:
    """Joins the ends of one flow after another."""

    def __init__(self) -> None:
        self.leaves, self.arrives = array("q"), array("q")
        self.unjoined = 0
        self._last: int | None = None
        self._used = False
        self._early: list[int] = []

    def take(self, at: int, what: int) -> None:
        """The next end in the order of time."""
        if what == 0:
            self._give_up_last()
            self._last, self._used = at, False
            return
        if self._last is None:
            self._early.append(at)
            return
        self.leaves.append(self._last)
        self.arrives.append(at)
        self._last, self._used = (at, True) if what == 1 else (None, False)

    def leave(self) -> None:
        """The flow has no more ends."""
        if self._last is not None and self._early:
            self.leaves.append(self._last)
            self.arrives.append(self._early.pop())
            self._last = None
        self._give_up_last()
        self.unjoined += len(self._early)
        self._early.clear()

    def _give_up_last(self) -> None:
        if self._last is not None and not self._used:
            self.unjoined += 1
        self._last = None
