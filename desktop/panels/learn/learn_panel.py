"""The Learn page at the left: the lessons, with what was answered of each. The window's thread.

A click or Enter on a lesson opens it. A lesson that cannot be used is a row with the sentence that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.facts.visible_text import visible
from desktop.look.palette import LIGHT, Palette
from desktop.widgets.note import Note, recolour_notes

_NUMBER = Qt.ItemDataRole.UserRole
_SIGN = Qt.ItemDataRole.UserRole + 1
"""The beginning of a row's text that its further lines stand beside."""
_PAD_PX = 4
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
Index = QModelIndex | QPersistentModelIndex
_ABOUT = "Each lesson is a short program and one question. Answer it, run the program on real processes, and see."


class Progress(Enum):
    """How far a lesson has come."""

    OPEN = "not answered yet"
    WRONG = "answered, not right"
    RIGHT = "answered right"
    UNDECIDED = "answered; its run did not decide the question"
    BROKEN = "cannot be used"


SIGNS = {
    Progress.OPEN: "○",
    Progress.WRONG: "◐",
    Progress.RIGHT: "✓",
    Progress.UNDECIDED: "◌",
    Progress.BROKEN: "✕",
}


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson in the list. group: the heading that it stands under. text: its number and title, or why it cannot be used."""

    group: str
    text: str
    progress: Progress


class LearnPanel(QWidget):
    """chosen: the index of a row whose lesson is to be opened. next_requested: that of the first that is not answered."""

    chosen = Signal(int)
    next_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("learn")
        self._palette = LIGHT
        self._rows: tuple[LessonRow, ...] = ()
        self._open: int | None = None
        about = Note(_ABOUT)
        self._count = Note()
        self._count.setObjectName("learn_count")
        self._list = QListWidget()
        self._list.setObjectName("learn_list")
        self._list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self._list.setAccessibleName("Lessons")
        self._list.setSpacing(3)
        self._list.setItemDelegate(_WholeText(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._next = QPushButton("Begin")
        self._next.setObjectName("learn_next")
        self._next.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 8)
        column.setSpacing(8)
        column.addWidget(about)
        column.addWidget(self._list, 1)
        column.addWidget(self._count)
        column.addWidget(self._next)
        self._list.itemClicked.connect(self._on_clicked)
        self._list.itemActivated.connect(self._on_activated)
        self._next.clicked.connect(self.next_requested)

    def show_rows(self, rows: Sequence[LessonRow]) -> None:
        """Show these lessons."""
        at = self._list.currentRow()
        self._rows = tuple(rows)
        self._list.clear()
        group = ""
        for number, row in enumerate(rows):
            if row.group != group:
                group = row.group
                self._list.addItem(_heading(group, self._palette))
            self._list.addItem(self._item(number, row))
        if 0 <= at < self._list.count():
            self._list.setCurrentRow(at)
        usable = [row for row in rows if row.progress is not Progress.BROKEN]
        answered = sum(row.progress is not Progress.OPEN for row in usable)
        right = sum(row.progress is Progress.RIGHT for row in usable)
        self._count.setText(f"{answered} of {len(usable)} answered, {right} right" if usable else "There is no lesson.")
        self._next.setText("Begin" if not answered else "Next lesson")
        self._next.setEnabled(bool(usable))
        self._mark_open()

    def show_open(self, number: int | None) -> None:
        """Mark the lesson that is open, by its row's index."""
        self._open = number
        self._mark_open()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        recolour_notes(self, palette)
        self.show_rows(self._rows)

    def focus_list(self) -> None:
        """Give the list the keyboard."""
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _item(self, number: int, row: LessonRow) -> QListWidgetItem:
        palette = self._palette
        item = QListWidgetItem(f"{SIGNS[row.progress]}  {visible(row.text)}")
        item.setData(_NUMBER, number)
        item.setData(_SIGN, f"{SIGNS[row.progress]}  ")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.text}: {row.progress.value}")
        item.setToolTip("" if row.progress is Progress.BROKEN else row.progress.value.capitalize())
        colour = {Progress.RIGHT: palette.good_text, Progress.BROKEN: palette.bad_text}.get(row.progress, palette.text)
        item.setForeground(QBrush(QColor(colour)))
        return item

    def _mark_open(self) -> None:
        for at in range(self._list.count()):
            item = self._list.item(at)
            if item.data(_NUMBER) is not None:
                font = QFont(self._list.font())
                font.setBold(item.data(_NUMBER) == self._open)
                item.setFont(font)
                if item.data(_NUMBER) == self._open:
                    self._list.setCurrentItem(item)
                    self._list.scrollToItem(item)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._choose(item)

    def _on_activated(self, item: QListWidgetItem) -> None:
        if item.data(_NUMBER) != self._open:  # a double click activates what its first click has opened
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        number = item.data(_NUMBER)
        if isinstance(number, int) and self._rows[number].progress is not Progress.BROKEN:
            self.chosen.emit(number)


class _WholeText(QStyledItemDelegate):
    """Draws a row's text over as many lines as it needs, beside its sign. Qt's own cuts some texts that have room."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        sign, room = index.data(_SIGN) or "", option.rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        painter.drawText(room, _WRAPPED, sign)
        room.setLeft(room.left() + QFontMetrics(option.font).horizontalAdvance(sign))
        painter.drawText(room, _WRAPPED, text.removeprefix(sign))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        self.initStyleOption(option, index)
        view, metrics, sign = option.widget, QFontMetrics(option.font), index.data(_SIGN) or ""
        width = 200 if not isinstance(view, QListWidget) else view.viewport().width() - 2 * view.spacing()
        room = QRect(0, 0, max(1, width - 2 * _PAD_PX - metrics.horizontalAdvance(sign)), 1 << 16)
        return QSize(width, metrics.boundingRect(room, _WRAPPED, option.text.removeprefix(sign)).height() + 2)


def _heading(text: str, palette: Palette) -> QListWidgetItem:
    item = QListWidgetItem(visible(text))
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setForeground(QBrush(QColor(palette.quiet)))  # what cannot be chosen would be too faint to be read
    font = QFont()
    font.setBold(True)
    item.setFont(font)
    return item
