"""Draws the frames of what is selected and of what has the keyboard. The window's thread, or an export."""

from PySide6.QtCore import QLineF, QRectF, Qt

from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.selected_span import frame_px, span_of
from desktop.facts.selection import is_whole


def draw_frames(frame: PaintFrame) -> None:
    """Draw a dotted frame around the row that has the keyboard, and a solid one around the selected span or moment."""
    _draw_focus(frame)
    _draw_selection(frame)


def _draw_focus(frame: PaintFrame) -> None:
    painter, style, chart = frame.painter, frame.style, frame.chart
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if chart.focused and chart.focused_row is None:  # then the chart as a whole has the keyboard
        painter.setPen(style.pen("accent", 1, Qt.PenStyle.DotLine))
        painter.drawRect(frame.lanes.adjusted(1.5, 1.5, -1.5, -1.5))
    if chart.focused_row is not None and chart.focused_row < len(chart.rows):
        row = chart.rows[chart.focused_row]
        box = QRectF(chart.area.left(), chart.top(row), chart.area.width(), row.height_px)
        painter.setPen(style.pen("accent", 1, Qt.PenStyle.DotLine))
        painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -2.5))


def _draw_selection(frame: PaintFrame) -> None:
    painter, chart, scale, timeline = frame.painter, frame.chart, frame.scale, frame.timeline
    selection = chart.selection
    if selection is None or not selection.process or is_whole(selection):
        return
    index = chart.rows.index_showing(selection)
    row = None if index is None else chart.rows[index]
    if row is None or row.helpers_of:
        return
    span = span_of(timeline, selection)
    if span is None and selection.at_ns is not None:
        span = selection.at_ns, selection.at_ns
    if span is None:
        return
    top, height = frame_px(timeline, row, selection)
    top += chart.top(row)
    left, right = scale.x(span[0]), scale.x(min(span[1], timeline.now_ns))
    left, right = max(left, chart.area.left() - 4), min(right, chart.area.right() + 4)
    if right < left:
        return
    painter.setPen(frame.style.pen("accent", 2))
    if right - left < 1:
        above, below = (13, 9) if row.process else (0, 0)
        painter.drawLine(QLineF(left, top - above, left, top + height + below))
    else:
        out = 2 if row.process else 1  # threads, and the depths of a track, are close to each other
        painter.drawRect(QRectF(left - out, top - out, right - left + 2 * out, height + 2 * out))
