"""The spans of a trace by name: how many, how long together, without the spans in them, and the longest. Pure numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.analysis.tables.text_columns import Pause, no_pause, text_places
from workers.analysis.tables.work_table import UNKNOWN, WorkTable


@dataclass(frozen=True, slots=True)
class NameTotals:
    """The spans by name, one entry a name, as columns (k,); the name with the largest total first.

    name: uint32, its number. place: int64, its place in the order of the names. All others are int64:
    count: of the spans. without_end: how many of these have no end, and are in no other figure.
    total: ns; a span in another one of the same name counts in both.
    own: ns, without the spans in them; UNKNOWN where it is so of any of them: it has no end, or may overlap others.
    longest: ns, UNKNOWN if none has an end.
    """

    name: NDArray[np.uint32]
    place: NDArray[np.int64]
    count: NDArray[np.int64]
    without_end: NDArray[np.int64]
    total: NDArray[np.int64]
    own: NDArray[np.int64]
    longest: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.name)


NO_TOTALS = NameTotals(np.zeros(0, np.uint32), *(np.zeros(0, np.int64) for _ in range(6)))


def totals_by_name(table: WorkTable, rows: NDArray[np.uint32], pause: Pause = no_pause) -> NameTotals:
    """The totals of these rows by name."""
    if not len(rows):
        return NO_TOTALS
    name, lasted = table.name[rows], table.lasted[rows]
    order = np.lexsort((lasted, name))
    name, lasted, rows = name[order], lasted[order], rows[order]
    changes = np.ones(len(name), bool)
    changes[1:] = name[1:] != name[:-1]
    begins = np.flatnonzero(changes)
    counts = np.diff(begins, append=len(name))
    ended = lasted >= 0
    total = np.add.reduceat(np.where(ended, lasted, 0), begins)
    own = table.own[rows] if table.own is not None else np.full(len(rows), UNKNOWN, np.int64)
    # The lasts are the longest: of equal names they are in the order of durations.
    lasts = begins + counts - 1
    by_total = np.argsort(-total, kind="stable")
    columns = (
        text_places(table.names, name[begins], pause),
        counts,
        counts - np.add.reduceat(ended.astype(np.int64), begins),
        total,
        np.where(np.minimum.reduceat(own, begins) < 0, UNKNOWN, np.add.reduceat(own, begins)),
        lasted[lasts],
    )
    return NameTotals(name[begins][by_total], *(column[by_total] for column in columns))
