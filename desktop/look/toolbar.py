"""How toolbars look in every window. The window's thread."""

from collections.abc import Sequence
from itertools import chain

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton

from desktop.look.palette import Palette

_APART_PX, _AROUND_PX = 4, 24
_ICON_LETTERS = 5 / 3
"""The height of an icon beside a text, in heights of the letters."""


def bar_icon_size(bar: QToolBar) -> QSize:
    """The size of the icons in a toolbar, from the size of its letters."""
    icon_px = round(bar.fontInfo().pixelSize() * _ICON_LETTERS)
    return QSize(icon_px, icon_px)


class ShorterButtons(QObject):
    """Shows some buttons of a toolbar by their icons alone while it is too narrow for all texts. Their tooltips name them.

    groups: of the actions; each is shortened while the ones before it are not enough.
    """

    def __init__(self, bar: QToolBar, *groups: Sequence[QAction]) -> None:
        super().__init__(bar)
        self._bar, self._groups = bar, groups
        bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Choose again when the toolbar has another width."""
        if watched is self._bar and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.fit()
        return False

    def fit(self) -> None:
        """Choose again, for letters of another size too."""
        both, icon = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        buttons = self._buttons([action for action in self._bar.actions() if action.isVisible()])
        groups = [self._buttons(group) for group in self._groups]
        for button in chain.from_iterable(groups):
            button.setToolButtonStyle(both)
        for group in groups:
            needed = sum(button.sizeHint().width() + _APART_PX for button in buttons) + _AROUND_PX
            if needed <= self._bar.width():
                break
            for button in group:
                button.setToolButtonStyle(icon)

    def _buttons(self, actions: Sequence[QAction]) -> list[QToolButton]:
        return [one for action in actions if isinstance(one := self._bar.widgetForAction(action), QToolButton)]


def bar_style(palette: Palette) -> str:
    """The style sheet of a toolbar with texts beside its icons. Qt leaves room for two blanks to the right of a text, so the
    padding there is smaller."""
    return f"""
        QToolBar {{ border: none; border-bottom: 1px solid {palette.line}; spacing: 4px; padding: 3px 6px; }}
        QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 3px 3px 8px; }}
        QToolButton:hover:enabled {{ background: {palette.button}; border-color: {palette.line}; }}
        QToolButton:checked {{ background: {palette.selection}; }}
        QToolButton#start:enabled {{ background: {palette.selection}; border-color: {palette.accent}; }}
        QToolButton#start:enabled:hover {{ background: {palette.button}; }}
        QToolButton#qt_toolbar_ext_button {{ border: none; padding: 0; }}
        QToolButton:pressed {{ background: {palette.line}; }}
        QToolButton:focus {{ border: 2px solid {palette.text}; padding: 2px 2px 2px 7px; }}
        QToolButton#start:enabled:focus {{ border-color: {palette.text}; }}
    """
