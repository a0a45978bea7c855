"""The one graphics item of the timeline: it paints the chart of the moment over its whole ViewBox. The window's thread.

It is a child of the ViewBox itself and not of the group that the ViewBox transforms: it paints in units of the chart, of
`unit_px` pixels each, and takes the interval to show from the ViewBox's range.
"""

import sys

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop.chart.chart import Chart, paint, paint_legend
from desktop.chart.ink import Ink
from desktop.chart.unit import scaled


class TimelineItem(pg.GraphicsObject):  # type: ignore[misc]
    """Paints a Chart. paints: how often it did, for the frame budget."""

    def __init__(self, view_box: pg.ViewBox) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self._ink: Ink | None = None
        self._box = QRectF()
        self._unit_px = 1.0
        self.paints = 0
        self.setParentItem(view_box)

    def show_chart(self, chart: Chart | None, ink: Ink, unit_px: float = 1.0) -> None:
        """Paint this from now on; several calls before the next frame make one repaint."""
        box = QRectF() if chart is None else scaled(chart.area, unit_px)
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box
        self._chart, self._ink, self._unit_px = chart, ink, unit_px
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.paints += 1
        if self._chart is None or self._ink is None:
            return
        # PySide 6.11 crashes where an exception leaves one Python override that was called from inside another, as here
        # from the view's paintEvent: it is handed to the one place that shows errors, and the frame stays unfinished.
        try:
            painter.scale(self._unit_px, self._unit_px)
            paint(painter, self._ink, self._chart)
            paint_legend(painter, self._ink, self._chart)
        except Exception:
            sys.excepthook(*sys.exc_info())
