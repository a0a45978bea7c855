"""The one graphics item of the timeline: it paints the chart over its whole ViewBox. The window's thread.

The item is a child of the ViewBox and not of the group that the ViewBox transforms. It paints in units of the chart, of
`unit_px` pixels each.
"""

import sys
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.chart_painting import paint_chart, paint_legend
from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.lanes.frame_caches import FrameCaches
from desktop.chart.geometry.chart_unit import scaled


class TimelineItem(pg.GraphicsObject):  # type: ignore[misc]
    """Paints a Chart. paints: how many times it did, to check that a frame paints once."""

    def __init__(self, view_box: pg.ViewBox) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self._style: ChartStyle | None = None
        self._caches: FrameCaches | None = None
        self._box = QRectF()
        self._unit_px = 1.0
        self._rows: set[int] | None = None  # the indices of the rows that the next frame paints, None for all
        self._renewed = QRegion()  # their place in the viewport
        self.paints = 0
        self.setParentItem(view_box)

    @property
    def rows_to_paint(self) -> set[int] | None:
        """The indices of the rows that the next frame paints; None: all."""
        return self._rows

    def show_chart(
        self,
        chart: Chart | None,
        style: ChartStyle,
        caches: FrameCaches | None = None,
        unit_px: float = 1.0,
        rows: Sequence[int] | None = None,
    ) -> None:
        """Paint this chart from now on. Several calls before the next frame make one repaint.

        caches: what earlier frames left behind.
        rows: the indices of the only rows that look different from before; None where anything may.
        """
        box = QRectF() if chart is None else scaled(chart.area, unit_px)
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box
        self._chart, self._style, self._caches, self._unit_px = chart, style, caches, unit_px
        places = None if rows is None or chart is None else self._places(chart, rows)
        if places is None:
            self._rows = None
            self.update()
        elif self._rows is not None:
            self._rows.update(rows or ())
            self._renewed += places
            # An item's own update() reaches a little beyond the region that it is given.
            self.getViewWidget().viewport().update(places)

    def expose(self, region: QRegion) -> None:
        """Take note of the region of the viewport that is about to be painted."""
        if self._rows is not None and not region.subtracted(self._renewed).isEmpty():
            self._rows = None  # more than these rows: a part that was covered, or all

    def _places(self, chart: Chart, rows: Sequence[int]) -> QRegion | None:
        """The place of these rows in the viewport; None where an edge is between pixels."""
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
        # PySide 6.11 crashes when an exception leaves a Python override that another override called, as here the view's
        # paintEvent. So the exception goes to the place that shows errors, and the frame stays unfinished.
        try:
            painter.scale(self._unit_px, self._unit_px)
            paint_chart(painter, self._style, self._chart, self._caches, self._rows)
            if self._rows is None and self._caches is not None:
                paint_legend(painter, self._style, self._chart, self._caches)
        except Exception:
            sys.excepthook(*sys.exc_info())
        self._rows, self._renewed = set(), QRegion()
