"""A push button that stands for an action: its text, tooltip and state are always the action's. The window's thread."""

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton


def action_button(action: QAction) -> QPushButton:
    """A button that does what the action does, and can be pressed when that can be done."""
    button = QPushButton()
    button.setObjectName(action.objectName().removesuffix("_action"))
    button.setAutoDefault(False)
    button.clicked.connect(action.trigger)
    action.changed.connect(partial(_show_action, button, action))
    _show_action(button, action)
    return button


def _show_action(button: QPushButton, action: QAction) -> None:
    button.setText(action.text())
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
