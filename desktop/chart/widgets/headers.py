"""Lane headers: who a lane is, and how it ended. A widget beside the chart, and the same drawing for pictures.

A header has two lines: the name with how it ended on its right; pid and state. The window's thread, or an export.
"""

import heapq
import math
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.chart.drawing.chart import ground
from desktop.chart.drawing.chart_style import ChartStyle, tooltip
from desktop.chart.geometry import lane_words
from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.geometry.chart_unit import scaled
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.rows import Rows
from desktop.facts import facts
from desktop.facts.selection import Selection
from workers.timeline.model import Process, State
from workers.timeline.timeline import Timeline

LEAST_PX, MOST_PX = 170, 260
_PAD_PX, _INDENT_PX, _TAG_PX = 10.0, 14.0, 4.0
_WIDEST_BELOW = "pid 1234567 · exited, not joined"
_MEASURED = 100
_EDGE_PX = 3.0
_SHARE = 0.36
_RIGHT = Qt.AlignmentFlag.AlignRight

_STATE_ROLES = {
    State.ALIVE: "alive", State.STARTING: "alive", State.ENDING: "alive", State.ZOMBIE: "zombie", State.LOST: "bad",
    State.PAUSED: "text", State.LEFT: "alive",
}  # fmt: skip


def draw(painter: QPainter, ink: ChartStyle, timeline: Timeline, row: Row, box: QRectF) -> None:
    """Draw the header of a row in its box."""
    left = box.left() + left_of(row)
    right = box.right() - _PAD_PX
    if row.helpers_of:
        _group(painter, ink, row, QRectF(left, box.top(), right - left, box.height()))
        return
    if not row.process:
        name, about = lane_words.other(timeline, row.track, row.counter)
        line = QRectF(left, box.top(), right - left, min(box.height() - 1, 22.0))
        ink.write(painter, ink.font, "text" if row.track else "quiet", line, name, middle=True)
        if about and box.height() >= 34:
            ink.write(painter, ink.small_font, "quiet", line.translated(0, 14), about)
        return
    process = timeline.process(row.process)
    texts = lane_words.header(process)
    if row.folds:
        _arrow(painter, ink, left - 5, box.top() + box.height() / 2, down=row.expanded)
    if row.members:
        texts = replace(texts, below=lane_words.folded(timeline, row.members))
    if not row.roomy:
        _one_line(painter, ink, process, texts, QRectF(left, box.top(), right - left, box.height()))
        return
    painter.fillRect(QRectF(left, box.top() + 7, _TAG_PX, box.height() - 14), ink.tag(process.id))
    left += _TAG_PX + 7
    end_px = ink.width(ink.font, texts.end)
    role = "bad_text" if process.failed else "good_text"
    ink.write(painter, ink.font, role, QRectF(right - end_px - 1, box.top() + 6, end_px + 1, 16), texts.end, _RIGHT)
    room = right - left - (end_px + 8 if texts.end else 0)
    ink.write(painter, ink.name_font, "text", QRectF(left, box.top() + 6, room, 16), texts.name, middle=True)
    below = QRectF(left, box.top() + 23, right - left, 14)
    dot = _STATE_ROLES.get(process.state)
    if dot is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.colour(dot))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.drawEllipse(QPointF(below.left() + 3, below.center().y() + 0.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        below.adjust(11, 0, 0, 0)
    ink.write(painter, ink.small_font, "quiet", below, texts.below)


def width_for(ink: ChartStyle, timeline: Timeline, rows: Rows, beside: float = math.inf) -> int:
    """The width that shows every name in full, within bounds. beside: how wide headers and chart are together, of which the
    chart is to have most."""
    # Room for the longest state from the start: the chart must not shift when a process ends.
    below = ink.width(ink.small_font, _WIDEST_BELOW) + 12
    ends = ink.width(ink.font, "SIGKILL") + 12
    widest = 0.0
    # Of thousands only the names with the most letters are measured.
    for row in heapq.nlargest(
        _MEASURED, rows.lanes(), key=lambda lane: len(timeline.process(lane[0]).name) + 2 * lane[1]
    ):
        name = ink.width(ink.name_font, timeline.process(row[0]).name) + ends
        widest = max(widest, row[1] * _INDENT_PX + max(name, below))
    most = max(LEAST_PX, min(MOST_PX, _SHARE * beside))
    return round(min(most, max(LEAST_PX, widest + 2 * _PAD_PX + _TAG_PX + 9)))


def _group(painter: QPainter, ink: ChartStyle, row: Row, box: QRectF) -> None:
    _arrow(painter, ink, box.left() + 4, box.center().y(), down=row.expanded)
    ink.write(painter, ink.small_font, "quiet", box.adjusted(12, 0, 0, 0), group_text(row))


def _one_line(painter: QPainter, ink: ChartStyle, process: Process, texts: lane_words.HeaderText, box: QRectF) -> None:
    """The header of a low row: the name, and on its right how it ended."""
    room = box.height() - 1
    font = ink.font if room >= 15 else ink.small_font if room >= 13 else ink.tiny_font
    tag = QRectF(box.left(), box.top() + min(2.0, room / 6), _TAG_PX, room - 2 * min(2.0, room / 6))
    painter.fillRect(tag, ink.tag(process.id))
    end = texts.end if process.failed else ""
    end_px = ink.width(font, end)
    line = box.adjusted(_TAG_PX + 7, 0, 0, -1)
    if end:
        ink.write(painter, font, "bad_text", line.adjusted(line.width() - end_px - 1, 0, 0, 0), end, _RIGHT)
        line.adjust(0, 0, -end_px - 8, 0)
    ink.write(painter, font, "text", line, texts.name, middle=True)


def left_of(row: Row) -> float:
    """Where a row's header begins, right of the arrow that folds it."""
    return _PAD_PX + row.depth * _INDENT_PX


def _arrow(painter: QPainter, ink: ChartStyle, x: float, y: float, *, down: bool) -> None:
    if down:
        arrow = [QPointF(x - 4, y - 2), QPointF(x + 4, y - 2), QPointF(x, y + 3)]
    else:
        arrow = [QPointF(x - 2, y - 4), QPointF(x - 2, y + 4), QPointF(x + 3, y)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.colour("quiet"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.drawPolygon(QPolygonF(arrow))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def group_text(row: Row) -> str:
    """What a row of helpers says: ``2 helpers``."""
    return "1 helper" if len(row.members) == 1 else f"{len(row.members)} helpers"


class Headers(QWidget):
    """The column of lane headers, scrolled by its owner. It takes no focus: the keyboard is the chart's."""

    clicked = Signal(int)  # the row's index
    fold_clicked = Signal(int)  # the same, where its arrow is
    row_sized = Signal(int, int)  # the row's index, the height that its lower edge was dragged to
    menu_asked = Signal(int, object)  # the row's index, a global QPoint
    scrolled = Signal(float)  # pixels down

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Lane headers")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._timeline: Timeline | None = None
        self._facts = -1
        self._said: dict[int, object] = {}  # by row, what was painted
        self._ink: ChartStyle | None = None
        self._rows = Rows()
        self._unit_px = 1.0
        self._scroll_px = 0.0
        self._chosen: Selection | None = None
        self._sized: tuple[int, int, float] | None = None  # the row whose edge is dragged, its height, from where
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # all of it is painted; scrolling moves what is there
        self.setMouseTracking(True)

    def set_unit(self, unit_px: float) -> None:
        """Draw as large as the chart beside."""
        self._unit_px = unit_px
        self.update()

    @property
    def _width(self) -> float:
        return self.width() / self._unit_px

    @property
    def _height(self) -> float:
        return self.height() / self._unit_px

    def show_rows(self, timeline: Timeline | None, rows: Rows, ink: ChartStyle) -> None:
        """Show these rows. Only those are painted again of which something else is to be said than before."""
        if timeline is not self._timeline or rows is not self._rows or ink is not self._ink:
            self._timeline, self._rows, self._ink = timeline, rows, ink
            self.update()
        elif timeline is not None and timeline.facts != self._facts:
            for index in rows.shown(self._scroll_px, self._height):
                if self._said.get(index) != self._says(index):
                    row = rows[index]
                    box = QRectF(0, rows.y(row, self._scroll_px), self._width, row.height_px)
                    self.update(scaled(box, self._unit_px).toAlignedRect())
        self._facts = -1 if timeline is None else timeline.facts

    def _says(self, index: int) -> object:
        """What the header of a row says, to tell whether it is still the same."""
        row, timeline = self._rows[index], self._timeline
        if timeline is None or not row.process:
            return row
        process = timeline.process(row.process)
        failed = sum(timeline.process(member).failed for member in row.members)
        return lane_words.header(process), process.state, process.failed, failed

    def scroll_to(self, scroll_px: float) -> None:
        """Show the rows from this height on. What is seen of them already is moved, and only the others are painted."""
        by = (self._scroll_px - scroll_px) * self._unit_px
        self._scroll_px = scroll_px
        top = self._rows.pinned_px * self._unit_px if self._rows.pinned else 0.0
        if by and all(edge.is_integer() for edge in (by, top, self.devicePixelRatioF())):
            self.scroll(0, int(by), QRect(0, int(top), self.width(), self.height() - int(top)))
        elif by:  # what is seen would come to lie between pixels
            self.update()

    def choose(self, selection: Selection | None) -> None:
        """Mark the row of what is selected."""
        if selection != self._chosen:
            self._chosen = selection
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_PX, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:  # nothing was ever shown, and none of it can be seen
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ink.colour("base"))
        painter.scale(self._unit_px, self._unit_px)
        asked = scaled(QRectF(event.rect()), 1 / self._unit_px)
        if self._timeline is not None:
            shown = self._rows.shown(self._scroll_px, self._height)
            self._said = {index: said for index, said in self._said.items() if index in shown}
            for index in reversed(shown):  # what is pinned lies over the rest
                row = self._rows[index]
                box = QRectF(0, self._rows.y(row, self._scroll_px), self._width, row.height_px)
                if not box.intersects(asked):
                    continue
                self._said[index] = self._says(index)
                chosen = self._rows.is_chosen(row, self._chosen)
                painter.fillRect(box, self._ink.colour("selection" if chosen else ground(index)))
                painter.fillRect(QRectF(0, box.bottom() - 1, box.width(), 1), self._ink.colour("line/base/0.6"))
                draw(painter, self._ink, self._timeline, row, box)
        painter.fillRect(QRectF(self._width - 1, 0, 1, self._height), self._ink.colour("line"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position() / self._unit_px
        index, edge = self._rows.at(at.y(), self._scroll_px), self._edge_at(at.y())
        if edge is not None and event.button() is Qt.MouseButton.LeftButton:
            self._sized = edge, self._rows[edge].height_px, at.y()
        elif index is not None and event.button() is Qt.MouseButton.LeftButton:
            row = self._rows[index]
            arrow = row.folds and bool(row.process) and at.x() < left_of(row) + 1
            (self.fold_clicked if arrow else self.clicked).emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        y = event.position().y() / self._unit_px
        if self._sized is not None:
            index, height, began = self._sized
            if index < len(self._rows):
                self.row_sized.emit(index, round(height + y - began))
        elif self._edge_at(y) is not None:
            self.setCursor(Qt.CursorShape.SplitVCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._sized = None

    def _edge_at(self, y: float) -> int | None:
        """The process's row whose lower edge is at this height."""
        index = self._rows.at(y - _EDGE_PX, self._scroll_px)
        if index is None or not self._rows[index].process:
            return None
        row = self._rows[index]
        return index if abs(self._rows.y(row, self._scroll_px) + row.height_px - y) <= _EDGE_PX else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self._rows.at(event.pos().y() / self._unit_px, self._scroll_px)
        if index is not None:
            self.menu_asked.emit(index, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scrolled.emit(-event.angleDelta().y() / 120 * ROW_PX)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            text = self._help(self._rows.at(event.pos().y() / self._unit_px, self._scroll_px))
            QToolTip.showText(event.globalPos(), tooltip(text) if text else "", self)
            return True
        return super().event(event)

    def _help(self, index: int | None) -> str:
        if index is None or self._timeline is None:
            return ""
        row = self._rows[index]
        if row.helpers_of:
            names = ", ".join(self._timeline.process(member).name for member in row.members)
            return f"{names}\nClick to {'fold' if row.expanded else 'unfold'}."
        if not row.process:
            return "\n".join(text for text in lane_words.other(self._timeline, row.track, row.counter) if text)
        return facts.sheet_text(self._timeline, Selection(row.process))
