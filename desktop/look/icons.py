"""The window's icons: our SVG drawings in the palette's text colour, sharp at every size. The window's thread."""

from enum import StrEnum

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.look.palette import Palette
from resources.icons import read_icon

_SIZES_PX = (16, 20, 24, 32, 40, 48, 64)
"""The usual icon sizes and their doubles: no icon is scaled on a screen at 2x."""

_APP_SIZES_PX = (16, 24, 32, 48, 64, 128, 256)


class Icon(StrEnum):
    """Every icon; the value is the name of its drawing."""

    START = "start"
    JOIN = "join"
    IS_ALIVE = "is_alive"
    STOP = "stop"
    END_PARENT = "end_parent"
    EXPORT = "export"
    FOLLOW = "follow"
    COPY = "copy"
    SAVE = "save"
    FIT = "fit"
    PROBLEM = "problem"
    ADVICE = "advice"
    INFO = "info"
    DONE = "done"
    PANEL_LEFT = "panel_left"
    PANEL_BELOW = "panel_below"
    PANEL_RIGHT = "panel_right"


def make_icon(icon: Icon, palette: Palette, colour: str | None = None) -> QIcon:
    """The icon in the palette's text colour, or in `colour`, and paler while its control is disabled. Needs a
    QApplication."""
    drawing = read_icon(icon)
    made = QIcon()
    for mode, opacity in ((QIcon.Mode.Normal, 1.0), (QIcon.Mode.Disabled, 0.38)):
        for size in _SIZES_PX:
            made.addPixmap(_render(drawing.replace("currentColor", colour or palette.text), size, opacity), mode)
    return made


def make_app_icon() -> QIcon:
    """The application's own icon, in its own colours. Needs a QApplication."""
    drawing = read_icon("app")
    made = QIcon()
    for size in _APP_SIZES_PX:
        made.addPixmap(_render(drawing, size, 1.0))
    return made


def _render(drawing: str, size_px: int, opacity: float) -> QPixmap:
    image = QImage(QSize(size_px, size_px), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(image)
    painter.setOpacity(opacity)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    return QPixmap.fromImage(image)
