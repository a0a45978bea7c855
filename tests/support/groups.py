"""Groups of processes with a limit of their own, as the kernel keeps them (cgroups), for tests that need to reach one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_ROOT = Path("/sys/fs/cgroup")
_LIMITS = {"memory": ("memory.limit_in_bytes", "memory.max"), "pids": ("pids.max", "pids.max")}


@contextmanager
def limited_group(controller: str, limit: int) -> Iterator[Path]:
    """Make a group with a limit. Yields the file to which a process writes its pid to join the group.

    Skips the test where no such group can be made: that needs the rights of root, or a container of one's own.
    controller: memory (bytes) or pids (number).
    """
    of_its_own = (_ROOT / controller).is_dir()
    group = (_ROOT / controller if of_its_own else _ROOT) / f"procession-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no group of processes can be made here: {error}")
    try:
        try:
            (group / _LIMITS[controller][not of_its_own]).write_text(str(limit))
        except OSError as error:
            pytest.skip(f"groups of processes have no limit of {controller} here: {error}")
        yield group / "cgroup.procs"
    finally:
        group.rmdir()
