"""The three figures of a sweep that are plotted, and the curves to compare them with. Pure functions without Qt."""

from collections.abc import Callable
from dataclasses import dataclass

from workers.sweep.measured import Sweep, SweepPoint

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlottedFigure:
    """What one plot shows: a figure of each point, and the curves to compare it with.

    value: of a point; None where all its runs failed. spread: from the least to the most of its runs.
    bound: the best that sizes which stay whole allow. ideal, law: by the number of workers, where they are known.
    """

    value: Callable[[SweepPoint], float | None]
    spread: Callable[[SweepPoint], Range | None]
    bound: Callable[[SweepPoint], float | None]
    ideal: Callable[[float], float] | None
    law: Callable[[float], float] | None


def plotted_figures(sweep: Sweep) -> tuple[PlottedFigure, PlottedFigure, PlottedFigure]:
    """Time in seconds, speed-up, and efficiency in percent."""
    base_s, fit = sweep.base_s, sweep.fit
    law = fit if fit is not None and fit.holds else None
    whole_s = None if law is None else law.seconds(1)
    time = PlottedFigure(
        lambda point: point.duration_s,
        lambda point: (point.times_s[0], point.times_s[-1]),
        lambda point: None if base_s is None or point.bound is None else base_s / point.bound,
        None if base_s is None else (lambda n: base_s / n),
        None if law is None else law.seconds,
    )
    speed_up = PlottedFigure(
        sweep.speed_up,
        sweep.speed_up_range,
        lambda point: point.bound,
        lambda n: n,
        None if law is None or whole_s is None else (lambda n: whole_s / law.seconds(n)),
    )
    efficiency = PlottedFigure(
        lambda point: _scaled(100, sweep.efficiency(point)),
        lambda point: _scaled_range(100 / point.workers, sweep.speed_up_range(point)),
        lambda point: _scaled(100 / point.workers, point.bound),
        lambda n: 100.0,
        None if law is None or whole_s is None else (lambda n: 100 * whole_s / law.seconds(n) / n),
    )
    return time, speed_up, efficiency


def _scaled(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def _scaled_range(factor: float, spread: Range | None) -> Range | None:
    return None if spread is None else (factor * spread[0], factor * spread[1])
