"""How soon the next frame of a run comes: sixty a second while there is something new to see and the window keeps up with it,
else thirty, which leave the cores to the workers. Arithmetic on what each frame took; the window's thread."""

FAST_MS, SLOW_MS = 16, 33

_BUSY_MS, _EASY_MS = 20.0, 18.0
"""The window's own CPU for a frame beyond which there are fewer of them, since it could not keep up, and below which there are
more again: a frame of thirty has more to show than one of sixty, and never costs less. Where workers want the core that it
takes, frames come late."""
_LATE = 1.6
_MOSTLY = 0.3
_WEIGHT = 0.1
_NEWS_MS = 300.0


class Pace:
    """Judges frame by frame. interval_ms: until the next one."""

    def __init__(self) -> None:
        self.interval_ms = FAST_MS
        self._own_ms = 0.0  # what a frame takes lately
        self._late = 0.0  # the share of frames lately that came late, as they do where workers want all cores
        self._quiet_ms = 0.0

    def frame(self, *, news: bool, own_ms: float, elapsed_ms: float) -> int:
        """A frame: whether it had anything new, the thread's CPU time and the time since the last one. When the next is due."""
        late = elapsed_ms > _LATE * self.interval_ms
        # A single frame that takes long, as the first one does, is not what frames take.
        self._own_ms += _WEIGHT * (min(own_ms, 2 * FAST_MS) - self._own_ms)
        self._late += _WEIGHT * (late - self._late)
        self._quiet_ms = 0.0 if news else self._quiet_ms + elapsed_ms
        fast = self.interval_ms == FAST_MS
        easy = self._own_ms <= (_BUSY_MS if fast else _EASY_MS) and self._late <= (_MOSTLY if fast else _MOSTLY / 3)
        self.interval_ms = FAST_MS if easy and self._quiet_ms < _NEWS_MS else SLOW_MS
        return self.interval_ms
