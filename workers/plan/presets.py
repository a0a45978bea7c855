"""The built-in plans, by name: the programs of the guide to multiprocessing that they come from. Pure data, any process."""

from dataclasses import dataclass

from workers.plan.estimate import plan_seconds, refusal
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.system.machine import Machine

UNEVEN = (10_000_000, 70_000_000, 40_000_000, 20_000_000)
"""The guide's own four amounts."""

QUICK_SHARE = 10


@dataclass(frozen=True, slots=True)
class Preset:
    """A named plan without a start method, which the user chooses. sizes: the guide's own. example: the name of its script."""

    name: str
    sizes: tuple[int, ...]
    workload: Workload
    order: Order
    example: str

    @property
    def quick_sizes(self) -> tuple[int, ...]:
        """A tenth of the work: over in seconds even on a small machine."""
        return tuple(size // QUICK_SHARE for size in self.sizes)


PRESETS = (
    Preset("Four sorters and a global", UNEVEN, Workload.SORT, Order.START_THEN_JOIN, "four_sorters.py"),
    Preset("is_alive() before any join", (40_000_000, 60_000_000), Workload.SORT_PID, Order.ASK_BEFORE,
           "alive_before.py"),
    Preset("is_alive() between the joins", (40_000_000, 60_000_000), Workload.SORT_PID, Order.ASK_BETWEEN,
           "alive_between.py"),
    Preset("is_alive() after each join", (40_000_000, 60_000_000), Workload.SORT_PID, Order.ASK_AFTER,
           "alive_after.py"),
)  # fmt: skip

FIRST = PRESETS[0]
MOST_FIRST_S = 20.0
"""A first run should not take longer."""


def first_plan(method: StartMethod, machine: Machine) -> Plan:
    """The plan for a user who has not set one yet: the guide's, with less work if it would take long here or not fit."""
    plan = Plan.make(UNEVEN, FIRST.workload, method, FIRST.order)
    for share in (QUICK_SHARE, 100, 1000):
        if refusal(plan, machine) is None and plan_seconds(plan, machine) <= MOST_FIRST_S:
            break
        plan = Plan.make([size // share for size in UNEVEN], FIRST.workload, method, FIRST.order)
    return plan
