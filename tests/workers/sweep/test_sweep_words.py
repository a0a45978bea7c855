"""A sweep in sentences: true ones, which say what is not known."""

import pytest
from support.sweeps import amdahl_sweep, sweep_of

from workers.sweep.measured import Sweep
from workers.sweep.sweep_words import cores_words, headline, percent, point_words, serial_words


def test_the_headline_has_the_speed_up_and_the_serial_share() -> None:
    text = headline(amdahl_sweep(0.08, counts=(1, 2, 4)))
    assert text.startswith("At 4 workers 3.2 times as fast as at 1; 8 % of the work seems serial (95 % sure: ")


def test_more_workers_than_the_fastest_are_told_too() -> None:
    text = headline(sweep_of({1: [4.0], 2: [2.0], 4: [3.0]}, cores=2))
    assert text == "At 2 workers 2.0 times as fast as at 1, and at 4 1.33 times."


@pytest.mark.parametrize(("sweep", "text"), [
    (sweep_of({}), "Nothing has been measured yet."),
    (sweep_of({1: [4.0]}), "At 1 worker it takes 4.000 s."),
    (sweep_of({1: [4.0], 2: [4.1], 4: [3.9]}), "No number of workers is faster than 1."),
    (sweep_of({2: [2.0], 4: [1.0]}), "There is no speed-up to tell: no run at 1 worker went well."),
    (sweep_of({1: [None], 2: [None]}), "There is no speed-up to tell: no run went well. 2 of 2 runs failed."),
])  # fmt: skip
def test_what_is_not_known_is_said(sweep: Sweep, text: str) -> None:
    assert headline(sweep) == text


def test_why_the_serial_share_cannot_be_told() -> None:
    assert serial_words(amdahl_sweep()) == ""
    few = serial_words(sweep_of({1: [4.0], 2: [2.0], 4: [1.5]}, cores=2))
    assert few == "The serial share cannot be told: that takes times at 3 numbers of workers up to the 2 cores."
    assert serial_words(sweep_of({1: [4.0], 2: [1.9], 4: [0.9]})) == "No part of the work seems serial."
    whole = sweep_of({1: [4.0], 2: [2.0], 4: [2.0]}, bounds=(1.0, 2.0, 2.0))
    assert serial_words(whole) == "The serial share cannot be told: sizes that stay whole decide how long it takes."
    assert "do not follow Amdahl's law" in serial_words(sweep_of({1: [1.0], 2: [2.0], 4: [4.0]}))


def test_a_point_in_full() -> None:
    sweep = sweep_of({1: [4.0, 4.0], 2: [2.0, 2.2], 8: [2.0, None]}, cores=2, bounds=(1.0, 2.0, 2.0))
    one, two, eight = sweep.points
    assert point_words(sweep, one) == "1 worker: 4.000 s (2 runs, 4.000 s to 4.000 s)."
    assert point_words(sweep, two) == (
        "2 workers: 2.100 s (2 runs, 2.000 s to 2.200 s), 1.90 times as fast as 1, efficiency 95 %."
    )
    assert point_words(sweep, eight) == (
        "8 workers: 2.000 s (1 run), 2.0 times as fast as 1, efficiency 25 %. These are more than the 2 cores. "
        "The sizes allow 2.0 times at most. 1 of 2 runs failed: exit code 3."
    )


def test_figures_as_they_are_read() -> None:
    assert [percent(share) for share in (0.08, 0.004, 1.0, -0.002)] == ["8 %", "0.4 %", "100 %", "-0.2 %"]
    assert [cores_words(cores) for cores in (1, 2, 1.5)] == ["1 core", "2 cores", "1.5 cores' worth of CPU time"]
