"""What the painters of one frame share. The window's thread, or an export."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.task_columns import ColumnRange
from desktop.chart.geometry.time_scale import TimeScale
from workers.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True, eq=False)
class PaintFrame:
    """One frame, made once before it is painted.

    timeline, scale, lanes: as the chart has them.
    columns: the pixel columns in view. They are counted from time zero, so that they stay the same while the view moves.
    edges: the edges of those columns; int64 (columns + 1,) ns.
    copies: whether a column is a pixel of the device and rows lie between pixels, so that images need no stretching.
    """

    painter: QPainter
    style: ChartStyle
    chart: Chart
    timeline: Timeline
    scale: TimeScale
    lanes: QRectF
    columns: ColumnRange
    edges: NDArray[np.int64]
    copies: bool

    @classmethod
    def of(cls, painter: QPainter, style: ChartStyle, chart: Chart) -> "PaintFrame":
        """The frame of a chart on a painter."""
        scale = chart.scale
        columns = ColumnRange.in_view(scale, chart.detail, chart.timeline.now_ns)
        at = painter.worldTransform()
        copies = (
            not style.vector
            and chart.detail == 1.0
            and not at.isScaling()
            and painter.device().devicePixelRatioF() == 1.0
            and all(whole.is_integer() for whole in (at.dx(), at.dy(), scale.left_px, scale.width_px))
        )
        return cls(painter, style, chart, chart.timeline, scale, chart.lanes, columns, columns.edges, copies)

    @property
    def detail(self) -> float:
        """Pixel columns per unit of the painter's coordinates."""
        return self.chart.detail

    @property
    def live(self) -> bool:
        """Whether the run is still running, and the next frame comes in a moment."""
        return not self.timeline.ended
