"""The key sheet: every key of the window and what it does, from the tables that bind the keys. The window's thread."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.chart.keys import BINDINGS, POINTER
from desktop.widgets.spoken_widgets import speak_as

_NATIVE = QKeySequence.SequenceFormat.NativeText
_BESIDE_PX = QSize(60, 130)
"""The part of the screen that the frame, the margins and the button take."""

Entry = tuple[str, str]


def key_sheet(parent: QWidget, actions: Iterable[QAction]) -> QDialog:
    """The key sheet with the keys of these actions and of the timeline, not yet shown."""
    dialog = QDialog(parent)
    dialog.setObjectName("key_sheet")
    dialog.setWindowTitle("Keys")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    sheet = QWidget()
    columns = QHBoxLayout(sheet)
    columns.setContentsMargins(0, 0, 0, 0)
    columns.setSpacing(36)
    timeline = [(keys_text(binding.keys), binding.text) for binding in BINDINGS]
    for groups in (
        (("Everywhere", window_keys(actions)), ("With the mouse, in the timeline", list(POINTER))),
        (("In the timeline, while it has the focus", timeline),),
    ):
        columns.addLayout(_column(groups))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    whole = QVBoxLayout(dialog)
    whole.setContentsMargins(22, 18, 22, 14)
    whole.setSpacing(14)
    whole.addWidget(_scrolled(sheet, parent.screen().availableSize() - _BESIDE_PX))
    whole.addWidget(buttons)
    return dialog


def window_keys(actions: Iterable[QAction]) -> list[Entry]:
    """The keys of the actions that have one."""
    return [(keys_of(action), action.text().replace("&", "").rstrip("…"))
            for action in actions if not action.shortcut().isEmpty()]  # fmt: skip


def keys_of(action: QAction) -> str:
    """Every key of an action, as `keys_text` writes them."""
    return keys_text(key.toString() for key in action.shortcuts())


def keys_text(keys: Iterable[str]) -> str:
    """The keys of one action, as the system writes them: ``W  +  =``."""
    return "  ".join(QKeySequence(key).toString(_NATIVE) for key in keys)


def _scrolled(sheet: QWidget, most: QSize) -> QScrollArea:
    """The sheet in full if it fits on the screen, else in an area that scrolls."""
    area = QScrollArea()
    area.setAccessibleName("Keys")
    speak_as(area, QAccessible.Role.Document)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(sheet)
    needed = sheet.sizeHint()
    bar_px = area.verticalScrollBar().sizeHint().width() if needed.height() > most.height() else 0
    area.setMinimumSize(QSize(needed.width() + bar_px, needed.height()).boundedTo(most))
    return area


def _column(groups: Iterable[tuple[str, list[Entry]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    row = 0
    for title, entries in groups:
        if row:
            grid.setRowMinimumHeight(row, 12)
            row += 1
        heading = QLabel(title)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        grid.addWidget(heading, row, 0, 1, 2)
        for keys, meaning in entries:
            row += 1
            grid.addWidget(_literal(keys), row, 0)
            grid.addWidget(_literal(meaning), row, 1)
        row += 1
    grid.setRowStretch(row, 1)
    grid.setColumnStretch(1, 1)
    return grid


def _literal(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
