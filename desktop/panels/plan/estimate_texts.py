"""What the plan panel says of a plan's memory and time. Pure functions without Qt; the window's thread calls them."""

from workers.plan import estimate
from workers.plan.estimate import Machine
from workers.plan.plan import Plan, Workload
from workers.plan.sizes import format_bytes

NO_ESTIMATE = "–\n–"
"""Stands for a worker's figures while its size is not known; as high as they are."""


def worker_text(workload: Workload, size: int) -> str:
    """One worker's memory, and on a second line its time with a core of its own."""
    return f"{format_bytes(estimate.memory_bytes(workload, size))}\n{rough_time(estimate.seconds(workload, size))}"


def plan_text(plan: Plan, machine: Machine) -> str:
    """The whole plan's memory and time on this machine, on two lines."""
    needed, takes = estimate.plan_memory_bytes(plan), estimate.plan_seconds(plan, machine)
    cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
    return (
        f"Memory: about {format_bytes(needed)} of {format_bytes(machine.available_bytes)} available\n"
        f"Time: about {rough_time(takes)} on {cores}"
    )


def rough_time(seconds: float) -> str:
    """An estimated time, no more exact than an estimate is: ``40 s``, ``3 min``."""
    if seconds < 0.095:
        return "< 0.1 s"
    if seconds < 9.5:
        return f"{seconds:.1g} s"
    if seconds < 99.5:
        return f"{float(f'{seconds:.2g}'):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5970 else f"{seconds / 3600:.1f} h"
