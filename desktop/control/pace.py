"""How soon the next frame of a run is due. Arithmetic on what each frame took; the window's thread.

Sixty frames a second while there is news and the window keeps up, otherwise thirty, which leave the cores to the workers.
"""

FAST_MS, SLOW_MS = 16, 33

_BUSY_MS, _EASY_MS = 20.0, 18.0
"""CPU time of the window's thread for one frame. Above the first there are thirty frames a second, since the window could not
keep up with sixty. Below the second there are sixty again: a frame of thirty has more to show than one of sixty, and never
costs less."""
_LATE = 1.6
"""A frame is late after this many of its intervals, as happens when workers need the cores."""
_MANY_LATE = 0.3
"""The share of late frames above which there are thirty a second."""
_WEIGHT = 0.1
"""Of the newest frame in the averages."""
_NEWS_MS = 300.0
"""So long after the last news there are still sixty frames a second."""


class Pace:
    """Decides after each frame when the next is due. interval_ms: the time between the two."""

    def __init__(self) -> None:
        self.interval_ms = FAST_MS
        self._own_ms = 0.0  # average of the last frames
        self._late = 0.0  # share of the last frames that came late
        self._quiet_ms = 0.0

    def frame(self, *, news: bool, own_ms: float, elapsed_ms: float) -> int:
        """Note a frame and return the interval to the next one.

        news: whether the frame had anything new. own_ms: the thread's CPU time. elapsed_ms: since the frame before.
        """
        late = elapsed_ms > _LATE * self.interval_ms
        # Limited, since a single frame that takes long, as the first one does, says nothing about the others.
        self._own_ms += _WEIGHT * (min(own_ms, 2 * FAST_MS) - self._own_ms)
        self._late += _WEIGHT * (late - self._late)
        self._quiet_ms = 0.0 if news else self._quiet_ms + elapsed_ms
        fast = self.interval_ms == FAST_MS
        easy = self._own_ms <= (_BUSY_MS if fast else _EASY_MS) and self._late <= (
            _MANY_LATE if fast else _MANY_LATE / 3
        )
        self.interval_ms = FAST_MS if easy and self._quiet_ms < _NEWS_MS else SLOW_MS
        return self.interval_ms
