"""Dense lanes as images of one pixel row each, kept from frame to frame. The window's thread, or an export.

On a screen a lane's tasks are one fill with a pattern, or one stretched blit where a column is not one pixel. On vector
devices they are rectangles, one for each run of equal columns, since images of that shape come out scrambled there. A column
may be a small part of what a person sees as a point: what failed is drawn at least one unit wide.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from desktop.chart.drawing.chart_style import ChartStyle, role_of
from desktop.chart.drawing.strips import UsageStrips
from desktop.chart.geometry.span_places import Place, all_places
from desktop.chart.geometry.task_columns import SEAM, Spanned, TaskColumns, WorldGrid, columns_wide, widened
from workers.timeline.lanes import Spans
from workers.timeline.model import SpanKind

_MOST_LANES = 600
_PATIENCE_NS = 50_000_000


class _KeptImage:
    """The columns of one lane, and the image of them."""

    def __init__(self) -> None:
        self.columns = TaskColumns()
        self.pixels: NDArray[np.uint32] = np.empty(0, np.uint32)
        self.image: QImage | None = None
        self.brush: QBrush | None = None  # with the image as its pattern
        self.version = -1
        self.style: ChartStyle | None = None
        self.least = 0


class LaneImages:
    """Draws the tasks of lanes. It may live as long as its owner: what is not shown any more is let go."""

    def __init__(self) -> None:
        self._kept: dict[int, _KeptImage] = {}
        self.usage = UsageStrips()
        self._style: ChartStyle | None = None
        self._colours: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._world: WorldGrid | None = None
        self._here = (-1, 0)  # a moment, and the column of the world that it lies in
        self._places: dict[int, tuple[Spans, int | None, list[Place]]] = {}  # by the id of what is kept beside them

    @property
    def computed(self) -> int:
        """How many columns were made, over all; it tells whether any were that need not have been."""
        return sum(kept.columns.computed for kept in self._kept.values())

    def places(self, spans: Spans, world: WorldGrid, now_ns: int) -> list[Place]:
        """Where a few spans lie, in columns from time zero; found anew only when they, the scale, or an open end moved."""
        if world != self._world or len(self._places) > 4 * _MOST_LANES:
            self._world, self._here = world, (-1, 0)
            self._places.clear()
        if now_ns != self._here[0]:
            self._here = now_ns, world.column(now_ns)
        kept = self._places.get(id(spans))
        here = self._here[1]
        if kept is None or kept[0] is not spans or kept[1] not in (here, None):
            goes_on = bool(len(spans)) and int(spans.t1.max()) > now_ns
            kept = self._places[id(spans)] = spans, here if goes_on else None, all_places(spans, world, now_ns)
        return kept[2]

    def is_due(self, key: int, tasks: Spanned, cut_ns: int | None, grid: WorldGrid, first: int, detail: float,
               now_ns: int) -> bool:  # fmt: skip
        """Whether a lane of a run that goes on would look otherwise when it is drawn again at the same place."""
        kept = self._kept.get(key)
        begin, last = first - _before(columns_wide(detail)), first + grid.columns
        return kept is None or not kept.columns.may_wait(tasks, cut_ns, grid, begin, last, now_ns, _PATIENCE_NS, key)

    def draw(self, painter: QPainter, style: ChartStyle, key: int, tasks: Spanned, cut_ns: int | None, grid: WorldGrid,
             first: int, box: QRectF, now_ns: int, *, live: bool = False, exact: bool = False) -> None:  # fmt: skip
        """Draw the columns from `first` on over a box, one for each of `grid.columns`. key: whose they are. live: they will be
        drawn again in a moment. exact: each column is a pixel of the device, and the edges of the box lie between pixels."""
        if style is not self._style:
            self._style, self._colours = style, _colours(style)
        kept = self._kept.pop(key, None) or _KeptImage()
        self._kept[key] = kept  # the last used stand last
        if len(self._kept) > _MOST_LANES:
            del self._kept[next(iter(self._kept))]
        least = columns_wide(grid.columns / box.width())
        columns, begin, last = kept.columns, first - _before(least), first + grid.columns
        if not (live and columns.may_wait(tasks, cut_ns, grid, begin, last, now_ns, _PATIENCE_NS, key)):
            columns.update(tasks, cut_ns, grid, begin, last, now_ns)
        skip = first - columns.first
        if style.vector:
            _rectangles(painter, style, widened(columns.kinds, least)[skip : skip + grid.columns], box)
            return
        if kept.image is None or kept.version != columns.version or kept.style is not style or kept.least != least:
            kept.pixels = self._colours.take(widened(columns.kinds, least))
            count = len(kept.pixels)
            kept.image = QImage(kept.pixels.data, count, 1, 4 * count, QImage.Format.Format_ARGB32_Premultiplied)
            kept.version, kept.style, kept.least, kept.brush = columns.version, style, least, None
        if not exact:
            painter.drawImage(box, kept.image, QRectF(skip, 0, grid.columns, 1))
            return
        # Repeated downwards each pixel row is a copy, which stretching does pixel by pixel.
        if kept.brush is None:
            kept.brush = QBrush(kept.image)
        left = int(box.left())
        painter.setBrushOrigin(left - skip, 0)
        painter.fillRect(left, int(box.top()), grid.columns, int(box.height()), kept.brush)
        painter.setBrushOrigin(0, 0)


def _before(least: int) -> int:
    """How many columns left of the view are needed, where what failed is so many wide and may reach into it."""
    return least if least > 1 else 0


def _colours(style: ChartStyle) -> NDArray[np.uint32]:
    """The pixel of each kind, with and without a seam; nothing is transparent."""
    table: NDArray[np.uint32] = np.zeros(2 * SEAM, np.uint32)
    for kind in SpanKind:
        table[kind] = style.colour(role_of(kind)).rgba()
        table[kind + SEAM] = seam_colour(style, kind).rgba()
    return table


def seam_colour(style: ChartStyle, kind: int) -> QColor:
    """The colour of the first column of a span of this kind."""
    return style.colour(f"{role_of(kind)}/alive/0.45")


def _rectangles(painter: QPainter, style: ChartStyle, kinds: NDArray[np.uint8], box: QRectF) -> None:
    """One rectangle for each run of equal columns."""
    starts = np.concatenate(([0], np.flatnonzero(kinds[1:] != kinds[:-1]) + 1))
    ends = np.append(starts[1:], len(kinds))
    wide = box.width() / len(kinds)
    for start, end, kind in zip(starts.tolist(), ends.tolist(), kinds[starts].tolist(), strict=True):
        if kind:
            colour = seam_colour(style, kind - SEAM) if kind >= SEAM else style.colour(role_of(kind))
            painter.fillRect(QRectF(box.left() + start * wide, box.top(), (end - start) * wide, box.height()), colour)
