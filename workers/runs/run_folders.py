"""Where runs are kept: one private folder each, in the person's state folder. Any process of ours."""

import os
import re
import secrets
import time
from pathlib import Path

import platformdirs

from workers.errors import RunError
from workers.system import processes

_NAME = re.compile(r"\d{8}-\d{6}-\w+")
_KEEPER_PID = "keeper.pid"


def state_folder() -> Path:
    """Where what is to be kept of this person's runs lies; it need not exist."""
    return platformdirs.user_state_path("procession", appauthor=False)


def runs_folder() -> Path:
    """The folder that holds the runs; it need not exist."""
    return state_folder() / "runs"


def cache_folder() -> Path:
    """Where the probe keeps its compiled edits. Raises RunError when it cannot be made."""
    return made(platformdirs.user_cache_path("procession", appauthor=False) / "probe")


def new_run_folder() -> Path:
    """A new folder for one run, for this person only. Raises RunError when it cannot be made.

    Its name is the run's mark: it stands in the environment of each of the run's processes. It begins with the time to the
    microsecond, by which runs are sorted.
    """
    parent = made(runs_folder())
    seconds, ns = divmod(time.time_ns(), 10**9)
    moment = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(seconds))}-{ns // 1000:06d}"
    folder = parent / f"{moment}{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise RunError(f"No folder for the run could be made in {parent}: {error.strerror}.") from error
    return folder


def run_folders() -> list[Path]:
    """The folders of all runs that are kept, the newest first. What has another name, or is a link, is none of ours."""
    try:
        with os.scandir(runs_folder()) as entries:
            found = [entry.name for entry in entries if is_run_name(entry.name) and entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [runs_folder() / name for name in sorted(found, reverse=True)]


def is_run_name(name: str) -> bool:
    """Whether `new_run_folder` gives such names."""
    return _NAME.fullmatch(name) is not None


def is_kept(folder: Path) -> bool:
    """Whether this is the folder of a run among those that are kept."""
    return is_run_name(folder.name) and os.path.realpath(folder.parent) == os.path.realpath(runs_folder())


def name_keeper(folder: Path) -> None:
    """Note that this process keeps the run in `folder`: its pid, and the kernel's time of its start."""
    seen = processes.look(os.getpid())
    make_file(folder / _KEEPER_PID, f"{os.getpid()} {0 if seen is None else seen.ticks}".encode())


def make_file(path: Path, content: bytes = b"") -> None:
    """A file of a run that was not there, for this person only. Raises OSError where there is anything of that name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


def is_going_on(folder: Path) -> bool:
    """Whether the run's keeper still lives."""
    try:
        pid, *ticks = (int(word) for word in (folder / _KEEPER_PID).read_text("ascii").split())
    except (OSError, ValueError):
        return False
    seen = processes.look(pid)
    # Without a time there is the pid alone, as in folders of before: rather keep one too many.
    return seen is not None and seen.state not in "ZX" and (not ticks or not ticks[0] or seen.ticks == ticks[0])


def size_of(folder: Path) -> int:
    """Bytes that a run takes on the disk."""
    size = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                size += getattr(found, "st_blocks", -(-found.st_size // 512)) * 512
    except OSError:
        pass  # it is being taken away; what was counted is what there was
    return size


def made(folder: Path) -> Path:
    """`folder`, which is made if it is not there. Raises RunError when it cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"The folder {folder} could not be made: {error.strerror}.") from error
    return folder
