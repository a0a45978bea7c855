"""The built-in plans, by name: the programs of the guide to multiprocessing that they come from. Pure data, any process."""

from dataclasses import dataclass

from workers.plan.estimate import SHARES, fits, fitted, shared
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.system.machine import Machine

UNEVEN = (10_000_000, 70_000_000, 40_000_000, 20_000_000)
"""The guide's own four amounts."""

QUICK_SHARE = 10
QUICK_S = 5.0
"""A run of a preset's quick sizes is over by then."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named plan without a start method, which the user chooses. sizes: the guide's own. example: the name of its script."""

    name: str
    sizes: tuple[int, ...]
    workload: Workload
    order: Order
    example: str

    def plan(self, method: StartMethod) -> Plan:
        """The guide's own plan."""
        return Plan.make(self.sizes, self.workload, method, self.order)

    def quick_sizes(self, machine: Machine) -> tuple[int, ...]:
        """As much of the work, in round shares, as this machine has done within seconds: a tenth at most."""
        tenth = shared(self.plan(StartMethod.SPAWN), QUICK_SHARE)  # the start method that takes longest
        return (fitted(tenth, machine, QUICK_S) or shared(tenth, max(tenth.sizes))).sizes

    def share_of(self, sizes: tuple[int, ...]) -> int | None:
        """The round share of the guide's own sizes that these are, 1 for all; None if they are none."""
        whole = self.plan(StartMethod.SPAWN)
        return next(
            (share for share in SHARES if share < min(self.sizes) and shared(whole, share).sizes == sizes), None
        )


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
    plan = FIRST.plan(method)
    if fits(plan, machine, MOST_FIRST_S):
        return plan
    return Plan.make(FIRST.quick_sizes(machine), FIRST.workload, method, FIRST.order)
