"""The machine that this process runs on: its memory and cores, within the limits of control groups. Any process and thread.

Linux is asked through /proc; elsewhere psutil answers.
"""

import os
from pathlib import Path
from typing import NamedTuple


class Machine(NamedTuple):
    """The machine: the memory available now, and the cores that this process may use."""

    available_bytes: int
    cores: int


def look_at_machine() -> Machine:
    """The machine as it is now, within the limits of this process's control group and CPU affinity."""
    available = _available_bytes()
    limit = group_available_bytes()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(available if limit is None else min(available, limit), cores or 1)


def group_available_bytes(groups: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> int | None:
    """The memory that the control groups of this process (version 2 or 1) still allow; None if there is no limit."""
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return None
    found: list[int] = []
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":
            found += _left_in(root, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            found += _left_in(root / "memory", path, "memory.limit_in_bytes", "memory.usage_in_bytes",
                              "total_inactive_file")  # fmt: skip
    return max(0, min(found)) if found else None


def group_kills_for_memory(
    pid: int, processes: Path = Path("/proc"), root: Path = Path("/sys/fs/cgroup")
) -> tuple[str, int] | None:
    """The control group (version 2 or 1) of a process, and how many of that group's processes the kernel has killed because
    memory ran out; None where that is not shown. pid: 0 for the caller.

    In version 1 a process that has ended is in the first group, whichever it was in: so that one is not told.
    """
    try:
        lines = (processes / (str(pid) if pid else "self") / "cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        folder = root / "memory" if "memory" in controllers.split(",") else root
        if number != "0" and (folder == root or (pid and path == "/")):
            continue
        for file in ("memory.events.local", "memory.events", "memory.oom_control"):
            try:
                counts = dict(
                    row.split(maxsplit=1) for row in (folder / path.lstrip("/") / file).read_text().splitlines()
                )
                return path, int(counts["oom_kill"])
            except (OSError, ValueError, KeyError):
                continue
    return None


def _available_bytes(kernel: Path = Path("/proc/meminfo")) -> int:
    """The memory that programs can still have without swapping, control groups aside."""
    try:
        counted = kernel.read_bytes().partition(b"\nMemAvailable:")[2]
        return int(counted.split(maxsplit=1)[0]) << 10
    except (OSError, IndexError, ValueError):
        pass
    try:
        import psutil  # everywhere but on Linux; a recorded command waits for what is imported

        return int(psutil.virtual_memory().available)
    except OSError:  # /proc is missing, or shows processes only: what is free is less than what could be had
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _left_in(root: Path, path: str, limit: str, usage: str, cache: str) -> list[int]:
    """The memory that each group from `path` up to `root` still allows. In a container only the root may be visible."""
    left: list[int] = []
    folder = root / path.lstrip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(root):
            break
        try:
            # Text that is not a number ("max") means that there is no limit.
            bound = int((group / limit).read_text())
            used = int((group / usage).read_text())
            stat = dict(line.split(maxsplit=1) for line in (group / "memory.stat").read_text().splitlines())
            left.append(bound - used + int(stat.get(cache, 0)))
        except (OSError, ValueError):
            continue
    return left
