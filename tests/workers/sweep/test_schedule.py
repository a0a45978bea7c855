"""The order of the runs, and how long the rest takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.sweep.measured import SweepRun
from workers.sweep.schedule import schedule, seconds_left


@given(st.sets(st.integers(1, 64), min_size=1, max_size=6), st.integers(1, 5))
def test_every_number_is_run_as_often_and_each_round_has_all(counts: set[int], repeats: int) -> None:
    ordered = tuple(sorted(counts))
    order = schedule(ordered, repeats)
    rounds = [order[at : at + len(ordered)] for at in range(0, len(order), len(ordered))]
    assert len(rounds) == repeats
    assert all(sorted(each) == list(ordered) for each in rounds)


def test_a_steady_drift_touches_all_alike() -> None:
    """Each run takes a second longer than the one before: with two rounds every number has the same mean."""
    order = schedule((1, 2, 4), 2)
    means = {count: [at for at, each in enumerate(order) if each == count] for count in (1, 2, 4)}
    assert len({sum(places) for places in means.values()}) == 1


def test_nothing_measured_is_nothing_known() -> None:
    assert seconds_left([], (1, 2), 4) is None


def test_the_rest_takes_what_was_measured() -> None:
    done = [SweepRun(1, 4.0, wall_s=4.2), SweepRun(2, 2.0, wall_s=2.2), SweepRun(1, 4.0, wall_s=4.4)]
    assert seconds_left(done, (2, 1), 4) == pytest.approx(2.2 + 4.3)
    assert seconds_left(done, (), 4) == 0


def test_what_was_not_run_takes_its_share_of_the_cores() -> None:
    done = [SweepRun(1, 4.0, wall_s=4.0)]
    assert seconds_left(done, (2,), 4) == pytest.approx(2.0)
    assert seconds_left(done, (64,), 4) == pytest.approx(1.0)
