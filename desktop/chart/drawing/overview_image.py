"""The whole run as one small image: a few pixel rows a lane, or many lanes a pixel row. The window's thread.

With more lanes than pixel rows the kind with the highest priority shows; an end in failure is never covered. The cost does not
depend on the number of tasks, and grows with the processes only as operations on columns of numbers do.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.track_levels import levels_of
from desktop.chart.geometry.level_of_detail import Grid, runs, top_kinds
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.task_columns import SEAM, ColumnRange, TaskColumns, WorldGrid, columns_wide, widened
from workers.timeline.model import SpanKind
from workers.timeline.moments import NEVER, Moments
from workers.timeline.timeline import Timeline

_MOST_TASKED = 300
"""With more lanes that ran tasks, only the lives of the workers show in so small an image."""

_FAILED_PX = 4
_MOST_TRACKS = 64
_NARROW_NS = 16
_BUSY = 16
"""Together with a strength: how much of a column the threads of an imported process were in a span. Kinds are lower."""
_BUSY_ROLES = ("starting/base/0.4", "starting/base/0.6", "starting/base/0.8", "starting/base/1.0")


@dataclass(frozen=True, slots=True)
class _Strips:
    """The image while it is made. kinds: uint8 (rows, columns). tops: int64 (lanes,), the first pixel row of each lane. thick:
    how many pixel rows a lane has."""

    kinds: NDArray[np.uint8]
    tops: NDArray[np.int64]
    thick: int
    grid: WorldGrid


class OverviewImage:
    """Makes the image of a run. behind: the last image lacks something that was known then."""

    def __init__(self) -> None:
        self._lives = Moments()
        self._timeline: Timeline | None = None
        self._columns: dict[int, TaskColumns] = {}
        self._of_threads: dict[int, TaskColumns] = {}
        self._least = 1
        self._grid: WorldGrid | None = None
        self._rows: Rows | None = None
        self._lanes: list[int] = []  # the processes in the order of the rows
        self._index: dict[int, int] = {}  # the place of each among them
        self._filled: dict[int, int] = {}  # the same, of the lanes that hold more than a life
        self._shows = True  # whether their tasks show
        self._revision = -1
        self._prepared = 0  # how many of those are ready for the next image
        self.behind = False

    @property
    def filled(self) -> int:
        """How many lanes hold more than a life."""
        return len(self._filled)

    def prepare(self, timeline: Timeline, share: float) -> None:
        """Do a share of the work for the next image, so that no frame of a live run has to do all of it. share: how much of the
        time until the image is due has passed, from 0 to 1."""
        if timeline is not self._timeline or timeline.ended or self._grid is None:
            return
        until = min(len(self._filled), math.ceil(share * len(self._filled)))
        for process in list(self._filled)[self._prepared : until]:
            self._update(timeline, process, self._grid)
        self._prepared = max(self._prepared, until)

    def image(
        self, timeline: Timeline, rows: Rows, style: ChartStyle, grid: WorldGrid, height: int, detail: float = 1.0
    ) -> QImage:
        """The image of a run from its start on.

        grid: its columns, one for each pixel of the device.
        height: in pixels of the device.
        detail: how many of those pixels make a unit.
        """
        if timeline is not self._timeline:
            self._timeline, self._lives, self._columns, self._of_threads = timeline, Moments(), {}, {}
            self._rows = None
        lives = self._lives.update(timeline)
        self._least = columns_wide(detail)
        self._look(timeline, rows, grid)
        lanes = self._lanes
        thick = max(1, min(8, height // max(1, len(lanes))))
        gap = 1 if thick >= 3 else 0
        kinds: NDArray[np.uint8] = np.zeros((height, grid.columns), np.uint8)
        if not lanes:
            return _coloured(kinds, style)
        number = np.arange(len(lanes))
        fits = len(lanes) * thick <= height
        tops = number * thick if fits else number * height // len(lanes)
        at = np.array(lanes) - 1
        strips = _Strips(kinds, tops, thick - gap, grid)
        _draw_phases(strips, lives, at, timeline.now_ns)
        self._draw_inner(timeline, strips)
        _draw_failures(strips, lives, at, self._least)
        self._prepared = 0
        return _coloured(kinds, style)

    def _look(self, timeline: Timeline, rows: Rows, grid: WorldGrid) -> None:
        """Find the lanes, and those that hold more than a life. While the rows are the same, only changed processes are
        looked at."""
        shows = len(timeline.tasks.processes()) <= _MOST_TASKED
        if rows is not self._rows or shows != self._shows:
            self._rows, self._shows = rows, shows
            self._lanes = [process for row in rows.groups() for process in row]
            self._index = {process: index for index, process in enumerate(self._lanes)}
            self._filled, self._revision, self._grid = {}, -1, None
        if grid != self._grid or timeline.ended:
            self._prepared = 0
        for process in timeline.changed_since(self._revision):
            if process not in self._index or process in self._filled:
                continue
            tasks = shows and bool(timeline.tasks.all_of(process))
            traced = bool(timeline.tracks) and timeline.process(process).traced
            if tasks or traced or timeline.waits_in(process):
                self._filled[process] = self._index[process]
        self._grid, self._revision = grid, timeline.revision

    def _update(self, timeline: Timeline, process: int, grid: WorldGrid) -> TaskColumns | None:
        """The columns of a lane's tasks as they are now; None where no task shows."""
        tasks = timeline.tasks.of(process) if self._shows else None
        if tasks is None:
            return None
        columns = self._columns.setdefault(process, TaskColumns())
        columns.update(tasks, timeline.lane(process).cut_ns, ColumnRange(grid, 0, grid.columns, timeline.now_ns))
        return columns

    def _traced(self, timeline: Timeline, strip: NDArray[np.uint8], process: int, grid: WorldGrid) -> None:
        """How busy the tracks of an imported process were, by their outermost spans, and where a span failed."""
        edges, tracks = grid.edges(0, grid.columns), 0
        busy: NDArray[np.int64] = np.zeros(grid.columns, np.int64)
        held, failed = np.zeros(grid.columns, bool), np.zeros(grid.columns, bool)
        for track in timeline.tracks_of(process)[:_MOST_TRACKS]:
            for at, level in enumerate(levels_of(timeline).overview(track, timeline.names)):
                kinds = widened(top_kinds(level.layers(None), edges, timeline.now_ns), self._least)
                failed |= kinds == SpanKind.FAILED
                if not at:
                    tracks += 1
                    held |= kinds > 0
                    busy += covered(level.t0, np.minimum(level.t1, timeline.now_ns), edges)
        share = busy / np.maximum(1, np.diff(edges) * max(1, tracks))
        strength = np.minimum(share * len(_BUSY_ROLES), len(_BUSY_ROLES) - 1).astype(np.uint8)
        strip[:, held] = _BUSY + strength[held]
        strip[:, failed] = SpanKind.FAILED

    def _threads(self, timeline: Timeline, strip: NDArray[np.uint8], process: int, grid: WorldGrid) -> None:
        """Where any thread of a process runs a task, over its life. Of very many threads only the first are shown."""
        if not self._shows:
            return
        for thread in timeline.threads_of(process)[:_MOST_TRACKS]:
            tasks = timeline.tasks.of_thread(thread.id)
            if tasks is not None:
                columns = self._of_threads.setdefault(thread.id, TaskColumns())
                cut_ns = timeline.process(process).last_ns
                columns.update(tasks, cut_ns, ColumnRange(grid, 0, grid.columns, timeline.now_ns))
                shown = columns.kinds[-columns.first : grid.columns - columns.first] & np.uint8(SEAM - 1)
                np.maximum(strip, widened(shown, self._least), out=strip)

    def _draw_inner(self, timeline: Timeline, strips: _Strips) -> None:
        """Draw waits and tasks."""
        kinds, tops, thick, grid = strips.kinds, strips.tops.tolist(), strips.thick, strips.grid
        edges = Grid(grid.edges(0, grid.columns))
        self.behind = False
        for number, (process, index) in enumerate(self._filled.items()):
            strip = kinds[tops[index] : tops[index] + thick]
            if timeline.tracks and timeline.process(process).traced:
                self._traced(timeline, strip, process, grid)
                continue
            if number < self._prepared:
                columns, tasks = self._columns.get(process), timeline.tasks.of(process)
                if columns is not None and tasks is not None:
                    self.behind |= not columns.are_of(tasks, timeline.lane(process).cut_ns)
            else:
                columns = self._update(timeline, process, grid)
            if columns is not None:
                skip = -columns.first
                shown_kinds = widened(columns.kinds[skip : skip + grid.columns] & np.uint8(SEAM - 1), self._least)
                np.maximum(strip, shown_kinds, out=strip)
            self._threads(timeline, strip, process, grid)
            lane = timeline.lane(process)
            if len(lane.waits):
                shown = runs(lane.waits, edges, timeline.now_ns)
                for x0, x1 in zip(shown.x0.tolist(), shown.x1.tolist(), strict=True):
                    np.maximum(strip[:, x0:x1], np.uint8(SpanKind.JOIN), out=strip[:, x0:x1])


def _draw_phases(strips: _Strips, lives: Moments, at: NDArray[np.int64], now_ns: int) -> None:
    """Draw the phases of all lives at once, by counting where each begins and ends. at: the index of each lane's life."""
    kinds, tops, grid = strips.kinds, strips.tops, strips.grid
    began, ended, reaped = lives.began[at], lives.ended[at], lives.reaped[at]
    work, done = lives.target_began[at], lives.target_ended[at]
    over = np.minimum(ended, now_ns)
    work = np.minimum(np.maximum(work, began), over)
    done = np.minimum(np.maximum(done, work), over)
    there = began != NEVER
    for kind, t0, t1 in (
        (SpanKind.STARTING, began, work),
        (SpanKind.ALIVE, work, done),
        (SpanKind.ENDING, done, over),
        (SpanKind.ZOMBIE, ended, np.minimum(reaped, now_ns)),
    ):
        lasts = there & (t1 > t0) & (t0 < now_ns)
        x0, x1 = columns_of(t0[lasts], grid), columns_of(t1[lasts] - 1, grid) + 1
        if not len(x0):
            continue
        height, stride = kinds.shape[0], kinds.shape[1] + 1
        counts: NDArray[np.int64] = np.zeros(height * stride, np.int64)
        for row in range(strips.thick):
            start = np.minimum(tops[lasts] + row, height - 1) * stride
            counts += np.bincount(start + x0, minlength=len(counts))
            counts -= np.bincount(start + x1, minlength=len(counts))
        kinds[np.cumsum(counts.reshape(height, stride), axis=1)[:, :-1] > 0] = kind


def _draw_failures(strips: _Strips, lives: Moments, at: NDArray[np.int64], least: int) -> None:
    """Draw the ends in failure, over everything else."""
    kinds, tops = strips.kinds, strips.tops
    ended = lives.ended[at]
    bad = lives.failed[at] & (ended != NEVER)
    x = columns_of(ended[bad], strips.grid)
    for row in range(strips.thick):
        y = np.minimum(tops[bad] + row, kinds.shape[0] - 1)
        for back in range(_FAILED_PX * least):
            kinds[y, np.maximum(x - back, 0)] = SpanKind.FAILED


def covered(t0: NDArray[np.int64], t1: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many ns of each column lie in a span: int64 (columns,). The spans are in order and do not overlap."""
    if not len(t0):
        return np.zeros(len(edges) - 1, np.int64)
    until = np.concatenate(([0], np.cumsum(np.maximum(t1 - t0, 0))))
    begun = t0.searchsorted(edges, "right")
    rest = np.where(begun > 0, np.maximum(t1[np.maximum(begun - 1, 0)] - edges, 0), 0)
    return np.maximum(np.diff(until[begun] - rest), 0)


def columns_of(at_ns: NDArray[np.int64], grid: WorldGrid) -> NDArray[np.int64]:
    """The columns that hold these moments, the first or last for those outside."""
    edges = grid.edges(0, grid.columns)
    if grid.length_ns < _NARROW_NS * grid.columns:
        return np.clip(edges.searchsorted(at_ns, "right") - 1, 0, grid.columns - 1)
    # The quotient is right to within a column and the edges are exact: searching the edges takes ten times as long.
    about: NDArray[np.int64] = np.clip(at_ns * (grid.columns / grid.length_ns), 0, grid.columns - 1).astype(np.int64)
    about -= (at_ns < edges[about]) & (about > 0)
    about += (at_ns >= edges[about + 1]) & (about < grid.columns - 1)
    return about


def _coloured(kinds: NDArray[np.uint8], style: ChartStyle) -> QImage:
    height, width = kinds.shape
    colours = np.zeros(_BUSY + len(_BUSY_ROLES), np.uint32)
    colours[: len(style.kind_colours)] = [
        style.colour("base").rgb(),
        *(colour.rgb() for colour in style.kind_colours[1:]),
    ]
    colours[_BUSY:] = [style.colour(role).rgb() for role in _BUSY_ROLES]
    pixels = np.ascontiguousarray(colours[kinds])
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
