"""Tells whether the keeper of a run is still running, also where its processes cannot be seen. Any process of Procession.

`keeper.pid` has the keeper's pid and start time, for a look by hand and for earlier versions. `keeper.hold` says in addition
where these are counted, and is locked while the keeper runs. The keeper removes it at the end of the run.
"""

import os
import time
from enum import Enum
from pathlib import Path

from workers.runs.run_folders import make_file
from workers.system import process_origins, processes
from workers.system.locked_files import LockedFile, is_locked

PATIENCE_S = 7 * 24 * 3600
"""How long a run, or a lease, counts as in use when nothing is seen of the process that it belongs to."""

_PID, _HOLD = "keeper.pid", "keeper.hold"
_REFRESH_S = 600.0
_MOST_BYTES = 1000


class KeeperState(Enum):
    """Whether a run's keeper is running. UNKNOWN: it is counted on another machine or in another container, if anywhere."""

    RUNNING = "running"
    GONE = "gone"
    UNKNOWN = "unknown"


class KeeperHold:
    """Says that this process is the keeper of the run in `folder`, until `release`. Does nothing if it cannot be said."""

    def __init__(self, folder: Path) -> None:
        write_keeper_pid(folder)
        self._file = LockedFile(folder / _HOLD, str(process_origins.own_origin()).encode())
        self._refreshed_s = time.monotonic()

    def refresh(self) -> None:
        """Give a sign of life, for those who cannot see this process. Costs nothing most of the time."""
        if time.monotonic() - self._refreshed_s > _REFRESH_S:
            self._refreshed_s = time.monotonic()
            self._file.touch()

    def release(self) -> None:
        """The run is over."""
        self._file.remove()


def write_keeper_pid(folder: Path) -> None:
    """Write down that this process is the keeper of the run in `folder`: its pid, and the kernel's time of its start."""
    seen = processes.look(os.getpid())
    make_file(folder / _PID, f"{os.getpid()} {0 if seen is None else seen.ticks}".encode())


def keeper_state(folder: Path) -> KeeperState:
    """Whether the run's keeper is still running."""
    hold = folder / _HOLD
    try:
        origin = process_origins.parse(_content(hold))
    except (OSError, ValueError):
        origin = None
    if origin is None:  # the disk was full, perhaps: the lock says it all the same
        running: bool | None = is_locked(hold) or _runs_by_pid(folder)
    else:
        running = origin.running
    if running is None:
        return KeeperState.RUNNING if is_locked(hold) else unseen_state(hold)
    return KeeperState.RUNNING if running else KeeperState.GONE


def is_running(folder: Path) -> bool:
    """Whether it is known that the run's keeper is still running."""
    return keeper_state(folder) is KeeperState.RUNNING


def unseen_state(file: Path) -> KeeperState:
    """The state of a process that cannot be seen from here, by its last sign of life: the time of its file."""
    try:
        return KeeperState.GONE if time.time() - file.stat().st_mtime > PATIENCE_S else KeeperState.UNKNOWN
    except OSError:
        return KeeperState.GONE


def _content(mark: Path) -> str:
    """Raises OSError or ValueError for what a keeper does not leave."""
    from workers.journal.run_files import open_part  # a recorded program waits for what is imported at the top

    with open_part(mark) as file:
        file.seek(0)
        return file.read(_MOST_BYTES).decode("ascii")


def _runs_by_pid(folder: Path) -> bool:
    try:
        pid, *ticks = (int(word) for word in _content(folder / _PID).split())
    except (OSError, ValueError):
        return False
    seen = processes.look(pid)
    # Where the system gives no time the pid alone decides: a run too many is kept rather than one too few.
    return seen is not None and seen.running and (not ticks or not ticks[0] or seen.ticks == ticks[0])
