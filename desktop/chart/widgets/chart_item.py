"""The one graphics item of the timeline: it paints the chart of the moment over its whole ViewBox. The window's thread.

It is a child of the ViewBox itself and not of the group that the ViewBox transforms: it paints in units of the chart, of
`unit_px` pixels each, and takes the interval to show from the ViewBox's range.
"""

import sys
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop.chart.drawing.chart import Chart, paint, paint_legend
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.chart_unit import scaled


class TimelineItem(pg.GraphicsObject):  # type: ignore[misc]
    """Paints a Chart. paints: how often it did, for the frame budget."""

    def __init__(self, view_box: pg.ViewBox) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self._style: ChartStyle | None = None
        self._box = QRectF()
        self._unit_px = 1.0
        self._rows: set[int] | None = None  # what is to be painted at the next frame, None for all
        self._renewed = QRegion()  # where those lie in the viewport
        self.paints = 0
        self.setParentItem(view_box)

    def show_chart(
        self, chart: Chart | None, style: ChartStyle, unit_px: float = 1.0, rows: Sequence[int] | None = None
    ) -> None:
        """Paint this from now on; several calls before the next frame make one repaint. rows: the indices of those that alone
        look otherwise than before, None where anything may."""
        box = QRectF() if chart is None else scaled(chart.area, unit_px)
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box
        self._chart, self._style, self._unit_px = chart, style, unit_px
        places = None if rows is None or chart is None else self._places(chart, rows)
        if places is None:
            self._rows = None
            self.update()
        elif self._rows is not None:
            self._rows.update(rows or ())
            self._renewed += places
            self.getViewWidget().viewport().update(
                places
            )  # an item's own update() reaches a little beyond what it is given

    def expose(self, region: QRegion) -> None:
        """What is about to be painted of the viewport."""
        if self._rows is not None and not region.subtracted(self._renewed).isEmpty():
            self._rows = None  # more than these: a part that was covered, or all

    def _places(self, chart: Chart, rows: Sequence[int]) -> QRegion | None:
        """Where these rows lie in the viewport; None where that is between pixels."""
        region = QRegion()
        for index in rows:
            row = chart.rows[index]
            place = QRectF(chart.area.left(), chart.top(row), chart.area.width(), row.height_px)
            whole = place.intersected(chart.lanes).toRect()
            if self._unit_px != 1.0 or QRectF(whole) != place.intersected(chart.lanes):
                return None
            region += whole
        return region

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.paints += 1
        if self._chart is None or self._style is None:
            return
        # PySide 6.11 crashes where an exception leaves one Python override that was called from inside another, as here
        # from the view's paintEvent: it is handed to the one place that shows errors, and the frame stays unfinished.
        try:
            painter.scale(self._unit_px, self._unit_px)
            paint(painter, self._style, self._chart, self._rows)
            if self._rows is None:
                paint_legend(painter, self._style, self._chart)
        except Exception:
            sys.excepthook(*sys.exc_info())
        self._rows, self._renewed = set(), QRegion()
