"""The About box and what it copies. The window's thread."""

import multiprocessing
import os
import platform
import sys

import psutil
import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
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

from desktop.version import version
from workers.sizes import format_bytes


def about_dialog(parent: QWidget) -> QDialog:
    """What this is and on what it runs, with a button that copies it."""
    dialog = _dialog(parent, "About Procession", "about")
    layout = QVBoxLayout()
    label = QLabel("Procession shows what Python's multiprocessing really does.")
    layout.addWidget(label)
    text = QPlainTextEdit(diagnostics())
    text.setReadOnly(True)
    text.setAccessibleName("Diagnostics")
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    text.setMinimumWidth(min(640, _widest_px(text) + 40))
    lines = text.document().blockCount() + 2  # and a scroll bar below them
    text.setFixedHeight(lines * text.fontMetrics().lineSpacing())
    layout.addWidget(text)
    copy = QPushButton("&Copy diagnostics")
    copy.setAutoDefault(False)
    copy.clicked.connect(_copy_diagnostics)
    _finish(dialog, layout, copy)
    return dialog


def diagnostics() -> str:
    """Versions, platform, display, start methods, cores and memory, one a line."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = psutil.virtual_memory()
    lines = (
        f"Procession {version()}",
        f"Python {platform.python_version()} ({sys.executable})",
        f"PySide6 {PySide6.__version__}, display {QGuiApplication.platformName()}",
        f"{platform.platform()}, {platform.machine()}",
        f"Start methods: {', '.join(multiprocessing.get_all_start_methods())}",
        f"Cores: {affinity} usable of {os.cpu_count()}",
        f"Memory: {format_bytes(memory.available)} available of {format_bytes(memory.total)}",
    )
    return "\n".join(lines)


def _widest_px(text: QPlainTextEdit) -> int:
    return max(text.fontMetrics().horizontalAdvance(line) for line in text.toPlainText().splitlines())


def _copy_diagnostics() -> None:
    QApplication.clipboard().setText(diagnostics())


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
