"""Which kinds of bars and marks a run has shown: the legend explains these and no others. The window's thread, or an export."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workers.analysis.waits import idle_without_task
from workers.timeline.distinct import distinct
from workers.timeline.model import MarkKind, SpanKind
from workers.timeline.timeline import Timeline

Sign = SpanKind | MarkKind | Literal["idle", "cpu", "memory", "threads", "span", "instant", "flow", "counter"]
SeenSign = tuple[type, Sign]
"""A sign with its type: a kind of mark may have the number of a kind of span."""
_AGAIN = 256


class SeenSigns:
    """Which signs a run has shown so far. They become more while it runs, and none is forgotten.

    Each look continues where the last one stopped: a lane may hold a million marks.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[type, Sign]] = (
            set()
        )  # with their types: a kind of mark may have the number of a kind of span
        self._looked: dict[tuple[int, str], int] = {}
        self._known: tuple[int, Sequence[int]] = -1, ()

    def of(self, timeline: Timeline, processes: Sequence[int]) -> AbstractSet[SeenSign]:
        """The signs of a run so far, each with its type. processes: whose lanes to look at."""
        if (timeline.revision, processes) != self._known:
            self._known = timeline.revision, processes
            for process in processes:
                self._look(timeline, process)
        return self._seen

    def _look(self, timeline: Timeline, process: int) -> None:
        lane = timeline.lane(process)
        self._add(*(SpanKind(kind) for kind in set(lane.phases.kind.tolist())))
        self._add(*(SpanKind(kind) for kind in self._new(process, "waits", lane.waits.kind)))
        if lane.traffic is not None:
            self._add(*(SpanKind(kind) for kind in self._new(process, "traffic", lane.traffic.kind)))
        self._add(*(MarkKind(kind) for kind in self._new(process, "marks", lane.marks.kind)))
        for number, tasks in enumerate(timeline.tasks.all_of(process)):
            if len(tasks):
                self._add(SpanKind.TASK)
            if any(self._new(process, f"errors {number}", tasks.error)):
                self._add(SpanKind.FAILED)
        if idle_without_task(timeline, timeline.process(process)):
            self._add("idle")
        samples = timeline.samples.get(process)
        if samples is not None and len(samples) > 1:
            self._add("cpu", "memory")
        if timeline.threads_of(process):
            self._add("threads")
        for track in timeline.tracks_of(process):
            self._add(*(("span",) if len(track.spans) else ()), *(("instant",) if len(track.mark_t) else ()))
        self._add(*(("flow",) if len(timeline.flows) else ()), *(("counter",) if timeline.counters else ()))

    def _add(self, *signs: Sign) -> None:
        self._seen.update((type(sign), sign) for sign in signs)

    def _new(self, process: int, what: str, kinds: NDArray[np.integer]) -> list[int]:
        """The kinds that have come since the last look. A few of the last ones are looked at again: late ones are put among
        them, and tasks end."""
        count = len(kinds)
        first = max(0, min(self._looked.get((process, what), 0), count) - _AGAIN)
        self._looked[process, what] = count
        return [] if first == count else distinct(kinds[first:]).values.tolist()
