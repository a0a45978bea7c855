"""The arrows of a Chrome trace: starts, steps and ends of flows, joined once all are there. Any process and thread."""

from array import array
from collections.abc import Sequence

import numpy as np

from workers.timeline.lanes import OPEN
from workers.timeline.tracks import Flows

_ORDER = "stf"


class FlowEnds:
    """The ends of arrows in the order of the file, as columns: flow, phase, time and track."""

    def __init__(self) -> None:
        self._flow, self._phase = array("q"), array("B")
        self._t, self._track, self._name = array("q"), array("I"), array("I")

    def add(self, flow: object, phase: str, t: int, track: int, name: int) -> None:
        """Add one end. flow: the same for all ends of one flow. phase: ``s`` is its start, ``t`` a step, ``f`` its end."""
        self._flow.append(
            hash(flow)
        )  # a number, which takes less room than its parts: there can be as many flows as events
        self._phase.append(_ORDER.index(phase))
        self._t.append(t)
        self._track.append(track)
        self._name.append(name)

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
        t = np.frombuffer(self._t, np.int64)
        order = np.lexsort((phase, t, flow))
        ends = _FlowJoiner()
        before = None
        for at, of, what in zip(order.data, flow[order].data, phase[order].data, strict=True):
            if of != before:
                ends.leave()
                before = of
            ends.take(at, what)
        ends.leave()
        leaves, arrives = np.array(ends.leaves, np.int64), np.array(ends.arrives, np.int64)
        in_file = np.argsort(leaves)  # the numbers of flows are hashes, which differ from one process to another
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
