"""The distinct values of a column, and which of its values are among others. Arithmetic, any thread.

The first call of numpy's own functions for it, `unique` and `isin`, imports numpy's masked arrays: 60 ms in which the window
would stand still.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Distinct:
    """values: each once, ascending. first: where each is first. counts: how often each is there. which: for each entry of the
    column the index of its value."""

    values: NDArray[Any]
    first: NDArray[np.int64]
    counts: NDArray[np.int64]
    which: NDArray[np.int64]


def distinct(column: NDArray[Any]) -> Distinct:
    """The distinct values of a column of numbers."""
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    begins = np.ones(len(column), bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    which = np.empty(len(column), np.int64)
    which[order] = np.cumsum(begins) - 1
    at = np.flatnonzero(begins)
    return Distinct(ordered[at], order[at], np.diff(at, append=len(column)), which)


def are_among(column: NDArray[Any], values: NDArray[Any]) -> NDArray[np.bool_]:
    """For each entry of a column of numbers whether it is one of the values."""
    if not len(values):
        return np.zeros(len(column), bool)
    ordered = np.sort(values)
    at = np.searchsorted(ordered, column)
    at[at == len(ordered)] = 0
    return np.asarray(ordered[at] == column)
