"""The folders of runs: one private folder for each, in the user's state folder. Any process of Procession, any thread."""

import os
import re
import time
from pathlib import Path

from workers.errors import RunError
from workers.system import processes

_NAME = re.compile(r"\d{8}-\d{6}-\w+")
_KEEPER_PID = "keeper.pid"


def state_folder() -> Path:
    """The folder for everything that is kept of this user's runs; it need not exist."""
    import platformdirs  # here, since the keeper needs none of these folders, and a program waits for what it imports

    return platformdirs.user_state_path("procession", appauthor=False)


def runs_folder() -> Path:
    """The folder that holds the runs; it need not exist."""
    return state_folder() / "runs"


def cache_folder() -> Path:
    """Where the probe keeps its compiled edits. Raises RunError when it cannot be made."""
    import platformdirs

    return ensure_folder(platformdirs.user_cache_path("procession", appauthor=False) / "probe")


def new_run_folder() -> Path:
    """A new folder for one run, for this user only. Raises RunError when it cannot be made.

    Its path is the run's mark, which is in the environment of each of the run's processes. Its name begins with the time to
    the microsecond, by which runs are sorted.
    """
    parent = ensure_folder(runs_folder())
    seconds, ns = divmod(time.time_ns(), 10**9)
    moment = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(seconds))}-{ns // 1000:06d}"
    folder = parent / f"{moment}{os.urandom(4).hex()}"
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise RunError(f"No folder for the run could be made in {parent}: {error.strerror}.") from error
    return folder


def run_folders() -> list[Path]:
    """The folders of all kept runs, the newest first. Anything with another kind of name, and any link, is passed over."""
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
    """Whether this is the folder of one of the kept runs."""
    return is_run_name(folder.name) and os.path.realpath(folder.parent) == os.path.realpath(runs_folder())


def write_keeper_pid(folder: Path) -> None:
    """Write down that this process is the keeper of the run in `folder`: its pid, and the kernel's time of its start."""
    seen = processes.look(os.getpid())
    make_file(folder / _KEEPER_PID, f"{os.getpid()} {0 if seen is None else seen.ticks}".encode())


def make_file(path: Path, content: bytes = b"") -> None:
    """Make a new file of a run, for this user only. Raises OSError where there is anything of that name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


def is_running(folder: Path) -> bool:
    """Whether the run's keeper is still running."""
    try:
        pid, *ticks = (int(word) for word in (folder / _KEEPER_PID).read_text("ascii").split())
    except (OSError, ValueError):
        return False
    seen = processes.look(pid)
    # Where the system gives no time the pid alone decides: a run too many is kept rather than one too few.
    return seen is not None and seen.state not in "ZX" and (not ticks or not ticks[0] or seen.ticks == ticks[0])


def size_of(folder: Path) -> int:
    """The bytes that a run takes on the disk."""
    size = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                size += getattr(found, "st_blocks", -(-found.st_size // 512)) * 512
    except OSError:
        pass  # the folder is being removed: the files counted so far are its size
    return size


def ensure_folder(folder: Path) -> Path:
    """Make the folder if it is not there, and return it. Raises RunError when it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"The folder {folder} could not be made: {error.strerror}.") from error
    return folder
