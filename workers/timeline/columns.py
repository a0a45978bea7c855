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

    def set(self, at: int, value: object) -> None:
        """Change an entry."""
        self._array[at] = value

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

    def trim(self) -> None:
        """Give the spare room back. Views keep the array that they have."""
        if len(self._array) > self.count:
            self._array = self._array[: self.count].copy()

    def _grow(self, least: int) -> None:
        # A new array and no resize in place: views of the old one may be in use.
        now = len(self._array)
        room = np.empty(max(least, now + (now if now < _SHORT else now // _SPARE)), self._array.dtype)
        room[: self.count] = self._array[: self.count]
        self._array = room


class CompactColumn:
    """A growing column that takes no more room than its entries need: none while all are equal.

    usual: what the entries are expected to be. Without one, the first decides. narrow: a type of fewer bytes that holds most
    entries, which are kept in it for as long as it holds all of them.
    """

    __slots__ = ("_all", "_column", "_count", "_dtype", "_narrow", "_value")

    def __init__(
        self, dtype: type[np.generic], usual: float | None = None, narrow: type[np.signedinteger[Any]] | None = None
    ) -> None:
        self._dtype = dtype
        self._narrow = narrow
        self._column: Column | None = None
        self._count = 0
        self._settle(usual)

    def _settle(self, value: object) -> None:
        one = np.array(0 if value is None else value, self._dtype)
        self._value: Any = None if value is None else one.item()
        self._all = one.tobytes()

    @property
    def count(self) -> int:
        """The number of entries."""
        return self._count if self._column is None else self._column.count

    @property
    def view(self) -> NDArray[Any]:
        """The entries; (count,). Not to be changed in place."""
        if self._column is not None:
            return self._column.view if self._narrow is None else self._column.view.astype(self._dtype)
        if not self._count:
            return np.empty(0, self._dtype)
        return np.ndarray((self._count,), self._dtype, self._all, strides=(0,))

    @property
    def nbytes(self) -> int:
        """The memory that it takes, spare room included, in bytes."""
        return 0 if self._column is None else self._column.nbytes

    def __getitem__(self, at: int) -> Any:
        return self._value if self._column is None else self._column.view[at].item()

    def set(self, at: int, value: Any) -> None:
        """Change an entry."""
        if self._column is None and value == self._value:
            return
        self._differing(value, value).set(at, value)

    def append(self, value: Any) -> None:
        """Add an entry."""
        if self._column is None and value == self._value:
            self._count += 1
        else:
            self.repeat(value, 1)

    def extend(self, values: NDArray[Any]) -> None:
        """Add many entries."""
        if not len(values):
            return
        if self._column is None:
            if self._value is None or not self._count:
                first = values[0].item()
                if first == first and bool((values == first).all()):
                    self._settle(first)
            if self._value is not None and bool((values == self._value).all()):
                self._count += len(values)
                return
        low, high = (values.min(), values.max()) if self._narrow is not None else (0, 0)
        self._differing(low, high).extend(values)

    def repeat(self, value: Any, times: int) -> None:
        """Add the same entry many times."""
        if self._column is None:
            if self._value is None or not self._count:
                self._settle(value)
            if value == self._value:
                self._count += times
                return
        self._differing(value, value).repeat(value, times)

    def reorder(self, order: NDArray[np.int64]) -> None:
        """Put the entries in this order."""
        if self._column is not None:
            self._column.reorder(order)

    def trim(self) -> None:
        """Give the spare room back."""
        if self._column is not None:
            self._column.trim()

    def _differing(self, low: Any, high: Any) -> Column:
        """The column for entries that are not all equal, with room for values from low to high."""
        if self._narrow is not None:
            known = (low, high) if not self._count or self._column is not None else (low, high, self._value)
            info = np.iinfo(self._narrow)
            if min(known) < info.min or max(known) > info.max:
                self._narrow = None
                if self._column is not None:
                    wide = Column(self._dtype)
                    wide.extend(self._column.view)
                    self._column = wide
        if self._column is None:
            self._column = Column(self._narrow or self._dtype)
            if self._count:
                self._column.repeat(self._value, self._count)
        return self._column


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
