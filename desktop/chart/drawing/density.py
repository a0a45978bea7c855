"""What is too much to be drawn one by one: the starts and joins of a parent of very many, and folded descendants.

Ticks below the parent's bar say when it started and joined, the stronger the more of them share a column; a thin strip says
what the processes that are folded into a row were doing. The window's thread, or an export.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from desktop.chart.drawing.chart_style import ChartStyle, role_of
from desktop.chart.drawing.links import MOST_QUIET_LANES
from desktop.chart.geometry.task_columns import WorldGrid
from workers.timeline.model import SpanKind
from workers.timeline.moments import NEVER, Moments
from workers.timeline.timeline import Timeline

_SHARES = (0.35, 0.6, 0.85)
"""How strong a tick is: one, a few, many in its column."""


class Density:
    """Counts columns for one view."""

    def __init__(self) -> None:
        self._lives = Moments()
        self._timeline: Timeline | None = None
        self._facts = -1

    def lives(self, timeline: Timeline) -> Moments:
        """The moments of every process as they are known now."""
        if timeline is not self._timeline:
            self._timeline, self._lives, self._facts = timeline, Moments(), -1
        if timeline.facts != self._facts:
            self._facts = timeline.facts
            self._lives.update(timeline)
        return self._lives

    def starts_and_joins(self, painter: QPainter, style: ChartStyle, timeline: Timeline, process: int, grid: WorldGrid,
                         first: int, box: QRectF) -> None:  # fmt: skip
        """Ticks over a box for when a process started and joined its children, where there are too many for arrows."""
        if len(timeline.processes) <= MOST_QUIET_LANES or len(timeline.children_of(process)) < 2:
            return
        lives = self.lives(timeline)
        mine = np.flatnonzero(lives.parent == process)
        half = box.height() / 2
        for role, moments, top in (
            ("quiet", lives.began[mine], box.top()),
            ("join", lives.reaped[mine], box.top() + half),
        ):
            counts = _counts(moments[moments != NEVER], grid, first)
            _ticks(painter, style, role, counts, QRectF(box.left(), top, box.width(), half))

    def folded(self, painter: QPainter, style: ChartStyle, timeline: Timeline, members: tuple[int, ...], grid: WorldGrid,
               first: int, box: QRectF) -> None:  # fmt: skip
        """A strip over a box: where any of the folded processes lived, and where one ended badly."""
        lives = self.lives(timeline)
        at = np.asarray(members) - 1
        began, ended = lives.began[at], np.minimum(lives.ended[at], timeline.now_ns)
        there = (began != NEVER) & (ended > began)
        edges = grid.edges(first, first + grid.columns)
        starts, ends = np.sort(began[there]), np.sort(ended[there])
        # In a column live all that began before its end, but those that had ended before it began.
        alive = starts.searchsorted(edges[1:], "left") - ends.searchsorted(edges[:-1], "right")
        _ticks(painter, style, "alive", alive, box, strong=max(1, int(alive.max(initial=1))))
        bad = lives.ended[at][lives.failed[at] & (lives.ended[at] != NEVER)]
        failed = _counts(bad, grid, first) > 0
        wide = box.width() / grid.columns
        for column in np.flatnonzero(failed).tolist():
            x = box.left() + column * wide
            painter.fillRect(QRectF(x - 1.5, box.top(), 3, box.height()), style.colour(role_of(SpanKind.FAILED)))


def _counts(moments: NDArray[np.int64], grid: WorldGrid, first: int) -> NDArray[np.int64]:
    edges = grid.edges(first, first + grid.columns)
    inside = moments[(moments >= edges[0]) & (moments < edges[-1])]
    found: NDArray[np.int64] = np.bincount(edges.searchsorted(inside, "right") - 1, minlength=grid.columns)
    return found


def _ticks(
    painter: QPainter, style: ChartStyle, role: str, counts: NDArray[np.int64], box: QRectF, strong: int = 8
) -> None:
    """One rectangle for each run of columns of one strength."""
    level = np.where(counts <= 0, 0, np.where(counts * 4 < strong, 1, np.where(counts * 2 < strong, 2, 3)))
    starts = np.concatenate(([0], np.flatnonzero(level[1:] != level[:-1]) + 1))
    ends = np.append(starts[1:], len(level))
    wide = box.width() / len(level)
    colours: list[QColor] = [style.colour(f"{role}/base/{share}") for share in _SHARES]
    for start, end, strength in zip(starts.tolist(), ends.tolist(), level[starts].tolist(), strict=True):
        if strength:
            place = QRectF(box.left() + start * wide, box.top(), (end - start) * wide, box.height())
            painter.fillRect(place, colours[strength - 1])
