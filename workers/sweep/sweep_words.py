"""A sweep in sentences: for the terminal, for the window and for a screen reader. Pure functions, any process."""

from workers.plan.sizes import format_duration
from workers.sweep.amdahl import LEAST_POINTS
from workers.sweep.measured import Sweep, SweepPoint, SweepRun

_ALIKE = 1.05
"""What is faster by less than this is no faster in words: so much may be chance."""


def headline(sweep: Sweep) -> str:
    """What the sweep says, in a sentence or two."""
    points = [point for point in sweep.points if sweep.speed_up(point) is not None]
    if not sweep.runs:
        return "Nothing has been measured yet."
    if not points:
        why = "no run went well" if not any(point.times_s for point in sweep.points) else "no run at 1 worker went well"
        return f"There is no speed-up to tell: {why}.{_failures(sweep)}"
    best = max(points, key=lambda point: sweep.speed_up(point) or 0.0)
    speed_up = sweep.speed_up(best) or 0.0
    if len(points) == 1:
        text = f"At 1 worker it takes {format_duration(points[0].duration_s or 0.0)}"
    elif speed_up < _ALIKE:
        text = "No number of workers is faster than 1"
    else:
        text = f"At {best.workers} workers {times(speed_up)} as fast as at 1"
        last = points[-1]
        if last.workers > best.workers:
            text += f", and at {last.workers} {times(sweep.speed_up(last) or 0.0)}"
    fit, share = sweep.fit, sweep.serial_fraction
    if fit is not None and share is not None:
        text += f"; {percent(share)} of the work seems serial (95 % sure: {_interval(fit.low, fit.high)})"
    return f"{text}.{_failures(sweep)}"


def serial_words(sweep: Sweep) -> str:
    """Why the serial share cannot be told; empty where the headline has it."""
    fit = sweep.fit
    if sweep.serial_fraction is not None:
        return ""
    if fit is None:
        if sum(bool(point.times_s) for point in sweep.points if point.workers <= sweep.cores) >= LEAST_POINTS:
            return "The serial share cannot be told: sizes that stay whole decide how long it takes."
        needed = f"{LEAST_POINTS} numbers of workers up to the {cores_words(sweep.cores)}"
        return f"The serial share cannot be told: that takes times at {needed}."
    if fit.share < 0:
        return "No part of the work seems serial."
    return "The serial share cannot be told: the times do not follow Amdahl's law."


def point_words(sweep: Sweep, point: SweepPoint) -> str:
    """One number of workers, in full."""
    parts = [workers_words(point.workers)]
    times_s = point.times_s
    if times_s:
        runs = "1 run" if len(times_s) == 1 else f"{len(times_s)} runs"
        spread = "" if len(times_s) == 1 else f", {format_duration(times_s[0])} to {format_duration(times_s[-1])}"
        parts[0] += f": {format_duration(point.duration_s or 0.0)} ({runs}{spread})"
    speed_up, efficiency = sweep.speed_up(point), sweep.efficiency(point)
    if speed_up is not None and efficiency is not None and point.workers > 1:
        parts.append(f"{times(speed_up)} as fast as 1, efficiency {percent(efficiency)}")
    sentences = [", ".join(parts)]
    if point.workers > sweep.cores:
        sentences.append(f"These are more than the {cores_words(sweep.cores)}")
    if point.bound is not None and point.bound_by_sizes:
        sentences.append(f"The sizes allow {times(point.bound)} at most")
    if point.failed:
        sentences.append(failed_words(point.failed, len(point.runs)))
    return ". ".join(sentences) + "."


def failed_words(failed: tuple[SweepRun, ...], runs: int) -> str:
    """How many runs failed, and how the last one did."""
    many = "The run failed" if len(failed) == runs == 1 else f"{len(failed)} of {runs} runs failed"
    return f"{many}: {failed[-1].problem}"


def times(speed_up: float) -> str:
    """``3.1 times``; two digits after the point below 2, where they matter."""
    return f"{speed_up:.2f} times" if speed_up < 2 else f"{speed_up:.1f} times"


def percent(share: float) -> str:
    """``8 %``, ``0.4 %``."""
    value = 100 * share
    return f"{value:.1f} %" if abs(value) < 0.95 else f"{value:.0f} %"


def workers_words(count: int) -> str:
    """``1 worker``, ``4 workers``."""
    return "1 worker" if count == 1 else f"{count} workers"


def cores_words(cores: float) -> str:
    """``2 cores``, ``1.5 cores' worth of CPU time``."""
    if cores != round(cores):
        return f"{cores:.3g} cores' worth of CPU time"
    return "1 core" if cores == 1 else f"{cores:.0f} cores"


def _interval(low: float, high: float) -> str:
    return f"{percent(max(low, 0.0)).removesuffix(' %')} to {percent(min(high, 1.0))}"


def _failures(sweep: Sweep) -> str:
    return "" if not sweep.failures else f" {sweep.failures} of {len(sweep.runs)} runs failed."
