"""The numbers of attempts at the tasks of a cluster, by their keys. Pure numpy; the fold's thread.

A cluster runs millions of tasks, nearly all of them once: a key that was seen takes a bit, not an entry of a dict.
"""

import numpy as np
from numpy.typing import NDArray

from workers.timeline.tasks.task_details import TEXT_BITS

_TEXT = (1 << TEXT_BITS) - 1
_MOST_ATTEMPTS = 0xFFFF
_BITS = np.left_shift(1, np.arange(8)).astype(np.uint8)
_FIRST = 64
_LEAST_ROOM = 1024
_MOST_ROOM_OF_EACH = 128
"""A table of numbers may be so much longer than there are keys in it. A number beyond is kept in a set."""
_MOST_PART = 8
_WHOLE = -1
"""The table of keys that are a text and no number."""


class AttemptNumbers:
    """Counts the attempts at each key."""

    def __init__(self) -> None:
        self._seen: dict[int, NDArray[np.uint8]] = {}  # by text: by number a bit, whether there was an attempt
        self._first: dict[int, int] = {}  # with which number each table begins
        self._counts: dict[int, int] = {}  # how many keys are in each table
        self._far: set[int] = set()  # keys with numbers far beyond the others
        self._again: dict[int, int] = {}  # how many attempts there were, where there were several

    @property
    def nbytes(self) -> int:
        """The memory that the tables take, in bytes."""
        return sum(table.nbytes for table in self._seen.values())

    def next(self, key: int) -> int:
        """The number of a further attempt at this key, from 1."""
        again = self._again.get(key)
        if again is None and not self._was_seen(key):
            return 1
        attempt = self._again[key] = min((again or 1) + 1, _MOST_ATTEMPTS)
        return attempt

    def are_first(self, keys: NDArray[np.uint64]) -> bool:
        """Whether these are the first attempts at as many keys, which are then counted. If not, nothing is counted."""
        number = (keys >> np.uint64(TEXT_BITS)).astype(np.int64)
        text = (keys & np.uint64(_TEXT)).astype(np.int64)
        whole = number == 0
        place, table = np.where(whole, text, number), np.where(whole, _WHOLE, text)
        tables = {*table.tolist()}
        if len(tables) > 1 + len(keys) // _MOST_PART or (self._far and not self._far.isdisjoint(keys.tolist())):
            return False
        parts = [(one, np.sort(place[table == one] if len(tables) > 1 else place)) for one in tables]
        for one, places in parts:
            if not self._has_room(one, int(places[0]), int(places[-1]), len(places)):
                return False
            places -= self._first[one]
            if bool((places[1:] == places[:-1]).any()) or bool(
                (self._seen[one][places >> 3] & _BITS[places & 7]).any()
            ):
                return False
        for one, places in parts:
            np.bitwise_or.at(self._seen[one], places >> 3, _BITS[places & 7])
            self._counts[one] += len(places)
        return True

    def _was_seen(self, key: int) -> bool:
        """Whether there was an attempt at this key. From now on there was."""
        text, number = key & _TEXT, key >> TEXT_BITS
        table, place = (text, number) if number else (_WHOLE, text)
        if key in self._far:
            return True
        if not self._has_room(table, place, place, 1):
            self._far.add(key)
            return False
        place -= self._first[table]
        bits, bit = self._seen[table], 1 << (place & 7)
        seen = int(bits[place >> 3])
        if seen & bit:
            return True
        bits[place >> 3] = seen | bit
        self._counts[table] += 1
        return False

    def _has_room(self, table: int, low: int, high: int, more: int) -> bool:
        """Whether the table has these numbers, for so many keys more. It is made longer where that is worth it."""
        seen, first = self._seen.get(table), self._first.get(table, low & ~7)
        last = first if seen is None else first + len(seen) * 8 - 1
        if seen is not None and first <= low and high <= last:
            return True
        count = self._counts.setdefault(table, 0)
        begin, end = min(first, low & ~7), max(last, high)
        span = end - begin
        if span >= _LEAST_ROOM + _MOST_ROOM_OF_EACH * (count + more):
            return False
        spare = max(_FIRST, span >> 6)
        if begin < first:
            begin = max(0, begin - spare * 8)
        longer = np.zeros(((end - begin) >> 3) + 1 + (spare if high > last or seen is None else 0), np.uint8)
        if seen is not None:
            at = (first - begin) >> 3
            longer[at : at + len(seen)] = seen
        self._seen[table], self._first[table] = longer, begin
        return True
