"""Notices that the machine slept. Runs in the keeper.

The clock of a run stands still while the machine is suspended (Linux), and another of the kernel's goes on: what lies between
the two is how long it has slept so far. Elsewhere nothing is said.
"""

import time

_LEAST_NS = 500_000_000
_AT_ONCE_NS = 10_000_000
"""Between two readings of one clock; what took longer was held up in between, and tells nothing."""


class Suspends:
    """Compares the two clocks each time it is asked."""

    def __init__(self) -> None:
        self._slept_ns = _slept_ns()

    def look(self) -> int | None:
        """How long the machine slept since the last look, in ns; None when it did not."""
        slept_ns = _slept_ns()
        if slept_ns is None:
            return None
        before_ns, self._slept_ns = self._slept_ns, slept_ns
        return slept_ns - before_ns if before_ns is not None and slept_ns - before_ns >= _LEAST_NS else None


def _slept_ns() -> int | None:
    """How long since it was switched on; None where that cannot be told just now."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return None
    before_ns = time.monotonic_ns()
    since_boot_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    after_ns = time.monotonic_ns()
    return since_boot_ns - after_ns if after_ns - before_ns < _AT_ONCE_NS else None
