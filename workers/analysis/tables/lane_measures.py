"""What each lane did in an interval: alive, busy, idle, waiting, CPU time, tasks; and how many cores were busy. Pure functions.

They run where the timeline lives, and cost a pass over the columns of a lane.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.analysis.measure import cpu_used, life_of
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Track


@dataclass(frozen=True, slots=True)
class LaneMeasure:
    """One lane in an interval. None = not known.

    process, track: their ids; track 0 = the process itself.
    alive_ns: how long it lived in the interval. busy_ns: in a task, or in a span of a trace; in several at once counts once.
    idle_ns: alive and in no task. waiting_ns: in join(), and in other waits that were seen.
    cpu_s: CPU time. cpu_least: it is not known to the end of the interval, or of the process.
    begun, ended: tasks that began or ended in the interval; running: those that ran at its end.
    """

    process: int
    track: int = 0
    alive_ns: int | None = None
    busy_ns: int | None = None
    idle_ns: int | None = None
    waiting_ns: int | None = None
    cpu_s: float | None = None
    cpu_least: bool = False
    begun: int | None = None
    running: int | None = None
    ended: int | None = None

    @property
    def cpu_share(self) -> float | None:
        """The CPU time as a share of the time alive; above 1 where several threads ran at once."""
        return None if self.cpu_s is None or not self.alive_ns else self.cpu_s * 1e9 / self.alive_ns


def lane_measures(timeline: Timeline, t0_ns: int, t1_ns: int) -> Iterator[LaneMeasure]:
    """The lanes that lived in [t0_ns, t1_ns], without helpers, in the order in which they are drawn; of a trace, the tracks
    with a span in it. One at a time, so that the caller may stop between two."""
    for number, _ in timeline.tree():
        process = timeline.process(number)
        if process.traced:
            for track in timeline.tracks_of(number):
                measured = _track(track, t0_ns, t1_ns, timeline.now_ns)
                if measured is not None:
                    yield measured
        elif process.kind is not ProcessKind.HELPER:
            life = life_of(process, timeline.now_ns)
            if life is not None and life[0] <= t1_ns and life[1] >= t0_ns:
                yield _process(timeline, process, life, t0_ns, t1_ns)


def _process(timeline: Timeline, process: Process, life: tuple[int, int], t0_ns: int, t1_ns: int) -> LaneMeasure:
    alive = min(life[1], t1_ns) - max(life[0], t0_ns)
    used = cpu_used(timeline.samples.get(process.id), process, life, t0_ns, t1_ns)
    waits = timeline.lane(process.id).waits
    until = min(t1_ns, life[1])
    waiting = covered_ns(waits.t0, waits.t1, t0_ns, until)
    cpu_s, whole = (None, True) if used is None else used
    # A wait is seen from outside after a while only: that none was seen is no proof that there was none.
    known = LaneMeasure(process.id, alive_ns=alive, waiting_ns=waiting or None, cpu_s=cpu_s, cpu_least=not whole)
    lanes = [lane for lane in timeline.tasks.all_of(process.id) if len(lane)]
    if not lanes:
        return known
    t0 = np.concatenate([lane.t0 for lane in lanes])
    t1 = np.concatenate([lane.ends(0, len(lane), process.last_ns) for lane in lanes])
    if len(lanes) > 1:
        order = np.argsort(t0, kind="stable")
        t0, t1 = t0[order], t1[order]
    busy = covered_ns(t0, t1, t0_ns, until)
    begun, running, ended = _counts(t0, t1, t0_ns, t1_ns)
    return LaneMeasure(process.id, 0, alive, busy, max(0, alive - busy), known.waiting_ns, cpu_s, not whole, begun, running,
                       ended)  # fmt: skip


def _track(track: Track, t0_ns: int, t1_ns: int, now_ns: int) -> LaneMeasure | None:
    spans = track.spans
    if (
        not len(spans)
        or spans.t0[0] > t1_ns
        or not bool((spans.t1[: spans.t0.searchsorted(t1_ns, "right")] >= t0_ns).any())
    ):
        return None
    begun, running, ended = _counts(spans.t0, spans.t1, t0_ns, t1_ns)
    # Nobody knows how long a span without an end was.
    known = bool((spans.t1[: spans.t0.searchsorted(t1_ns)] != OPEN).all())
    busy = covered_ns(spans.t0, spans.t1, t0_ns, min(t1_ns, now_ns)) if known else None
    return LaneMeasure(track.process, track.id, busy_ns=busy, begun=begun, running=running, ended=ended)


def covered_ns(t0: NDArray[np.int64], t1: NDArray[np.int64], from_ns: int, until_ns: int) -> int:
    """How much of [from_ns, until_ns) these intervals cover, each moment counted once. t0 ascends; an end may be OPEN."""
    last = int(t0.searchsorted(until_ns))
    if not last or until_ns <= from_ns:
        return 0
    begins, ends = np.maximum(t0[:last], from_ns), np.clip(t1[:last], from_ns, until_ns)
    reached = np.maximum.accumulate(ends)
    begins[1:] = np.maximum(begins[1:], reached[:-1])
    return int(np.maximum(ends - begins, 0).sum())


def _counts(t0: NDArray[np.int64], t1: NDArray[np.int64], t0_ns: int, t1_ns: int) -> tuple[int, int, int]:
    """How many began in [t0_ns, t1_ns], ran at its end, and ended in it."""
    first, last = t0.searchsorted((t0_ns, t1_ns + 1)).tolist()
    ends = t1[:last]
    return last - first, int(np.count_nonzero(ends > t1_ns)), int(np.count_nonzero((ends >= t0_ns) & (ends <= t1_ns)))


def cores_busy(timeline: Timeline, t0_ns: int, t1_ns: int, points: int) -> NDArray[np.float64] | None:
    """float64 (points,): how many cores all processes kept busy in each of so many equal parts of an interval.

    It comes from samples, and is even between two of them; nan where nothing was sampled. None if that is so everywhere.
    """
    samples = timeline.totals.samples
    if len(samples) < 2 or t1_ns <= t0_ns:
        return None
    edges = np.linspace(t0_ns, t1_ns, points + 1)
    used = np.interp(edges, samples.t, samples.cpu_s)
    busy: NDArray[np.float64] = np.diff(used) * 1e9 / np.diff(edges)
    busy[(edges[1:] <= samples.t[0]) | (edges[:-1] >= samples.t[-1])] = np.nan
    return None if bool(np.isnan(busy).all()) else busy
