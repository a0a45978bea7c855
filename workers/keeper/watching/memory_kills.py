"""Which of the killed processes the kernel ended because memory had run out. Runs in the keeper's main thread.

The kernel counts these kills, for the machine and for each control group, and does not say which processes they were.
"""

import time
from collections.abc import Callable

from workers.system import processes
from workers.system.machine import group_kills_for_memory

_RECENT_S = 5.0
"""A process with much memory can take so long to end after the kernel's signal."""


class MemoryKills:
    """Compares the counts with those before.

    A kill elsewhere on the machine counts for the machine, and not for the group of a process of the run.

    of_machine: the machine's count. of_group: the group of a process with its count; None where that cannot be read.
    clock: in seconds.
    """

    def __init__(
        self,
        of_machine: Callable[[], int] = processes.kills_for_memory,
        of_group: Callable[[int], tuple[str, int] | None] = group_kills_for_memory,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._of_machine = of_machine
        self._of_group = of_group
        self._clock = clock
        self._known = of_machine()
        self._recent: list[float] = []  # when each kill was noticed that is not assigned to a process
        self._groups: dict[str, int] = {}
        own = of_group(0)
        if own is not None:
            self._groups[own[0]] = own[1]

    def refresh(self) -> None:
        """Notice new kills. To be called at each sample, so that an old kill is not taken for the one of a later process."""
        now_s = self._clock()
        count = self._of_machine()
        new, self._known = count - self._known, count
        self._recent = [at_s for at_s in self._recent if now_s - at_s < _RECENT_S] + [now_s] * min(max(new, 0), 1000)

    def ended(self, pid: int) -> bool:
        """Whether the kernel ended this process, which SIGKILL has ended just now, because memory had run out."""
        self.refresh()
        if not self._recent:
            return False
        group = self._of_group(pid)
        if group is not None:
            name, count = group
            known = self._groups.setdefault(name, max(0, count - len(self._recent)))
            if count <= known:
                return False
            self._groups[name] = known + 1
        self._recent.pop(0)
        return True
