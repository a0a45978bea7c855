"""Journals: records made by hand, a journal read to its end, and code that writes one."""

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, TypeVar

from support.paths import ROOT
from workers.journal.journal_reader import JournalReader
from workers.journal.slot_layout import layout_of
from workers.journal.slots import Record
from workers.recorded.probe import SLOT

NAME = "77-1234.journal"
_RecordType = TypeVar("_RecordType", bound=tuple[Any, ...])


def made(record_type: type[_RecordType], clock_ns: int, **fields: int) -> _RecordType:
    """A record of that time. A field that is not given is 0."""
    known = {field.name for field in layout_of(record_type).fields} - {"clock_ns"}
    assert set(fields) <= known, f"{record_type.__name__} has no {set(fields) - known}"
    return record_type(**{name: fields.get(name, 0) for name in known}, clock_ns=clock_ns)


def run_python(code: str, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run a piece of code that can import workers.recorded.probe, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False, **options,
    )  # type: ignore[call-overload,no-any-return]  # fmt: skip


def everything(reader: JournalReader) -> tuple[list[Record], int]:
    """(records, torn slots) of a journal to which no process writes any more."""
    slots, torn = reader.read(final=True)
    records = list(slots)
    while True:
        more, gone = reader.read(final=True)
        if not more and not gone:
            return records, torn
        records += more
        torn += gone


def empty_slot(path: Path, number: int) -> None:
    """Make a slot look as if its writer had died before its kind byte."""
    with path.open("r+b") as file:
        file.seek(number * SLOT)
        file.write(b"\0")
