"""Keeps the wheel for scrolling: it changes a control only while that control has the focus. The window's thread."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class StillWheel(QObject):
    """An event filter for sliders, spin boxes and combo boxes that lie on something that scrolls."""

    def guard(self, *widgets: QWidget) -> None:
        """Let the wheel pass over these while they do not have the focus."""
        for widget in widgets:
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the default takes the focus at a turn of the wheel
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand a wheel event to the widget below when `watched` has no focus."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False
