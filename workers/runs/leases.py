"""Leases on runs: a run that a living process uses is neither removed nor deleted. Any process of Procession, any thread.

A lease is an empty file in the state folder, locked by its process. Its name has the run and the process: the pid, the kernel's
time of its start, and where these are counted. So the lease of a process that was killed counts for nothing, and that of one
in another container counts.
"""

import os
import re
from pathlib import Path

from workers.errors import RunError
from workers.runs.keeper_marks import KeeperState, keeper_state, unseen_state
from workers.runs.run_folders import ensure_folder, is_kept, state_folder
from workers.system import process_origins, processes
from workers.system.locked_files import LockedFile, is_locked
from workers.system.private_folders import is_own

# Compiled when first used: a recorded program waits for what is done here before.
_NAME = rf"(?P<run>[\w-]+)\.(?P<origin>{process_origins.PATTERN})-[0-9a-f]+"
_FORMER_NAME = r"(?P<run>[\w-]+)\.(?P<pid>\d{1,10})-(?P<ticks>\d{1,20})-[0-9a-f]+"
"""Of leases of version 0.1.0, which does not say where the pid is counted."""


class Lease:
    """Keeps one run from being removed until `release`. The run's folder need not exist yet.

    Does nothing for a folder that is not one of the kept runs, which is never removed, or where the state folder cannot be
    written to.
    """

    def __init__(self, folder: Path) -> None:
        self._file: LockedFile | None = None
        if not is_kept(folder):
            return
        try:
            within, _ = ensure_folder(state_folder(), "held")
        except RunError:
            return
        self._file = LockedFile(within / f"{folder.name}.{process_origins.own_origin()}-{os.urandom(4).hex()}")

    def __enter__(self) -> "Lease":
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def release(self) -> None:
        """Give the lease up. A second time does nothing."""
        if self._file is not None:
            self._file.remove()


def leased_runs() -> set[str]:
    """The names of the runs on which living processes have leases, or may have.

    Leases of processes that are gone are removed.
    """
    leased: set[str] = set()
    try:
        folder = state_folder() / "held"
        names = os.listdir(folder) if is_own(folder) else []
    except (OSError, RunError):  # a user without a home has no runs
        return leased
    for name in names:
        match = re.fullmatch(_NAME, name, re.ASCII) or re.fullmatch(_FORMER_NAME, name, re.ASCII)
        if match is None:
            continue
        if _is_valid(folder / name, match):
            leased.add(match["run"])
        else:
            _unlink(folder / name)
    return leased


def is_in_use(folder: Path, leased: set[str]) -> bool:
    """Whether the run is still running, or has a lease, or may be so elsewhere. leased: from `leased_runs`."""
    return folder.name in leased or keeper_state(folder) is not KeeperState.GONE


def _is_valid(file: Path, match: re.Match[str]) -> bool:
    if match.re.pattern == _FORMER_NAME:
        return processes.is_running(int(match["pid"]), int(match["ticks"]))
    origin = process_origins.parse(match["origin"])
    running = None if origin is None else origin.running
    if running is None:  # it is counted on another machine or in another container, if anywhere
        return is_locked(file) or unseen_state(file) is not KeeperState.GONE
    return running


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # harmless: the process that it names is looked for each time
