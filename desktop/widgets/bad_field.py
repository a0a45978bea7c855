"""The look of a text field with an error: the palette's warning colour. The window's thread."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLineEdit

from desktop.look.palette import Palette


def mark_field(field: QLineEdit, error: str, palette: Palette) -> None:
    """Colour a field that has an error, and show the error in its tooltip and to screen readers. error: empty = none."""
    field.setAccessibleDescription(error)
    field.setToolTip(error)
    # Inside a combo box the box paints the background of the field, and it knows nothing of errors.
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
