"""Draws what is too much to be drawn one by one: the starts and joins of a parent of very many, and folded descendants.

Ticks below the parent's bar show when it started and joined children, stronger where more of them share a column. A thin strip
shows what the processes that are folded into a row did. The window's thread, or an export.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.drawing.shown_links import MOST_QUIET_LANES
from desktop.chart.geometry.task_columns import ColumnRange
from workers.timeline.model import SpanKind
from workers.timeline.moments import NEVER, Moments
from workers.timeline.timeline import Timeline

_SHARES = (0.35, 0.6, 0.85)
"""The strength of a tick: for one, a few, many in its column."""


class Density:
    """Counts moments by column."""

    def __init__(self) -> None:
        self._lives = Moments()
        self._timeline: Timeline | None = None
        self._facts = -1

    def starts_and_joins(self, frame: PaintFrame, process: int, box: QRectF) -> None:
        """Draw ticks over a box for when a process started and joined its children, where they are too many for arrows."""
        timeline = frame.timeline
        if len(timeline.processes) <= MOST_QUIET_LANES or len(timeline.children_of(process)) < 2:
            return
        lives = self._known(timeline)
        children = np.flatnonzero(lives.parent == process)
        half = box.height() / 2
        for role, moments, top in (
            ("quiet", lives.began[children], box.top()),
            ("join", lives.reaped[children], box.top() + half),
        ):
            counts = _counts(moments[moments != NEVER], frame.columns)
            _draw_ticks(frame, role, counts, QRectF(box.left(), top, box.width(), half))

    def folded(self, frame: PaintFrame, members: tuple[int, ...], box: QRectF) -> None:
        """Draw a strip over a box: where any of the folded processes lived, and where one ended badly."""
        lives = self._known(frame.timeline)
        at = np.asarray(members) - 1
        began, ended = lives.began[at], np.minimum(lives.ended[at], frame.timeline.now_ns)
        there = (began != NEVER) & (ended > began)
        edges = frame.edges
        starts, ends = np.sort(began[there]), np.sort(ended[there])
        # Alive in a column: those that began before its end, less those that ended before it began.
        alive = starts.searchsorted(edges[1:], "left") - ends.searchsorted(edges[:-1], "right")
        _draw_ticks(frame, "alive", alive, box, strong=max(1, int(alive.max(initial=1))))
        bad = lives.ended[at][lives.failed[at] & (lives.ended[at] != NEVER)]
        failed = _counts(bad, frame.columns) > 0
        wide = box.width() / len(frame.columns)
        for column in np.flatnonzero(failed).tolist():
            x = box.left() + column * wide
            colour = frame.style.kind_colours[SpanKind.FAILED]
            frame.painter.fillRect(QRectF(x - 1.5, box.top(), 3, box.height()), colour)

    def _known(self, timeline: Timeline) -> Moments:
        """The moments of every process, as far as they are known now."""
        if timeline is not self._timeline:
            self._timeline, self._lives, self._facts = timeline, Moments(), -1
        if timeline.facts != self._facts:
            self._facts = timeline.facts
            self._lives.update(timeline)
        return self._lives


def _counts(moments: NDArray[np.int64], columns: ColumnRange) -> NDArray[np.int64]:
    """How many of the moments are in each column."""
    edges = columns.edges
    inside = moments[(moments >= edges[0]) & (moments < edges[-1])]
    found: NDArray[np.int64] = np.bincount(edges.searchsorted(inside, "right") - 1, minlength=len(columns))
    return found


def _draw_ticks(frame: PaintFrame, role: str, counts: NDArray[np.int64], box: QRectF, strong: int = 8) -> None:
    """One rectangle for each run of columns of one strength."""
    level = np.where(counts <= 0, 0, np.where(counts * 4 < strong, 1, np.where(counts * 2 < strong, 2, 3)))
    starts = np.concatenate(([0], np.flatnonzero(level[1:] != level[:-1]) + 1))
    ends = np.append(starts[1:], len(level))
    wide = box.width() / len(level)
    colours: list[QColor] = [frame.style.colour(f"{role}/base/{share}") for share in _SHARES]
    for start, end, strength in zip(starts.tolist(), ends.tolist(), level[starts].tolist(), strict=True):
        if strength:
            place = QRectF(box.left() + start * wide, box.top(), (end - start) * wide, box.height())
            frame.painter.fillRect(place, colours[strength - 1])
