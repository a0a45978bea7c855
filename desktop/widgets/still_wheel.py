"""Keeps the mouse wheel for scrolling: it changes a control only while the control has the focus. The window's thread."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class StillWheel(QObject):
    """An event filter for sliders, spin boxes and combo boxes inside a scroll area."""

    def guard(self, *widgets: QWidget) -> None:
        """Have the wheel scroll over these widgets while they do not have the focus."""
        for widget in widgets:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # by default a turn of the wheel takes the focus
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass a wheel event on to the parent widget unless `watched` has the focus."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False
