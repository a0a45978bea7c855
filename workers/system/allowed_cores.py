"""How many cores this process may keep busy: its CPU affinity, and the CPU time that its control groups allow. Any process.

A container is often limited in CPU time and not in cores: with two cores' worth of time on a machine of 64, four busy workers
are no faster than two.
"""

from workers.system.cpu_quota import cpu_quota
from workers.system.machine import look_at_machine


def allowed_cores() -> float:
    """The cores that this process may keep busy at a time, which need not be a whole number."""
    cores, quota = float(look_at_machine().cores), cpu_quota().cores
    return cores if quota is None else min(cores, quota)
