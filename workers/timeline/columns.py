"""Columns that grow at their end: numpy arrays with room, and a table of the strings that columns name by number.

Whoever owns them is the only one that touches them. A view that was handed out keeps what it showed when the column
grows, and follows what is changed in place.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST = 16
_SPARE = 8
"""A full column gets an eighth more room: copying costs little, and memory is what a million entries have least of."""
_SHORT = 4096
"""One that is shorter gets twice the room: there copying is what costs."""


class Column:
    """One growing array. count: how many entries are in use."""

    __slots__ = ("_array", "count")

    def __init__(self, dtype: type[np.generic]) -> None:
        self._array: NDArray[Any] = np.empty(_FIRST, dtype)
        self.count = 0

    def __len__(self) -> int:
        return self.count

    @property
    def view(self) -> NDArray[Any]:
        """The entries in use; (count,), no copy."""
        return self._array[: self.count]

    @property
    def nbytes(self) -> int:
        """What it takes in memory, its room included."""
        return int(self._array.nbytes)

    def append(self, value: object) -> None:
        """One more entry."""
        if self.count == len(self._array):
            self._grow(self.count + 1)
        self._array[self.count] = value
        self.count += 1

    def extend(self, values: NDArray[Any]) -> None:
        """Many more entries."""
        end = self.count + len(values)
        if end > len(self._array):
            self._grow(end)
        self._array[self.count : end] = values
        self.count = end

    def repeat(self, value: object, times: int) -> None:
        """The same entry many times."""
        end = self.count + times
        if end > len(self._array):
            self._grow(end)
        self._array[self.count : end] = value
        self.count = end

    def _grow(self, least: int) -> None:
        # A new array, not a resize in place: views of the old one may be in use.
        now = len(self._array)
        room = np.empty(max(least, now + (now if now < _SHORT else now // _SPARE)), self._array.dtype)
        room[: self.count] = self._array[: self.count]
        self._array = room


class Strings:
    """Strings by number, each kept once. Number 0 is the empty string."""

    def __init__(self, texts: list[str] | None = None) -> None:
        self.texts = [""] if texts is None else texts
        self._numbers = {text: number for number, text in enumerate(self.texts)}

    def __getitem__(self, number: int) -> str:
        return self.texts[number]

    def __len__(self) -> int:
        return len(self.texts)

    def number(self, text: str) -> int:
        """The number of a string, which is added when it is new."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return number
