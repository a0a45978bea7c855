"""Columns that grow at their end: numpy arrays with spare room, and a table of strings that columns refer to by number.

Only their owner touches them. A view keeps its contents when the column grows, and shows changes that are made in place.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST = 16
_SPARE = 8
"""A full column gets an eighth more room: for a million entries copying is cheap and memory is scarce."""
_SHORT = 4096
"""A shorter column gets twice the room instead: there copying is the greater cost."""


class Column:
    """One growing array. count: the number of entries in use."""

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
        """The memory that it takes, spare room included, in bytes."""
        return int(self._array.nbytes)

    def append(self, value: object) -> None:
        """Add an entry."""
        if self.count == len(self._array):
            self._grow(self.count + 1)
        self._array[self.count] = value
        self.count += 1

    def extend(self, values: NDArray[Any]) -> None:
        """Add many entries."""
        end = self.count + len(values)
        if end > len(self._array):
            self._grow(end)
        self._array[self.count : end] = values
        self.count = end

    def repeat(self, value: object, times: int) -> None:
        """Add the same entry many times."""
        end = self.count + times
        if end > len(self._array):
            self._grow(end)
        self._array[self.count : end] = value
        self.count = end

    def reorder(self, order: NDArray[np.int64]) -> None:
        """Put the entries in this order. Views keep the old one."""
        self._array = self._array[: self.count][order]

    def _grow(self, least: int) -> None:
        # A new array and no resize in place: views of the old one may be in use.
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
        """The number of a string; a new string is added."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return number
