"""The column of lane headers beside the chart, as a widget. The window's thread."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.chart.drawing.chart import ground
from desktop.chart.drawing.chart_style import ChartStyle, tooltip
from desktop.chart.drawing.lane_headers import LEAST_HEADER_PX, draw_header, header_left
from desktop.chart.geometry import lane_words
from desktop.chart.geometry.arrangement import ROW_PX
from desktop.chart.geometry.chart_unit import scaled
from desktop.chart.geometry.rows import Rows
from desktop.chart.widgets.lane_buttons import BUTTONS_PX, LaneButtons
from desktop.facts.selection import ProcessSelection, Selection, ThreadSelection
from desktop.facts.sheets import sheet_text
from workers.timeline.timeline import Timeline

_EDGE_PX = 3.0


class Headers(QWidget):
    """The column of lane headers. Its owner scrolls it. It takes no focus: the chart has the keyboard."""

    clicked = Signal(int)  # the row's index
    fold_clicked = Signal(int)  # the row's index; the arrow was clicked
    row_sized = Signal(int, int)  # the row's index, the height that the user dragged its lower edge to
    menu_requested = Signal(int, object)  # the row's index, a global QPoint
    scrolled = Signal(float)  # pixels down

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Lane headers")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.buttons = LaneButtons(self)
        self.may_have_buttons = False  # whether the owner can do something to processes
        self._timeline: Timeline | None = None
        self._facts = -1
        self._painted: dict[int, object] = {}  # the content of each row as it was painted
        self._style: ChartStyle | None = None
        self._rows = Rows()
        self._unit_px = 1.0
        self._scroll_px = 0.0
        self._chosen: Selection | None = None
        # The row whose edge is dragged, its height, and where the drag began.
        self._sized: tuple[int, int, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # all of it is painted; scrolling moves pixels
        self.setMouseTracking(True)

    def set_unit(self, unit_px: float) -> None:
        """Draw with units as large as those of the chart."""
        self._unit_px = unit_px
        self.update()

    @property
    def has_buttons(self) -> bool:
        """Whether the lanes of the run have buttons: it is one by hand, and can be steered from here."""
        plan = None if self._timeline is None else self._timeline.plan
        return self.may_have_buttons and plan is not None and plan.by_hand

    @property
    def buttons_px(self) -> int:
        """The width that the buttons take, in units of the chart."""
        return BUTTONS_PX if self.has_buttons else 0

    @property
    def _width(self) -> float:
        return self.width() / self._unit_px

    @property
    def _height(self) -> float:
        return self.height() / self._unit_px

    def show_rows(self, timeline: Timeline | None, rows: Rows, style: ChartStyle) -> None:
        """Show these rows. Only rows whose content has changed are painted again."""
        if timeline is not self._timeline or rows is not self._rows or style is not self._style:
            self._timeline, self._rows, self._style = timeline, rows, style
            self.update()
        elif timeline is not None and timeline.facts != self._facts:
            for index in rows.shown(self._scroll_px, self._height):
                if self._painted.get(index) != self._content(index):
                    row = rows[index]
                    box = QRectF(0, rows.y(row, self._scroll_px), self._width, row.height_px)
                    self.update(scaled(box, self._unit_px).toAlignedRect())
        self._facts = -1 if timeline is None else timeline.facts

    def _content(self, index: int) -> object:
        """The content of a row's header, to compare with what was painted."""
        row, timeline = self._rows[index], self._timeline
        if timeline is not None and (row.threads_of or row.thread):
            return lane_words.threads(timeline, row.threads_of) if row.threads_of else lane_words.other(timeline, row)
        if timeline is not None and row.host:
            return row, lane_words.host(timeline, row)
        if timeline is None or not row.process:
            return row
        process = timeline.process(row.process)
        failed = sum(timeline.process(member).ended_badly for member in row.members)
        return lane_words.header(process), process.state, process.failed, failed

    def scroll_to(self, scroll_px: float) -> None:
        """Show the rows from this height on. Rows on the screen are moved, and only the others are painted."""
        by = (self._scroll_px - scroll_px) * self._unit_px
        self._scroll_px = scroll_px
        top = self._rows.pinned_px * self._unit_px if self._rows.pinned else 0.0
        if by and all(edge.is_integer() for edge in (by, top, self.devicePixelRatioF())):
            self.scroll(0, int(by), QRect(0, int(top), self.width(), self.height() - int(top)))
        elif by:  # moved rows would be between pixels
            self.update()

    def choose(self, selection: Selection | None) -> None:
        """Mark the row of what is selected."""
        if selection != self._chosen:
            self._chosen = selection
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_HEADER_PX, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._style is None:  # the page with the headers was never shown
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._style.colour("base"))
        painter.scale(self._unit_px, self._unit_px)
        asked = scaled(QRectF(event.rect()), 1 / self._unit_px)
        if self._timeline is not None:
            shown = self._rows.shown(self._scroll_px, self._height)
            self._painted = {index: content for index, content in self._painted.items() if index in shown}
            for index in reversed(shown):  # pinned rows are over the others
                row = self._rows[index]
                box = QRectF(0, self._rows.y(row, self._scroll_px), self._width, row.height_px)
                if not box.intersects(asked):
                    continue
                self._painted[index] = self._content(index)
                chosen = self._rows.is_chosen(row, self._chosen)
                painter.fillRect(box, self._style.colour("selection" if chosen else ground(index)))
                painter.fillRect(QRectF(0, box.bottom() - 1, box.width(), 1), self._style.colour("line/base/0.6"))
                worker = bool(row.process) and self._timeline.process(row.process).worker is not None
                beside = box.adjusted(0, 0, -self.buttons_px if worker else 0, 0)
                draw_header(painter, self._style, self._timeline, row, beside)
        painter.fillRect(QRectF(self._width - 1, 0, 1, self._height), self._style.colour("line"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position() / self._unit_px
        index, edge = self._rows.at(at.y(), self._scroll_px), self._edge_at(at.y())
        if edge is not None and event.button() is Qt.MouseButton.LeftButton:
            self._sized = edge, self._rows[edge].height_px, at.y()
        elif index is not None and event.button() is Qt.MouseButton.LeftButton:
            row = self._rows[index]
            arrow = row.folds and bool(row.process) and at.x() < header_left(row) + 1
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
        """The index of the process's row whose lower edge is at this height."""
        index = self._rows.at(y - _EDGE_PX, self._scroll_px)
        if index is None or not self._rows[index].process:
            return None
        row = self._rows[index]
        return index if abs(self._rows.y(row, self._scroll_px) + row.height_px - y) <= _EDGE_PX else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self._rows.at(event.pos().y() / self._unit_px, self._scroll_px)
        if index is not None:
            self.menu_requested.emit(index, event.globalPos())

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
        if row.helpers_of or row.host:
            names = ", ".join(self._timeline.process(member).name for member in row.members)
            return f"{names}\nClick to {'fold' if row.expanded else 'unfold'}."
        if row.threads_of:
            said = "how many of them run tasks" if row.expanded else "how many run tasks; each has a row when unfolded"
            return f"{lane_words.threads(self._timeline, row.threads_of)}\nThe area: {said}.\nClick to fold or unfold."
        if row.thread:
            return sheet_text(self._timeline, ThreadSelection(row.under, row.thread))
        if not row.process:
            return "\n".join(text for text in lane_words.other(self._timeline, row) if text)
        return sheet_text(self._timeline, ProcessSelection(row.process))
