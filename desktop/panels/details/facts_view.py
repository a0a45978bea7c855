"""The text of the Details panel: a table of facts, in which links can be followed. The window's thread."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableCell,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextEdit, QToolTip

from desktop.facts.fact import Fact
from desktop.look.palette import LIGHT, Palette

_WIDEST_LABEL = "Previous process"
_LEAST_VALUE = "Process-1000"
"""Where there is less room beside the labels, each value is below its label: otherwise words would be broken."""
_TOGETHER = re.compile(r"(?<=\d) (?=(?:ns|µs|ms|s|min|h|kB|MB|GB)\b)|(?<=\bpid) (?=\d)")


class FactsView(QTextEdit):
    """The text of the facts. followed: a link was clicked, or Enter pressed on it (its row)."""

    followed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._pressed_on = ""
        self._table: QTextTable | None = None
        self._facts: Sequence[Fact] = ()
        self._palette = LIGHT
        self._stacked = False  # whether each value is below its label
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)  # text of the panel, not a field to write in
        self.viewport().setMouseTracking(True)

    def show_facts(self, facts: Sequence[Fact], palette: Palette, *, keep_place: bool) -> None:
        """Show these facts. If their labels and links are those that are shown, only values change, and the user's text
        selection stays. keep_place: whether the scroll position stays when the table is rebuilt."""
        if [(fact.label, fact.link is None) for fact in facts] == [
            (one.label, one.link is None) for one in self._facts
        ]:
            self._update_values(facts)
        else:
            top = self.verticalScrollBar().value()
            self.write(facts, palette)
            if keep_place:
                self.verticalScrollBar().setValue(top)
        self._facts = facts

    def write(self, facts: Sequence[Fact], palette: Palette) -> None:
        """Rebuild the whole table."""
        self._table, self._facts, self._palette = None, facts, palette
        self._stacked = self._must_stack(facts)  # before the scroll bar goes, which is told as a new size
        self.clear()
        if facts:
            self._table = self._make_table(facts)
            self._fill(self._table, facts, palette)
            self.moveCursor(QTextCursor.MoveOperation.Start)

    def _make_table(self, facts: Sequence[Fact]) -> QTextTable:
        layout = QTextTableFormat()
        layout.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        layout.setBorder(0)
        layout.setCellPadding(2)
        layout.setCellSpacing(0)
        layout.setLeftMargin(2)
        layout.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        if self._stacked:
            return self.textCursor().insertTable(2 * len(facts), 1, layout)
        labels = QTextLength(QTextLength.Type.FixedLength, self._labels_px(facts))
        layout.setColumnWidthConstraints([labels, QTextLength(QTextLength.Type.VariableLength, 0)])
        return self.textCursor().insertTable(len(facts), 2, layout)

    def _labels_px(self, facts: Sequence[Fact]) -> int:
        metrics = self.fontMetrics()
        widest_px = max(metrics.horizontalAdvance(_fitting(fact.label)) for fact in facts)
        return min(widest_px, metrics.horizontalAdvance(_WIDEST_LABEL)) + 14

    def _must_stack(self, facts: Sequence[Fact]) -> bool:
        if not facts:
            return False
        # With the scroll bar always counted: it comes and goes with the height of what is written.
        room_px = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width() - self._labels_px(facts)
        return room_px < self.fontMetrics().horizontalAdvance(_LEAST_VALUE)

    def _cell(self, table: QTextTable, row: int, column: int) -> QTextTableCell:
        """The cell of a fact's label (0) or value (1)."""
        return table.cellAt(2 * row + column, 0) if self._stacked else table.cellAt(row, column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the values beside the labels, or below them, as the width allows."""
        super().resizeEvent(event)
        if self._must_stack(self._facts) != self._stacked:
            self.write(self._facts, self._palette)

    def changeEvent(self, event: QEvent) -> None:
        """Have the columns as wide as the letters need."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._table is not None:
            self.write(self._facts, self._palette)

    def _fill(self, table: QTextTable, facts: Sequence[Fact], palette: Palette) -> None:
        quiet, plain, link = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        quiet.setForeground(QColor(palette.quiet))
        plain.setForeground(QColor(palette.text))
        link.setForeground(QColor(palette.accent))
        link.setFontUnderline(True)
        left = QTextBlockFormat()
        left.setAlignment(Qt.AlignmentFlag.AlignLeft)
        for row, fact in enumerate(facts):
            value = plain
            if fact.link is not None:
                value = QTextCharFormat(link)
                value.setAnchor(True)
                value.setAnchorHref(f"#{row}")
            for column, (text, style) in enumerate(((fact.label, quiet), (fact.text, value))):
                cursor = self._cell(table, row, column).firstCursorPosition()
                cursor.setBlockFormat(left)
                cursor.insertText(_unbroken(text), style)

    def _update_values(self, facts: Sequence[Fact]) -> None:
        if self._table is None:
            return
        for row, (old, new) in enumerate(zip(self._facts, facts, strict=True)):
            if old.text != new.text:
                cell = self._cell(self._table, row, 1)
                cursor = cell.firstCursorPosition()
                cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(_unbroken(new.text))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the press was: a drag selects text and follows no link."""
        self._pressed_on = self.anchorAt(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a link follows it."""
        super().mouseReleaseEvent(event)
        href = self.anchorAt(event.position().toPoint())
        if href and href == self._pressed_on and not self.textCursor().hasSelection():
            self._follow(href)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over links."""
        super().mouseMoveEvent(event)
        over = bool(self.anchorAt(event.position().toPoint()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the word under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._meaning_at(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def _meaning_at(self, at: QPoint) -> str:
        cell = None if self._table is None else self._table.cellAt(self.cursorForPosition(at))
        return self._facts[cell.row()].meaning if cell is not None and 0 <= cell.row() < len(self._facts) else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter follows the link in the line that the cursor is in."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            cursor = self.textCursor()
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            if cursor.charFormat().anchorHref():
                self._follow(cursor.charFormat().anchorHref())
                return
        super().keyPressEvent(event)

    def _follow(self, href: str) -> None:
        row = href.removeprefix("#")
        if row.isdecimal():
            self.followed.emit(int(row))


def _fitting(label: str) -> str:
    """The label, if it sets the width of the column; longer ones wrap."""
    return label if len(label) <= 16 else ""


def _unbroken(text: str) -> str:
    """The same text, with non-breaking spaces between numbers and units. Text that is copied has plain spaces."""
    return _TOGETHER.sub("\N{NO-BREAK SPACE}", text)
