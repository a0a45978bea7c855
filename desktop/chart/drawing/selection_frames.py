"""Draws the frames of what is selected and of what has the keyboard. The window's thread, or an export."""

from PySide6.QtCore import QLineF, QRectF, Qt

from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.selected_span import frame_px, span_of
from desktop.facts.selection import TaskSelection, is_whole


def draw_frames(frame: PaintFrame) -> None:
    """Draw a dotted frame around the row that has the keyboard, and a solid one around the selected span or moment.

    Before a selected task a thin bar shows how long it waited in the queue, where that is known.
    """
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
    if row is None or row.helpers_of or row.host:
        return
    span = span_of(timeline, selection)
    if span is None and selection.at_ns is not None:
        span = selection.at_ns, selection.at_ns
    if span is None:
        return
    top, height = frame_px(timeline, row, selection)
    top += chart.top(row)
    if isinstance(selection, TaskSelection):
        _draw_queued(frame, selection.task, top + max(height / 2, height - 6))
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


def _draw_queued(frame: PaintFrame, task_id: int, y: float) -> None:
    """Draw the wait of a task in the queue at this height: a thin bar from when it was submitted, which ends where it began."""
    task, area = frame.timeline.task(task_id), frame.chart.area
    if task.submitted_ns is None or task.submitted_ns >= task.began_ns:
        return
    left, right = (
        max(frame.scale.x(task.submitted_ns), area.left() - 4),
        min(frame.scale.x(task.began_ns), area.right() + 4),
    )
    if right - left < 1:
        return
    bar = QRectF(left, y - 1.5, right - left, 3)
    begin = QRectF(left, y - 5, 2, 10)
    # The ground around it sets it apart from the tasks that ran in the meantime.
    ground, ink = frame.style.colour("base"), frame.style.colour("accent")
    for part in (bar, begin):
        frame.painter.fillRect(part.adjusted(-1, -1, 1, 1), ground)
    for part in (bar, begin):
        frame.painter.fillRect(part, ink)
