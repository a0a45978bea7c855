"""What is known of tasks beside their times, as columns that exist only where something is known.

Runs where the timeline lives.
A run whose journals tell nothing more of its tasks has no such column, and takes no memory for it.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.timeline.columns import CompactColumn, Strings

TEXT_BITS = 32
"""The number of a text is in the lower bits of a key."""
_TEXT = (1 << TEXT_BITS) - 1


class TaskDetail(Enum):
    """A detail of tasks: the type of its column, and the entry of a task of which it is not known.

    CPU_S: CPU time of the thread that ran it, in seconds.
    BYTES_IN, BYTES_OUT: of the pickle that brought the task, and of that of its result.
    INDEX: its number within its job, from 1. JOB: the number of its job in `TaskStore.job_sizes`.
    ARGUMENTS: a short repr of plain values, as a number in the table of names.
    KEY: what a cluster calls the task, as `key_number` makes it. ATTEMPT: at that task, from 1.
    """

    CPU_S = ("cpu_s", np.float32, np.nan)
    BYTES_IN = ("bytes_in", np.int64, -1)
    BYTES_OUT = ("bytes_out", np.int64, -1)
    INDEX = ("index", np.uint32, 0)
    JOB = ("job", np.uint32, 0)
    ARGUMENTS = ("arguments", np.uint32, 0)
    KEY = ("key", np.uint64, 0)
    ATTEMPT = ("attempt", np.uint16, 0)

    def __init__(self, title: str, dtype: type[np.generic], unknown: float) -> None:
        self.title = title
        self.dtype = dtype
        self.unknown = unknown

    @property
    def is_text(self) -> bool:
        """Whether its numbers are those of texts in the table of names."""
        return self in (TaskDetail.ARGUMENTS, TaskDetail.KEY)

    def text(self, names: Strings, number: int) -> str:
        """The text that a number of such a detail is."""
        return key_of(names, number) if self is TaskDetail.KEY else names[number]

    def column(self) -> CompactColumn:
        """A new column for it. Most pickles and results have less than 2 GB."""
        sizes = self in (TaskDetail.BYTES_IN, TaskDetail.BYTES_OUT)
        return CompactColumn(self.dtype, narrow=np.int32 if sizes else None)

    def is_known(self, column: NDArray[Any]) -> bool:
        """Whether any entry of a column is known."""
        return bool((~np.isnan(column)).any() if self is TaskDetail.CPU_S else (column != self.unknown).any())


def key_number(text: int, number: int) -> int:
    """A key as one number. text: in the table of names. number: what stands for a zero character there, plus one; 0: none."""
    return number << TEXT_BITS | text


def key_of(names: Strings, key: int) -> str:
    """The key that such a number is."""
    text, number = names[key & _TEXT], key >> TEXT_BITS
    return text.replace("\0", str(number - 1), 1) if number else text


class TaskDetails:
    """The columns of the tasks of one worker or thread, in their order."""

    __slots__ = ("_columns",)

    def __init__(self) -> None:
        self._columns: dict[TaskDetail, CompactColumn] = {}

    @property
    def nbytes(self) -> int:
        """The memory that the columns take, in bytes."""
        return sum(column.nbytes for column in self._columns.values())

    def column(self, detail: TaskDetail, count: int) -> NDArray[Any] | None:
        """The entries of `count` tasks; None where nothing is known of any."""
        column = self._columns.get(detail)
        if column is None:
            return None
        _fill(column, detail, count)
        return column.view

    def extend(self, before: int, more: Mapping[TaskDetail, NDArray[Any]]) -> None:
        """Add the details of tasks that come after the first `before`."""
        for detail, values in more.items():
            column = self._columns.get(detail)
            if column is None:
                if not detail.is_known(values):
                    continue
                column = self._columns[detail] = detail.column()
            _fill(column, detail, before)
            column.extend(values)

    def set(self, at: int, detail: TaskDetail, value: float) -> None:
        """Note a detail of the task with this index."""
        column = self._columns.get(detail)
        if column is None:
            column = self._columns[detail] = detail.column()
        _fill(column, detail, at + 1)
        column.set(at, value)

    def known(self, at: int) -> Iterator[tuple[TaskDetail, Any]]:
        """What is known of the task with this index."""
        for detail, column in self._columns.items():
            if at < column.count:
                value = column[at]
                if value == value and value != detail.unknown:
                    yield detail, value

    def trim(self) -> None:
        """Give the spare room of the columns back."""
        for column in self._columns.values():
            column.trim()

    def sort(self, order: NDArray[np.int64]) -> None:
        """Put the tasks in this order."""
        for detail, column in self._columns.items():
            _fill(column, detail, len(order))
            column.reorder(order)


def _fill(column: CompactColumn, detail: TaskDetail, count: int) -> None:
    """Note of tasks that came since that nothing is known of them."""
    if column.count < count:
        column.repeat(detail.unknown, count - column.count)
