"""Counts and durations by name: of a run's tasks by function, of a trace's spans. Pure functions, any thread."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.timeline.lanes import OPEN
from workers.timeline.timeline import Timeline

_MEDIAN, _P95 = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class NameTimes:
    """The tasks or spans with one name. count: all of them. The durations are of those that ended; None if none did."""

    count: int
    total_s: float
    median_s: float | None
    p95_s: float | None


def times_by_name(timeline: Timeline) -> dict[str, NameTimes]:
    """The times by name. Costs a sort of all tasks or spans."""
    traced = timeline.imported is not None
    columns = [*_spans(timeline)] if traced else [*_tasks(timeline)]
    if not columns:
        return {}
    name, t0, t1 = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    texts = timeline.names if traced else timeline.tasks.names
    counts = np.bincount(name)
    ended = t1 != OPEN
    name, lasted = name[ended], np.maximum(t1[ended] - t0[ended], 0)
    order = np.lexsort((lasted, name))
    name, lasted = name[order], lasted[order]
    first = np.flatnonzero(np.diff(name.astype(np.int64), prepend=-1))
    many = np.diff(first, append=len(name))
    median, p95 = (_quantile(lasted, first, many, share) for share in (_MEDIAN, _P95))
    totals = np.add.reduceat(lasted, first) if len(first) else lasted
    found = {int(number): NameTimes(int(counts[number]), 0.0, None, None) for number in np.flatnonzero(counts)}
    for at, number in enumerate(name[first].tolist()):
        found[number] = NameTimes(
            int(counts[number]), float(totals[at]) / 1e9, float(median[at]) / 1e9, float(p95[at]) / 1e9
        )
    return {texts[number]: times for number, times in found.items()}


def _quantile(lasted: NDArray[Any], first: NDArray[Any], many: NDArray[Any], share: float) -> NDArray[np.float64]:
    """For each group of ascending values, the value that `share` of them do not exceed, interpolated between two."""
    at = first + (many - 1) * share
    below = at.astype(np.int64)
    above = np.minimum(below + 1, first + many - 1)
    low = lasted[below].astype(np.float64)
    between: NDArray[np.float64] = low + (lasted[above] - low) * (at - below)
    return between


def _tasks(timeline: Timeline) -> list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    return [(lane.name, lane.t0, lane.t1) for _, lane in timeline.tasks.lanes() if len(lane)]


def _spans(timeline: Timeline) -> list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    return [(track.spans.name, track.spans.t0, track.spans.t1) for track in timeline.tracks if len(track.spans)]
