"""What the plan options of a command line mean, given or left out."""

import multiprocessing

import pytest

from desktop.cli.plan_options import make_plan
from workers.errors import PlanError
from workers.plan.plan import Order, StartMethod, Workload


def test_without_options_four_uneven_sorters_are_started_then_joined() -> None:
    plan = make_plan()
    assert (plan.workload, plan.workers, plan.order_text) == (Workload.SORT, 4, Order.START_THEN_JOIN)
    assert len(set(plan.sizes)) == 4
    assert plan.start_method == ("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")


@pytest.mark.parametrize(("workers", "sizes", "amounts"), [
    (None, "5k", (5_000,) * 4),
    (2, "5k", (5_000,) * 2),
    (None, "1k, 2M,3", (1_000, 2_000_000, 3)),
    (2, "1k,2k", (1_000, 2_000)),
    (6, None, (200_000, 1_400_000, 800_000, 400_000, 200_000, 1_400_000)),
])  # fmt: skip
def test_sizes_and_workers_make_one_another(workers: int | None, sizes: str | None, amounts: tuple[int, ...]) -> None:
    assert make_plan(workers, sizes).sizes == amounts


@pytest.mark.parametrize(("workload", "sizes", "amounts"), [
    ("sleep", "1.5s,20ms", (1_500_000, 20_000)),
    ("allocate", "20MB,1k", (20_000_000, 1_000)),
    ("spin", None, (300_000, 2_100_000, 1_200_000, 600_000)),
])  # fmt: skip
def test_sizes_are_in_the_unit_of_the_workload(workload: str, sizes: str | None, amounts: tuple[int, ...]) -> None:
    assert make_plan(sizes=sizes, workload=workload).sizes == amounts


def test_a_start_method_that_this_system_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert make_plan().start_method is StartMethod.SPAWN
    with pytest.raises(PlanError, match="no start method fork: there are spawn"):
        make_plan(start_method="fork")


@pytest.mark.parametrize("sizes", ["", ",", "1k,", "1s"])
def test_sizes_that_are_none_are_refused(sizes: str) -> None:
    with pytest.raises(PlanError):
        make_plan(sizes=sizes)
