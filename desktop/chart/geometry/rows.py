"""All rows: which process is on which row, and the place of each. Pure arithmetic without Qt; the window's thread.

The height of a row does not depend on the number of processes: the view scrolls. Helpers of one parent (the resource tracker,
the fork server) share one low row until the user unfolds it. The descendants of a collapsed process share its row. Pinned rows
come first and do not scroll.

Heights are counted from the top of the first row. There may be ten thousand rows: they are kept as columns of numbers, and a
Row is made on demand.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator

from desktop.chart.geometry.arrangement import Arrangement
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.row_layout import PLAIN, RowColumns, lay_out
from desktop.facts.selection import OnTrack, Selection, TaskSelection, ThreadSelection
from workers.timeline.timeline import Timeline


def _no_thread(task: int) -> int:
    return 0


class Rows:
    """All rows, in order. Immutable once made. thread_of: the id of the thread that ran a task, 0 for none."""

    def __init__(self, columns: RowColumns | None = None, thread_of: Callable[[int], int] = _no_thread) -> None:
        columns = RowColumns() if columns is None else columns
        self._of_thread, self._thread_of = columns.of_thread, thread_of
        self._process, self._depth, self._tops = columns.process, columns.depth, columns.tops
        self._folds, self._of_process, self._of_track = columns.folds, columns.of_process, columns.of_track
        self._pinned, self._height = columns.pinned, columns.height_px
        self._made: dict[int, Row] = {}

    @classmethod
    def of(cls, timeline: Timeline, arrangement: Arrangement | None = None, room_px: float = 0.0) -> "Rows":
        """The rows of a timeline in an arrangement. room_px: the height that they may fill."""
        return cls(lay_out(timeline, arrangement or Arrangement(), room_px), timeline.tasks.thread_of)

    def __len__(self) -> int:
        return len(self._process)

    def __getitem__(self, index: int) -> Row:
        made = self._made.get(index)
        if made is None:
            if not 0 <= index < len(self._process):
                raise IndexError(index)
            fold = self._folds.get(index, PLAIN)
            bottom = self._tops[index + 1] if index + 1 < len(self._tops) else self._height
            made = self._made[index] = Row(
                self._process[index],
                self._depth[index],
                self._tops[index],
                bottom - self._tops[index],
                helpers_of=fold.helpers_of,
                members=fold.members,
                expanded=fold.expanded,
                folds=fold.folds,
                pinned=index < self._pinned,
                track=fold.track,
                counter=fold.counter,
                under=fold.under,
                thread=fold.thread,
                threads_of=fold.threads_of,
                instants_px=fold.instants_px,
                host=fold.host,
            )
        return made

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    def groups(self) -> Iterator[tuple[int, ...]]:
        """The processes on each row: one, or all that are folded into it."""
        for index, process in enumerate(self._process):
            fold = self._folds.get(index)
            if fold is None or not (fold.members and not fold.expanded):
                if process:
                    yield (process,)
            else:
                yield (process, *fold.members) if process else fold.members

    def lanes(self) -> Iterator[tuple[int, int]]:
        """(process, depth) of each row of a process."""
        return ((process, depth) for process, depth in zip(self._process, self._depth, strict=True) if process)

    @property
    def height_px(self) -> int:
        """The height of all rows together."""
        return self._height

    @property
    def lane_px(self) -> int | None:
        """The height of a process's row; None without one. That of the first, since all but traced ones are as high."""
        first = next((index for index, process in enumerate(self._process) if process), None)
        return None if first is None else self[first].height_px

    @property
    def pinned(self) -> int:
        """How many rows at the top are pinned."""
        return self._pinned

    @property
    def pinned_px(self) -> int:
        """The height of the pinned rows together."""
        return self._tops[self._pinned] if self._pinned < len(self._tops) else self._height

    def index_of(self, process: int) -> int | None:
        """The index of the row that shows this process; None when a filter hides it."""
        return self._of_process.get(process)

    def index_again(self, row: Row) -> int | None:
        """The index of the row that now shows what a row of an earlier arrangement showed. A folded track is at its process, a
        folded thread on the row of all threads."""
        if row.track and row.track in self._of_track:
            return self._of_track[row.track]
        if row.thread and row.thread in self._of_thread:
            return self._of_thread[row.thread]
        if row.threads_of:
            groups = (index for index, fold in self._folds.items() if fold.threads_of == row.threads_of)
            return next(groups, self.index_of(row.under))
        if row.host:
            return next((index for index, fold in self._folds.items() if fold.host == row.host), None)
        if row.helpers_of:
            return next((index for index, fold in self._folds.items() if fold.helpers_of == row.helpers_of), None)
        return self.index_of(row.process or row.under)

    def row_of(self, process: int) -> Row | None:
        """The row that shows this process."""
        index = self._of_process.get(process)
        return None if index is None else self[index]

    def row_of_track(self, track: int) -> Row | None:
        """The row that shows this track."""
        index = self._of_track.get(track)
        return None if index is None else self[index]

    def index_showing(self, selection: Selection) -> int | None:
        """The index of the row that shows a selection: the row of its track or thread, or the one that it is folded into."""
        index = self._of_track.get(selection.track) if isinstance(selection, OnTrack) else None
        if index is None and isinstance(selection, TaskSelection | ThreadSelection):
            index = self._of_thread.get(self.thread_of(selection))
        return self.index_of(selection.process) if index is None else index

    def thread_of(self, selection: Selection) -> int:
        """The id of the thread that is selected, or ran the selected task; 0 for none."""
        match selection:
            case ThreadSelection():
                return selection.thread
            case TaskSelection():
                return self._thread_of(selection.task)
        return 0

    def is_folded(self, thread: int) -> bool:
        """Whether this thread has no row of its own."""
        index = self._of_thread.get(thread)
        return index is None or self[index].thread != thread

    def is_chosen(self, row: Row, selection: Selection | None) -> bool:
        """Whether a row shows the selection: the row of the track or process, or the row that it is folded into."""
        if selection is None or not selection.process:
            return False
        if isinstance(selection, OnTrack) and selection.track in self._of_track:
            return row.track == selection.track
        thread = self.thread_of(selection)
        if thread in self._of_thread:
            return row.thread == thread or (self.is_folded(thread) and row.threads_of == selection.process)
        if row.threads_of or row.thread:
            return False
        shown = self.index_of(selection.process)
        if shown is None:
            return False
        of = self[shown]
        return (row.process, row.helpers_of, row.host) == (of.process, of.helpers_of, of.host)

    def y(self, row: Row, scroll_px: float) -> float:
        """The top of a row on the screen, from the top of the lanes."""
        return row.top_px if row.pinned else row.top_px - scroll_px

    def at(self, y_px: float, scroll_px: float = 0.0) -> int | None:
        """The index of the row at a height below the top of the lanes; None above and below all rows."""
        if y_px >= self.pinned_px or not self._pinned:
            y_px += scroll_px
        if not 0 <= y_px < self._height:
            return None
        return bisect_right(self._tops, y_px) - 1

    def between(self, top_px: float, bottom_px: float) -> range:
        """The indices of the rows between two heights."""
        if not self._process or bottom_px <= 0 or top_px >= self._height:
            return range(0)
        first = max(0, bisect_right(self._tops, max(0.0, top_px)) - 1)
        last = bisect_right(self._tops, bottom_px - 1e-9)
        return range(first, last)

    def shown(self, scroll_px: float, height_px: float) -> list[int]:
        """The indices of the rows that show in a window of this height, scrolled by `scroll_px`; the pinned ones come first."""
        first = self.pinned_px
        return [
            *self.between(0, min(first, height_px)),
            *(index for index in self.between(scroll_px + first, scroll_px + height_px) if index >= self._pinned),
        ]
