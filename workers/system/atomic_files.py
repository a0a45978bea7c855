"""Writes a file whole or not at all: who reads it finds the old one to the byte, or the new one. Any process and thread."""

import errno
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from workers.errors import ProcessionError
from workers.system.stale_files import maker, take_away

Writer = Callable[[BinaryIO], None]
"""What writes the content to an open file."""
_BEFORE, _AFTER = ".procession-", r"[0-9a-f]{12}\.part"
"""What the name of a file begins and ends with that is not yet in its place."""


class ExportError(ProcessionError):
    """A file that could not be written; what was there before is untouched."""


def check_target(path: Path) -> None:
    """Raise ExportError when it is plain, before any work, that `path` cannot be written."""
    try:
        target = _resolved(path)
        mode = _mode(target)
    except (OSError, ValueError) as error:
        raise _failure(path, error) from error
    if not target.parent.is_dir():
        raise ExportError(f"{path} could not be saved: the folder {target.parent} does not exist.")
    if mode is None or stat.S_ISREG(mode):
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise ExportError(f"{path} could not be saved: the folder {target.parent} is read-only.")
    elif stat.S_ISDIR(mode):
        raise ExportError(f"{path} could not be saved: it is a folder.")
    if mode is not None and not os.access(target, os.W_OK):
        raise ExportError(f"{path} could not be saved: it is read-only.")


def write_atomically(path: Path, content: bytes | Writer) -> None:
    """Write `content` beside `path`, to the disk, and put it in its place. Raises ExportError with one sentence. What is left
    there of a process that was killed meanwhile is taken away.

    A path that is no file, such as a device or a pipe, is written to as it is. A symbolic link is followed.
    """
    check_target(path)
    writer = content if callable(content) else _whole(content)
    try:
        target = _resolved(path)
        mode = _mode(target)
        if mode is None or stat.S_ISREG(mode):
            _replace(target, mode, writer)
        else:
            _write_into(target, writer)
    except (OSError, ValueError) as error:
        raise _failure(path, error) from error


def _whole(content: bytes) -> Writer:
    def write(file: BinaryIO) -> None:
        file.write(content)

    return write


def _replace(target: Path, mode: int | None, writer: Writer) -> None:
    take_away(target.parent, _BEFORE, _AFTER)
    beside = target.parent / f"{_BEFORE}{maker()}{secrets.token_hex(6)}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(beside, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            writer(file)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _write_into(target: Path, writer: Writer) -> None:
    # A pipe that nobody reads is an error here, not a wait without an end.
    descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    if hasattr(os, "set_blocking"):
        os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as file:
        writer(file)


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too, where a folder can be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # the file is in place and whole; only a power cut could still bring the old one back
    finally:
        os.close(descriptor)


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _mode(target: Path) -> int | None:
    """What `target` is; None when it does not exist yet."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _failure(path: Path, error: OSError | ValueError) -> ExportError:
    if isinstance(error, OSError):
        reasons = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "your quota is used up",
            errno.ENXIO: "nobody reads it",
        }
        reason = reasons.get(error.errno or 0) or (error.strerror or type(error).__name__).lower()
    else:
        reason = "this is no name for a file"
    return ExportError(f"{_shown(path)} could not be saved: {reason}.")


def _shown(path: Path) -> str:
    return str(path).replace("\0", "�")
