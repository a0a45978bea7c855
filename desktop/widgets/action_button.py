"""A push button for an action, with the text, tooltip and state of the action. The window's thread."""

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton


def action_button(action: QAction) -> QPushButton:
    """A button that triggers the action, and is enabled when the action is."""
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
