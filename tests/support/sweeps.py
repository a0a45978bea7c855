"""Sweeps built by hand, for the tests of everything that shows one."""

import random
from pathlib import Path

from workers.sweep.measured import Sweep, SweepRun


def sweep_of(
    times: dict[int, list[float | None]],
    *,
    cores: float = 4.0,
    bounds: tuple[float, ...] = (),
    folder: Path | None = None,
) -> Sweep:
    """A sweep with these times by the number of workers; None stands for a run that failed."""
    repeats = max(map(len, times.values()), default=1)
    made = Sweep("spin 4 s in all · fork", "The work stays the same.", tuple(times), repeats, cores, (), bounds)
    for turn in range(repeats):
        for workers, each in times.items():
            if turn < len(each):
                seconds = each[turn]
                where = None if folder is None else folder / f"{workers}-{turn}"
                problem, code = ("", 0) if seconds is not None else ("exit code 3", 3)
                made = made.with_run(SweepRun(workers, seconds, problem, code, where, (seconds or 0.0) + 0.2))
    return made


def amdahl_sweep(share: float = 0.08, *, counts: tuple[int, ...] = (1, 2, 4, 8), cores: float = 8.0) -> Sweep:
    """A sweep of three runs each that follows Amdahl's law but for half a percent."""
    source = random.Random(7)
    return sweep_of(
        {n: [(share + (1 - share) / n) * 4 * source.gauss(1, 0.005) for _ in range(3)] for n in counts}, cores=cores
    )
