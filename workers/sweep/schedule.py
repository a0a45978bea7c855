"""The order of the runs of a sweep, and how long the rest will take. Pure functions, any process."""

from collections import defaultdict
from collections.abc import Sequence

from workers.sweep.measured import SweepRun


def schedule(counts: Sequence[int], repeats: int) -> tuple[int, ...]:
    """The numbers of workers, one for each run. Every round has all of them, every second one backwards: a machine that slows
    down or warms up meanwhile touches all of them alike."""
    return tuple(count for turn in range(repeats) for count in (counts if turn % 2 == 0 else reversed(counts)))


def seconds_left(done: Sequence[SweepRun], left: Sequence[int], cores: float) -> float | None:
    """How long the runs that are left will take, by the ones that are done; None before the first. A number of workers that
    was not run yet takes as long as the nearest one would with its share of the cores."""
    walls: dict[int, list[float]] = defaultdict(list)
    for run in done:
        walls[run.workers].append(run.wall_s)
    if not walls:
        return None
    means = {count: sum(each) / len(each) for count, each in walls.items()}

    def expected(count: int) -> float:
        near = min(means, key=lambda other: (abs(other - count), other))
        return means[near] * min(near, max(cores, 1.0)) / min(count, max(cores, 1.0))

    return sum(expected(count) for count in left)
