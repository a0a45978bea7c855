"""The columns of the tables of tasks and spans, each a fact of every row. Pure functions without Qt, in the window's thread."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.facts.formatting import UNKNOWN, format_cpu, format_moment
from desktop.facts.visible_text import visible
from workers.analysis.tables.work_table import WorkTable
from workers.analysis.tables.work_view import WorkColumn
from workers.plan.sizes import format_bytes, format_duration

Text = Callable[[WorkTable, int], str]


@dataclass(frozen=True, slots=True)
class WorkFact:
    """One column. text: of a row of the table. sample: a text that the column is wide enough for. number: shown at the right.

    known: the column of the table that has to be there; empty for a fact that every table has. about: what its title says in a
    tooltip.
    """

    column: WorkColumn
    label: str
    text: Text
    sample: str
    number: bool = False
    known: str = ""
    about: str = ""

    def shown(self, table: WorkTable) -> bool:
        """Whether anything of it is known."""
        return not self.known or getattr(table, self.known) is not None


def number_text(table: WorkTable, row: int) -> str:
    """``1,338 of 2,000`` among the tasks of one call; else the number among the tasks of the run."""
    if table.index is None:
        return f"{row + 1:,}"
    index = int(table.index[row])
    if index < 0:
        return UNKNOWN
    of = -1 if table.of is None else int(table.of[row])
    return f"{index:,}" if of < 0 else f"{index:,} of {of:,}"


def lasted_text(table: WorkTable, row: int) -> str:
    """How long it took, or has taken so far."""
    lasted = int(table.lasted[row])
    if lasted < 0:
        return UNKNOWN
    text = format_duration(lasted / 1e9)
    if table.ended[row]:
        return text
    return f"{text}, cut off" if table.failed is not None and table.failed[row] else f"{text} so far"


def error_text(table: WorkTable, row: int) -> str:
    """The name of what it raised; or that its process ended while it ran."""
    number = 0 if table.error is None else int(table.error[row])
    if number:
        return visible(table.names[number])
    return "its process ended" if table.failed is not None and table.failed[row] else ""


def place_text(table: WorkTable, row: int) -> str:
    """The worker or thread that ran it, or the track that it is on."""
    return visible(table.lanes[int(table.lane[row])].name)


def _words(name: str) -> Text:
    def text(table: WorkTable, row: int) -> str:
        numbers: NDArray[np.uint32] | None = getattr(table, name)
        return "" if numbers is None else visible(table.names[int(numbers[row])])

    return text


def _number(name: str, write: Callable[[int], str]) -> Text:
    def text(table: WorkTable, row: int) -> str:
        column = table.number(name)
        value = -1 if column is None else int(column[row])
        return UNKNOWN if value < 0 else write(value)

    return text


def _duration(ns: int) -> str:
    return format_duration(ns / 1e9)


def _cpu(ns: int) -> str:
    return format_duration(ns / 1e9) if ns else format_cpu(0)


TASK_FACTS: tuple[WorkFact, ...] = (
    WorkFact(WorkColumn.NUMBER, "Task", number_text, "1,338 of 2,000", number=True,
             about="Its number among the tasks of one call such as map(); where no call is known, among those of the run"),
    WorkFact(WorkColumn.NAME, "Function", _words("name"), "resize_picture"),
    WorkFact(WorkColumn.ARGUMENTS, "Arguments", _words("arguments"), "(12, 'photo.png')", known="arguments"),
    WorkFact(WorkColumn.LANE, "Worker", place_text, "ForkPoolWorker-12"),
    WorkFact(WorkColumn.WAITED, "Waited", _number("waited", _duration), "12.345 s", number=True, known="waited",
             about="From its submission to its begin"),
    WorkFact(WorkColumn.LASTED, "Duration", lasted_text, "12.3 ms so far", number=True),
    WorkFact(WorkColumn.CPU, "CPU", _number("cpu", _cpu), "12.345 s", number=True, known="cpu",
             about="CPU time that its thread used meanwhile"),
    WorkFact(WorkColumn.BYTES_IN, "Bytes in", _number("bytes_in", format_bytes), "123 MB", number=True, known="bytes_in",
             about="The size of the pickle that brought it"),
    WorkFact(WorkColumn.BYTES_OUT, "Bytes out", _number("bytes_out", format_bytes), "123 MB", number=True,
             known="bytes_out", about="The size of the pickle of its result"),
    WorkFact(WorkColumn.ERROR, "Error", error_text, "FileNotFoundError", known="failed"),
    WorkFact(WorkColumn.BEGAN, "Began", lambda table, row: format_moment(int(table.began[row])), "1,234.567 s",
             number=True),
)  # fmt: skip
"""The columns of a run's tasks."""

SPAN_FACTS: tuple[WorkFact, ...] = (
    WorkFact(WorkColumn.NAME, "Span", _words("name"), "a name of a function"),
    WorkFact(WorkColumn.LANE, "Track", place_text, "process 1 · MainThread"),
    WorkFact(WorkColumn.LASTED, "Duration", lasted_text, "12.345 s", number=True),
    WorkFact(WorkColumn.OWN, "Self", _number("own", _duration), "12.345 s", number=True,
             about="Without the spans in it; not known where a span has no end, or may overlap others"),
    WorkFact(WorkColumn.BEGAN, "Began",
             lambda table, row: format_moment(int(table.began[row]), max(int(table.lasted[row]), 0)), "1,234.567890 s",
             number=True),
)  # fmt: skip
"""The columns of a trace's spans."""
