"""Who uses a run at the moment: a run that a living process holds is neither forgotten nor deleted. Any process of ours.

A hold is an empty file in the state folder, named by the run and by the process, which is a pid and the kernel's time of its
start. So what was killed holds nothing any more.
"""

import os
import re
import secrets
from pathlib import Path

from workers.runs.run_folders import is_going_on, is_kept, state_folder
from workers.system import processes

_NAME = re.compile(r"(?P<run>[\w-]+)\.(?P<pid>\d{1,10})-(?P<ticks>\d{1,20})-[0-9a-f]+")


class Lease:
    """Keeps one run where it is until `release`. A folder that is not among the kept runs is nobody's to take away, and a
    state folder that cannot be written to holds nothing."""

    def __init__(self, folder: Path) -> None:
        self._path: Path | None = None
        seen = processes.look(os.getpid())
        if seen is None or not is_kept(folder):
            return
        path = _holds() / f"{folder.name}.{os.getpid()}-{seen.ticks}-{secrets.token_hex(4)}"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600))
        except OSError:
            return
        self._path = path

    def release(self) -> None:
        """Let go of it. A second time does nothing."""
        path, self._path = self._path, None
        if path is not None:
            _unlink(path)


def held_runs() -> set[str]:
    """The names of the runs that living processes hold. What the dead have left of theirs is taken away."""
    held: set[str] = set()
    try:
        names = os.listdir(_holds())
    except OSError:
        return held
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        if processes.is_running(int(match["pid"]), int(match["ticks"])):
            held.add(match["run"])
        else:
            _unlink(_holds() / name)
    return held


def is_in_use(folder: Path, held: set[str]) -> bool:
    """Whether the run goes on, or is among those that are held."""
    return folder.name in held or is_going_on(folder)


def _holds() -> Path:
    return state_folder() / "held"


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # it says nothing wrong: it is looked at whether that process lives
