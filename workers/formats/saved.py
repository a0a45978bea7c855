"""A saved run: a ZIP of the raw journals with a manifest, as lossless as the run's folder is. Any process, no Qt."""

import json
import os
import shutil
import stat
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from workers.formats.files import ExportError
from workers.journal import KEEPER, OUTPUT
from workers.report import version

FORMAT = 1
MANIFEST = "manifest.json"


def write(folder: Path, file: BinaryIO) -> None:
    """Write the run in `folder` to `file`. Raises ExportError when there is no run in it."""
    names = _names(folder)
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(MANIFEST, json.dumps(_manifest(folder, names), indent=1))
        for name in names:
            _add(archive, folder, name)


def _names(folder: Path) -> list[str]:
    try:
        found = os.listdir(folder)
    except OSError as error:
        raise ExportError(f"The run cannot be saved: its folder {folder} is gone.") from error
    names = sorted(name for name in found if name.endswith(".journal") or name == OUTPUT)
    if KEEPER not in names:
        raise ExportError(f"The run cannot be saved: there is no run in {folder}.")
    return names


def _manifest(folder: Path, names: list[str]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "procession": version(),
        "run": folder.name,
        "saved_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "files": names,
    }


def _add(archive: ZipFile, folder: Path, name: str) -> None:
    descriptor = os.open(folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as source:
        if stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            with archive.open(name, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
