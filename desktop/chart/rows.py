"""Which process is on which row, and where each row lies. Pure arithmetic without Qt; the window's thread.

Rows are as tall as they are whatever the number of processes: the view scrolls. Helpers of one parent (the resource
tracker, the fork server) share one low row until a person opens it.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workers.model import ProcessKind
from workers.timeline import Timeline

ROW_PX = 46
GROUP_PX = 26

BAR_TOP_PX = 15
BAR_PX = 20
"""The bar within a row; questions and signals are marked above it, printed lines below."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. process: whose lane it is, 0 for a row of helpers. helpers_of: the parent of the helpers that the row
    stands for. members: those helpers. top_px: from the top of the first row."""

    process: int
    depth: int
    top_px: int
    height_px: int
    helpers_of: int = 0
    members: tuple[int, ...] = ()
    expanded: bool = False

    @property
    def bar_px(self) -> tuple[float, float]:
        """Top and height of the bar, from the row's top."""
        return (8.0, 10.0) if self.helpers_of else (float(BAR_TOP_PX), float(BAR_PX))

    @property
    def centre_px(self) -> float:
        """The middle of the bar, from the top of the first row."""
        top, height = self.bar_px
        return self.top_px + top + height / 2


class Rows:
    """All rows, in order. Immutable once made."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self._rows = rows
        self._tops = [row.top_px for row in rows]
        self._of_process = {
            process: index for index, row in enumerate(rows) for process in (row.members or (row.process,))
        }
        # A helper with a row of its own is found there, not on the row that stands for all.
        self._of_process.update({row.process: index for index, row in enumerate(rows) if row.process})

    @classmethod
    def of(cls, timeline: Timeline, expanded: Collection[int] | None = ()) -> "Rows":
        """The rows of a timeline. expanded: the parents whose helpers have rows of their own; None = all."""
        return cls(tuple(_lay_out(timeline, expanded)))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @property
    def height_px(self) -> int:
        """The height of all rows together."""
        return self._rows[-1].top_px + self._rows[-1].height_px if self._rows else 0

    def index_of(self, process: int) -> int | None:
        """The index of the row that shows this process."""
        return self._of_process.get(process)

    def row_of(self, process: int) -> Row | None:
        """The row that shows this process."""
        index = self._of_process.get(process)
        return None if index is None else self._rows[index]

    def at(self, y_px: float) -> int | None:
        """The index of the row at a height, None above or below all."""
        if not 0 <= y_px < self.height_px:
            return None
        return bisect_right(self._tops, y_px) - 1

    def between(self, top_px: float, bottom_px: float) -> range:
        """The indices of the rows that show between two heights."""
        if not self._rows or bottom_px <= 0 or top_px >= self.height_px:
            return range(0)
        first = max(0, bisect_right(self._tops, max(0.0, top_px)) - 1)
        last = bisect_right(self._tops, bottom_px - 1e-9)
        return range(first, last)


def _lay_out(timeline: Timeline, expanded: Collection[int] | None) -> Iterator[Row]:
    top = 0
    done: set[int] = set()
    helpers: dict[int, list[int]] = {}
    for process in timeline.processes:
        if process.kind is ProcessKind.HELPER and process.parent_id is not None:
            helpers.setdefault(process.parent_id, []).append(process.id)
    for process_id, depth in timeline.tree():
        process = timeline.process(process_id)
        parent = process.parent_id
        if process.kind is ProcessKind.HELPER and parent is not None:
            opened = expanded is None or parent in expanded
            if parent not in done:
                done.add(parent)
                yield Row(0, depth, top, GROUP_PX, parent, tuple(helpers[parent]), opened)
                top += GROUP_PX
            if not opened:
                continue
            depth += 1
        yield Row(process_id, depth, top, ROW_PX)
        top += ROW_PX
