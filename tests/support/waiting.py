"""Waiting for a condition, with a limit, in tests without an event loop. With Qt: qtbot.waitUntil."""

import time
from collections.abc import Callable

LIMIT_S = 30.0
_PAUSE_S = 0.005


def pause() -> None:
    """Let others work for a moment."""
    time.sleep(_PAUSE_S)


def wait_until(
    condition: Callable[[], object],
    *,
    limit_s: float = LIMIT_S,
    step: Callable[[], object] = pause,
    state: Callable[[], object] = lambda: "",
) -> float:
    """Wait until the condition holds. Returns how many seconds that took; fails after the limit.

    step: called each time that it does not hold yet. state: called at the limit, for the sentence that the test fails with.
    """
    began_s = time.monotonic()
    while not condition():
        passed_s = time.monotonic() - began_s
        assert passed_s < limit_s, f"not within {limit_s} s: {state()}"
        step()
    return time.monotonic() - began_s
