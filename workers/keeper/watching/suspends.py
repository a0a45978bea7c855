"""Detects that the machine slept. Runs in the keeper's main thread.

On Linux the clock of a run stops while the machine is suspended, and another clock of the kernel continues: their difference
is how long the machine has slept since it was switched on. Elsewhere no sleep is detected.
"""

import time

_SHORTEST_SLEEP_NS = 500_000_000
_LONGEST_READING_NS = 10_000_000
"""If reading both clocks took longer, the keeper was interrupted in between and the difference means nothing."""


class SuspendDetector:
    """Compares the two clocks at each look."""

    def __init__(self) -> None:
        self._slept_ns = _slept_ns()

    def look(self) -> int | None:
        """How long the machine slept since the last look, in ns; None when it did not."""
        slept_ns = _slept_ns()
        if slept_ns is None:
            return None
        before_ns, self._slept_ns = self._slept_ns, slept_ns
        return slept_ns - before_ns if before_ns is not None and slept_ns - before_ns >= _SHORTEST_SLEEP_NS else None


def _slept_ns() -> int | None:
    """How long the machine slept since it was switched on; None where that cannot be known now."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return None
    before_ns = time.monotonic_ns()
    since_boot_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    after_ns = time.monotonic_ns()
    return since_boot_ns - after_ns if after_ns - before_ns < _LONGEST_READING_NS else None
