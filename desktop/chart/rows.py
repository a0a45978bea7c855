"""Which process is on which row, and where each row lies. Pure arithmetic without Qt; the window's thread.

Rows are as tall as a person wants them, whatever the number of processes: the view scrolls. Helpers of one parent (the
resource tracker, the fork server) share one low row until a person opens it; the descendants of a collapsed process share
its own. Pinned rows come first and do not scroll.

Heights are counted from the top of the first row. Ten thousand rows are columns of numbers; a Row is made when it is
asked for.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.chart.arrangement import ROW_PX, SORT_KEYS, Arrangement, LaneOrder
from desktop.selection import Selection
from workers.model import Process, ProcessKind
from workers.timeline import Timeline

GROUP_PX = 26
LEVEL_PX = 18
COUNTER_PX = 34

BAR_TOP_PX = 15
BAR_PX = 20
"""The bar within a row of the usual height; questions and signals are marked above it, printed lines below."""

_ROOMY_PX = 40
_LINED_PX = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One row. process: whose lane it is, 0 for a row of helpers. helpers_of: the parent of the helpers that the row
    stands for. members: those helpers, or the descendants that a collapsed process has on its row. folds: whether a click
    folds or unfolds it. expanded: it is not folded. top_px: from the top of the first row; a pinned row stays there.
    track, counter: of an imported trace, the id of the track or number of the counter that it shows; under: whose."""

    process: int
    depth: int
    top_px: int
    height_px: int
    helpers_of: int = 0
    members: tuple[int, ...] = ()
    expanded: bool = False
    folds: bool = False
    pinned: bool = False
    track: int = 0
    counter: int = 0
    under: int = 0

    @property
    def owner(self) -> int:
        """The process that the row belongs to, whose own it need not be; 0 for none."""
        return self.process or self.helpers_of or self.under

    @property
    def bar_px(self) -> tuple[float, float]:
        """Top and height of the bar, from the row's top."""
        height = self.height_px
        if self.helpers_of:
            return 8.0, 10.0
        if not self.process:
            return 3.0, float(height - 7)
        if height >= _ROOMY_PX:
            return float(BAR_TOP_PX), float(height - ROW_PX + BAR_PX)
        if height >= _LINED_PX:
            return 5.0, float(height - 11)
        return 1.0, float(height - 3)

    @property
    def roomy(self) -> bool:
        """Whether there is room for marks above and below the bar."""
        return bool(self.process) and self.height_px >= _ROOMY_PX

    @property
    def lined(self) -> bool:
        """Whether there is room for a line of text in the bar and marks on it."""
        return bool(self.process) and self.height_px >= _LINED_PX

    @property
    def shift_px(self) -> float:
        """How far below its place in a row of the usual height the middle of the bar lies."""
        top, height = self.bar_px
        return top + height / 2 - (BAR_TOP_PX + BAR_PX / 2)

    @property
    def centre_px(self) -> float:
        """The middle of the bar, from the top of the first row."""
        top, height = self.bar_px
        return self.top_px + top + height / 2


@dataclass(frozen=True, slots=True)
class _Fold:
    """What a row has that most have not."""

    helpers_of: int = 0
    members: tuple[int, ...] = ()
    expanded: bool = False
    folds: bool = False
    track: int = 0
    counter: int = 0
    under: int = 0


_PLAIN = _Fold()


class Rows:
    """All rows, in order. Immutable once made."""

    def __init__(self) -> None:
        self._process: list[int] = []
        self._depth: list[int] = []
        self._tops: list[int] = []
        self._folds: dict[int, _Fold] = {}
        self._pinned = 0
        self._height = 0
        self._of_process: dict[int, int] = {}
        self._of_track: dict[int, int] = {}
        self._made: dict[int, Row] = {}

    @classmethod
    def of(cls, timeline: Timeline, arrangement: Arrangement | None = None) -> "Rows":
        """The rows of a timeline, arranged as a person wants them."""
        rows = cls()
        _Layout(timeline, arrangement or Arrangement(), rows).lay_out()
        return rows

    def __len__(self) -> int:
        return len(self._process)

    def __getitem__(self, index: int) -> Row:
        made = self._made.get(index)
        if made is None:
            if not 0 <= index < len(self._process):
                raise IndexError(index)
            fold = self._folds.get(index, _PLAIN)
            bottom = self._tops[index + 1] if index + 1 < len(self._tops) else self._height
            made = self._made[index] = Row(
                self._process[index], self._depth[index], self._tops[index], bottom - self._tops[index],
                fold.helpers_of, fold.members, fold.expanded, fold.folds, index < self._pinned,
                fold.track, fold.counter, fold.under,
            )  # fmt: skip
        return made

    def __iter__(self) -> Iterator[Row]:
        return (self[index] for index in range(len(self)))

    def groups(self) -> Iterator[tuple[int, ...]]:
        """The processes that each row shows: one, or those that are folded into it."""
        for index, process in enumerate(self._process):
            fold = self._folds.get(index)
            if fold is None or not (fold.members and not fold.expanded):
                if process:
                    yield (process,)
            else:
                yield (process, *fold.members) if process else fold.members

    def lanes(self) -> Iterator[tuple[int, int]]:
        """(process, depth) of each row that is a process's own."""
        return ((process, depth) for process, depth in zip(self._process, self._depth, strict=True) if process)

    @property
    def height_px(self) -> int:
        """The height of all rows together."""
        return self._height

    @property
    def pinned(self) -> int:
        """How many rows at the top stay there."""
        return self._pinned

    @property
    def pinned_px(self) -> int:
        """The height of those."""
        return self._tops[self._pinned] if self._pinned < len(self._tops) else self._height

    def index_of(self, process: int) -> int | None:
        """The index of the row that shows this process; None when a filter hides it."""
        return self._of_process.get(process)

    def index_again(self, row: Row) -> int | None:
        """Where what a row of an earlier arrangement showed is now; a track that is folded is at its process."""
        if row.track and row.track in self._of_track:
            return self._of_track[row.track]
        return self.index_of(row.process or row.under or (row.members[0] if row.members else 0))

    def row_of(self, process: int) -> Row | None:
        """The row that shows this process."""
        index = self._of_process.get(process)
        return None if index is None else self[index]

    def row_of_track(self, track: int) -> Row | None:
        """The row that shows this track."""
        index = self._of_track.get(track)
        return None if index is None else self[index]

    def index_showing(self, selection: Selection) -> int | None:
        """The index of the row that shows what is selected: a track's, or while that is folded its process's."""
        index = None if selection.track is None else self._of_track.get(selection.track)
        return self.index_of(selection.process) if index is None else index

    def is_chosen(self, row: Row, selection: Selection | None) -> bool:
        """Whether it is the row of what is selected: a track's own, or while that is folded its process's."""
        if selection is None or not selection.process:
            return False
        if selection.track is not None and selection.track in self._of_track:
            return row.track == selection.track
        return row.process == selection.process

    def y(self, row: Row, scroll_px: float) -> float:
        """Where a row's top shows, from the top of the lanes."""
        return row.top_px if row.pinned else row.top_px - scroll_px

    def at(self, y_px: float, scroll_px: float = 0.0) -> int | None:
        """The index of the row that shows at a height below the top of the lanes, None above or below all."""
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
        """The indices of the rows that show in a window of this height: the pinned ones, and those scrolled there."""
        first = self.pinned_px
        return [
            *self.between(0, min(first, height_px)),
            *(index for index in self.between(scroll_px + first, scroll_px + height_px) if index >= self._pinned),
        ]


class _Layout:
    """Fills `rows`."""

    def __init__(self, timeline: Timeline, arrangement: Arrangement, rows: Rows) -> None:
        self._timeline = timeline
        self._wanted = arrangement
        self._rows = rows
        self._pinned = set(arrangement.pinned)
        self._children: dict[int | None, list[Process]] = {}
        self._counters: dict[int, list[int]] = {}

    def lay_out(self) -> None:
        """Add the pinned rows, then the others as they are nested."""
        rows, wanted = self._rows, self._wanted
        for process in self._timeline.processes:
            parent = process.parent_id if process.parent_id != process.id else None
            self._children.setdefault(parent, []).append(process)
        known = len(self._timeline.processes)
        for number in dict.fromkeys(wanted.pinned):
            if 1 <= number <= known:
                self._add(number, 0, self._fold_of(number))
        rows._pinned = len(rows)
        for number, counter in enumerate(self._timeline.counters, 1):
            if counter.process is None:
                self._add_other(COUNTER_PX, 0, _Fold(counter=number))
            else:
                self._counters.setdefault(counter.process, []).append(number)
        waiting = [(process, 0) for process in reversed(self._sorted(None))]
        while waiting:
            process, depth = waiting.pop()
            inner = depth
            if process.id not in wanted.hidden:
                inner += 1
                if process.id not in self._pinned:
                    self._add(process.id, depth, self._fold_of(process.id))
                if process.id not in wanted.collapsed and process.id not in wanted.folded_tracks:
                    self._add_tracks(process.id, inner)
            if process.id not in wanted.collapsed or process.id in wanted.hidden:
                self._add_helpers(process.id, inner)
                below = [child for child in self._sorted(process.id) if child.kind is not ProcessKind.HELPER]
                # What a helper started, if anything, is nested as if its parent had.
                below += [child for helper in self._helpers(process.id) for child in self._children.get(helper.id, ())]
                waiting.extend((child, inner) for child in reversed(below))

    def _helpers(self, process: int) -> list[Process]:
        return [child for child in self._children.get(process, ()) if child.kind is ProcessKind.HELPER]

    def _sorted(self, parent: int | None) -> list[Process]:
        children = self._children.get(parent, [])
        if self._wanted.order is not LaneOrder.STARTED:
            children = sorted(children, key=SORT_KEYS[self._wanted.order])
        return children[::-1] if self._wanted.reverse else children

    def _fold_of(self, process: int) -> _Fold:
        below = [child for child in self._children.get(process, ()) if child.kind is not ProcessKind.HELPER]
        if process in self._wanted.collapsed and below:
            return _Fold(members=self._descendants(process), folds=True)
        if below:
            return _Fold(expanded=True, folds=True)
        if self._timeline.tracks_of(process):
            return _Fold(expanded=process not in self._wanted.folded_tracks, folds=True)
        return _PLAIN

    def _descendants(self, process: int) -> tuple[int, ...]:
        found: list[int] = []
        waiting = [process]
        while waiting:
            children = self._children.get(waiting.pop(), ())
            found += [child.id for child in children]
            waiting += [child.id for child in children]
        return tuple(sorted(set(found) - self._wanted.hidden - self._pinned - {process}))

    def _add_tracks(self, process: int, depth: int) -> None:
        level = LEVEL_PX if self._wanted.row_px >= _LINED_PX else max(4, self._wanted.row_px - 4)
        for track in self._timeline.tracks_of(process):
            height = max(1, track.spans.height) * level + (8 if level == LEVEL_PX else 4)
            self._add_other(height, depth, _Fold(track=track.id, under=process))
        for number in self._counters.get(process, ()):
            self._add_other(COUNTER_PX, depth, _Fold(counter=number, under=process))

    def _add_other(self, height_px: int, depth: int, what: _Fold) -> None:
        rows = self._rows
        rows._folds[len(rows)] = what
        if what.track:
            rows._of_track[what.track] = len(rows)
        rows._process.append(0)
        rows._depth.append(depth)
        rows._tops.append(rows._height)
        rows._height += height_px

    def _add_helpers(self, parent: int, depth: int) -> None:
        helpers = [p.id for p in self._helpers(parent) if p.id not in self._wanted.hidden and p.id not in self._pinned]
        if not helpers:
            return
        opened = self._wanted.expanded is None or parent in self._wanted.expanded
        rows = self._rows
        rows._folds[len(rows)] = _Fold(parent, tuple(helpers), opened, folds=True)
        rows._process.append(0)
        rows._depth.append(depth)
        rows._tops.append(rows._height)
        for helper in helpers:
            rows._of_process[helper] = len(rows) - 1
        rows._height += GROUP_PX
        for helper in helpers if opened else ():
            self._add(helper, depth + 1, _PLAIN)

    def _add(self, process: int, depth: int, fold: _Fold) -> None:
        rows, wanted = self._rows, self._wanted
        index = len(rows._process)
        if fold is not _PLAIN:
            rows._folds[index] = fold
            for member in fold.members:
                rows._of_process[member] = index
        rows._process.append(process)
        rows._depth.append(depth)
        rows._tops.append(rows._height)
        rows._of_process[process] = index
        traced = self._timeline.process(process).traced
        rows._height += min(GROUP_PX, wanted.row_px) if traced else wanted.row_px
