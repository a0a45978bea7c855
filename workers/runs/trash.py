"""Deletes runs so that it can be undone: they are moved to a trash, and removed for good later. Any process of Procession.

The trash is a folder among the runs, so that moving is a rename, which happens wholly or not at all. Links in it are removed as
links and never followed. Runs that are removed to make room go through the trash too, so that half a run is never listed.
"""

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from workers.errors import RunError
from workers.runs.leases import is_in_use, leased_runs
from workers.runs.run_folders import TRASH, ensure_folder, is_kept, is_run_name, runs_folder, size_of, state_folder
from workers.system.private_folders import is_own

KEPT_S = 24 * 3600
"""How long a deleted run can be restored."""
MOST_KEPT = 50
"""The most runs in the trash."""

_NAME = r"(?P<at_ns>\d{20})-(?P<run>.+)"
_NEVER = 0  # the time of deletion of runs that are not to be restored


class Deleted(NamedTuple):
    """Runs that were deleted together, and can be restored together.

    left: runs that were not deleted because they are in use. error: one sentence, when another run could not be deleted.
    """

    at_ns: int
    runs: tuple[Path, ...]
    left: tuple[Path, ...] = ()
    error: str = ""


def delete(folders: Iterable[Path]) -> Deleted:
    """Move these runs to the trash, except runs that are in use or cannot be moved. Never raises."""
    at_ns, leased = _next_moment(), leased_runs()
    moved, left, error = [], [], ""
    for folder in folders:
        if is_in_use(folder, leased):
            left.append(folder)
            continue
        try:
            _move(folder, at_ns)
            moved.append(folder)
        except RunError as failure:
            error = error or str(failure)
    return Deleted(at_ns, tuple(moved), tuple(left), error)


def discard(folder: Path) -> None:
    """Remove a run for good. Raises RunError when it cannot be moved to the trash first."""
    _remove(_move(folder, _NEVER))


def deletions() -> list[Deleted]:
    """The deletions that can be undone, the oldest first."""
    found: dict[int, list[Path]] = {}
    for at_ns, path in _contents():
        if at_ns != _NEVER:
            found.setdefault(at_ns, []).append(runs_folder() / _run_in(path))
    return [Deleted(at_ns, tuple(found[at_ns])) for at_ns in sorted(found)]


def restore(at_ns: int) -> list[Path]:
    """Restore the runs that were deleted at that time, as far as they are still there. Returns their folders.

    Raises RunError when one cannot be moved.
    """
    restored = []
    for when, path in _contents():
        target = runs_folder() / _run_in(path)
        if when == at_ns and not os.path.lexists(target):
            _rename(path, target)
            restored.append(target)
    return restored


def empty(room: int | None = None) -> int:
    """Remove runs that were deleted too long ago, and the oldest while there are too many or they take more than `room` bytes.

    Returns the bytes of the runs that stay in the trash.
    """
    now_ns = time.time_ns()
    kept = []
    for at_ns, path in _contents():
        if now_ns - at_ns > KEPT_S * 10**9:
            _remove(path)
        else:
            kept.append((path, size_of(path)))
    total = sum(size for _, size in kept)
    for at, (path, size) in enumerate(kept):
        if len(kept) - at <= MOST_KEPT and (room is None or total <= room):
            break
        _remove(path)
        total -= size
    return total


def _next_moment() -> int:
    """Now, but later than every deletion before: the clock may have been set back since."""
    return max([time.time_ns(), *(at_ns + 1 for at_ns, _ in _contents())])


def _trash() -> Path:
    return runs_folder() / TRASH


def _contents() -> list[tuple[int, Path]]:
    """(time of deletion, folder) of each run in the trash, the oldest first."""
    try:
        if _trash().is_symlink() or not is_own(_trash()):
            return []
        with os.scandir(_trash()) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except (OSError, RunError):
        return []
    found = ((re.fullmatch(_NAME, name), name) for name in sorted(names))
    return [(int(match["at_ns"]), _trash() / name) for match, name in found if match and is_run_name(match["run"])]


def _run_in(path: Path) -> str:
    return path.name.partition("-")[2]


def _move(folder: Path, at_ns: int) -> Path:
    if not is_kept(folder) or folder.is_symlink():
        raise RunError(f"{folder} is not one of the runs that are kept.")
    if _trash().is_symlink():
        raise RunError(f"Nothing is deleted: {_trash()} is a link to another place.")
    within, _ = ensure_folder(state_folder(), runs_folder().name, TRASH)
    target = within / f"{at_ns:020d}-{folder.name}"
    _rename(folder, target)
    return target


def _rename(path: Path, target: Path) -> None:
    try:
        path.rename(target)
    except FileNotFoundError as error:
        raise RunError(f"The run {path} is not there any more.") from error
    except OSError as error:
        raise RunError(f"The run {path} could not be moved: {error.strerror}.") from error


def _remove(path: Path) -> None:
    import shutil  # which loads much, and at the end of most recorded commands nothing is removed

    shutil.rmtree(path, ignore_errors=True)  # what cannot be removed now is tried again next time
