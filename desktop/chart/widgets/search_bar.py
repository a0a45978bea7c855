"""The field for words to find in the run, with the number of matches and buttons to go through them. The window's thread."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop.widgets.cut_label import CutLabel


class SearchBar(QWidget):
    """The search bar.

    words_changed: the words to find have changed.
    stepped: the user asks for the next match (1) or the one before (-1).
    closed: the user closes the bar.
    """

    words_changed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("search_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = QLineEdit(self)
        self.field.setObjectName("search")
        self.field.setAccessibleName("Find in the run")
        self.field.setPlaceholderText("Find names, pids, states, tasks, printed lines, marks")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self.words_changed)
        self._arguments = self._reason = ""
        self._count = CutLabel()
        self._count.setObjectName("search_count")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._fit_letters()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 6, 4)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        for name, sign, tip, by in (
            ("search_previous", Qt.ArrowType.UpArrow, "Previous match (Shift+Enter)", -1),
            ("search_next", Qt.ArrowType.DownArrow, "Next match (Enter)", 1),
        ):
            button = self._button(name, tip)
            button.setArrowType(sign)
            button.clicked.connect(self._on_next if by > 0 else self._on_previous)
            row.addWidget(button)
        close = self._button("search_close", "Close the search (Esc)")
        close.setText("✕")
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Be as large as the letters."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit_letters()

    def _fit_letters(self) -> None:
        self._count.setMinimumWidth(self.fontMetrics().horizontalAdvance("10,000 of 10,000"))

    def ask(self) -> None:
        """Open, with the words of the last search selected."""
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_arguments(self, done: float | None, reason: str) -> None:
        """Say with the next count how far the arguments of a trace are searched, from 0 to 1, None: as far as they can be.
        reason: why they cannot."""
        searched = "" if done is None else f"arguments {int(100 * done)} %"
        self._arguments = "arguments not searched" if reason else searched
        self._reason = f"The arguments are not searched: {reason}." if reason else ""

    def show_count(self, at: int | None, count: int, *, filtered: bool = False) -> None:
        """Show the number of a match, and of all. at: the index of the match, None before the first. filtered: it is hidden."""
        if not self.field.text().strip():
            text = ""
        elif not count:
            text = "No match"
        else:
            text = (
                f"{count:,} found" if at is None else f"{at + 1:,} of {count:,}{', filtered out' if filtered else ''}"
            )
        if text and self._arguments:
            text = f"{text} · {self._arguments}"
        self._count.setText(text)
        self._count.setToolTip(self._reason or text)
        self.field.setAccessibleDescription(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next match, with Shift to the one before; Esc closes. No key reaches the widget below."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.key() == Qt.Key.Key_F3:
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        event.accept()

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        button.setAutoRaise(True)
        return button

    def _on_next(self) -> None:
        self.stepped.emit(1)

    def _on_previous(self) -> None:
        self.stepped.emit(-1)
