"""Writes a saved run: a ZIP of the raw journals with a manifest, as lossless as the run's folder is. Any process, no Qt."""

import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from io import FileIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workers.errors import CancelledError
from workers.formats.blocks import Progress
from workers.installed_version import version
from workers.journal.run_files import CHECKSUMS, CLUSTER, KEEPER, OUTPUT, PROGRAM, is_journal, open_part
from workers.recorded.probe import SLOT
from workers.runs.bookmarks import MARKS
from workers.system.atomic_files import ExportError

FORMAT = 1
MANIFEST = "manifest.json"
MARK = b"PR\x0e\x00Procession run"
"""An extra field (number, size, content) in the head of the first file, by which a desktop recognizes a saved run."""
MOST_FILES = 1_000_000
"""A saved run has no more files. So a file that only says that it has many is not believed for long."""
_BLOCK = 1 << 20


def is_part(name: str) -> bool:
    """Whether a file of this name is part of a run."""
    return name in (KEEPER, PROGRAM, CLUSTER, OUTPUT, MARKS, CHECKSUMS) or is_journal(name)


def write(folder: Path, file: BinaryIO, progress: Progress | None = None) -> None:
    """Write the run in `folder` to `file`.

    Raises ExportError when there is no run in the folder or too many files are, CancelledError when `progress` says so.
    """
    names = _names(folder)
    count = _ByteCount(progress, sum((folder / name).lstat().st_size for name in names))
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        head = ZipInfo(MANIFEST, datetime.now().timetuple()[:6])
        head.extra = MARK
        head.external_attr = 0o600 << 16
        archive.writestr(head, json.dumps(_manifest(folder, names), indent=1), ZIP_DEFLATED, compresslevel=1)
        for name in names:
            _add(archive, folder, name, count)


class _ByteCount:
    """Reports how much of `size` bytes is written."""

    def __init__(self, progress: Progress | None, size: int) -> None:
        self._progress = progress
        self._size = max(1, size)
        self._written = 0

    def add(self, size: int) -> None:
        self._written += size
        if self._progress is not None and not self._progress(min(1.0, self._written / self._size)):
            raise CancelledError("Saving was cancelled.")


def _names(folder: Path) -> list[str]:
    try:
        found = os.listdir(folder)
    except OSError as error:
        raise ExportError(f"The run cannot be saved: its folder {folder} is gone.") from error
    names = sorted(filter(is_part, found))
    if KEEPER not in names:
        raise ExportError(f"The run cannot be saved: there is no run in {folder}.")
    if len(names) >= MOST_FILES:
        raise ExportError(
            f"The run cannot be saved: with its manifest it has {len(names) + 1:,} files, and a saved run has at most "
            f"{MOST_FILES:,}. It stays in its folder, {folder}."
        )
    return names


def _manifest(folder: Path, names: list[str]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "procession": version(),
        "run": folder.name,
        "saved_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "files": names,
    }


def _add(archive: ZipFile, folder: Path, name: str, count: _ByteCount) -> None:
    with open_part(folder / name) as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            return
        with archive.open(name, "w", force_zip64=True) as target:
            for block in _written(source) if name.endswith(".journal") else iter(partial(source.read, _BLOCK), b""):
                target.write(block)
                count.add(len(block))


def _written(journal: FileIO) -> Iterator[bytes]:
    """The journal without the empty slots at its end, which were preallocated and never written."""
    empty = 0
    while block := journal.read(_BLOCK):
        used = len(block.rstrip(b"\0"))
        used = min(len(block), used + -used % SLOT)
        if used:
            for size in (*[_BLOCK] * (empty // _BLOCK), empty % _BLOCK):
                yield bytes(size)
            yield block[:used]
            empty = 0
        empty += len(block) - used
