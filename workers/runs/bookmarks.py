"""The user's own marks in a run, kept beside its journals in `marks.json`. Any process and thread, no Qt.

The file is ``[{"at_s": 1.25, "label": "here it stalls"}]``. Entries that make no sense are passed over: notes are no reason not
to open a run.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from workers.journal.run_files import open_part
from workers.system.atomic_files import write_atomically
from workers.timeline.model import Bookmark

MARKS = "marks.json"
MOST_MARKS = 10_000
MOST_LETTERS = 500
_MOST_BYTES = 16_000_000
_LATEST_S = 9e9


def load(folder: Path) -> list[Bookmark]:
    """The marks in a run's folder, by time; none where there is no such file."""
    try:
        with open_part(folder / MARKS) as file:
            file.seek(0)
            return parse(file.read(_MOST_BYTES))
    except OSError:
        return []


def parse(content: bytes) -> list[Bookmark]:
    """The marks in a file's content, by time."""
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError):
        return []
    if not isinstance(entries, list):
        return []
    return sorted(mark for mark in map(_bookmark, entries[:MOST_MARKS]) if mark is not None)


def save(folder: Path, bookmarks: Iterable[Bookmark]) -> None:
    """Save these marks with the run. Raises ExportError, and the file is as it was."""
    write_atomically(folder / MARKS, render(bookmarks))


def render(bookmarks: Iterable[Bookmark]) -> bytes:
    """The marks as the content of a file."""
    entries = [{"at_s": mark.at_ns / 1e9, "label": mark.label} for mark in sorted(bookmarks)]
    return (json.dumps(entries, indent=1) + "\n").encode("ascii")


def _bookmark(entry: object) -> Bookmark | None:
    if not isinstance(entry, dict):
        return None
    at_s, label = entry.get("at_s"), entry.get("label")
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not 0 <= at_s <= _LATEST_S:
        return None
    return Bookmark(round(at_s * 1e9), label[:MOST_LETTERS] if isinstance(label, str) else "")
