"""Whether the machine slept, by two clocks of which one stands still meanwhile."""

import time

import pytest

from workers.keeper.suspends import Suspends

pytestmark = pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="Linux's clock")
SECOND = 1_000_000_000


def test_a_sleep_is_told_once_and_as_long_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = [0]
    real = time.clock_gettime_ns
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: real(clock) + slept[0])
    suspends = Suspends()
    assert suspends.look() is None
    slept[0] = 90 * SECOND
    told = suspends.look()
    assert told is not None
    assert abs(told - 90 * SECOND) < SECOND // 10
    assert suspends.look() is None


def test_what_was_held_up_between_the_clocks_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    suspends = Suspends()
    readings = iter((0, 5 * SECOND))
    monkeypatch.setattr(time, "monotonic_ns", lambda: next(readings))
    assert suspends.look() is None
