"""The format of tables: a run as CSV, one row for each process, for spreadsheets and scripts. Any process and thread."""

import csv
import io
import re
from pathlib import Path
from typing import BinaryIO

from workers.formats.blocks import Progress
from workers.formats.file_format import FileFormat
from workers.harmless_text import plain
from workers.system.atomic_files import Writer
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

_OF_A_LINE = re.compile(r"[^\t\r\n]+")  # a quoted cell can have several lines
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = (
    "id", "name", "kind", "pid", "ppid", "parent_id", "worker", "state", "start_method", "daemon",
    "start_called_s", "start_returned_s", "target_began_s", "target_ended_s", "exited_s", "reaped_s", "joined_s",
    "exit_code", "signal", "lost", "error", "tasks", "output_lines", "cpu_s", "peak_rss_bytes",
)  # fmt: skip


def table(timeline: Timeline) -> bytes:
    """The table as UTF-8. Times are seconds from the program's start; a cell is empty where nothing happened or is known."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for process in timeline.processes:
        writer.writerow([_cell(value) for value in _row(process)])
    return text.getvalue().encode("utf-8", "replace")


def _row(process: Process) -> tuple[object, ...]:
    moments = (
        process.start_called_ns, process.start_returned_ns, process.target_began_ns, process.target_ended_ns,
        process.exited_ns, process.reaped_ns, process.joined_ns,
    )  # fmt: skip
    return (
        process.id, process.name, process.kind, process.pid, process.ppid, process.parent_id, process.worker,
        process.state, process.start_method, process.daemon,
        *(None if at is None else at / 1e9 for at in moments),
        process.exit_code, process.signal_name, process.lost, process.error, process.tasks, process.output_lines,
        process.cpu_s, process.peak_rss_bytes or None,
    )  # fmt: skip


def _cell(value: object) -> str | int:
    """The cell for a value. Text that a spreadsheet would take for a formula is quoted; numbers, as -9, stay numbers. What
    a terminal would act on is replaced, but for ends of lines and tabs."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return value
        case float():
            return f"{value:.9f}"
    text = _OF_A_LINE.sub(lambda part: plain(part[0]), str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _writer(path: Path, timeline: Timeline, folder: Path | None, progress: Progress | None) -> Writer:
    content = table(timeline)

    def write(file: BinaryIO) -> None:
        file.write(content)

    return write


CSV_TABLE = FileFormat("Table, one row a process", (".csv",), writer=_writer)
