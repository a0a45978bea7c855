"""The interval in view, and how following a live run moves it. Arithmetic only; the window's thread."""

import math
from dataclasses import dataclass

from desktop.chart.geometry.time_scale import LEAST_NS, TimeScale

_STEP = 1.25
_HEADROOM = 1.04
_LEAST_END_NS = 1_000_000
_FURTHEST = 1.2
_FIT = 1.06


def followed_end(now_ns: int) -> int:
    """The end of the interval in view while following. It moves in steps and stays the same for many frames, so that the scale
    stays too. There is always room right of now, from 4 % to 30 %."""
    steps = math.ceil(math.log(max(1.0, now_ns * _HEADROOM / _LEAST_END_NS), _STEP))
    return round(_LEAST_END_NS * _STEP**steps)


def whole_end(run_ns: int, live: bool) -> int:
    """The end of a view of the whole run. run_ns: how far the run has come."""
    return followed_end(run_ns) if live else max(LEAST_NS, round(run_ns * _FIT))


@dataclass(slots=True)
class Camera:
    """The interval in view.

    follow: whether the view shows the whole run and grows with it. Any move by hand ends that.
    run_ns: how far the run has come.
    live: whether it is still running.
    beside: with another run on the same axis, the interval of a view of both as a whole, in this run's time. It begins before
    zero where the other run begins earlier.
    """

    t0_ns: int = 0
    t1_ns: int = _LEAST_END_NS
    follow: bool = True
    run_ns: int = 0
    live: bool = False
    beside: tuple[int, int] | None = None

    @property
    def first_ns(self) -> int:
        """The earliest time that can come into view."""
        return 0 if self.beside is None else self.beside[0]

    @property
    def furthest_ns(self) -> int:
        """The latest time that can come into view."""
        if self.beside is not None:  # the same for both runs: otherwise one view would stop before the other
            return self.beside[0] + round((self.beside[1] - self.beside[0]) * _FURTHEST)
        return max(round(self.run_ns * _FURTHEST), self.whole_ns)

    @property
    def whole_ns(self) -> int:
        """The end of a view of the whole run, or of both."""
        return whole_end(self.run_ns, self.live) if self.beside is None else self.beside[1]

    @property
    def overview_end_ns(self) -> int:
        """The end of the overview: that of the whole run, or the furthest time while the view reaches beyond the run."""
        return self.whole_ns if self.t1_ns <= self.whole_ns else self.furthest_ns

    def grown(self, run_ns: int, live: bool) -> bool:
        """Take note that the run has come to `run_ns`. Returns whether the view moved."""
        self.run_ns, self.live = run_ns, live
        return self.follow and self._show(self.first_ns, self.whole_ns)

    def whole(self) -> bool:
        """Show the whole run. Returns whether the view moved."""
        return self._show(self.first_ns, self.whole_ns)

    def show(self, t0_ns: int, t1_ns: int) -> bool:
        """Show an interval by hand, as near as the bounds allow; following ends. Returns whether the view moved."""
        moved = self._show(t0_ns, t1_ns)
        if moved:
            self.follow = False
        return moved

    def zoom(self, factor: float, about_ns: int) -> bool:
        """Show `factor` times as much time, with `about_ns` at the same place."""
        scale = TimeScale(self.t0_ns, self.t1_ns, 0, 1).zoomed(factor, about_ns)
        return self.show(scale.t0_ns, scale.t1_ns)

    def pan(self, by_ns: int) -> bool:
        """Show the interval `by_ns` later."""
        return self.show(self.t0_ns + by_ns, self.t1_ns + by_ns)

    def reveal(self, t0_ns: int, t1_ns: int) -> bool:
        """Pan as little as brings [t0_ns, t1_ns] into view, or its beginning if it is too long."""
        length, span = self.t1_ns - self.t0_ns, t1_ns - t0_ns
        margin = length // 20 if span >= length else min(length // 20, (length - span) // 2)
        long, before, after = span >= length, t0_ns < self.t0_ns, t1_ns > self.t1_ns
        if before and (t1_ns <= self.t0_ns or not (after or long)):
            return self.pan(t0_ns - self.t0_ns - margin)
        if after and t0_ns >= self.t1_ns and long:
            return self.pan(t0_ns - self.t0_ns - margin)
        if after and (t0_ns >= self.t1_ns or not (before or long)):
            return self.pan(t1_ns - self.t1_ns + margin)
        return False

    def centre(self, at_ns: int) -> bool:
        """Bring a moment to the middle."""
        return self.pan(at_ns - (self.t0_ns + self.t1_ns) // 2)

    def _show(self, t0_ns: int, t1_ns: int) -> bool:
        first = self.first_ns
        bounded = TimeScale(t0_ns - first, t1_ns - first, 0, 1).within(self.furthest_ns - first)
        shown = bounded.t0_ns + first, bounded.t1_ns + first
        moved = shown != (self.t0_ns, self.t1_ns)
        self.t0_ns, self.t1_ns = shown
        return moved
