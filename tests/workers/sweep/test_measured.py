"""The figures of a sweep: from the runs that went well only, and unknown where they cannot be told."""

import pytest
from support.sweeps import amdahl_sweep, sweep_of


def test_time_is_the_median_and_speed_up_compares_with_one_worker() -> None:
    sweep = sweep_of({1: [4.0, 4.2, 9.0], 2: [2.0, 2.1, 2.2], 4: [1.0]})
    one, two, four = sweep.points
    assert (one.duration_s, two.duration_s, four.duration_s) == (4.2, 2.1, 1.0)
    assert two.times_s == (2.0, 2.1, 2.2)
    assert sweep.speed_up(one) == 1.0
    assert sweep.speed_up(two) == pytest.approx(2.0)
    assert sweep.efficiency(four) == pytest.approx(1.05)
    assert sweep.speed_up_range(two) == (pytest.approx(4.2 / 2.2), pytest.approx(2.1))


def test_a_run_that_failed_has_no_time() -> None:
    sweep = sweep_of({1: [4.0, None], 2: [None, None]})
    one, two = sweep.points
    assert one.times_s == (4.0,)
    assert len(one.failed) == 1
    assert two.duration_s is None
    assert sweep.speed_up(two) is sweep.efficiency(two) is sweep.speed_up_range(two) is None
    assert two.typical is two.runs[-1]
    assert sweep.failures == 3


def test_without_one_worker_there_is_no_speed_up() -> None:
    sweep = sweep_of({2: [2.0], 4: [1.0]})
    assert [sweep.speed_up(point) for point in sweep.points] == [None, None]
    assert sweep.base_s is None


def test_the_typical_run_is_nearest_to_the_median() -> None:
    sweep = sweep_of({1: [9.0, None, 4.0, 4.2]})
    typical = sweep.points[0].typical
    assert typical is not None
    assert typical.duration_s == 4.2


def test_points_are_those_that_were_run() -> None:
    sweep = sweep_of({1: [4.0], 2: []})
    assert [point.workers for point in sweep.points] == [1]
    assert (sweep.planned, sweep.counts) == (2, (1, 2))


def test_the_serial_share_is_told_where_it_can_be() -> None:
    sweep = amdahl_sweep(0.08)
    assert sweep.serial_fraction == pytest.approx(0.08, abs=0.01)
    assert sweep.fit is not None
    assert sweep.fit.low < 0.08 < sweep.fit.high


def test_what_is_beyond_the_cores_is_no_evidence() -> None:
    """Eight workers on two cores are as fast as two: half of the work would seem serial."""
    times: dict[int, list[float | None]] = {n: [4.0 if n == 1 else 2.0] * 9 for n in (1, 2, 4, 8)}
    assert sweep_of(times, cores=2.0).serial_fraction is None
    assert sweep_of(times, cores=8.0).serial_fraction is not None


def test_where_whole_sizes_bind_is_no_evidence_either() -> None:
    times: dict[int, list[float | None]] = {1: [4.0], 2: [2.0], 3: [2.0], 4: [2.0]}
    assert sweep_of(times, bounds=(1.0, 2.0, 2.0, 2.0)).serial_fraction is None


def test_faster_than_ideal_is_no_negative_share() -> None:
    assert sweep_of({1: [4.0], 2: [1.8], 4: [0.8]}).serial_fraction is None
