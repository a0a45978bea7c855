"""Amdahl's law: known curves are found again, with an interval that is as wide as it has to be."""

import random

import pytest

from workers.sweep.amdahl import fit_amdahl, student_95

COUNTS = (1, 2, 4, 8)


def law(workers: int, share: float, whole_s: float = 10.0) -> float:
    """The time by Amdahl's law."""
    return whole_s * (share + (1 - share) / workers)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.08, 0.5, 1.0])
@pytest.mark.parametrize("counts", [(1, 2, 3), COUNTS, (2, 5, 64)])
def test_a_known_curve_is_found_again(share: float, counts: tuple[int, ...]) -> None:
    fit = fit_amdahl([(count, law(count, share)) for count in counts])
    assert fit is not None
    assert fit.share == pytest.approx(share, abs=1e-9)
    assert fit.high - fit.low < 1e-6
    assert fit.seconds(counts[-1]) == pytest.approx(law(counts[-1], share))


@pytest.mark.parametrize(("counts", "share"), [(COUNTS, 0.1), ((1, 2, 32), 0.01), ((1, 16, 64), 0.1)])
def test_95_of_100_intervals_hold_the_share(counts: tuple[int, ...], share: float) -> None:
    """Long times vary more than short ones: with equal weights all of a hundred would hold it, being ten times as wide."""
    source = random.Random(5)
    held = 0
    for _ in range(400):
        times = [(count, law(count, share) * source.gauss(1, 0.02)) for count in counts for _ in range(3)]
        fit = fit_amdahl(times)
        assert fit is not None
        held += fit.low <= share <= fit.high
    assert 0.91 <= held / 400 <= 0.985


def test_more_scatter_is_a_wider_interval() -> None:
    def width(scatter: float) -> float:
        source = random.Random(6)
        fit = fit_amdahl([(count, law(count, 0.1) * source.gauss(1, scatter)) for count in COUNTS for _ in range(3)])
        assert fit is not None
        return fit.high - fit.low

    assert width(0.001) < width(0.01) < width(0.1)


@pytest.mark.parametrize("times", [
    [],
    [(1, 4.0), (2, 2.0)],
    [(1, 4.0), (1, 4.1), (2, 2.0), (2, 2.1)],  # many runs, and still two numbers
    [(1, 4.0), (2, 2.0), (4, 0.0)],
])  # fmt: skip
def test_too_little_is_no_fit(times: list[tuple[int, float]]) -> None:
    assert fit_amdahl(times) is None


def test_a_curve_of_another_kind_does_not_hold() -> None:
    faster = fit_amdahl([(1, 10.0), (2, 4.0), (4, 1.5)])
    slower = fit_amdahl([(1, 1.0), (2, 2.0), (4, 4.0)])
    assert faster is not None
    assert slower is not None
    assert faster.share < 0
    assert not faster.holds
    assert not slower.holds


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.706), (10, 2.228), (11, 2.201), (20, 2.086), (60, 2.000)])
def test_the_interval_is_students(freedom: int, expected: float) -> None:
    assert student_95(freedom) == pytest.approx(expected, abs=0.002)
