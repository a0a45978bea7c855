"""How toolbars look in every window. The window's thread."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolBar

from desktop.look.palette import Palette

_ICON_LETTERS = 5 / 3
"""How high an icon is beside a text, in heights of its letters."""


def bar_icon_size(bar: QToolBar) -> QSize:
    """How large the icons in a toolbar are beside its letters."""
    icon_px = round(bar.fontInfo().pixelSize() * _ICON_LETTERS)
    return QSize(icon_px, icon_px)


def bar_style(palette: Palette) -> str:
    """The style sheet of a toolbar with texts beside its icons. Qt keeps the room of two blanks right of a text, which is taken
    off the padding there."""
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
