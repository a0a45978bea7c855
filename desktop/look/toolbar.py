"""How toolbars look in every window. The window's thread."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolBar

from desktop.look.palette import Palette

_ICON_LETTERS = 5 / 3
"""The height of an icon beside a text, in heights of the letters."""


def bar_icon_size(bar: QToolBar) -> QSize:
    """The size of the icons in a toolbar, from the size of its letters."""
    icon_px = round(bar.fontInfo().pixelSize() * _ICON_LETTERS)
    return QSize(icon_px, icon_px)


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
        QToolButton:pressed {{ background: {palette.line}; }}
        QToolButton:focus {{ border: 2px solid {palette.text}; padding: 2px 2px 2px 7px; }}
        QToolButton#start:enabled:focus {{ border-color: {palette.text}; }}
    """
