"""Draws the header of a lane: the name and how it ended on the first line, pid and state on the second.

Used by the widget beside the chart and by pictures. The window's thread, or an export.
"""

import heapq
import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry import lane_words
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.rows import Rows
from workers.timeline.model import Process, State
from workers.timeline.timeline import Timeline

LEAST_HEADER_PX, _MOST_HEADER_PX = 170, 260
_PAD_PX, _INDENT_PX, _TAG_PX = 10.0, 14.0, 4.0
_MOST_INDENT_PX = 5 * _INDENT_PX
"""Deeper levels are at one place: each name keeps its room."""
_WIDEST_BELOW = "pid 1234567 · exited, not joined"
_MEASURED = 100
_SHARE = 0.21

_STATE_ROLES = {
    State.ALIVE: "alive", State.STARTING: "alive", State.ENDING: "alive", State.ZOMBIE: "zombie", State.LOST: "bad",
    State.PAUSED: "text", State.LEFT: "alive",
}  # fmt: skip


def draw_header(painter: QPainter, style: ChartStyle, timeline: Timeline, row: Row, box: QRectF) -> None:
    """Draw the header of a row in its box."""
    left = box.left() + header_left(row)
    right = box.right() - _PAD_PX
    if row.helpers_of:
        _group(painter, style, row, QRectF(left, box.top(), right - left, box.height()))
        return
    if row.threads_of:
        line = QRectF(left, box.top(), right - left, box.height())
        _arrow(painter, style, line.left() + 4, line.center().y(), down=row.expanded)
        text = lane_words.threads(timeline, row.threads_of)
        style.write(painter, style.small_font, "quiet", line.adjusted(12, 0, 0, 0), text)
        return
    if row.host:
        _host(painter, style, timeline, row, QRectF(left, box.top(), right - left, box.height()))
        return
    if not row.process:
        name, about = lane_words.other(timeline, row)
        line = QRectF(left, box.top(), right - left, min(box.height() - 1, 22.0))
        style.write(painter, style.font, "quiet" if row.counter else "text", line, name, middle=True)
        if about and box.height() >= 34:
            style.write(painter, style.small_font, "quiet", line.translated(0, 14), about)
        return
    process = timeline.process(row.process)
    texts = lane_words.header(process)
    if row.folds:
        _arrow(painter, style, left - 5, box.top() + box.height() / 2, down=row.expanded)
    if row.members:
        texts = replace(texts, below=lane_words.folded(timeline, row.members))
    if not row.roomy:
        _one_line(painter, style, process, texts, QRectF(left, box.top(), right - left, box.height()))
        return
    painter.fillRect(QRectF(left, box.top() + 7, _TAG_PX, box.height() - 14), style.tag(process.id))
    left += _TAG_PX + 7
    end_px = style.width(style.font, texts.end)
    role = "bad_text" if process.failed else "good_text"
    style.write(painter, style.font, role, QRectF(right - end_px, box.top() + 6, end_px, 16), texts.end)
    room = right - left - (end_px + 8 if texts.end else 0)
    style.write(painter, style.name_font, "text", QRectF(left, box.top() + 6, room, 16), texts.name, middle=True)
    below = QRectF(left, box.top() + 23, right - left, 14)
    dot = _STATE_ROLES.get(process.state)
    if dot is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour(dot))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.drawEllipse(QPointF(below.left() + 3, below.center().y() + 0.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        below.adjust(11, 0, 0, 0)
    style.write(painter, style.small_font, "quiet", below, texts.below)


def headers_width(style: ChartStyle, timeline: Timeline, rows: Rows, beside: float = math.inf) -> int:
    """The width that shows every name in full, within bounds. beside: the width of headers and chart together, most of which
    is for the chart."""
    # Room for the longest state from the start on: the chart must not move when a process ends.
    below = style.width(style.small_font, _WIDEST_BELOW) + 12
    ends = style.width(style.font, "SIGKILL") + 12
    widest = 0.0
    # Of thousands of names only those with the most letters are measured.
    for row in heapq.nlargest(
        _MEASURED, rows.lanes(), key=lambda lane: len(timeline.process(lane[0]).name) + 2 * lane[1]
    ):
        name = style.width(style.name_font, timeline.process(row[0]).name) + ends
        widest = max(widest, _indent_px(row[1]) + max(name, below))
    most = max(LEAST_HEADER_PX, min(_MOST_HEADER_PX, _SHARE * beside))
    return round(min(most, max(LEAST_HEADER_PX, widest + 2 * _PAD_PX + _TAG_PX + 9)))


def _group(painter: QPainter, style: ChartStyle, row: Row, box: QRectF) -> None:
    _arrow(painter, style, box.left() + 4, box.center().y(), down=row.expanded)
    style.write(painter, style.small_font, "quiet", box.adjusted(12, 0, 0, 0), group_text(row))


def _host(painter: QPainter, style: ChartStyle, timeline: Timeline, row: Row, box: QRectF) -> None:
    """The header of the row above the workers of a machine. The name comes first; beside a long one stands only what failed."""
    _arrow(painter, style, box.left() + 4, box.center().y(), down=row.expanded)
    name, about = lane_words.host(timeline, row)
    line = box.adjusted(12, 0, 0, -1)
    room = line.width() - style.width(style.name_font, name) - 8
    fitting = (words for words in (about, about.rpartition(", ")[2], "") if style.width(style.small_font, words) < room)
    about = next(fitting, "")
    about_px = style.width(style.small_font, about) + 1 if about else -8.0
    style.write(painter, style.small_font, "quiet", line.adjusted(line.width() - about_px, 0, 0, 0), about)
    style.write(painter, style.name_font, "text", line.adjusted(0, 0, -about_px - 8, 0), name, middle=True)


def _one_line(
    painter: QPainter, style: ChartStyle, process: Process, texts: lane_words.HeaderText, box: QRectF
) -> None:
    """The header of a low row: the name, and on its right how it ended."""
    room = box.height() - 1
    font = style.font if room >= 15 else style.small_font if room >= 13 else style.tiny_font
    tag = QRectF(box.left(), box.top() + min(2.0, room / 6), _TAG_PX, room - 2 * min(2.0, room / 6))
    painter.fillRect(tag, style.tag(process.id))
    end = texts.end if process.failed else ""
    end_px = style.width(font, end)
    line = box.adjusted(_TAG_PX + 7, 0, 0, -1)
    if end:
        style.write(painter, font, "bad_text", line.adjusted(line.width() - end_px, 0, 0, 0), end)
        line.adjust(0, 0, -end_px - 8, 0)
    style.write(painter, font, "text", line, texts.name, middle=True)


def header_left(row: Row) -> float:
    """The left edge of a row's header, right of the arrow that folds it."""
    return _PAD_PX + _indent_px(row.depth)


def _indent_px(depth: int) -> float:
    return min(_MOST_INDENT_PX, depth * _INDENT_PX)


def _arrow(painter: QPainter, style: ChartStyle, x: float, y: float, *, down: bool) -> None:
    if down:
        arrow = [QPointF(x - 4, y - 2), QPointF(x + 4, y - 2), QPointF(x, y + 3)]
    else:
        arrow = [QPointF(x - 2, y - 4), QPointF(x - 2, y + 4), QPointF(x + 3, y)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("quiet"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.drawPolygon(QPolygonF(arrow))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def group_text(row: Row) -> str:
    """The header of a row of helpers: ``2 helpers``."""
    return "1 helper" if len(row.members) == 1 else f"{len(row.members)} helpers"
