"""A read-only view of source. Its margin has line numbers, marks, and an arrow at the current line.

The window's thread.
"""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QShowEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.code.highlight import PythonHighlighter

_GAP_PX = 6
_POINTED_ALPHA = 0.35


class CodeView(QPlainTextEdit):
    """Python source. Lines are counted from 1.

    clicked: a line was clicked (its number) without selecting text.
    """

    clicked = Signal(int)

    def __init__(self, *, marked: bool = True) -> None:
        """marked: whether there is room for marks in the margin."""
        super().__init__()
        self._widest_mark = "▶ 10.000 s" if marked else ""
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.document().setDocumentMargin(0)
        self._palette = LIGHT
        self._marks: dict[int, str] = {}
        self._line: int | None = None
        self._pointed: int | None = None
        self._highlighter = PythonHighlighter(self.document(), LIGHT)
        self._margin = _Margin(self)
        self.updateRequest.connect(self._on_update_request)
        self.blockCountChanged.connect(self._fit_margin)
        self._fit_margin()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self._highlighter.set_palette(palette)
        self._highlight_line()
        self._margin.update()

    @property
    def marks(self) -> dict[int, str]:
        """The texts in the margin, by line."""
        return self._marks

    @property
    def line(self) -> int | None:
        """The current line, which has the arrow."""
        return self._line

    @property
    def pointed(self) -> int | None:
        """The line that was pointed at last, which stays marked."""
        return self._pointed

    def show_text(self, text: str) -> None:
        """Show another text, in which no line is pointed at."""
        self._pointed = None
        self.setPlainText(text)
        self._highlight_line()

    def show_more(self, text: str) -> None:
        """Show a text that is the one before with more in it: what is in view stays."""
        place = self.verticalScrollBar().value()
        self.show_text(text)
        self.verticalScrollBar().setValue(place)

    def set_marks(self, marks: dict[int, str]) -> None:
        """Show these texts in the margin, by line."""
        if marks != self._marks:
            self._marks = marks
            self._fit_margin()
            self._margin.update()

    def set_line(self, line: int | None) -> None:
        """Make this the current line, and bring it into view unless the user has scrolled away from the one before."""
        if line == self._line:
            return
        following = self._pointed is None if self._line is None else self._in_view(self._line)
        self._line = line
        self._highlight_line()
        self._margin.update()
        if line is not None and following:
            self.show_line(line)

    def show_line(self, line: int) -> None:
        """Scroll until this line and some lines around it are in view."""
        if not self._in_view(line, margin=2):
            self.verticalScrollBar().setValue(max(0, line - 1 - self._lines_shown() // 3))

    def point_at(self, line: int) -> None:
        """Bring this line into view, mark it and select it, so that the user sees at once which one it is."""
        self._pointed = line
        self._highlight_line()
        self.show_line(line)
        here = QTextCursor(self.document().findBlockByNumber(line - 1))
        here.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(here)

    def point_nowhere(self) -> None:
        """Mark no line any more."""
        if self._pointed is not None:
            self._pointed = None
            self._highlight_line()
            here = self.textCursor()
            here.clearSelection()
            self.setTextCursor(here)

    def paint_margin(self, painter: QPainter, area: QRect) -> None:
        """Draw the margin beside the lines in view."""
        painter.fillRect(area, QColor(self._palette.band))
        height, width = self.fontMetrics().height(), self._margin.width()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        numbers_px = width - height
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > area.bottom():
                break
            number, top = block.blockNumber() + 1, round(box.top())
            here = number == self._line
            if here:
                painter.fillRect(QRect(0, top, width, round(box.height())), self._line_colour())
                self._paint_arrow(painter, QPointF(width - height * 0.8, top + box.height() / 2), height * 0.32)
            painter.setPen(QColor(self._palette.text if here else self._palette.quiet))
            painter.drawText(QRect(0, top, numbers_px - _GAP_PX // 2, height), right, str(number))
            if number in self._marks:
                painter.setPen(QColor(self._palette.text))
                painter.drawText(QRect(0, top, numbers_px - self._numbers_px(), height), right, self._marks[number])
            block = block.next()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the line into view that was pointed at while the view was covered."""
        super().showEvent(event)
        if self._pointed is not None:
            self.show_line(self._pointed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin at the left edge."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), self.margin_px(), inside.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that selects no text emits `clicked`."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.clicked.emit(self.cursorForPosition(event.position().toPoint()).blockNumber() + 1)

    def changeEvent(self, event: QEvent) -> None:
        """Fit the margin to letters of another size."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and hasattr(self, "_margin"):
            self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
            self._fit_margin()

    def margin_px(self) -> int:
        """The width of the margin: the widest mark, the numbers and the arrow."""
        advance = self.fontMetrics().horizontalAdvance
        # There is room for one mark from the start, so that the text does not move at the first one.
        marks_px = max(map(advance, [*self._marks.values(), self._widest_mark]))
        return _GAP_PX + marks_px + self._numbers_px() + self.fontMetrics().height()

    def _in_view(self, line: int, margin: int = 0) -> bool:
        first = self.firstVisibleBlock().blockNumber() + 1
        return first + min(margin, first - 1) <= line < first + self._lines_shown() - margin

    def _lines_shown(self) -> int:
        return max(1, self.viewport().height() // self.fontMetrics().lineSpacing())

    def _numbers_px(self) -> int:
        return 2 * _GAP_PX + self.fontMetrics().horizontalAdvance("9" * max(2, len(str(self.blockCount()))))

    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_px(), 0, 0, 0)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), self.margin_px(), inside.height()))

    def _on_update_request(self, area: QRect, scrolled_px: int) -> None:
        if scrolled_px:
            self._margin.scroll(0, scrolled_px)
        else:
            self._margin.update(0, area.y(), self._margin.width(), area.height())

    def _paint_arrow(self, painter: QPainter, tip_left: QPointF, half_px: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.accent))
        across, up = QPointF(half_px * 1.4, 0), QPointF(0, half_px)
        painter.drawPolygon(QPolygonF([tip_left - up, tip_left + across, tip_left + up]))

    def _line_colour(self) -> QColor:
        return QColor(self._palette.selection)

    def _highlight_line(self) -> None:
        pointed = QColor(self._palette.join)
        pointed.setAlphaF(_POINTED_ALPHA)
        shown = []
        for line, colour in ((self._line, self._line_colour()), (self._pointed, pointed)):
            if line is not None:
                whole = QTextEdit.ExtraSelection()
                whole.format.setBackground(colour)
                whole.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                whole.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
                shown.append(whole)
        self.setExtraSelections(shown)


class _Margin(QWidget):
    """The strip beside the text; its view draws it."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view.margin_px(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._view.paint_margin(painter, event.rect())
        painter.end()
