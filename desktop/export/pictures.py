"""The picture of a run, or of any drawing: its size, its colours, and the image made of it. The window's thread.

Qt is imported only when a picture is made, so that exports of other kinds do without it.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.environment import version
from desktop.environment.system_libraries import advice, missing_libraries
from desktop.look.palette import DARK, LIGHT, Palette
from workers.system.atomic_files import ExportError
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from PySide6.QtCore import QSizeF
    from PySide6.QtGui import QImage, QPaintDevice, QPainter

    from desktop.chart.pictures.picture_extent import PictureExtent
    from desktop.chart.pictures.run_picture import Drawing

SCALES = (1, 2, 4)
LEAST_SIDE_PX, MOST_SIDE_PX = 100, 20_000
DPI = 96
_MOST_PIXELS = 200_000_000


@dataclass(frozen=True, slots=True)
class PictureLook:
    """What a picture shows, how large and in which colours.

    shown: the part of the run; None for all of it. width_px, height_px: the sides at scale 1; None for 1,200, and for the
    height that the lanes need. scale: pixels of a PNG for each of these. dark: the colours of the dark theme.
    """

    shown: "PictureExtent | None" = None
    width_px: int | None = None
    height_px: int | None = None
    scale: int = 2
    dark: bool = False

    def check(self) -> None:
        """Raise ExportError if a side is too short or too long."""
        for side in (self.width_px, self.height_px):
            if side is not None and not LEAST_SIDE_PX <= side <= MOST_SIDE_PX:
                raise ExportError(f"A picture's sides can be {LEAST_SIDE_PX} to {MOST_SIDE_PX:,} pixels, not {side:,}.")


def run_drawing(timeline: Timeline, look: PictureLook) -> "Drawing":
    """The drawing of a run. Raises ExportError if Qt does not load."""
    ensure_application()
    from desktop.chart.pictures.run_picture import RunPicture

    return RunPicture(timeline, look.shown)


def picture_image(timeline: Timeline, scale: int = 2, look: PictureLook | None = None) -> "QImage":
    """The picture of a run as an image. scale: of a picture without a look. Raises ExportError if it is too large."""
    look = look or PictureLook(scale=scale)
    return image_of(run_drawing(timeline, look), look)


def image_of(drawing: "Drawing", look: PictureLook) -> "QImage":
    """A drawing as an image, `look.scale` pixels for each of its own. Raises ExportError if it is too large."""
    ensure_application()
    from PySide6.QtGui import QImage, QPainter

    scale = look.scale
    size = picture_size_of(drawing, look)
    width, height = round(size.width() * scale), round(size.height() * scale)
    image = QImage(width, height, QImage.Format.Format_RGB32) if width * height <= _MOST_PIXELS else QImage()
    if image.isNull():
        raise ExportError(f"A picture of {width:,} × {height:,} pixels is too large: choose a smaller scale, or SVG.")
    image.setDotsPerMeterX(round(DPI * scale / 0.0254))
    image.setDotsPerMeterY(round(DPI * scale / 0.0254))
    painter = QPainter(image)
    _check(painter)
    painter.scale(scale, scale)
    drawing.paint(painter, _palette(look), size, detail=float(scale))
    painter.end()
    return image


def paint_vectors(device: "QPaintDevice", drawing: "Drawing", look: PictureLook, size: "QSizeF", scale: float) -> None:
    """Paint a drawing on a device that keeps lines and texts as such. scale: of the device for the drawing."""
    from PySide6.QtGui import QPainter

    painter = QPainter(device)
    _check(painter)
    painter.scale(scale, scale)
    drawing.paint(painter, _palette(look), size, vector=True)
    painter.end()


def picture_size_of(drawing: "Drawing", look: PictureLook) -> "QSizeF":
    """The size of a picture at scale 1. Raises ExportError if the look asks for one that is not possible."""
    from PySide6.QtCore import QSizeF

    look.check()
    needed = drawing.size(look.width_px)
    return needed if look.height_px is None else QSizeF(needed.width(), look.height_px)


def ensure_application() -> None:
    """Make the QGuiApplication that Qt needs to draw text, unless there is one. Raises ExportError if Qt does not load."""
    refused = version.refusal()
    if refused is not None:
        raise ExportError(refused)
    try:
        from PySide6.QtGui import QGuiApplication
    except ImportError as error:
        missing = missing_libraries()
        raise ExportError(
            advice(missing) if missing else f"A picture needs Qt, which does not load: {error}"
        ) from error
    if QGuiApplication.instance() is None:
        # Nothing is shown, so no display is asked for: Qt ends the whole process when it finds none.
        hidden = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
        QGuiApplication(["procession", *hidden])  # PySide itself keeps it


def _palette(look: PictureLook) -> Palette:
    return DARK if look.dark else LIGHT


def _check(painter: "QPainter") -> None:
    if not painter.isActive():
        raise ExportError("The picture could not be drawn: Qt gave nothing to draw on.")
