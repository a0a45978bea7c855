"""The formats that a run can be opened from and written to without Qt, in one table. Any process and thread.

Pictures need Qt and are in desktop/export.
"""

from collections.abc import Iterator

from workers.formats.chrome.chrome_format import CHROME_TRACE
from workers.formats.csv_table import CSV_TABLE
from workers.formats.file_format import FileFormat
from workers.formats.saved_run_format import SAVED_RUN

FORMATS = (CSV_TABLE, CHROME_TRACE, SAVED_RUN)
"""In the order in which sentences and dialogs name them."""


def written_formats() -> Iterator[FileFormat]:
    """The formats that files can be written in."""
    return (each for each in FORMATS if each.writer is not None)


def opened_formats() -> Iterator[FileFormat]:
    """The formats that files can be opened in."""
    return (each for each in FORMATS if each.open is not None)


def written_suffixes() -> tuple[str, ...]:
    """The suffixes that a file can be written with."""
    return tuple(suffix for each in written_formats() for suffix in each.suffixes)


def format_for_suffix(suffix: str) -> FileFormat:
    """The format that files with this suffix are written in. Raises LookupError for any other suffix."""
    for each in written_formats():
        if suffix in each.suffixes:
            return each
    raise LookupError(suffix)


def format_of_content(first_bytes: bytes) -> FileFormat | None:
    """The format of a file that begins with these bytes; None when it is none of the table's."""
    return next(
        (each for each in opened_formats() if each.recognizes is not None and each.recognizes(first_bytes)), None
    )
