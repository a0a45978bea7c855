"""The folders of runs: one private folder for each, in the user's state folder. Any process of Procession, any thread.

The name of a run's folder begins with a number that grows from run to run: a clock can be set back, and a machine can travel
through time zones. Version 0.1.0 gave names that begin with the local time; such runs count as older than all others.
"""

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workers.errors import RunError
from workers.runs.user_folders import user_folder
from workers.system.private_folders import NotPrivateError, close_to_others, is_own, make_folder, secure_path

if TYPE_CHECKING:
    from datetime import datetime

TRASH = ".deleted"
"""The folder among the runs that holds the deleted ones (`trash`)."""

# Compiled when first used: a recorded program waits for what is done here before.
_NAME = r"(?P<number>\d{8,})-(?P<moment>\d{8}T\d{6})Z-\w+"
_FORMER_NAME = r"(?P<moment>\d{8}-\d{6})-\w+"


def state_folder() -> Path:
    """The folder for everything that is kept of this user's runs; it need not exist."""
    return user_folder("state")


def runs_folder() -> Path:
    """The folder that holds the runs; it need not exist."""
    return state_folder() / "runs"


def cache_folder() -> Path:
    """Where the probe keeps its compiled edits, which are code: so no other user may be able to change what its path leads to.

    Raises RunError when it cannot be made, or is not private.
    """
    folder, _ = ensure_folder(user_folder("cache"), "probe")
    try:
        return secure_path(folder)
    except OSError as error:
        raise _unusable(folder, error) from error


def close_runs_folder() -> str:
    """Make the folder that holds the runs, for this user only.

    Returns a sentence when others could write there until now, else "". Raises RunError when it cannot be made.
    """
    return ensure_folder(state_folder(), runs_folder().name)[1]


def next_run_folder() -> Path:
    """The path for the folder of a new run. Raises RunError when there can be none.

    It is the run's mark, which is in the environment of each of the run's processes; no two runs ever have the same. Two
    that begin at the same moment may have the same number.
    """
    parent, _ = ensure_folder(state_folder(), runs_folder().name)
    seconds, ns = divmod(time.time_ns(), 10**9)
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
    return parent / f"{_newest_number() + 1:08d}-{moment}-{ns // 1000:06d}{os.urandom(4).hex()}"


def make_run_folder(folder: Path) -> Path:
    """Make the folder of a new run, for this user only, and return it. Raises RunError when it cannot be made."""
    try:
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)  # a umask can take rights away from the user, too
    except OSError as error:
        raise RunError(f"No folder for the run could be made in {folder.parent}: {error.strerror}.") from error
    return folder


def run_folders() -> list[Path]:
    """The folders of all kept runs, the newest first.

    Anything with another kind of name, any link, and any folder that another user made is passed over.
    """
    try:
        with os.scandir(runs_folder()) as entries:
            found = [entry.name for entry in entries if is_run_name(entry.name) and entry.is_dir(follow_symlinks=False)]
    except (OSError, RunError):
        return []
    folders = [runs_folder() / name for name in sorted(found, key=age_order, reverse=True)]
    return [folder for folder in folders if is_own(folder)]


def is_run_name(name: str) -> bool:
    """Whether `next_run_folder` gives such names, or did in an earlier version."""
    return re.fullmatch(_NAME, name, re.ASCII) is not None or re.fullmatch(_FORMER_NAME, name, re.ASCII) is not None


def moment_of_name(name: str) -> "datetime | None":
    """When the folder of this name was made, in local time; None when the name does not say."""
    from datetime import UTC, datetime  # the list of runs needs it, and the start of one does not

    match = re.fullmatch(_NAME, name, re.ASCII)
    try:
        if match is not None:
            moment = datetime.strptime(match["moment"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            return moment.astimezone().replace(tzinfo=None)
        match = re.fullmatch(_FORMER_NAME, name, re.ASCII)
        return None if match is None else datetime.strptime(match["moment"], "%Y%m%d-%H%M%S")
    except (ValueError, OverflowError, OSError):
        return None


def age_order(name: str) -> tuple[int, str]:
    """By which runs are sorted, the oldest first. Runs of the same number began at the same moment."""
    match = re.fullmatch(_NAME, name, re.ASCII)
    return (0 if match is None else int(match["number"])), name


def is_kept(folder: Path) -> bool:
    """Whether this is the folder of one of the kept runs."""
    try:
        return is_run_name(folder.name) and os.path.realpath(folder.parent) == os.path.realpath(runs_folder())
    except RunError:
        return False  # there is no folder of runs


def make_file(path: Path, content: bytes = b"") -> None:
    """Make a new file of a run, for this user only. Raises OSError where there is anything of that name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)


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


def ensure_folder(own: Path, *names: str) -> tuple[Path, str]:
    """Make a folder of Procession's if it is not there, and see to it that nobody else can write to it.

    own: the topmost folder that is Procession's own. names: of the folders within, one in the other.
    Returns the folder, and a sentence about folders to which others could write until now, or "". Raises RunError when it
    cannot be made, or is not this user's.
    """
    folder = own
    opened = []
    try:
        for at in range(len(names) + 1):
            folder = own.joinpath(*names[:at])
            make_folder(folder)
            if close_to_others(folder):
                opened.append(str(folder))
    except OSError as error:
        raise _unusable(folder, error) from error
    if not opened:
        return folder, ""
    subject = f"The folder {opened[0]} was" if len(opened) == 1 else f"The folders {' and '.join(opened)} were"
    return folder, f"{subject} open to other users, and was closed to them: only you can write there from now on."


def _unusable(folder: Path, error: OSError) -> RunError:
    if isinstance(error, NotPrivateError):
        return RunError(f"The folder {error.filename} is not used: {error.strerror}.")
    return RunError(f"The folder {folder} could not be made: {error.strerror}.")


def _newest_number() -> int:
    """The highest number of a kept or deleted run; 0 when there is none."""
    names = []
    for folder in (runs_folder(), runs_folder() / TRASH):
        try:
            names += os.listdir(folder)
        except OSError:
            continue
    # The name of a deleted run has the time of its deletion before it.
    return max((age_order(name if is_run_name(name) else name.partition("-")[2])[0] for name in names), default=0)
