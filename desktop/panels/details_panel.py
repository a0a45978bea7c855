"""The Details panel: all facts of the selection, as text to read and copy. The window's thread."""

import re

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QToolButton, QVBoxLayout

from desktop.facts.fact import Fact, Sheet, as_text
from desktop.facts.file_facts import file_sheet
from desktop.facts.relations import relations
from desktop.facts.selection import Selection
from desktop.facts.sheets import describe
from desktop.look.icons import Icon, make_icon
from desktop.look.palette import LIGHT, Palette
from desktop.panels.run_panel import RunPanel
from desktop.widgets.note import Note, Tone, recolour_notes
from workers.timeline.timeline import Timeline

EMPTY = "Click a bar, a mark or a row to see all its details."
GONE = "This is no longer kept."

_TOGETHER = re.compile(r"(?<=\d) (?=(?:ns|µs|ms|s|min|h|kB|MB|GB)\b)|(?<=\bpid) (?=\d)")
_MOST_SHOWN = 4_000
"""How many characters of a value are shown; Copy gives all."""


class DetailsPanel(RunPanel):
    """The facts of the selection, one a row, and links to related things, which select them. Without a selection: the
    facts of the file that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("details")
        self.setAccessibleName("Details")
        self._timeline: Timeline | None = None
        self._selection: Selection | None = None
        self._seen = (-1, -1)
        self._sheet: Sheet | None = None
        self._palette = LIGHT
        self._shown: list[Fact] = []
        self._shown_selection: Selection | None = None
        self._table: QTextTable | None = None
        self._title = Note(tone=Tone.PLAIN)
        self._title.setObjectName("details_title")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._empty = Note(EMPTY)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._view = _FactsView()
        self._view.followed.connect(self._on_followed)
        self._view.setObjectName("details_text")
        self._view.setAccessibleName("Details of the selection")
        self._view.setReadOnly(True)
        self._view.setUndoRedoEnabled(False)
        self._view.setTabChangesFocus(True)
        self._view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._view.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setFrameShape(QTextEdit.Shape.NoFrame)
        self._view.viewport().setBackgroundRole(QPalette.ColorRole.Window)  # text of the panel, not a field to write in
        self._copy = QToolButton()
        self._copy.setObjectName("details_copy")
        self._copy.setText("Copy details")
        self._copy.setToolTip("Copy these details as text")
        self._copy.setAutoRaise(True)
        self._copy.setIconSize(QSize(16, 16))
        self._copy.clicked.connect(self.copy)
        self._copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 6, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._view, 1)
        whole.addWidget(self._empty, 1)
        self._empty.setContentsMargins(8, 0, 8, 0)
        self.setMinimumWidth(180)
        self.set_palette(LIGHT)
        self._show(None)

    def set_timeline(self, timeline: Timeline | None) -> None:
        """Show facts of this run. The selection of the run before is dropped."""
        self._timeline = timeline
        self.show_selection(None)

    def show_selection(self, selection: Selection | None) -> None:
        """Show the facts of this selection; None empties the panel."""
        self._selection = selection
        self._seen = (-1, -1)
        self.refresh()

    def refresh(self) -> None:
        """Bring the facts up to date."""
        timeline = self._timeline
        if timeline is None or self._selection is None:
            nothing = (-2, 0 if timeline is None else len(timeline.warnings))
            if self._seen != nothing:
                self._seen = nothing
                self._show(None if timeline is None else file_sheet(timeline))
            return
        seen = (timeline.revision, timeline.now_ns)
        if seen != self._seen:
            self._seen = seen
            sheet = describe(timeline, self._selection)
            related = () if sheet is None else tuple(relations(timeline, self._selection))
            self._show(Sheet(GONE, ()) if sheet is None else Sheet(sheet.title, sheet.facts + related))

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self._copy.setIcon(make_icon(Icon.COPY, palette))
        recolour_notes(self, palette)
        if self._shown:
            self._write(self._shown)

    def text(self) -> str:
        """The title and the facts as text; empty when nothing is shown."""
        return "" if self._sheet is None else f"{self._sheet.title}\n{as_text(self._sheet.facts)}".rstrip("\n")

    def copy(self) -> None:
        """Copy the whole text."""
        QGuiApplication.clipboard().setText(self.text())
        self.said.emit("The details are on the clipboard.")

    def _show(self, sheet: Sheet | None) -> None:
        self._sheet = sheet
        self._empty.setVisible(sheet is None)
        self._view.setVisible(sheet is not None)
        self._copy.setEnabled(sheet is not None and bool(sheet.facts))
        self._title.say("Details" if sheet is None else sheet.title, Tone.QUIET if sheet is None else Tone.PLAIN)
        facts = [] if sheet is None else [Fact(fact.label, _shortened(fact.text), fact.link) for fact in sheet.facts]
        if [(fact.label, fact.link is None) for fact in facts] != [
            (one.label, one.link is None) for one in self._shown
        ]:
            same, top = self._shown_selection == self._selection, self._view.verticalScrollBar().value()
            self._write(facts)
            if same:
                self._view.verticalScrollBar().setValue(top)
        else:
            self._update(facts)
        self._shown, self._shown_selection = facts, self._selection

    def _on_followed(self, row: int) -> None:
        link = self._shown[row].link if 0 <= row < len(self._shown) else None
        if link is not None:
            self.show_selection(link)
            self.selected.emit(link)

    def _write(self, facts: list[Fact]) -> None:
        """Rebuild the whole table."""
        self._view.clear()
        self._table = None
        if not facts:
            return
        layout = QTextTableFormat()
        layout.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        layout.setBorder(0)
        layout.setCellPadding(2)
        layout.setCellSpacing(0)
        layout.setLeftMargin(2)
        layout.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        labels_px = max(self._view.fontMetrics().horizontalAdvance(_fitting(fact.label)) for fact in facts) + 14
        layout.setColumnWidthConstraints([
            QTextLength(QTextLength.Type.FixedLength, min(labels_px, 112)),
            QTextLength(QTextLength.Type.VariableLength, 0),
        ])  # fmt: skip
        self._table = self._view.textCursor().insertTable(len(facts), 2, layout)
        quiet, plain = QTextCharFormat(), QTextCharFormat()
        quiet.setForeground(QColor(self._palette.quiet))
        plain.setForeground(QColor(self._palette.text))
        link = QTextCharFormat()
        link.setForeground(QColor(self._palette.accent))
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
                cursor = self._table.cellAt(row, column).firstCursorPosition()
                cursor.setBlockFormat(left)
                cursor.insertText(_unbroken(text), style)
        self._view.moveCursor(QTextCursor.MoveOperation.Start)

    def _update(self, facts: list[Fact]) -> None:
        """Change only the values that changed, so that the user's text selection and scroll position stay."""
        if self._table is None:
            return
        for row, (old, new) in enumerate(zip(self._shown, facts, strict=True)):
            if old.text != new.text:
                cursor = self._table.cellAt(row, 1).firstCursorPosition()
                cursor.setPosition(
                    self._table.cellAt(row, 1).lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor
                )
                cursor.insertText(_unbroken(new.text))


class _FactsView(QTextEdit):
    """The text of the facts. followed: a link was clicked, or Enter pressed on it (its row)."""

    followed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._pressed_on = ""
        self.viewport().setMouseTracking(True)

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


def _shortened(text: str) -> str:
    if len(text) <= _MOST_SHOWN:
        return text
    return f"{text[:_MOST_SHOWN]} … ({len(text):,} characters; Copy gives all)"
