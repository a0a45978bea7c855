"""Columns that are numbers of texts: which entries contain a word, and the order of the texts. Pure functions, any thread.

A million different texts may be asked for, in a thread beside the window's. Python's lock would be held for as long as one step
takes: so each step is short, and between two steps the caller may let others go on.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from workers.natural_text import natural_text

Pause = Callable[[], object]
"""Called between two short steps."""

_STEP = 2_000
_MOST_BYTES = 96
"""Texts that are the same up to here count as equal."""


def no_pause() -> None:
    """For a caller that nobody waits for."""


def text_places(texts: Sequence[str], column: NDArray[np.uint32], pause: Pause) -> NDArray[np.int64]:
    """int64, as long as the column: the place of each entry's text in the natural order of those that the column has."""
    used = np.flatnonzero(np.bincount(column)) if len(column) else np.zeros(0, np.int64)
    keys = np.zeros(len(used), f"S{_MOST_BYTES}")
    for at in range(0, len(used), _STEP):
        part = used[at : at + _STEP].tolist()
        keys[at : at + _STEP] = [natural_text(texts[number]).encode("utf-8", "replace") for number in part]
        pause()
    # numpy lets go of the lock while it sorts, which `sorted` does not.
    order = np.argsort(keys, kind="stable")
    ranks = np.zeros(len(used), np.int64)
    if len(used):
        changes = np.ones(len(used), bool)
        changes[1:] = keys[order][1:] != keys[order][:-1]
        ranks[order] = np.cumsum(changes) - 1
    places = np.zeros(int(used[-1]) + 1 if len(used) else 0, np.int64)
    places[used] = ranks
    return places[column]


def containing(texts: Sequence[str], word: str, pause: Pause) -> NDArray[np.bool_]:
    """bool, as long as `texts`: which contain a word in small letters, in any case."""
    found = np.zeros(len(texts), bool)
    for at in range(0, len(found), _STEP):
        part = texts[at : min(at + _STEP, len(found))]
        found[at : at + len(part)] = [word in text.casefold() for text in part]
        pause()
    return found
