"""Opens a file, whatever its format, as a timeline: a run's folder, or a file in one of the formats of `all_formats`.

The content decides what a file is, and not its name. Any process and thread, no Qt. Nothing that is in a file is run.
"""

import stat
from pathlib import Path

from workers.errors import OpenError
from workers.formats.all_formats import format_of_content
from workers.formats.blocks import Progress, unreadable
from workers.formats.file_format import Opened, Opener
from workers.formats.run_reader import open_run_folder
from workers.journal.run_files import KEEPER

_FIRST_BYTES = 4096


def open_file(path: Path, progress: Progress | None = None) -> Opened:
    """Read all of a file or of a run's folder.

    Raises OpenError with one sentence, CancelledError when `progress` says so.
    """
    return _opener(path)(path, progress)


def check_openable(path: Path) -> None:
    """Raise OpenError when the file cannot be read, or begins as no file does that can be opened."""
    _opener(path)


def _opener(path: Path) -> Opener:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if (path / KEEPER).is_file():
                return open_run_folder
            raise OpenError(
                f"{path} is a folder with no run in it: choose a saved run, a trace, or the folder of a run."
            )
        if not stat.S_ISREG(mode):
            raise OpenError(f"{path} could not be opened: it is no file; save what it gives to a file, and open that.")
        with path.open("rb") as file:
            first_bytes = file.read(_FIRST_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:
        raise OpenError(f"{str(path)!r} is no name of a file.") from error
    if not first_bytes:
        raise OpenError(f"{path} is empty: copy it again, or save the run once more.")
    found = format_of_content(first_bytes)
    if found is None or found.open is None:
        raise OpenError(
            f"{path} is neither a saved run nor a trace: choose a .procession file, a Chrome trace (.json or .json.gz), or a "
            "Python script."
        )
    return found.open
