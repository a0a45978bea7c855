"""A table of tasks or spans, filtered and sorted, with its durations in figures. Pure numpy, any thread."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from workers.analysis.tables.durations import Durations, Histogram
from workers.analysis.tables.span_names import NO_TOTALS, NameTotals, totals_by_name
from workers.analysis.tables.text_columns import Pause, no_pause, text_places
from workers.analysis.tables.work_filter import NO_FILTER, WorkFilter, passing
from workers.analysis.tables.work_table import UNKNOWN, WorkTable


class WorkColumn(Enum):
    """What a table of tasks or spans can be sorted by. NUMBER: call by call, the number among the tasks of the call."""

    NUMBER = "number"
    NAME = "name"
    ARGUMENTS = "arguments"
    LANE = "lane"
    WAITED = "waited"
    BEGAN = "began"
    LASTED = "lasted"
    OWN = "own"
    CPU = "cpu"
    BYTES_IN = "bytes_in"
    BYTES_OUT = "bytes_out"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class WorkQuery:
    """What is asked of a table.

    name: of a trace, the number of the name that all rows must have; None = any. column: None = in the order of the table.
    """

    by: WorkFilter = NO_FILTER
    name: int | None = None
    column: WorkColumn | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class WorkView:
    """The answer.

    rows: uint32 (m,), the rows of the table that pass, in order. passed: bool (n,), which they are; None = all.
    durations: of those that are known. histogram: all durations of the table, and those that pass. failed: how many failed.
    totals: of a trace, by name, whatever name was asked for.
    """

    table: WorkTable
    query: WorkQuery
    rows: NDArray[np.uint32]
    passed: NDArray[np.bool_] | None
    durations: Durations
    histogram: Histogram
    failed: int
    totals: NameTotals

    def place_of(self, row: int) -> int | None:
        """Where a row of the table is among those that pass."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else None

    def longest_after(self, row: int | None, *, back: bool = False) -> int | None:
        """The row with the next shorter duration after this one, or with `back` the next longer; among equal ones in the order
        of rows. Without a row, or for one that does not pass, the longest of all. None at the end.
        """
        ascending, lasted = self.durations.ascending, self.table.lasted
        if not len(ascending):
            return None
        if row is None or not self._passes(row) or lasted[row] < 0:
            return int(self._rows_of(int(ascending[-1]))[0])
        own = int(lasted[row])
        equal = self._rows_of(own)
        at = int(equal.searchsorted(row)) + (-1 if back else 1)
        if 0 <= at < len(equal):
            return int(equal[at])
        place = int(ascending.searchsorted(own, "right")) if back else int(ascending.searchsorted(own)) - 1
        if not 0 <= place < len(ascending):
            return None
        return int(self._rows_of(int(ascending[place]))[-1 if back else 0])

    def _rows_of(self, lasted_ns: int) -> NDArray[np.int64]:
        found = self.table.lasted == lasted_ns
        return np.flatnonzero(found if self.passed is None else found & self.passed)

    def _passes(self, row: int) -> bool:
        return 0 <= row < len(self.table) and (self.passed is None or bool(self.passed[row]))


def view_of(table: WorkTable, query: WorkQuery, pause: Pause = no_pause) -> WorkView:
    """Filter and sort a table. Costs a sort of all durations, and one of the rows that pass."""
    passed = passing(table, query.by, pause)
    rows = _rows_that(passed, table)
    totals = totals_by_name(table, rows, pause) if table.spans else NO_TOTALS
    if query.name is not None:
        named = table.name == query.name
        passed = named if passed is None else passed & named
        rows = _rows_that(passed, table)
    of_all = _sorted_durations(table.lasted)
    few = passed is not None
    durations = Durations(_sorted_durations(table.lasted[rows]) if few else of_all)
    failed = 0 if table.failed is None else int(np.count_nonzero(table.failed[rows] if few else table.failed))
    ordered = _ordered(table, rows, query, pause)
    histogram = Histogram.of(of_all, durations.ascending)
    return WorkView(table, query, ordered, passed, durations, histogram, failed, totals)


def _rows_that(passed: NDArray[np.bool_] | None, table: WorkTable) -> NDArray[np.uint32]:
    if passed is None:
        return np.arange(len(table), dtype=np.uint32)
    return np.flatnonzero(passed).astype(np.uint32)


def _sorted_durations(lasted: NDArray[np.int64]) -> NDArray[np.int64]:
    ascending = np.sort(lasted)
    return ascending[int(ascending.searchsorted(0)) :]


def _ordered(table: WorkTable, rows: NDArray[np.uint32], query: WorkQuery, pause: Pause) -> NDArray[np.uint32]:
    """The rows by a column, equal ones in the order of the table; those of which it is not known come last either way."""
    if query.column is None or len(rows) < 2:
        return rows
    key = _sort_key(table, rows, query.column, pause)
    known = key >= 0
    if known.all():
        return _sorted(rows, key, descending=query.descending)
    return np.concatenate((_sorted(rows[known], key[known], descending=query.descending), rows[~known]))


def _sorted(rows: NDArray[np.uint32], key: NDArray[np.int64], *, descending: bool) -> NDArray[np.uint32]:
    return rows[np.argsort(-key if descending else key, kind="stable")]


def _sort_key(table: WorkTable, rows: NDArray[np.uint32], by: WorkColumn, pause: Pause) -> NDArray[np.int64]:
    """What rows sort by, as numbers; negative where it is not known."""
    match by:
        case WorkColumn.NUMBER:
            if table.index is None or table.job is None:
                return rows.astype(np.int64)
            index = table.index[rows]
            return np.where(index < 0, UNKNOWN, table.job[rows] << 32 | index)
        case WorkColumn.NAME:
            return text_places(table.names, table.name[rows], pause)
        case WorkColumn.LANE:
            return text_places([lane.name for lane in table.lanes], table.lane[rows], pause)
        case WorkColumn.ERROR:
            return _error_key(table, rows, pause)
        case WorkColumn.ARGUMENTS:
            return _text_key(table.names, table.arguments, rows, pause)
        case WorkColumn.BEGAN:
            return table.began[rows] - (int(table.began.min()) if len(table) else 0)
    column = table.number(by.value)
    return np.full(len(rows), UNKNOWN, np.int64) if column is None else column[rows]


def _text_key(
    names: list[str], numbers: NDArray[np.uint32] | None, rows: NDArray[np.uint32], pause: Pause
) -> NDArray[np.int64]:
    if numbers is None:
        return np.full(len(rows), UNKNOWN, np.int64)
    of_rows = numbers[rows]
    return np.where(of_rows == 0, UNKNOWN, text_places(names, of_rows, pause))


def _error_key(table: WorkTable, rows: NDArray[np.uint32], pause: Pause) -> NDArray[np.int64]:
    """Tasks whose process ended while they ran come after all errors."""
    key = _text_key(table.names, table.error, rows, pause)
    if table.failed is not None:
        key[table.failed[rows] & (key < 0)] = len(table.names)
    return key
