"""How a text field looks whose text cannot be used: in the palette's warning colour. The window's thread."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit

from desktop.look.palette import Palette


def mark_field(field: QLineEdit, error: str, palette: Palette) -> None:
    """Colour a field with an error, and tell a screen reader and the mouse of it; take all that back when it is empty."""
    field.setAccessibleDescription(error)
    field.setToolTip(error)
    # Inside a combo box a field leaves its ground to the box, which knows nothing of errors.
    field.setAutoFillBackground(bool(error))
    if not error:
        field.setPalette(QPalette())
        return
    colours = QPalette()
    bad = QColor(palette.bad)
    colours.setColor(QPalette.ColorRole.Text, bad)
    tint = QColor.fromHsvF(bad.hsvHueF(), 0.5 if palette.dark else 0.12, 0.25 if palette.dark else 1.0)
    colours.setColor(QPalette.ColorRole.Base, tint)
    field.setPalette(colours)
