"""The work of a plan for another number of workers: none is lost, none is added, and uneven sizes stay whole."""

import itertools

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from workers.errors import PlanError
from workers.plan.plan import MOST_WORKERS, Order, Plan, Workload
from workers.sweep.dealing import check_counts, dealt, most_speed_up, parse_counts, pieces_of_work, shared_plan

UNEVEN = (10_000_000, 70_000_000, 40_000_000, 20_000_000)


def shared(plan: Plan, counts: tuple[int, ...], workers: int) -> Plan:
    return shared_plan(plan, pieces_of_work(plan, counts), workers, Order.START_THEN_JOIN)


@given(
    size=st.integers(1_000, 10**9),
    own=st.integers(1, 12),
    counts=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    workload=st.sampled_from([Workload.SPIN, Workload.SORT, Workload.SLEEP]),
)
def test_equal_sizes_are_shared_equally_by_every_number(
    size: int, own: int, counts: list[int], workload: Workload
) -> None:
    plan, chosen = Plan.make([size] * own, workload), check_counts(counts)
    try:
        pieces = pieces_of_work(plan, chosen)
    except PlanError:
        reject()  # so many numbers have no common shares
    for workers in chosen:
        made = shared_plan(plan, pieces, workers, Order.START_THEN_JOIN)
        assert made.workers == workers
        assert sum(made.sizes) == size * own
        most_pieces = max(len(made.pieces_of(worker)) for worker in range(1, workers + 1))
        assert max(made.sizes) - min(made.sizes) <= most_pieces  # a unit for each piece


def test_at_its_own_number_a_plan_is_itself() -> None:
    for sizes in ([1_000_000] * 4, UNEVEN):
        plan = Plan.make(sizes, Workload.SORT)
        assert shared(plan, (1, 2, 4), 4) == plan


def test_the_guides_sizes_stay_whole() -> None:
    plan = Plan.make(UNEVEN, Workload.SORT)
    two, one = shared(plan, (1, 2, 4), 2), shared(plan, (1, 2, 4), 1)
    assert sorted(itertools.chain(*two.pieces)) == sorted(UNEVEN)
    assert sorted(two.sizes) == [70_000_000, 70_000_000]
    assert one.pieces == (UNEVEN,)
    assert most_speed_up(UNEVEN, 4, Workload.SPIN) == pytest.approx(2.0)
    assert most_speed_up(UNEVEN, 2, Workload.SPIN) == pytest.approx(2.0)


def test_more_workers_than_uneven_sizes_are_refused() -> None:
    with pytest.raises(PlanError, match="5 workers cannot share 4 sizes that differ"):
        pieces_of_work(Plan.make(UNEVEN), (1, 5))


def test_every_order_of_steps_fits_every_number() -> None:
    plan = Plan.make([1_000_000] * 4, Workload.SPIN)
    pieces = pieces_of_work(plan, (1, 3, 4))
    for order in Order:
        if order is not Order.BY_HAND:
            assert shared_plan(plan, pieces, 3, order).steps == order.steps(3)
    with pytest.raises(PlanError, match=r"With 3 workers these steps do not fit: .* Write \* for all workers"):
        shared_plan(plan, pieces, 3, "start 1; start 4")


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.integers(1, 20))
def test_nobody_is_left_without_work_and_the_longest_is_not_far_off(pieces: list[int], workers: int) -> None:
    workers = min(workers, len(pieces))
    hands = dealt(pieces, workers, Workload.SPIN)
    assert sorted(itertools.chain(*hands)) == sorted(pieces)
    assert min(map(len, hands)) >= 1
    # Graham's bound: whoever ends last began the last piece when nobody had less.
    assert max(map(sum, hands)) <= sum(pieces) / workers + max(pieces) * (1 - 1 / workers) + 1e-6


@pytest.mark.parametrize(("text", "counts"), [
    ("1,2,4", (1, 2, 4)), ("4, 2,1,2", (1, 2, 4)), (" 8 ", (8,)), ("1 2 4", (1, 2, 4)),
])  # fmt: skip
def test_numbers_of_workers_as_people_write_them(text: str, counts: tuple[int, ...]) -> None:
    assert parse_counts(text) == counts


@pytest.mark.parametrize("text", ["", ",", "0", "1,0", "-1", "65", "1,two", "1.5", "1;2"])
def test_what_are_no_numbers_of_workers_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(PlanError, match=r"such as 1,2,4\.$|as in 1,2,4\.$"):
        parse_counts(text)


def test_the_most_workers_are_the_callers() -> None:
    assert parse_counts("128", 1000) == (128,)
    with pytest.raises(PlanError, match=f"from 1 to {MOST_WORKERS}"):
        parse_counts("128")


@pytest.mark.parametrize(("sizes", "counts"), [([1], (1, 2)), ([1_000_000] * 59, (61, 59, 53, 47))])
def test_work_that_cannot_be_shared_is_refused(sizes: list[int], counts: tuple[int, ...]) -> None:
    with pytest.raises(PlanError, match=r"too little work|no common shares"):
        pieces_of_work(Plan.make(sizes, Workload.SPIN), counts)
