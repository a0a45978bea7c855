"""The estimates of memory and time as the plan panel shows them. Pure functions without Qt, in the window's thread."""

from workers.plan import estimate
from workers.plan.plan import Plan, Workload
from workers.plan.sizes import format_bytes
from workers.system.machine import Machine

NO_ESTIMATE = "–\n–"
"""Shown while the size of a worker is not known; as high as an estimate."""


def worker_text(workload: Workload, size: int) -> str:
    """The memory of one worker, and on a second line its time with a core of its own."""
    return f"{format_bytes(estimate.memory_bytes(workload, size))}\n{rough_time(estimate.seconds(workload, size))}"


def plan_text(plan: Plan, machine: Machine) -> str:
    """Memory and time of the whole plan on this machine, on two lines."""
    needed, takes = estimate.plan_memory_bytes(plan), estimate.plan_seconds(plan, machine)
    cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
    return (
        f"Memory: about {format_bytes(needed)} of {format_bytes(machine.available_bytes)} available\n"
        f"Time: about {rough_time(takes)} on {cores}"
    )


def cost_text(plan: Plan, machine: Machine) -> str:
    """Memory and time of the whole plan in a few words: ``5.5 GB, 71 s``."""
    return f"{format_bytes(estimate.plan_memory_bytes(plan))}, {rough_time(estimate.plan_seconds(plan, machine))}"


def rough_time(seconds: float) -> str:
    """An estimated time, rounded: ``40 s``, ``3 min``."""
    if seconds < 0.095:
        return "< 0.1 s"
    if seconds < 9.5:
        return f"{seconds:.1g} s"
    if seconds < 99.5:
        return f"{float(f'{seconds:.2g}'):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5970 else f"{seconds / 3600:.1f} h"
