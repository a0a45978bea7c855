"""Writes a run to a file in one of the formats of `all_formats`, as its suffix says. Any thread that owns the timeline."""

from pathlib import Path

from workers.formats.all_formats import format_for_suffix
from workers.formats.blocks import Progress
from workers.system.atomic_files import write_atomically
from workers.timeline.timeline import Timeline


def write_run(
    path: Path, suffix: str, timeline: Timeline, folder: Path | None, progress: Progress | None = None
) -> None:
    """Write the run to `path`, whole or not at all.

    suffix: one of `all_formats.written_suffixes`; LookupError for any other.
    folder: the run's journals, which a saved run is made of; None for a trace.
    Raises ExportError with one sentence, CancelledError when `progress` says so.
    """
    writer = format_for_suffix(suffix).writer
    assert writer is not None
    write_atomically(path, writer(path, timeline, folder, progress))
