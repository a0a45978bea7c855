"""The newest printed lines of a run, up to a limit. Any process.

They are held as plain tuples of numbers and texts, which Python's garbage collector stops tracking. It would walk through a
hundred thousand objects at each full collection, which stops the window for a tenth of a second.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import overload

from workers.timeline.model import OutputLine

LineRow = tuple[int, int | None, str, int, str, bool]
"""The fields of an OutputLine, in their order."""


class KeptLines(Sequence[OutputLine]):
    """The newest `most` lines, oldest first. rows: the same lines as tuples, which are faster to search through."""

    def __init__(self, most: int) -> None:
        self.rows: deque[LineRow] = deque(maxlen=most)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> OutputLine: ...

    @overload
    def __getitem__(self, at: slice) -> list[OutputLine]: ...

    def __getitem__(self, at: int | slice) -> OutputLine | list[OutputLine]:
        if isinstance(at, slice):
            return [OutputLine(*self.rows[one]) for one in range(*at.indices(len(self.rows)))]
        return OutputLine(*self.rows[at])

    def __iter__(self) -> Iterator[OutputLine]:
        return (OutputLine(*row) for row in self.rows)

    def __reversed__(self) -> Iterator[OutputLine]:
        return (OutputLine(*row) for row in reversed(self.rows))

    def __copy__(self) -> "KeptLines":
        made = KeptLines(0)
        made.rows = self.rows.copy()
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptLines) and self.rows == other.rows

    __hash__ = None  # type: ignore[assignment]

    def newest(self, count: int) -> list[LineRow]:
        """The last `count` rows, oldest first."""
        found = list(islice(reversed(self.rows), count))
        found.reverse()
        return found
