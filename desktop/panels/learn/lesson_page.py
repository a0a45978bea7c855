"""The page in place of the timeline before a lesson runs: the program to read, what is answered by drawing, and the program to
change. The window's thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.code.code_view import CodeView
from desktop.panels.learn.moment_board import MomentBoard
from desktop.panels.learn.order_board import OrderBoard
from desktop.widgets.clipboard import copy_text
from desktop.widgets.note import Note

_LARGER = 1.15
"""The program is read, and perhaps by a class: its letters are larger than those of the Code tab."""


class LessonPage(QFrame):
    """order, moment: the boards on which an answer is drawn. text_changed: the user changed the copy of the program.
    said: one sentence."""

    text_changed = Signal()
    said = Signal(str)

    def __init__(self, keys: Callable[[QKeyEvent], bool], parent: QWidget | None = None) -> None:
        """keys: does what a key of the lesson does, and says whether it is one."""
        super().__init__(parent)
        self.setObjectName("lesson_page")
        self._keys = keys
        self._note = Note(wrap=False)
        self._note.setMinimumWidth(1)
        self._copy = QPushButton("Copy the program")
        self._copy.setObjectName("lesson_copy")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._on_copy)
        self.view = CodeView(marked=False)
        self.view.setObjectName("lesson_code")
        self.view.textChanged.connect(self.text_changed)
        self.order = OrderBoard()
        self.moment = MomentBoard()
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 5, 8, 5)
        bar.addWidget(self._note, 1)
        bar.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 3)
        column.addWidget(self.order, 2)
        column.addWidget(self.moment, 1)
        self._fit_letters()
        self.set_palette(LIGHT)
        self.hide()

    def show_listing(self, text: str) -> None:
        """Show the program, to be read."""
        self._show_text(text, editable=False)
        self._note.setText("The program")
        self.view.setAccessibleName("The program of the lesson")

    def edit(self, text: str, line: int) -> None:
        """Show a copy of the program, to be changed. line: the one that differs, from 1; 0 for none."""
        self._show_text(text, editable=True)
        self._note.setText("A copy of the program: change it as you like")
        self.view.setAccessibleName("A copy of the program, which can be changed")
        self.show_boards()
        if line:
            self.view.point_at(line)

    @property
    def text(self) -> str:
        """The program as it stands there."""
        return self.view.toPlainText()

    def show_boards(
        self, *, names: Sequence[str] = (), order: Sequence[str] = (), moment: tuple[str, float, str] | None = None
    ) -> None:
        """Show where the answer is drawn. names: of the bars, by lane. order: the same from the first to the last. moment: the
        name of what ends, the seconds that the axis has, and since when they count."""
        self.order.setVisible(bool(order))
        self.moment.setVisible(moment is not None)
        if order:
            self.order.show_names(names, order)
        if moment is not None:
            name, most_s, since = moment
            self.moment.show_lane(name, most_s, since=since)

    def focus_board(self) -> None:
        """Give the keyboard to the board, if there is one, or to a copy that can be changed."""
        for widget in (self.order, self.moment):
            if widget.isVisibleTo(self):
                widget.setFocus()
        if not self.view.isReadOnly():
            self.view.setFocus()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self.setStyleSheet(f"#lesson_page {{ border: none; background: {palette.window}; }}")
        self._note.set_palette(palette)  # after the style sheet, which gives it the colours before again
        self.view.set_palette(palette)
        self.order.set_palette(palette)
        self.moment.set_palette(palette)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys(event):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit_letters()

    def _fit_letters(self) -> None:
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        usual = QApplication.font()
        if usual.pixelSize() > 0:
            font.setPixelSize(round(usual.pixelSize() * _LARGER))
        else:
            font.setPointSizeF(usual.pointSizeF() * _LARGER)
        self.view.setFont(font)

    def _show_text(self, text: str, *, editable: bool) -> None:
        self.view.blockSignals(True)
        self.view.show_text(text)
        self.view.blockSignals(False)
        self.view.setReadOnly(not editable)

    def _on_copy(self) -> None:
        copy_text(self.text)
        self.said.emit("The program is on the clipboard.")
