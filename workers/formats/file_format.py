"""What a file format is to the rest of Procession, and what opening a file gives. Any process and thread, no Qt."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workers.formats.blocks import Progress
from workers.runs.leases import Lease
from workers.runs.run_names import name_of, title_of
from workers.system.atomic_files import Writer
from workers.timeline.timeline import Timeline


class FileKind(StrEnum):
    """What a file holds that was opened."""

    RUN_FOLDER = "run"
    SAVED_RUN = "saved run"
    TRACE = "trace"


@dataclass(frozen=True, slots=True)
class Opened:
    """A timeline that was read from a file; it is in use until `close`.

    folder: the run's journals; None for a trace.
    unpacked: the temporary folder that `close` removes, where one was made.
    lease: keeps a recorded run from being deleted while it is open.
    whole: nothing of the file is missing.
    """

    path: Path
    kind: FileKind
    timeline: Timeline
    folder: Path | None = None
    unpacked: Path | None = None
    lease: Lease | None = None
    whole: bool = True

    @property
    def title(self) -> str:
        """The name of the file. For a run's folder: the name that the user gave to the run, else what was run."""
        if self.kind is not FileKind.RUN_FOLDER:
            return self.path.name
        return name_of(self.path) or title_of(self.timeline.argv, self.timeline.plan)

    def close(self) -> None:
        """Release the run, and remove what was unpacked."""
        if self.lease is not None:
            self.lease.release()
        if self.unpacked is not None:
            shutil.rmtree(self.unpacked, ignore_errors=True)


Recognizer = Callable[[bytes], bool]
"""Whether a file with these first bytes has the format. A file is recognized by its content and never by its name."""
Opener = Callable[[Path, Progress | None], Opened]
"""Reads a whole file. Raises OpenError with one sentence, CancelledError when the progress says so."""
WriterFactory = Callable[[Path, Timeline, Path | None, Progress | None], Writer]
"""Given the path to write, the timeline, the run's folder (None for a trace) and the progress: what writes the content.

Raises ExportError where the format cannot hold such a run. The writer raises CancelledError when the progress says so.
"""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One format of files. A new one is a module with such an object, and its line in `all_formats.FORMATS`.

    title: what file dialogs call one file.
    suffixes: the ends of names, each with its dot. A name with one of these asks for this format when it is written.
    recognizes, open: how a file is recognized and read; None where files of the format are only written.
    writer: what writes one; None where files of the format are only read.
    """

    title: str
    suffixes: tuple[str, ...]
    recognizes: Recognizer | None = None
    open: Opener | None = None
    writer: WriterFactory | None = None

    @property
    def patterns(self) -> str:
        """The names of its files as file dialogs want them: ``*.json *.json.gz``."""
        return " ".join(f"*{suffix}" for suffix in self.suffixes)
