"""The thin strip above the lanes: how many tasks waited for a worker, on the time axis of the chart. The window's thread.

It is asked for at each frame of a run that has news, and computed again only now and then.
"""

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QRectF
from PySide6.QtGui import QAccessible, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes import strips
from desktop.chart.geometry.time_scale import TimeScale
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.spoken_widgets import speak_as
from workers.analysis.queue_depth import QueueDepth, queue_depth
from workers.plan.sizes import format_duration
from workers.timeline.timeline import Timeline

HEIGHT_PX = 20
LEAST_WAITING = 2
"""Fewer tasks at once are no queue."""
_EVERY_MS = 500
_SHARE = 40
"""It is computed again after so many times as long as it took."""
_PAD_PX = 3


class QueueStrip(QWidget):
    """An area as high as there are tasks that were submitted and had not begun. Hidden for a run in which none queued."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue_strip")
        self.setAccessibleName("Tasks that waited for a worker")
        speak_as(self, QAccessible.Role.Chart)
        self._style = ChartStyle(LIGHT, static=True)
        self._depth: QueueDepth | None = None
        self._scale = TimeScale(0, 1, 0.0, 1.0)
        self._now_ns = 0
        self._of: tuple[int, bool] = (-1, False)
        self._allowed = True
        self._age = QElapsedTimer()
        self._wait_ms = 0
        self.hide()

    @property
    def waiting(self) -> QueueDepth | None:
        """What is shown."""
        return self._depth

    def set_unit(self, unit_px: float) -> None:
        """Be as high as the units of the chart say."""
        self.setFixedHeight(round(HEIGHT_PX * unit_px))

    def dress(self, palette: Palette) -> None:
        """Use the palette's colours."""
        self._style = ChartStyle(palette, static=True)
        self.update()

    def never_show(self) -> None:
        """Stay hidden: the view is one of two."""
        self._allowed = False
        self.hide()

    def forget(self) -> None:
        """Another run is shown."""
        self._of, self._depth, self._wait_ms = (-1, False), None, 0
        self.hide()

    def show_run(self, timeline: Timeline) -> None:
        """Show the queues of this run, if they may have changed by now."""
        of = timeline.revision, timeline.ended
        due = timeline.ended or not self._age.isValid() or self._age.elapsed() >= self._wait_ms
        if of == self._of or not self._allowed or not due:
            return
        self._of, self._now_ns = of, timeline.now_ns
        self._age.restart()
        self._depth = queue_depth(timeline) if len(timeline.tasks) else None
        self._wait_ms = max(_EVERY_MS, _SHARE * self._age.elapsed())
        depth = self._depth
        self.setVisible(depth is not None and depth.most >= LEAST_WAITING)
        if depth is not None:
            self.setAccessibleDescription(_most_words(depth))
        self.update()

    def show_interval(self, scale: TimeScale) -> None:
        """Stand on this axis, in pixels of the widget."""
        if scale != self._scale:
            self._scale = scale
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The area over the interval in view; as high as the strip where the most tasks of the run waited."""
        style, depth, scale = self._style, self._depth, self._scale
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

    def event(self, event: QEvent) -> bool:
        """How many tasks waited at the moment below the pointer, as a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)

    def words_at(self, x_px: float) -> str:
        """What the tooltip says there, as lines of plain text."""
        depth, at_ns = self._depth, self._scale.at(x_px)
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
