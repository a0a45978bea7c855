"""Exports a run to a file, as the suffix of its name says. The thread that owns the timeline; pictures: the window's thread.

A file is made in memory or beside its target, and then put in place whole: Qt's own writers report success on a full disk.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.export.picture_formats import PICTURE_FORMATS, encode_picture, picture_format
from desktop.export.pictures import PictureLook, run_drawing
from workers.formats.all_formats import written_formats, written_suffixes
from workers.formats.blocks import Progress
from workers.formats.writing import write_run
from workers.plan.plan import Order
from workers.system.atomic_files import ExportError, check_target, write_atomically
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from desktop.chart.pictures.run_picture import Drawing

_PICTURES = tuple(each.suffix for each in PICTURE_FORMATS)
_SUFFIXES = (*_PICTURES, *written_suffixes())
PICTURE_FILTER = ";;".join(f"{each.title} (*{each.suffix})" for each in PICTURE_FORMATS)
FILE_FILTER = ";;".join((PICTURE_FILTER, *(f"{each.title} ({each.patterns})" for each in written_formats())))
"""The kinds of file for a dialog, pictures first."""

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


def suffix_of(path: Path) -> str:
    """The suffix of `path` that says its format: ``.json.gz``. Raises ExportError, which names the formats, without one."""
    name = path.name.lower()
    suffix = next((each for each in sorted(_SUFFIXES, key=len, reverse=True) if name.endswith(each)), None)
    if suffix is None:
        known = f"{', '.join(_SUFFIXES[:-1])} or {_SUFFIXES[-1]}"
        raise ExportError(f"{str(path)!r} cannot be exported: its name must end in {known}.")
    return suffix


def is_picture(path: Path) -> bool:
    """Whether it would be drawn, which only the window's thread can do. Raises ExportError as `suffix_of` does."""
    return suffix_of(path) in _PICTURES


def check_export(path: Path) -> None:
    """Raise ExportError before a run if it is already clear that `path` cannot be written after it."""
    suffix_of(path)
    check_target(path)


def export_timeline(
    timeline: Timeline,
    path: Path,
    *,
    folder: Path | None,
    scale: int = 2,
    look: PictureLook | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a run to `path`, as its suffix says. Raises ExportError, or CancelledError if `progress` cancels; a file that was
    there before is then unchanged.

    folder: the run's folder, which a saved run is made from. scale: of a picture without a look. look: how a picture is made.
    """
    suffix = suffix_of(path)
    check_target(path)
    picture = picture_format(suffix)
    if picture is None:
        write_run(path, suffix, timeline, folder, progress)
        return
    look = look or PictureLook(scale=scale)
    write_atomically(path, encode_picture(run_drawing(timeline, look), picture, look))


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, whole or not at all. Raises ExportError."""
    write_atomically(path, text.encode("utf-8"))


def with_suffix(path: str, kind: str) -> str:
    """The path from a dialog. Without a suffix it gets the first one of the kind of file that was chosen there."""
    suffix = re.search(r"\*(\.\w+)", kind)
    return path if not path or suffix is None or Path(path).suffix else path + suffix[1]


def default_name(timeline: Timeline) -> str:
    """A name for the picture, made of the day and the plan, that every file system allows."""
    parts = [timeline.started_at[:10]]
    plan = timeline.plan
    if plan is not None:
        count = f"{plan.workers} worker{'' if plan.workers == 1 else 's'}"
        parts += [str(plan.workload), count, str(plan.start_method)]
        if plan.by_hand or plan.order_text != Order.START_THEN_JOIN:
            parts.append(plan.order_text if plan.order_text in list(Order) else "own steps")
    elif timeline.argv:
        parts.append(Path(timeline.argv[-1]).stem)
    name = _NOT_IN_NAMES.sub("", " ".join(filter(None, parts))).strip(" .")
    return f"{name[:100] or 'procession'}.png"


def export_picture(drawing: "Drawing", path: Path, look: PictureLook) -> None:
    """Write a drawing to `path` as its suffix says. Raises ExportError as `export_timeline` does."""
    picture = picture_format(suffix_of(path))
    if picture is None:
        known = f"{', '.join(_PICTURES[:-1])} or {_PICTURES[-1]}"
        raise ExportError(f"{str(path)!r} cannot be drawn: its name must end in {known}.")
    check_target(path)
    write_atomically(path, encode_picture(drawing, picture, look))
