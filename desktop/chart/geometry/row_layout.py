"""Lays the rows out: nested under their parents, folded, filtered, sorted and pinned as the arrangement says. Pure arithmetic
without Qt; the window's thread.
"""

from dataclasses import dataclass, field, replace

from desktop.chart.geometry.arrangement import SORT_KEYS, Arrangement, LaneOrder
from desktop.chart.geometry.row import COUNTER_PX, GROUP_PX, INSTANTS_PX, LEVEL_PX, LINED_PX, LOW_INSTANTS_PX
from workers.natural_text import natural_text
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline

MOST_FILLED_PX = 240
"""Lanes that fill the room become no higher than this."""
MOST_LEVEL_PX = 36
"""Nor does a depth of a track."""


@dataclass(frozen=True, slots=True)
class FoldedRow:
    """What only some rows have; see `Row` for the fields."""

    helpers_of: int = 0
    members: tuple[int, ...] = ()
    expanded: bool = False
    folds: bool = False
    track: int = 0
    counter: int = 0
    under: int = 0
    thread: int = 0
    threads_of: int = 0
    instants_px: int = 0
    host: str = ""


PLAIN = FoldedRow()


@dataclass(slots=True)
class RowColumns:
    """All rows as columns: the process, depth and top of each.

    folds: by index, what only some rows have.
    of_process, of_track, of_thread: the index of the row that shows a process, track or thread.
    pinned: how many rows at the top are pinned.
    lanes: how many rows have the height of a process's row. levels: how many depths all tracks have.
    """

    process: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    tops: list[int] = field(default_factory=list)
    folds: dict[int, FoldedRow] = field(default_factory=dict)
    of_process: dict[int, int] = field(default_factory=dict)
    of_track: dict[int, int] = field(default_factory=dict)
    of_thread: dict[int, int] = field(default_factory=dict)
    pinned: int = 0
    lanes: int = 0
    levels: int = 0
    height_px: int = 0

    def __len__(self) -> int:
        return len(self.process)

    def add(self, process: int, depth: int, height_px: int, fold: FoldedRow = PLAIN) -> int:
        """Add a row below all others. Its index."""
        index = len(self.process)
        if fold is not PLAIN:
            self.folds[index] = fold
        self.process.append(process)
        self.depth.append(depth)
        self.tops.append(self.height_px)
        self.height_px += height_px
        return index


def lay_out(timeline: Timeline, arrangement: Arrangement, room_px: float = 0.0) -> RowColumns:
    """The rows of a timeline: the pinned ones, then the others, nested. room_px: the height that they may fill."""
    columns = _RowNesting(timeline, arrangement).columns
    if not (arrangement.fills and columns.height_px < room_px):
        return columns
    if not columns.lanes:
        return _filled_by_tracks(timeline, arrangement, columns, room_px)
    # Of a plan the number of lanes is known before they are there: none becomes lower when the next process starts.
    planned = 0 if timeline.plan is None else timeline.plan.workers + 1
    lanes = max(columns.lanes, planned)
    spare_px = room_px - columns.height_px - (lanes - columns.lanes) * arrangement.row_px
    row_px = min(MOST_FILLED_PX, arrangement.row_px + int(spare_px / lanes))
    if row_px <= arrangement.row_px:
        return columns
    return _RowNesting(timeline, replace(arrangement, row_px=row_px)).columns


def _filled_by_tracks(timeline: Timeline, arrangement: Arrangement, columns: RowColumns, room_px: float) -> RowColumns:
    """The rows of a trace, whose tracks are as high as the room allows."""
    if not columns.levels or arrangement.row_px < LINED_PX:
        return columns
    level_px = min(MOST_LEVEL_PX, LEVEL_PX + int((room_px - columns.height_px) / columns.levels))
    return columns if level_px <= LEVEL_PX else _RowNesting(timeline, arrangement, level_px).columns


class _RowNesting:
    """Lays the rows out once; the result is in `columns`. level_px: the height of a depth of a track where there is room."""

    def __init__(self, timeline: Timeline, arrangement: Arrangement, level_px: int = LEVEL_PX) -> None:
        self.columns = RowColumns()
        self._timeline = timeline
        self._wanted = arrangement
        self._roomy_px = level_px
        self._pinned = set(arrangement.pinned)
        self._away = arrangement.hidden | self._pinned  # asked for each row
        self._children: dict[int | None, list[Process]] = {}
        self._counters: dict[int, list[int]] = {}
        self._fill()

    def _fill(self) -> None:
        columns, wanted = self.columns, self._wanted
        for process in self._timeline.processes:
            parent = process.parent_id if process.parent_id != process.id else None
            self._children.setdefault(parent, []).append(process)
        known = len(self._timeline.processes)
        for number in dict.fromkeys(wanted.pinned):
            if 1 <= number <= known:
                self._add(number, 0, self._fold_of(number))
        columns.pinned = len(columns)
        for number, counter in enumerate(self._timeline.counters, 1):
            if counter.process is None:
                self._add_other(COUNTER_PX, 0, FoldedRow(counter=number))
            else:
                self._counters.setdefault(counter.process, []).append(number)
        outermost = self._sorted(None)
        self._nest([process for process in outermost if not process.host], 0)
        hosts: dict[str, list[Process]] = {}
        for process in outermost:
            if process.host:
                hosts.setdefault(process.host, []).append(process)
        for host in sorted(hosts, key=natural_text):
            self._add_host(host, hosts[host])

    def _add_host(self, host: str, workers: list[Process]) -> None:
        """The row above the workers of a machine of a cluster and, unless they are folded into it, their own rows."""
        members = tuple(worker.id for worker in workers if worker.id not in self._away)
        opened = host not in self._wanted.folded_hosts
        if members:
            index = self.columns.add(0, 0, GROUP_PX, FoldedRow(members=members, expanded=opened, folds=True, host=host))
            for member in members:
                self.columns.of_process[member] = index
        if opened:
            self._nest(workers, 1)

    def _nest(self, processes: list[Process], depth: int) -> None:
        """The rows of these processes, and below each what belongs to it."""
        wanted = self._wanted
        waiting = [(process, depth) for process in reversed(processes)]
        while waiting:
            process, depth = waiting.pop()
            inner = depth
            if process.id not in wanted.hidden:
                inner += 1
                if process.id not in self._pinned:
                    self._add(process.id, depth, self._fold_of(process.id))
                if process.id not in wanted.collapsed and process.id not in wanted.folded_tracks:
                    self._add_tracks(process.id, inner)
                if process.id not in wanted.collapsed:
                    self._add_threads(process.id, inner)
            if process.id not in wanted.collapsed or process.id in wanted.hidden:
                self._add_helpers(process.id, inner)
                below = [child for child in self._sorted(process.id) if child.kind is not ProcessKind.HELPER]
                # A process that a helper started is nested as if the helper's parent had started it.
                below += [child for helper in self._helpers(process.id) for child in self._children.get(helper.id, ())]
                waiting.extend((child, inner) for child in reversed(below))

    def _helpers(self, process: int) -> list[Process]:
        return [child for child in self._children.get(process, ()) if child.kind is ProcessKind.HELPER]

    def _sorted(self, parent: int | None) -> list[Process]:
        children = self._children.get(parent, [])
        if self._wanted.order is not LaneOrder.STARTED:
            children = sorted(children, key=SORT_KEYS[self._wanted.order])
        return children[::-1] if self._wanted.reverse else children

    def _fold_of(self, process: int) -> FoldedRow:
        below = self._has_rows_below(process)
        if process in self._wanted.collapsed and below:
            return FoldedRow(members=self._descendants(process), folds=True)
        if below:
            return FoldedRow(expanded=True, folds=True)
        if self._timeline.tracks_of(process):
            return FoldedRow(expanded=process not in self._wanted.folded_tracks, folds=True)
        return PLAIN

    def _has_rows_below(self, process: int) -> bool:
        """Whether a process that it started, or one of theirs, is shown below it, or would be without its fold."""
        waiting, seen = [process], {process}
        while waiting:
            children = [child for child in self._children.get(waiting.pop(), ()) if child.id not in seen]
            if any(child.kind is not ProcessKind.HELPER and child.id not in self._away for child in children):
                return True
            seen.update(child.id for child in children)
            waiting += [child.id for child in children]
        return False

    def _descendants(self, process: int) -> tuple[int, ...]:
        found: list[int] = []
        waiting = [process]
        while waiting:
            children = self._children.get(waiting.pop(), ())
            found += [child.id for child in children]
            waiting += [child.id for child in children]
        return tuple(sorted(set(found) - self._away - {process}))

    def _add_tracks(self, process: int, depth: int) -> None:
        for track in self._timeline.tracks_of(process):
            levels, instants_px = track.spans.height, 0
            if len(track.mark_t):
                level_px = self._level_px()
                instants_px = INSTANTS_PX if level_px >= LEVEL_PX else LOW_INSTANTS_PX
                if not levels:  # the row has nothing else
                    instants_px = level_px
            self.columns.levels += max(1, levels)
            height_px = self._height_of(levels) + (instants_px if levels else 0)
            self._add_other(height_px, depth, FoldedRow(track=track.id, under=process, instants_px=instants_px))
        for number in self._counters.get(process, ()):
            self._add_other(COUNTER_PX, depth, FoldedRow(counter=number, under=process))

    def _add_threads(self, process: int, depth: int) -> None:
        """The row above the threads that ran tasks and, unless they are folded, a row for each."""
        threads = self._timeline.threads_of(process)
        if not threads:
            return
        opened = self._wanted.shows_threads(process, len(threads))
        group = FoldedRow(under=process, threads_of=process, expanded=opened, folds=True)
        index = self.columns.add(0, depth, GROUP_PX, group)
        height = self._height_of(1)
        for thread in threads:
            if opened:
                index = self.columns.add(0, depth + 1, height, FoldedRow(under=process, thread=thread.id))
            self.columns.of_thread[thread.id] = index

    def _height_of(self, levels: int) -> int:
        """The height of a row with so many spans above each other."""
        level = self._level_px()
        return max(1, levels) * level + (8 if level >= LEVEL_PX else 4)

    def _level_px(self) -> int:
        return self._roomy_px if self._wanted.row_px >= LINED_PX else max(4, self._wanted.row_px - 4)

    def _add_other(self, height_px: int, depth: int, what: FoldedRow) -> None:
        index = self.columns.add(0, depth, height_px, what)
        if what.track:
            self.columns.of_track[what.track] = index

    def _add_helpers(self, parent: int, depth: int) -> None:
        helpers = [p.id for p in self._helpers(parent) if p.id not in self._wanted.hidden and p.id not in self._pinned]
        if not helpers:
            return
        opened = self._wanted.expanded is None or parent in self._wanted.expanded
        index = self.columns.add(0, depth, GROUP_PX, FoldedRow(parent, tuple(helpers), opened, folds=True))
        for helper in helpers:
            self.columns.of_process[helper] = index
        for helper in helpers if opened else ():
            self._add(helper, depth + 1, PLAIN)

    def _add(self, process: int, depth: int, fold: FoldedRow) -> None:
        row_px = self._wanted.row_px
        traced = self._timeline.process(process).traced
        self.columns.lanes += not traced
        index = self.columns.add(process, depth, min(GROUP_PX, row_px) if traced else row_px, fold)
        for member in fold.members:
            self.columns.of_process[member] = index
        self.columns.of_process[process] = index
