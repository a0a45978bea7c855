"""Leases on runs: a run that a living process uses is neither removed nor deleted. Any process of Procession, any thread.

A lease is an empty file in the state folder. Its name has the run and the process: the pid, and the kernel's time of its start.
So the lease of a process that was killed counts for nothing.
"""

import os
import re
from pathlib import Path

from workers.runs.run_folders import is_kept, is_running, state_folder
from workers.system import processes

_NAME = re.compile(r"(?P<run>[\w-]+)\.(?P<pid>\d{1,10})-(?P<ticks>\d{1,20})-[0-9a-f]+")


class Lease:
    """Keeps one run from being removed until `release`.

    Does nothing for a folder that is not one of the kept runs, which is never removed, or where the state folder cannot be
    written to.
    """

    def __init__(self, folder: Path) -> None:
        self._path: Path | None = None
        seen = processes.look(os.getpid())
        if seen is None or not is_kept(folder):
            return
        path = _lease_folder() / f"{folder.name}.{os.getpid()}-{seen.ticks}-{os.urandom(4).hex()}"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600))
        except OSError:
            return
        self._path = path

    def release(self) -> None:
        """Give the lease up. A second time does nothing."""
        path, self._path = self._path, None
        if path is not None:
            _unlink(path)


def leased_runs() -> set[str]:
    """The names of the runs on which living processes have leases. Leases of processes that are gone are removed."""
    leased: set[str] = set()
    try:
        names = os.listdir(_lease_folder())
    except OSError:
        return leased
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        if processes.is_running(int(match["pid"]), int(match["ticks"])):
            leased.add(match["run"])
        else:
            _unlink(_lease_folder() / name)
    return leased


def is_in_use(folder: Path, leased: set[str]) -> bool:
    """Whether the run is still running, or has a lease. leased: from `leased_runs`."""
    return folder.name in leased or is_running(folder)


def _lease_folder() -> Path:
    return state_folder() / "held"


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # harmless: the process that it names is looked for each time
