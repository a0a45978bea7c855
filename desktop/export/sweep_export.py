"""Exports a sweep to a file, as the suffix of its name says: curves, a table, or data. The window's thread, or a command's
only one.

No Qt is imported unless a picture is made.
"""

from collections.abc import Callable
from pathlib import Path

from desktop.export.picture_formats import PICTURE_FORMATS, encode_picture, picture_format
from desktop.export.pictures import PictureLook
from workers.sweep.measured import Sweep
from workers.sweep.sweep_files import csv_text, json_text
from workers.system.atomic_files import ExportError, check_target, write_atomically

_DATA: dict[str, tuple[str, Callable[[Sweep], str]]] = {
    ".csv": ("Table", csv_text),
    ".json": ("Sweep as JSON", json_text),
}
_SUFFIXES = (*(each.suffix for each in PICTURE_FORMATS), *_DATA)
SWEEP_FILTER = ";;".join(
    [
        *(f"{each.title} (*{each.suffix})" for each in PICTURE_FORMATS),
        *(f"{title} (*{suffix})" for suffix, (title, _) in _DATA.items()),
    ]
)
"""The kinds of file for a dialog, pictures first."""


def check_sweep_export(path: Path) -> str:
    """The suffix of `path`. Raises ExportError if it is already clear that it cannot be written."""
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        known = f"{', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]}"
        raise ExportError(f"{str(path)!r} cannot be exported: a sweep's file must end in {known}.")
    check_target(path)
    return suffix


def export_sweep(sweep: Sweep, path: Path, *, scale: int = 2, dark: bool = False) -> None:
    """Write a sweep to `path`, as its suffix says. Raises ExportError; a file that was there before is then unchanged."""
    suffix = check_sweep_export(path)
    picture = picture_format(suffix)
    if picture is None:
        write_atomically(path, _DATA[suffix][1](sweep).encode("utf-8"))
        return
    from desktop.export.sweep_picture import SweepPicture

    look = PictureLook(scale=scale, dark=dark)
    write_atomically(path, encode_picture(SweepPicture(sweep), picture, look))
