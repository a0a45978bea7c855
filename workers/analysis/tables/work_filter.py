"""The filter of the tables of tasks and spans: ``>100ms``, ``error``, a worker, a function; all of the words must hold.

Pure functions, any thread.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.analysis.tables.text_columns import Pause, containing, no_pause
from workers.analysis.tables.work_table import WorkTable
from workers.errors import ProcessionError

_UNITS = {"ns": 1, "us": 10**3, "\N{MICRO SIGN}s": 10**3, "\N{GREEK SMALL LETTER MU}s": 10**3, "ms": 10**6, "s": 10**9,
          "min": 60 * 10**9, "h": 3600 * 10**9}  # fmt: skip
_WORD = re.compile(r'(?P<compared>[<>]=?\s*[\d.,_]+\s*[^\s\d<>"]*)|"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+)')
_LIMIT = re.compile(r"(?P<sign>[<>]=?)\s*(?P<number>\d[\d_]*(?:\.\d+)?)\s*(?P<unit>[^\s\d]*)")
_FAILED = "error"


class FilterError(ProcessionError):
    """A filter that cannot be understood, and how to write it."""


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What a row must be. least_ns, most_ns: its duration is in [least_ns, most_ns]; None = no limit.

    failed: it failed. words: each, in small letters, is the whole name of its lane, or part of its function, arguments, lane or
    error.
    """

    least_ns: int | None = None
    most_ns: int | None = None
    failed: bool = False
    words: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether every row passes."""
        return self == NO_FILTER


NO_FILTER = WorkFilter()
"""Every row passes."""


def parse_filter(text: str, *, spans: bool = False) -> WorkFilter:
    """The filter that a text means. spans: of a trace, where nothing is known to have failed, so that ``error`` is a word.

    Raises FilterError with one sentence.
    """
    least: int | None = None
    most: int | None = None
    failed = False
    words: list[str] = []
    for match in _WORD.finditer(text):
        word = match["plain"] or ""
        if match["compared"] or word[:1] in ("<", ">"):
            sign, limit_ns = _limit((match["compared"] or word).strip())
            if sign[0] == ">":
                least = max(least or 0, limit_ns + (sign == ">"))
            else:
                most = limit_ns - (sign == "<") if most is None else min(most, limit_ns - (sign == "<"))
        elif word.casefold() == _FAILED and not spans:
            failed = True
        elif word or match["quoted"]:
            words.append((word or match["quoted"]).casefold())
    if least is not None and most is not None and least > most:
        raise FilterError("No duration is as long and as short as that: the lower limit is above the upper one.")
    return WorkFilter(least, most, failed, tuple(words))


def _limit(text: str) -> tuple[str, int]:
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise FilterError(f"“{text}” is no duration: write it as >100ms or <2s.")
    unit = _UNITS.get(match["unit"].lower())
    if unit is None:
        missing = "has no unit" if not match["unit"] else f"has the unknown unit “{match['unit']}”"
        raise FilterError(f"“{text}” {missing}: write ns, µs, ms, s, min or h, as in >100ms.")
    limit_ns = float(match["number"].replace("_", "")) * unit
    if limit_ns > 2**62:
        raise FilterError(f"“{text}” is longer than any run.")
    return match["sign"], round(limit_ns)


def passing(table: WorkTable, by: WorkFilter, pause: Pause = no_pause) -> NDArray[np.bool_] | None:
    """bool (n,): which rows pass; None if all do."""
    if by.empty:
        return None
    passed = np.ones(len(table), bool)
    if by.least_ns is not None:
        passed &= table.lasted >= by.least_ns
    if by.most_ns is not None:
        passed &= (table.lasted <= by.most_ns) & (table.lasted >= 0)
    if by.failed:
        passed &= np.zeros(len(table), bool) if table.failed is None else table.failed
    for word in by.words:
        passed &= _with_word(table, word, pause)
    return passed


def _with_word(table: WorkTable, word: str, pause: Pause) -> NDArray[np.bool_]:
    lanes = [lane.name for lane in table.lanes]
    whole = np.array([word == lane.casefold() for lane in lanes], bool)
    if whole.any():
        return whole[table.lane]
    of_name = containing(table.names, word, pause)
    found = containing(lanes, word, pause)[table.lane] | of_name[table.name]
    for column in (table.error, table.arguments):
        if column is not None:
            found |= of_name[column]
    return found


def with_limits(text: str, least_ns: int | None, below_ns: int | None) -> str:
    """The text of a filter with these limits in place of its own: durations from `least_ns` on, and below `below_ns`."""
    kept = [match[0].strip() for match in _WORD.finditer(text) if not match["compared"]]
    if least_ns is not None:
        kept.append(f">={limit_text(least_ns)}")
    if below_ns is not None:
        kept.append(f"<{limit_text(below_ns)}")
    return " ".join(kept)


def limit_text(limit_ns: int) -> str:
    """A duration as the filter reads it, to the last digit: ``1.12ms``."""
    unit, factor = next(
        ((unit, _UNITS[unit]) for unit in ("s", "ms", "\N{MICRO SIGN}s") if limit_ns >= _UNITS[unit]), ("ns", 1)
    )
    whole, rest = divmod(limit_ns, factor)
    digits = f"{rest:0{len(str(factor)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}{unit}" if digits else f"{whole}{unit}"
