"""How much CPU time the control groups of this process allow, and how long they were held up for having used it. Linux."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class CpuQuota(NamedTuple):
    """The narrowest limit among the groups of this process.

    cores: how many cores' time it may use; None = as much as it can get. throttled_ns: how long its group was held up, in
    `throttled` of `periods` periods.
    """

    cores: float | None = None
    throttled_ns: int = 0
    throttled: int = 0
    periods: int = 0


def cpu_quota(groups: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> CpuQuota:
    """The limit now, of control groups of version 2 or 1."""
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return CpuQuota()
    found: list[CpuQuota] = []
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":
            found += _limits(root, path)
        elif "cpu" in controllers.split(","):
            found += _limits(root / "cpu", path)
    return min(found, key=lambda one: one.cores or 0, default=CpuQuota())


def _limits(root: Path, path: str) -> Iterator[CpuQuota]:
    """Of each group from `path` up to `root` that has one. In a container only the root may be visible."""
    folder = root / path.lstrip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(root):
            break
        try:
            if (group / "cpu.max").exists():
                quota, period = (group / "cpu.max").read_text().split()
            else:
                quota, period = ((group / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            cores = int(quota) / int(period)
            stat = dict(row.split(maxsplit=1) for row in (group / "cpu.stat").read_text().splitlines())
            if cores <= 0:
                continue
            throttled_ns = (
                int(stat["throttled_usec"]) * 1000 if "throttled_usec" in stat else int(stat["throttled_time"])
            )
            yield CpuQuota(cores, throttled_ns, int(stat["nr_throttled"]), int(stat["nr_periods"]))
        except (OSError, ValueError, KeyError, ZeroDivisionError):
            continue  # no limit, or one that is not shown
