"""The About box and what it copies. The window's thread."""

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.environment import doctor

_MOST_PX = 860


def about_dialog(parent: QWidget) -> QDialog:
    """The dialog: the version and the machine, with a button that copies them."""
    dialog = _dialog(parent, "About Procession", "about")
    layout = QVBoxLayout()
    label = QLabel("Procession shows what Python's multiprocessing really does.")
    layout.addWidget(label)
    words = diagnostics()
    text = QPlainTextEdit(words)
    text.setReadOnly(True)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))  # its columns are aligned with blanks
    text.setAccessibleName("Diagnostics")
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    text.setMinimumWidth(min(_MOST_PX, _widest_px(text) + 40))
    lines = text.document().blockCount() + 2  # and a scroll bar below them
    text.setFixedHeight(lines * text.fontMetrics().lineSpacing())
    layout.addWidget(text)
    copy = QPushButton("&Copy diagnostics")
    copy.setAutoDefault(False)
    # What is shown is copied, not what holds a moment later.
    copy.clicked.connect(lambda: QApplication.clipboard().setText(words))
    _finish(dialog, layout, copy)
    return dialog


def diagnostics() -> str:
    """The text of `procession doctor`, and Qt's version and platform."""
    found, missing = doctor.examine()
    return f"{doctor.text(found, missing)}Qt {PySide6.__version__} draws on {QGuiApplication.platformName()}"


def _widest_px(text: QPlainTextEdit) -> int:
    return max(text.fontMetrics().horizontalAdvance(line) for line in text.toPlainText().splitlines())


def _dialog(parent: QWidget, title: str, name: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setObjectName(name)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _finish(dialog: QDialog, content: QVBoxLayout, extra: QPushButton | None = None) -> None:
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 18, 20, 14)
    layout.addLayout(content)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    if extra is not None:
        buttons.addButton(extra, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    layout.addWidget(buttons)
