"""The tasks of a lane as an image of one pixel row, kept from frame to frame. The window's thread, or an export.

On a screen the image is a fill with a pattern, or a stretched image where a column is not one pixel. On vector devices it is
one rectangle for each run of equal columns, since an image of that shape comes out scrambled there. A column may be narrower
than a unit: failed tasks are drawn at least one unit wide.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.span_places import Place, all_places
from desktop.chart.geometry.task_columns import (
    NAMED,
    SEAM,
    ColumnRange,
    Spanned,
    TaskColumns,
    WorldGrid,
    columns_wide,
    widened,
)
from workers.timeline.lanes import Spans
from workers.timeline.model import SpanKind

_MOST_LANES = 600
_PATIENCE_NS = 50_000_000
"""A lane of a live run may be this old on the screen."""


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
    """Draws the tasks of lanes. It can live as long as its owner: it forgets lanes that are no longer shown."""

    def __init__(self) -> None:
        self._kept: dict[int, _KeptImage] = {}
        self._style: ChartStyle | None = None
        self._colours: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._world: WorldGrid | None = None
        self._here = (-1, 0)  # a moment, and its column
        self._places: dict[int, tuple[Spans, int | None, list[Place]]] = {}  # by the id of the spans, kept beside them

    @property
    def computed(self) -> int:
        """How many columns were computed, over all lanes: shows whether any were computed without need."""
        return sum(kept.columns.computed for kept in self._kept.values())

    def places(self, spans: Spans, world: WorldGrid, now_ns: int) -> list[Place]:
        """The places of a few spans, in columns from time zero. They are found again only when the spans changed, the scale
        changed, or an open end moved to another column."""
        if world != self._world or len(self._places) > 4 * _MOST_LANES:
            self._world, self._here = world, (-1, 0)
            self._places.clear()
        if now_ns != self._here[0]:
            self._here = now_ns, world.column(now_ns)
        kept = self._places.get(id(spans))
        here = self._here[1]
        if kept is None or kept[0] is not spans or kept[1] not in (here, None):
            open_ended = bool(len(spans)) and int(spans.t1.max()) > now_ns
            kept = self._places[id(spans)] = spans, here if open_ended else None, all_places(spans, world, now_ns)
        return kept[2]

    def is_due(self, key: int, tasks: Spanned, cut_ns: int | None, columns: ColumnRange, detail: float) -> bool:
        """Whether a lane of a live run would look different if it were drawn again at the same place."""
        kept, wanted = self._kept.get(key), _with_margin(columns, columns_wide(detail))
        return kept is None or not kept.columns.may_wait(tasks, cut_ns, wanted, _PATIENCE_NS, key)

    def draw(self, frame: PaintFrame, key: int, tasks: Spanned, cut_ns: int | None, box: QRectF) -> None:
        """Draw the columns in view over a box. key: the lane that they belong to."""
        painter, style = frame.painter, frame.style
        if style is not self._style:
            self._style, self._colours = style, _colours(style)
        kept = self._kept.pop(key, None) or _KeptImage()
        self._kept[key] = kept  # at the end: the lanes used last are forgotten last
        if len(self._kept) > _MOST_LANES:
            del self._kept[next(iter(self._kept))]
        count = len(frame.columns)
        least = columns_wide(count / box.width())
        columns, wanted = kept.columns, _with_margin(frame.columns, least)
        if not (frame.live and columns.may_wait(tasks, cut_ns, wanted, _PATIENCE_NS, key)):
            columns.update(tasks, cut_ns, wanted)
        skip = frame.columns.first - columns.first
        if style.vector:
            _rectangles(painter, style, widened(columns.kinds, least)[skip : skip + count], box)
            return
        if kept.image is None or kept.version != columns.version or kept.style is not style or kept.least != least:
            kept.pixels = self._colours.take(widened(columns.kinds, least))
            length = len(kept.pixels)
            kept.image = QImage(kept.pixels.data, length, 1, 4 * length, QImage.Format.Format_ARGB32_Premultiplied)
            kept.version, kept.style, kept.least, kept.brush = columns.version, style, least, None
        if not (frame.copies and box.top().is_integer() and box.height().is_integer()):
            painter.drawImage(box, kept.image, QRectF(skip, 0, count, 1))
            return
        # A pattern repeats the row of pixels downwards as copies; stretching an image goes pixel by pixel.
        if kept.brush is None:
            kept.brush = QBrush(kept.image)
        left = int(box.left())
        painter.setBrushOrigin(left - skip, 0)
        painter.fillRect(left, int(box.top()), count, int(box.height()), kept.brush)
        painter.setBrushOrigin(0, 0)


def _with_margin(columns: ColumnRange, least: int) -> ColumnRange:
    """With the columns left of the view from which a widened failed task may reach into it."""
    return replace(columns, first=columns.first - least) if least > 1 else columns


def _colours(style: ChartStyle) -> NDArray[np.uint32]:
    """The pixel of each kind and of each colour of a name, without and with a seam; 0, which is no span, is transparent."""
    table: NDArray[np.uint32] = np.zeros(2 * NAMED, np.uint32)
    for shown in (*SpanKind, *range(NAMED, NAMED + len(style.name_colours))):
        table[shown] = _colour(style, shown).rgba()
        table[shown + SEAM] = _colour(style, shown + SEAM).rgba()
    return table


def _colour(style: ChartStyle, shown: int) -> QColor:
    """The colour of what a column shows."""
    if shown >= NAMED:
        return style.name_seams[shown - NAMED - SEAM] if shown & SEAM else style.name_colours[shown - NAMED]
    return style.seam_colour(shown - SEAM) if shown >= SEAM else style.kind_colours[shown]


def _rectangles(painter: QPainter, style: ChartStyle, kinds: NDArray[np.uint8], box: QRectF) -> None:
    """One rectangle for each run of equal columns."""
    starts = np.concatenate(([0], np.flatnonzero(kinds[1:] != kinds[:-1]) + 1))
    ends = np.append(starts[1:], len(kinds))
    wide = box.width() / len(kinds)
    for start, end, kind in zip(starts.tolist(), ends.tolist(), kinds[starts].tolist(), strict=True):
        if kind:
            place = QRectF(box.left() + start * wide, box.top(), (end - start) * wide, box.height())
            painter.fillRect(place, _colour(style, kind))
