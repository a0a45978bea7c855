"""The arithmetic of the time axis: exact to the nanosecond however late in a run, with ticks that are easy to read."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.chart.geometry.time_scale import LEAST_NS, TimeScale, step_for, tick_text, ticks

HOUR_NS = 3600 * 10**9


def test_moments_and_pixels_go_both_ways_after_an_hour() -> None:
    scale = TimeScale(HOUR_NS, HOUR_NS + 1000, 100, 1000)
    assert scale.x(HOUR_NS + 250) == 350
    assert scale.at(350) == HOUR_NS + 250
    assert scale.xs(np.array([HOUR_NS, HOUR_NS + 1000])).tolist() == [100, 1100]


def test_zooming_leaves_the_moment_under_the_pointer() -> None:
    scale = TimeScale(0, 10**9, 0, 1000)
    closer = scale.zoomed(0.5, 300_000_000)
    assert closer.length_ns == 500_000_000
    assert closer.x(300_000_000) == pytest.approx(scale.x(300_000_000))


@given(
    t0=st.integers(-HOUR_NS, HOUR_NS), length=st.integers(0, HOUR_NS), last=st.integers(0, HOUR_NS),
)  # fmt: skip
def test_bounds_hold_whatever_is_asked(t0: int, length: int, last: int) -> None:
    bounded = TimeScale(t0, t0 + length, 0, 500).within(last)
    assert 0 <= bounded.t0_ns < bounded.t1_ns <= max(last, LEAST_NS)
    assert bounded.length_ns >= LEAST_NS


@given(t0=st.integers(0, HOUR_NS), length=st.integers(LEAST_NS, 30 * HOUR_NS), width=st.integers(60, 4000))
def test_ticks_are_in_view_apart_and_told_apart(t0: int, length: int, width: int) -> None:
    scale = TimeScale(t0, t0 + length, 0, width)
    every = ticks(scale)
    named = [tick for tick in every if tick.text]
    assert all(t0 <= tick.at_ns <= t0 + length for tick in every)
    assert len({tick.text for tick in named}) == len(named)
    assert all(b.at_ns - a.at_ns >= 60 * scale.ns_per_px for a, b in pairwise(named))


def test_steps_are_round() -> None:
    assert step_for(TimeScale(0, 10**9, 0, 1000), 70) == 10**8
    assert step_for(TimeScale(0, 600 * 10**9, 0, 1000), 70) == 60 * 10**9
    day_ns = 86_400 * 10**9
    assert [step_for(TimeScale(0, days * day_ns, 0, 1000), 100) / day_ns for days in (10, 14, 400, 5_000)] == [
        1,
        2,
        50,
        500,
    ]


@pytest.mark.parametrize(
    ("at", "step", "last", "text"),
    [
        (0, 10**8, 10**9, "0"), (500 * 10**6, 10**8, 10**9, "0.5 s"), (2_500_000, 500_000, 9_000_000, "2.5 ms"),
        (250_000, 50_000, 900_000, "250 µs"), (90 * 10**9, 30 * 10**9, 200 * 10**9, "1 min 30 s"),
        (3_000_250_000, 50_000, 3_001_000_000, "3.00025 s"), (7200 * 10**9, 3600 * 10**9, 9000 * 10**9, "2 h"),
    ],
)  # fmt: skip
def test_a_tick_says_its_time_with_a_unit(at: int, step: int, last: int, text: str) -> None:
    assert tick_text(at, step, last) == text
