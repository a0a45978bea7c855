"""The format of saved runs: one is opened by unpacking it into a temporary folder. Any process and thread, no Qt."""

import errno
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from workers.errors import OpenError
from workers.formats import saved_run, saved_run_reader
from workers.formats.blocks import Progress, unreadable
from workers.formats.file_format import FileFormat, FileKind, Opened
from workers.formats.run_reader import read_run
from workers.system.atomic_files import ExportError, Writer
from workers.system.stale_files import maker_tag, remove_stale
from workers.timeline.timeline import Timeline

_UNPACKING_SHARE = 0.5
"""Of the progress; reading what was unpacked is the rest."""
_PREFIX, _RANDOM_PART = "procession-", "[a-z0-9_]{8}"
"""How the name of a temporary folder begins, and the pattern of what tempfile ends it with."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def remove_stale_unpacked() -> None:
    """Remove temporary folders whose process was killed while it had a saved run open. Never raises."""
    try:
        folder = Path(tempfile.gettempdir())
    except OSError:
        return  # without a folder for temporary files there is nothing in it
    remove_stale(folder, _PREFIX, _RANDOM_PART, folders=True)


def _open(path: Path, progress: Progress | None) -> Opened:
    folder = _temporary_folder(path)
    try:
        unpacking = None if progress is None else lambda done: progress(done * _UNPACKING_SHARE)
        reading = None if progress is None else lambda done: progress(_UNPACKING_SHARE + done * (1 - _UNPACKING_SHARE))
        warnings = saved_run_reader.unpack(path, folder, unpacking)
        timeline = read_run(folder, reading, packed_bytes=path.stat().st_size)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise _no_room(path, error) if error.errno in _NO_ROOM else unreadable(path, error) from error
        if isinstance(error, OpenError):
            raise OpenError(str(error).replace(str(folder), str(path))) from error
        raise
    timeline.warnings += warnings
    return Opened(path, FileKind.SAVED_RUN, timeline, folder, folder, whole=not warnings)


def _temporary_folder(path: Path) -> Path:
    """A new folder that only this user can read."""
    try:
        remove_stale_unpacked()
        return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{maker_tag()}"))
    except OSError as error:
        raise _no_room(path, error) from error


def _no_room(path: Path, error: OSError) -> OpenError:
    why = (error.strerror or type(error).__name__).lower()
    return OpenError(f"{path} could not be unpacked into a folder for temporary files: {why}.")


def _recognizes(first_bytes: bytes) -> bool:
    return first_bytes.startswith(saved_run_reader.MAGIC)


def _writer(path: Path, timeline: Timeline, folder: Path | None, progress: Progress | None) -> Writer:
    if folder is None:
        raise ExportError(f"{path} could not be saved: this run has no journals of its own to save.")
    journals = folder

    def write(file: BinaryIO) -> None:
        saved_run.write(journals, file, progress)

    return write


SAVED_RUN = FileFormat("Saved run", (".procession",), _recognizes, _open, _writer)
