"""Whether the machine slept, by two clocks of which one stops meanwhile."""

import time

import pytest

from workers.keeper.watching.suspends import SuspendDetector

pytestmark = pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="Linux's clock")
SECOND = 1_000_000_000


def test_a_sleep_is_reported_once_with_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = [0]
    real = time.clock_gettime_ns
    monkeypatch.setattr(time, "clock_gettime_ns", lambda clock: real(clock) + slept[0])
    detector = SuspendDetector()
    assert detector.look() is None
    slept[0] = 90 * SECOND
    slept_ns = detector.look()
    assert slept_ns is not None
    assert abs(slept_ns - 90 * SECOND) < SECOND // 10
    assert detector.look() is None


def test_an_interruption_between_the_two_clocks_is_no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = SuspendDetector()
    readings = iter((0, 5 * SECOND))
    monkeypatch.setattr(time, "monotonic_ns", lambda: next(readings))
    assert detector.look() is None
