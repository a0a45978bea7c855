"""Moments and spans of time as text."""

from support.builders import SECOND

from desktop.facts.formatting import UNKNOWN, format_moment, format_span


def test_moments_and_durations() -> None:
    assert format_moment(None) == UNKNOWN
    assert format_moment(1_234_567_890) == "1.235 s"
    assert format_moment(803_443_470, 64_000) == "0.803443 s"
    assert format_moment(2 * 3600 * SECOND + 1_234_567, 1_000) == "7,200.001234567 s"
    assert format_span(0, 56_700_000, 9) == "56.7 ms"
    assert format_span(SECOND, None, 3 * SECOND) == "2.000 s so far"
