"""Writes a file whole or not at all: a reader finds either the old file, unchanged, or the new one. Any process and thread."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from workers.errors import ProcessionError
from workers.system.stale_files import maker_tag, remove_stale

Writer = Callable[[BinaryIO], None]
"""Writes the content to an open file."""
_PREFIX, _SUFFIX_PATTERN = ".procession-", r"[0-9a-f]{12}\.part"
"""Beginning and end of the name of a file that is not yet in its place."""


class ExportError(ProcessionError):
    """A file could not be written. The file that was there before is untouched."""


def check_target(path: Path) -> None:
    """Raise ExportError when it is certain before any work that `path` cannot be written."""
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
    """Write `content` to a file beside `path`, wait until it is on the disk, and move it into place.

    Removes what killed processes left there. A path that is no regular file, such as a device or a pipe, is written directly. A
    symbolic link is followed. Raises ExportError with one sentence.
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
    remove_stale(target.parent, _PREFIX, _SUFFIX_PATTERN)
    temporary = target.parent / f"{_PREFIX}{maker_tag()}{os.urandom(6).hex()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            writer(file)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _write_into(target: Path, writer: Writer) -> None:
    # A pipe without a reader is an error here, not an endless wait.
    descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    if hasattr(os, "set_blocking"):
        os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as file:
        writer(file)


def _sync_folder(folder: Path) -> None:
    """Write the new name to the disk too, where a folder can be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # the file is in place and whole; only a power failure could still bring the old one back
    finally:
        os.close(descriptor)


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _mode(target: Path) -> int | None:
    """The mode of `target`; None when it does not exist yet."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _failure(path: Path, error: OSError | ValueError) -> ExportError:
    if isinstance(error, OSError):
        reasons = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "your quota is used up",
            errno.ENXIO: "no program reads from it",
        }
        reason = reasons.get(error.errno or 0) or (error.strerror or type(error).__name__).lower()
    else:
        reason = "this is no name for a file"
    return ExportError(f"{_shown(path)} could not be saved: {reason}.")


def _shown(path: Path) -> str:
    return str(path).replace("\0", "�")
