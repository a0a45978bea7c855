"""What a plan is said to need, held against what real workers need."""

import math
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.paths import ROOT

from workers.plan import estimate
from workers.plan.estimate import (
    LONGEST_S,
    fits,
    fitted,
    memory_bytes,
    plan_memory_bytes,
    plan_seconds,
    refusal,
    shared,
)
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.system.machine import Machine

MB = 1_000_000
TWO_CORES = Machine(8_000 * MB, 2)


def peak_bytes(workload: Workload, size: int) -> int:
    """The measured peak resident size of an interpreter that does this work."""
    # Not ru_maxrss: a new program inherits that of the process that forked it.
    program = (
        "import re, sys; from workers.recorded import workloads; workloads.global_var_list[:] = [None]; "
        f"workloads.{workload.function}(1, {size}); "
        "sys.stderr.write(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return int(done.stderr) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize(("workload", "size"), [
    (Workload.SORT, 1 * MB), (Workload.SORT, 10_000), (Workload.ALLOCATE, 100 * MB), (Workload.SLEEP, 1),
])  # fmt: skip
def test_memory_is_what_a_real_worker_needs(workload: Workload, size: int) -> None:
    peak = peak_bytes(workload, size)
    assert 0.95 * peak < memory_bytes(workload, size) < 1.5 * peak


def test_memory_of_the_guides_largest_sorter() -> None:
    assert 525 * MB <= memory_bytes(Workload.SORT, 10 * MB) <= 600 * MB
    assert memory_bytes(Workload.SORT_PID, 70 * MB) == memory_bytes(Workload.SORT, 70 * MB)


def test_time_is_of_the_order_of_a_real_sort() -> None:
    numbers = [math.sin(n) for n in range(200_000)]
    began = time.perf_counter()
    sorted(numbers)
    real = time.perf_counter() - began
    assert real / 4 < estimate.seconds(Workload.SORT, len(numbers)) < real * 12


def test_the_machine_is_measured_once() -> None:
    estimate.seconds(Workload.SORT, 1000)
    first = [estimate.seconds(Workload.SORT, n) for n in (1, 2, 1000, MB, 70 * MB)]
    assert [estimate.seconds(Workload.SORT, n) for n in (1, 2, 1000, MB, 70 * MB)] == first
    assert first == sorted(first)
    assert first[-1] > 70 * first[-2], "more than in proportion"


def test_times_that_are_set_are_taken_as_they_are() -> None:
    for workload in (Workload.SPIN, Workload.SLEEP, Workload.FAIL, Workload.CRASH):
        assert estimate.seconds(workload, 2_500_000) == 2.5
    assert 1 < estimate.seconds(Workload.ALLOCATE, 100 * MB) < 1.2


def test_workers_that_overlap_add_up() -> None:
    sizes = [10 * MB, 30 * MB, 20 * MB]
    each = [memory_bytes(Workload.SORT, size) for size in sizes]
    assert plan_memory_bytes(Plan.make(sizes)) == sum(each)
    assert plan_memory_bytes(Plan.make(sizes, steps=Order.BY_HAND)) == sum(each)
    assert plan_memory_bytes(Plan.make(sizes, steps=Order.ONE_BY_ONE)) == max(each)


@pytest.mark.parametrize(("steps", "together"), [
    ("start 1; start 2; join 1; start 3; join*", (2, 3)),
    ("start 1; join 1 0.5; start 2", (1, 2)),
    ("start 1; kill 1; start 2; terminate 2; start 3", (3,)),
    ("start 3; alive 3", (3,)),
])  # fmt: skip
def test_a_worker_counts_until_it_is_joined(steps: str, together: tuple[int, ...]) -> None:
    if "join*" in steps:
        steps = steps.replace("join*", "join 2; join 3")
    sizes = [10 * MB, 20 * MB, 30 * MB]
    needed = sum(memory_bytes(Workload.SORT, sizes[worker - 1]) for worker in together)
    assert plan_memory_bytes(Plan.make(sizes, steps=steps)) == needed


def test_a_worker_with_several_pieces_takes_their_time_and_the_memory_of_the_largest() -> None:
    pieces = [[10 * MB, 30 * MB], [20 * MB]]
    plan = Plan.make(map(sum, pieces), Workload.SORT, pieces=pieces)
    assert plan_memory_bytes(plan) == memory_bytes(Workload.SORT, 30 * MB) + memory_bytes(Workload.SORT, 20 * MB)
    turn = Plan.make([3_000_000], Workload.SPIN, StartMethod.FORK, pieces=[[2_000_000, 1_000_000]])
    assert plan_seconds(turn, Machine(1, 2)) == pytest.approx(3, rel=0.01)


def seconds_of(sizes: list[float], steps: str | Order = Order.START_THEN_JOIN, *, cores: int = 2,
               workload: Workload = Workload.SPIN) -> float:  # fmt: skip
    """The estimate for a plan of forked workers with these times."""
    plan = Plan.make([round(size * 1e6) for size in sizes], workload, StartMethod.FORK, steps)
    return plan_seconds(plan, Machine(1, cores))


def test_workers_share_the_cores() -> None:
    assert seconds_of([10, 10], cores=2) == pytest.approx(10, rel=0.01)
    assert seconds_of([10, 10], cores=1) == pytest.approx(20, rel=0.01)
    assert seconds_of([10, 10, 10, 10], cores=2) == pytest.approx(20, rel=0.01)
    # Two share one core until the shorter is done at 4; the longer then has 4 left.
    assert seconds_of([2, 6], cores=1) == pytest.approx(8, rel=0.01)
    assert seconds_of([10] * 8, cores=2, workload=Workload.SLEEP) == pytest.approx(10, rel=0.01)


def test_steps_decide_what_runs_together() -> None:
    assert seconds_of([3, 4], Order.ONE_BY_ONE) == pytest.approx(7, rel=0.01)
    assert seconds_of([3, 4], Order.BY_HAND) == pytest.approx(4, rel=0.01)
    assert seconds_of([3, 40], "start*; join 1; kill 2") == pytest.approx(3, rel=0.01)
    assert seconds_of([30, 4], "start*; join 1 1.5; terminate 1") == pytest.approx(4, rel=0.01)
    assert seconds_of([3, 4], "start*") == pytest.approx(4, rel=0.01), "Python joins at exit"
    assert seconds_of([3], "start 1; join 1; alive 1; join 1") == pytest.approx(3, rel=0.01)


@given(
    sizes=st.lists(st.integers(1, 100_000_000), min_size=1, max_size=12),
    cores=st.integers(1, 16),
    order=st.sampled_from(Order),
    workload=st.sampled_from(Workload),
    method=st.sampled_from(StartMethod),
)
def test_time_lies_between_all_at_once_and_one_by_one(
    sizes: list[int], cores: int, order: Order, workload: Workload, method: StartMethod
) -> None:
    plan = Plan.make(sizes, workload, method, order)
    each = [estimate.seconds(workload, size) for size in sizes]
    starts_s = 0.1 * len(sizes)
    assert max(each) * 0.999 <= plan_seconds(plan, Machine(1, cores)) <= sum(each) * 1.001 + starts_s
    assert max(memory_bytes(workload, size) for size in sizes) <= plan_memory_bytes(plan)


def test_a_plan_that_fits_is_not_refused() -> None:
    plan = Plan.make([10 * MB])
    needed = plan_memory_bytes(plan)
    assert refusal(plan, Machine(math.ceil(needed / 0.8), 1)) is None
    assert refusal(plan, Machine(int(needed / 0.8) - MB, 1)) is not None


def test_the_refusal_says_the_figures() -> None:
    plan = Plan.make([10 * MB, 70 * MB, 40 * MB, 20 * MB])
    text = refusal(plan, Machine(4_000 * MB, 4))
    assert text is not None
    assert "7.76 GB" in text
    assert "80% of the 4 GB" in text
    assert text.count(".") == text.count("7.76") + 1, "one sentence"


@pytest.mark.parametrize(
    ("plan", "machine"),
    [
        (Plan.make([10_000_000, 70_000_000], Workload.SORT), Machine(2_000 * MB, 64)),  # memory
        (Plan.make([500_000_000, 90_000_000], Workload.SLEEP), TWO_CORES),  # time
        (Plan.make([3_000_000_000, 200_000_000], Workload.ALLOCATE), Machine(1_000 * MB, 1)),
        (Plan.make([90_000_000, 80_000_000], Workload.SPIN, pieces=[[45_000_000] * 2, [80_000_000]]), TWO_CORES),
    ],
)
def test_a_plan_that_does_not_fit_is_made_to(plan: Plan, machine: Machine) -> None:
    assert not fits(plan, machine)
    made = fitted(plan, machine)
    assert made is not None
    assert fits(made, machine)
    assert plan_seconds(made, machine) <= LONGEST_S
    share = plan.sizes[0] / made.sizes[0]
    assert made.sizes[1] == pytest.approx(plan.sizes[1] / share, rel=1e-6), "every worker has the same share less"
    assert not fits(shared(made, 1), Machine(machine.available_bytes // 3, machine.cores), most_s=LONGEST_S / 3)
    assert tuple(map(sum, made.pieces)) in (made.sizes, ())
    assert (made.workload, made.start_method, made.steps) == (plan.workload, plan.start_method, plan.steps)


def test_a_plan_that_fits_stays_and_too_many_workers_cannot_be_helped() -> None:
    small = Plan.make([1000, 2000], Workload.SLEEP)
    assert fitted(small, TWO_CORES) == small
    assert fitted(Plan.make([10_000] * 64, Workload.SORT), Machine(500 * MB, 2)) is None
