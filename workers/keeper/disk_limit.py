"""How much of the disk a run may take. Runs in the keeper: the main thread, and each thread that keeps output.

The limit is in a file of the run's folder (`limit`), in which each process notes what it takes: see `recorded.probe.claim`.
When seven eighths are taken, tasks, samples and printed lines are no longer recorded. The rest is for starts, exits and joins.
"""

import os
from pathlib import Path

from workers.recorded.probe import FIRST_STRETCH, LIMIT, SLOT, claim
from workers.runs.run_folders import make_file

_STEP_BYTES = 256 << 10
_LEAST_BYTES = FIRST_STRETCH * SLOT


class DiskLimit:
    """The limit of one run. limit_bytes: None for none. path: of the file, "" where there is no limit."""

    def __init__(self, folder: Path, limit_bytes: int | None) -> None:
        self.path = ""
        self.reached = False
        self._limit_bytes = limit_bytes or 0
        self._room = 0
        if limit_bytes:
            try:
                make_file(folder / LIMIT, limit_bytes.to_bytes(8, "little"))
                self.path = str(folder / LIMIT)
            except OSError:
                pass  # the disk is full already

    @property
    def sentence(self) -> str:
        """What is said when it is reached."""
        limit = (
            f"{self._limit_bytes / 1e6:,.4g} MB" if self._limit_bytes < 1e9 else f"{self._limit_bytes / 1e9:,.4g} GB"
        )
        return (
            f"The run has taken nearly all of the {limit} of disk that it may: from here on, tasks, samples and printed lines "
            "are not recorded; what is left of it is for starts, exits and joins."
        )

    def look(self) -> bool:
        """Whether it has been reached by now, by whatever process."""
        if self.path and not self.reached:
            try:
                left = self._limit_bytes - (os.stat(self.path).st_size - 8) * 4096
            except OSError:
                return False  # the folder was deleted
            self.reached = left - _LEAST_BYTES < self._limit_bytes // 8
        return self.reached

    def allows(self, size: int) -> bool:
        """Whether so many more printed bytes may be kept. They then count as taken."""
        while self.path and self._room < size:
            if self.reached:
                return False
            taken, self.reached = claim(self.path, _STEP_BYTES, 4096)
            self._room += taken
        self._room -= size
        return True


NO_LIMIT = DiskLimit(Path(), None)
