"""What a sweep has measured: its runs, and the figures of each number of workers. Frozen data, any process."""

import statistics
from dataclasses import dataclass, replace
from pathlib import Path

from workers.sweep.amdahl import AmdahlFit, fit_amdahl


@dataclass(frozen=True, slots=True)
class SweepRun:
    """One run of a sweep. duration_s: None for one that failed. problem: how it failed, in a few words; empty for none.
    exit_code: of the program; None where it is not known. folder: where the run is kept. wall_s: with all that is around it."""

    workers: int
    duration_s: float | None
    problem: str = ""
    exit_code: int | None = 0
    folder: Path | None = None
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """The runs at one number of workers, in the order in which they were made. bound: the most speed-up that the work allows
    here, since its pieces are not divided; None where that is not known."""

    workers: int
    runs: tuple[SweepRun, ...]
    bound: float | None = None

    @property
    def bound_by_sizes(self) -> bool:
        """Whether sizes that stay whole allow noticeably less than a speed-up as large as the number of workers."""
        return self.bound is not None and self.bound < 0.995 * self.workers

    @property
    def times_s(self) -> tuple[float, ...]:
        """The times of the runs that went well, shortest first."""
        return tuple(sorted(run.duration_s for run in self.runs if run.duration_s is not None))

    @property
    def failed(self) -> tuple[SweepRun, ...]:
        """The runs that failed, whose time means nothing."""
        return tuple(run for run in self.runs if run.duration_s is None)

    @property
    def duration_s(self) -> float | None:
        """The median time."""
        return statistics.median(self.times_s) if self.times_s else None

    @property
    def typical(self) -> SweepRun | None:
        """The run that stands for the point: of the runs that went well the one nearest to the median, else the last one."""
        median = self.duration_s
        good = [run for run in self.runs if run.duration_s is not None]
        if median is None:
            return self.runs[-1] if self.runs else None
        return min(good, key=lambda run: abs((run.duration_s or 0.0) - median))


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep so far.

    title: what is run. held: what stays the same at every number of workers, in one sentence.
    counts: the numbers of workers, in order. repeats: how often each is run. cores: how many this process may keep busy.
    runs: in the order in which they were made. bounds: see `SweepPoint.bound`, one for each count; empty where not known.
    """

    title: str
    held: str
    counts: tuple[int, ...]
    repeats: int
    cores: float
    runs: tuple[SweepRun, ...] = ()
    bounds: tuple[float, ...] = ()

    def with_run(self, run: SweepRun) -> "Sweep":
        """The sweep with one run more."""
        return replace(self, runs=(*self.runs, run))

    @property
    def planned(self) -> int:
        """How many runs there are in all."""
        return len(self.counts) * self.repeats

    @property
    def points(self) -> tuple[SweepPoint, ...]:
        """One for each number of workers that was run, in order."""
        bounds = dict(zip(self.counts, self.bounds, strict=False))
        points = (
            SweepPoint(count, tuple(run for run in self.runs if run.workers == count), bounds.get(count))
            for count in self.counts
        )
        return tuple(point for point in points if point.runs)

    @property
    def base_s(self) -> float | None:
        """The median time of one worker, which speed-up compares with."""
        return next((point.duration_s for point in self.points if point.workers == 1), None)

    def speed_up(self, point: SweepPoint) -> float | None:
        """How many times as fast as one worker; None where one of the two was not measured."""
        base_s, own_s = self.base_s, point.duration_s
        return None if base_s is None or own_s is None else base_s / own_s

    def speed_up_range(self, point: SweepPoint) -> tuple[float, float] | None:
        """The same for the slowest and the fastest of its runs."""
        base_s, times_s = self.base_s, point.times_s
        return None if base_s is None or not times_s else (base_s / times_s[-1], base_s / times_s[0])

    def efficiency(self, point: SweepPoint) -> float | None:
        """Speed-up for each worker: 1 is ideal."""
        speed_up = self.speed_up(point)
        return None if speed_up is None else speed_up / point.workers

    @property
    def fit(self) -> AmdahlFit | None:
        """Amdahl's law for the times up to the cores. Beyond them no law of the work but the machine decides; and where
        pieces do not divide evenly, neither."""
        times = [
            (point.workers, seconds)
            for point in self.points
            if point.workers <= self.cores and not point.bound_by_sizes
            for seconds in point.times_s
        ]
        return fit_amdahl(times)

    @property
    def serial_fraction(self) -> float | None:
        """The share of the work that seems serial; None where it cannot be told."""
        fit = self.fit
        return fit.share if fit is not None and fit.holds else None

    @property
    def failures(self) -> int:
        """How many runs failed."""
        return sum(run.duration_s is None for run in self.runs)
