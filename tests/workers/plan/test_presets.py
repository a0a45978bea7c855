"""What is offered first, on machines great and small."""

from workers.plan.estimate import plan_seconds, refusal
from workers.plan.plan import StartMethod
from workers.plan.presets import MOST_FIRST_S, PRESETS, UNEVEN, first_plan
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
    assert all(small <= quick for small, quick in zip(sizes, PRESETS[0].quick_sizes, strict=True))
