"""Plans worth having by name: the programs of the guide that the built-in plans come from. Pure data."""

from dataclasses import dataclass

from workers.plan import Order, Workload

UNEVEN = (10_000_000, 70_000_000, 40_000_000, 20_000_000)
"""The guide's own four amounts."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named plan without a start method, which is the person's choice. `example` names its script."""

    name: str
    sizes: tuple[int, ...]
    workload: Workload
    order: Order
    example: str


PRESETS = (
    Preset("Four sorters and a global", UNEVEN, Workload.SORT, Order.START_THEN_JOIN, "four_sorters.py"),
    Preset("is_alive() before any join", (40_000_000, 60_000_000), Workload.SORT_PID, Order.ASK_BEFORE,
           "alive_before.py"),
    Preset("is_alive() between the joins", (40_000_000, 60_000_000), Workload.SORT_PID, Order.ASK_BETWEEN,
           "alive_between.py"),
    Preset("is_alive() after each join", (40_000_000, 60_000_000), Workload.SORT_PID, Order.ASK_AFTER,
           "alive_after.py"),
)  # fmt: skip
