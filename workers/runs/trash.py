"""Deletes runs so that it can be undone: they are moved aside, and are gone for good some time later. Any process of ours.

The trash is a folder among the runs, so that moving is a rename, which is whole or not at all. Nothing in it is ever followed
out of it: links are removed as links. What is forgotten to make room goes through it too, so that half a run is never listed.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workers.errors import RunError
from workers.runs.leases import held_runs, is_in_use
from workers.runs.run_folders import is_kept, is_run_name, made, runs_folder, size_of

KEPT_S = 24 * 3600
"""How long what was deleted can be brought back."""
MOST_KEPT = 50
"""How many deleted runs at most."""

_NAME = re.compile(r"(?P<at_ns>\d{20})-(?P<run>.+)")
_NEVER = 0  # when it was deleted, for what is not to come back


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted at once, and can be brought back. left: it was not deleted, since it is in use. error: one sentence on
    why another one was not."""

    at_ns: int
    runs: tuple[Path, ...]
    left: tuple[Path, ...] = ()
    error: str = ""


def delete(folders: Iterable[Path]) -> Deleted:
    """Move these runs to the trash, but for those that are in use or cannot be moved. Never raises."""
    at_ns, held = time.time_ns(), held_runs()
    moved, left, error = [], [], ""
    for folder in folders:
        if is_in_use(folder, held):
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
    """What can be brought back, in the order in which it was deleted."""
    found: dict[int, list[Path]] = {}
    for at_ns, path in _contents():
        if at_ns != _NEVER:
            found.setdefault(at_ns, []).append(runs_folder() / _run_in(path))
    return [Deleted(at_ns, tuple(found[at_ns])) for at_ns in sorted(found)]


def restore(at_ns: int) -> list[Path]:
    """Bring back what was deleted at that time; what of it is still there. Raises RunError when one cannot be moved."""
    back = []
    for when, path in _contents():
        target = runs_folder() / _run_in(path)
        if when == at_ns and not os.path.lexists(target):
            _rename(path, target)
            back.append(target)
    return back


def empty(room: int | None = None) -> int:
    """Remove what was deleted too long ago or is too much, and from the oldest on until the rest takes no more than `room`
    bytes. How many bytes that is."""
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


def _trash() -> Path:
    return runs_folder() / ".deleted"


def _contents() -> list[tuple[int, Path]]:
    """(when it was deleted, its folder) of each run in the trash, the oldest first."""
    try:
        if _trash().is_symlink():
            return []
        with os.scandir(_trash()) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    found = ((_NAME.fullmatch(name), name) for name in sorted(names))
    return [(int(match["at_ns"]), _trash() / name) for match, name in found if match and is_run_name(match["run"])]


def _run_in(path: Path) -> str:
    return path.name.partition("-")[2]


def _move(folder: Path, at_ns: int) -> Path:
    if not is_kept(folder) or folder.is_symlink():
        raise RunError(f"{folder} is not one of the runs that are kept.")
    if _trash().is_symlink():
        raise RunError(f"Nothing is deleted: {_trash()} is a link to another place.")
    target = made(_trash()) / f"{at_ns:020d}-{folder.name}"
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
    shutil.rmtree(path, ignore_errors=True)  # what cannot be removed now is tried again at the next time
