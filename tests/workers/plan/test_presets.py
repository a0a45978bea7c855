"""What is offered first, on machines great and small."""

import pytest

from workers.plan.estimate import fits, plan_seconds, refusal
from workers.plan.plan import Plan, StartMethod
from workers.plan.presets import MOST_FIRST_S, PRESETS, QUICK_S, UNEVEN, Preset, first_plan
from workers.system.machine import Machine


def machine(gigabytes: float, cores: int) -> Machine:
    return Machine(int(gigabytes * 1e9), cores)


def test_a_first_plan_fits_and_is_over_soon_wherever_it_can_be() -> None:
    for gigabytes, cores in ((64, 64), (8, 2), (2, 1), (0.5, 1)):
        here = machine(gigabytes, cores)
        plan = first_plan(StartMethod.FORK, here)
        assert refusal(plan, here) is None, here
        assert plan_seconds(plan, here) <= MOST_FIRST_S, here
        assert len(plan.sizes) == len(UNEVEN)
        assert plan.sizes[1] == max(plan.sizes)  # the second worker has the most to do, as in the guide


def test_with_too_little_memory_for_the_guides_it_is_a_tenth_or_less() -> None:
    sizes = first_plan(StartMethod.FORK, machine(2, 4)).sizes
    assert all(small <= whole // 10 for small, whole in zip(sizes, UNEVEN, strict=True))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_quick_sizes_are_over_in_seconds_wherever_that_is_possible(preset: Preset) -> None:
    for gigabytes, cores in ((64, 64), (8, 2), (2, 1), (0.5, 1)):
        here = machine(gigabytes, cores)
        sizes = preset.quick_sizes(here)
        plan = Plan.make(sizes, preset.workload, StartMethod.SPAWN, preset.order)
        assert refusal(plan, here) is None
        assert plan_seconds(plan, here) <= QUICK_S
        share = preset.share_of(sizes)
        assert share is not None
        assert share >= 10
        assert [size * share for size in sizes] == list(preset.sizes), "round, and in the guide's proportions"
        more = Plan.make([size * 3 for size in sizes], preset.workload, StartMethod.SPAWN, preset.order)
        assert share == 10 or not fits(more, here, QUICK_S), "no less than is needed"
    assert preset.share_of(preset.sizes) == 1
    assert preset.share_of(preset.sizes[:-1]) is None
    assert preset.share_of((1,) * len(preset.sizes)) is None
