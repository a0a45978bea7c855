"""Where runs are kept: one private folder each, in the person's state folder. Any process of ours."""

import os
import secrets
import shutil
import time
from pathlib import Path

import platformdirs

from workers.errors import RunError

KEPT = 20
"""How many runs are kept; the oldest give way."""


def runs_folder() -> Path:
    """The folder that holds the runs; it need not exist."""
    return platformdirs.user_state_path("procession", appauthor=False) / "runs"


def cache_folder() -> Path:
    """Where the probe keeps its compiled edits. Raises RunError when it cannot be made."""
    return _made(platformdirs.user_cache_path("procession", appauthor=False) / "probe")


def new_run_folder() -> Path:
    """A new folder for one run, for this person only. Raises RunError when it cannot be made.

    Its name is the run's mark: it stands in the environment of each of the run's processes.
    """
    parent = _made(runs_folder())
    _forget_old(parent)
    folder = parent / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(6)}"
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise RunError(f"No folder for the run could be made in {parent}: {error.strerror}.") from error
    return folder


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"The folder {folder} could not be made: {error.strerror}.") from error
    return folder


def _forget_old(parent: Path) -> None:
    folders = sorted((path for path in parent.iterdir() if path.is_dir()), reverse=True)
    for folder in folders[KEPT - 1 :]:
        if not _in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    """Whether the run's keeper still lives."""
    try:
        pid = int((folder / "keeper.pid").read_text("ascii"))
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    return True
