"""The whole run as one small image, a few pixel rows a lane, or many lanes a pixel row. The window's thread.

With more lanes than pixel rows the kind that matters most shows; an end in failure is never covered. Its cost does not
grow with the tasks, and with the processes only as columns of numbers do.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from desktop.chart.ink import Ink, role_of
from desktop.chart.level_of_detail import Grid, runs, top_kinds
from desktop.chart.rows import Rows
from desktop.chart.task_columns import SEAM, TaskColumns, WorldGrid, columns_wide, widened
from desktop.chart.track_painting import Levels
from workers.lives import NEVER, Lives
from workers.model import SpanKind
from workers.timeline import Timeline

_MOST_TASKED = 300
"""With more lanes that ran tasks these do not show in so small an image, but the workers' lives do."""

_FAILED_PX = 4
_MOST_TRACKS = 64
_PATIENCE_NS = 400_000_000


class WholeRun:
    """Draws the image of a run anew, with what is kept of the last one."""

    def __init__(self) -> None:
        self._lives = Lives()
        self._timeline: Timeline | None = None
        self._columns: dict[int, TaskColumns] = {}
        self._levels = Levels()
        self._least = 1

    def image(self, timeline: Timeline, rows: Rows, ink: Ink, end_ns: int, width: int, height: int,
              detail: float = 1.0) -> QImage:  # fmt: skip
        """[0, end_ns] of a run; width and height in pixels, of which `detail` make what a person sees as one."""
        if timeline is not self._timeline:
            self._timeline, self._lives, self._columns = timeline, Lives(), {}
            self._levels = Levels()
        lives = self._lives.update(timeline)
        self._least = columns_wide(detail)
        lanes = [process for row in rows.groups() for process in row]
        thick = max(1, min(8, height // max(1, len(lanes))))
        gap = 1 if thick >= 3 else 0
        kinds: NDArray[np.uint8] = np.zeros((height, width), np.uint8)
        if not lanes:
            return _coloured(kinds, ink)
        number = np.arange(len(lanes))
        fits = len(lanes) * thick <= height
        tops = number * thick if fits else number * height // len(lanes)
        grid = WorldGrid(end_ns, width)
        _phases(kinds, lives, np.array(lanes) - 1, tops, thick - gap, grid, timeline.now_ns)
        self._inner(timeline, kinds, lanes, tops.tolist(), thick - gap, grid)
        _failures(kinds, lives, np.array(lanes) - 1, tops, thick - gap, grid, self._least)
        return _coloured(kinds, ink)

    def _traced(self, timeline: Timeline, strip: NDArray[np.uint8], process: int, grid: WorldGrid) -> None:
        """The outermost spans of all tracks of a process of an imported trace, and what failed within them."""
        for track in timeline.tracks_of(process)[:_MOST_TRACKS]:
            for at, level in enumerate(self._levels.telling(track)):
                kinds = widened(
                    top_kinds(level.layers(None), grid.edges(0, grid.columns), timeline.now_ns), self._least
                )
                if at:
                    kinds[kinds != SpanKind.FAILED] = 0
                np.maximum(strip, kinds, out=strip)

    def _inner(self, timeline: Timeline, kinds: NDArray[np.uint8], lanes: Sequence[int], tops: Sequence[int], thick: int,
               grid: WorldGrid) -> None:  # fmt: skip
        """Waits and tasks. A lane without any is not looked at."""
        edges = Grid(grid.edges(0, grid.columns))
        tasked = len(timeline.tasks.processes()) <= _MOST_TASKED
        for process, top in zip(lanes, tops, strict=True):
            if timeline.tracks and timeline.process(process).traced:
                self._traced(timeline, kinds[top : top + thick], process, grid)
                continue
            tasks = timeline.tasks.of(process) if tasked else None
            if tasks is None and not timeline.waits_in(process):
                continue
            lane, strip = timeline.lane(process), kinds[top : top + thick]
            if tasks is not None:
                columns = self._columns.setdefault(process, TaskColumns())
                patience = 0 if timeline.ended else _PATIENCE_NS
                if not columns.may_wait(tasks, lane.cut_ns, grid, 0, grid.columns, timeline.now_ns, patience, process):
                    columns.update(tasks, lane.cut_ns, grid, 0, grid.columns, timeline.now_ns)
                skip = -columns.first
                shown_kinds = widened(columns.kinds[skip : skip + grid.columns] % SEAM, self._least)
                np.maximum(strip, shown_kinds, out=strip)
            if len(lane.waits):
                shown = runs(lane.waits, edges, timeline.now_ns)
                for x0, x1 in zip(shown.x0.tolist(), shown.x1.tolist(), strict=True):
                    np.maximum(strip[:, x0:x1], np.uint8(SpanKind.JOIN), out=strip[:, x0:x1])


def _phases(kinds: NDArray[np.uint8], lives: Lives, at: NDArray[np.int64], tops: NDArray[np.int64], thick: int,
            grid: WorldGrid, now_ns: int) -> None:  # fmt: skip
    """The phases of all lives at once, by counting where each begins and ends."""
    began, ended, collected = lives.began[at], lives.ended[at], lives.collected[at]
    work, done = lives.target_began[at], lives.target_ended[at]
    over = np.minimum(ended, now_ns)
    work = np.minimum(np.maximum(work, began), over)
    done = np.minimum(np.maximum(done, work), over)
    there = began != NEVER
    for kind, t0, t1 in (
        (SpanKind.STARTING, began, work), (SpanKind.ALIVE, work, done), (SpanKind.ENDING, done, over),
        (SpanKind.ZOMBIE, ended, np.minimum(collected, now_ns)),
    ):  # fmt: skip
        lasts = there & (t1 > t0) & (t0 < now_ns)
        x0, x1 = _columns(t0[lasts], grid), _columns(t1[lasts] - 1, grid) + 1
        counts: NDArray[np.int32] = np.zeros((kinds.shape[0], kinds.shape[1] + 1), np.int32)
        for row in range(thick):
            y = np.minimum(tops[lasts] + row, kinds.shape[0] - 1)
            np.add.at(counts, (y, x0), 1)
            np.add.at(counts, (y, x1), -1)
        kinds[np.cumsum(counts, axis=1)[:, :-1] > 0] = kind


def _failures(kinds: NDArray[np.uint8], lives: Lives, at: NDArray[np.int64], tops: NDArray[np.int64], thick: int,
              grid: WorldGrid, least: int) -> None:  # fmt: skip
    ended = lives.ended[at]
    bad = lives.failed[at] & (ended != NEVER)
    x = _columns(ended[bad], grid)
    for row in range(thick):
        y = np.minimum(tops[bad] + row, kinds.shape[0] - 1)
        for back in range(_FAILED_PX * least):
            kinds[y, np.maximum(x - back, 0)] = SpanKind.FAILED


def _columns(at_ns: NDArray[np.int64], grid: WorldGrid) -> NDArray[np.int64]:
    edges = grid.edges(0, grid.columns)
    return np.clip(edges.searchsorted(at_ns, "right") - 1, 0, grid.columns - 1)


def _coloured(kinds: NDArray[np.uint8], ink: Ink) -> QImage:
    height, width = kinds.shape
    colours = np.array([ink.colour("base").rgb(), *(ink.colour(role_of(kind)).rgb() for kind in SpanKind)], np.uint32)
    pixels = np.ascontiguousarray(colours[kinds])
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
