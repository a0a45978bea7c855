"""The thin strip above the lanes: how many tasks waited for a worker, on the time axis of the chart. The window's thread."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes import strips
from desktop.chart.geometry.time_scale import TimeScale
from desktop.chart.widgets.summary_strip import SummaryStrip
from desktop.look.palette import LIGHT, Palette
from workers.analysis.queue_depth import QueueDepth, queue_depth
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline

HEIGHT_PX = 20
LEAST_WAITING = 2
"""Fewer tasks at once are no queue."""
_PAD_PX = 3


class QueueStrip(SummaryStrip[QueueDepth]):
    """An area as high as there are tasks that were submitted and had not begun. Hidden for a run in which none queued."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("queue_strip", "Tasks that waited for a worker", HEIGHT_PX, parent)
        self._style = ChartStyle(LIGHT, static=True)
        self._scale = TimeScale(0, 1, 0.0, 1.0)
        self._now_ns = 0

    def set_palette(self, palette: Palette) -> None:
        """Use the palette's colours."""
        self._style = ChartStyle(palette, static=True)
        self.update()

    def summarize(self, timeline: Timeline) -> QueueDepth | None:
        """How many tasks waited, and up to when that is known."""
        self._now_ns = timeline.now_ns
        return queue_depth(timeline) if len(timeline.tasks) else None

    def is_worth_showing(self, summary: QueueDepth) -> bool:
        """Whether tasks queued."""
        return summary.most >= LEAST_WAITING

    def description_of(self, summary: QueueDepth) -> str:
        """The most that waited at once, in words."""
        return _most_words(summary)

    def show_interval(self, scale: TimeScale) -> None:
        """Stand on this axis, in pixels of the widget."""
        if scale != self._scale:
            self._scale = scale
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The area over the interval in view; as high as the strip where the most tasks of the run waited."""
        style, depth, scale = self._style, self.summary, self._scale
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.colour("base"))
        columns = max(1, round(scale.width_px))
        if depth is not None and depth.most:
            edges = scale.t0_ns + np.arange(columns + 1, dtype=np.int64) * scale.length_ns // columns
            t, waiting = (
                np.append(depth.t, max(self._now_ns, int(depth.t[-1]))),
                np.append(depth.waiting, strips.NOTHING),
            )
            values = strips.column_values(t, waiting, edges)
            box = QRectF(scale.left_px, _PAD_PX, scale.width_px, self.height() - 1 - _PAD_PX)
            strips.draw_area(painter, style, strips.threads(style), values, float(depth.most), box)
        painter.setPen(style.pen("line", 1.0))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()

    def words_at(self, x_px: float) -> str:
        """How many tasks waited at this moment of the axis."""
        depth, at_ns = self.summary, self._scale.at(x_px)
        if depth is None:
            return ""
        if not 0 <= at_ns <= self._now_ns:
            return _most_words(depth)
        count = depth.at(at_ns)
        said = (
            f"{count:,} {'task' if count == 1 else 'tasks'} submitted and not begun at {format_duration(at_ns / 1e9)}"
        )
        return f"{said}\n{_most_words(depth)}"


def _most_words(depth: QueueDepth) -> str:
    return f"{depth.most:,} tasks waited for a worker at once, at most."
