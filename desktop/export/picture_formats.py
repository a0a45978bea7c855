"""The formats of pictures: a new one is a function that encodes a drawing, and an entry in the table. The window's thread.

The formats of other files, which need no Qt, are in `workers/formats/all_formats.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.export.pictures import DPI, PictureLook, ensure_application, image_of, paint_vectors, picture_size_of
from workers.harmless_text import plain
from workers.system.atomic_files import ExportError

if TYPE_CHECKING:
    from PySide6.QtCore import QBuffer

    from desktop.chart.pictures.run_picture import Drawing

_MOST_PAGE_PT = 14_400.0
"""PDF readers refuse longer pages. A longer picture is scaled down, and stays as sharp."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _png(drawing: "Drawing", look: PictureLook) -> bytes:
    from PySide6.QtGui import QImageWriter

    buffer = _buffer()
    if not QImageWriter(buffer, b"png").write(image_of(drawing, look)):
        raise ExportError("The picture could not be made into a PNG.")
    return bytes(buffer.data().data())


def _svg(drawing: "Drawing", look: PictureLook) -> bytes:
    from PySide6.QtCore import QRectF
    from PySide6.QtSvg import QSvgGenerator

    buffer = _buffer()
    size = picture_size_of(drawing, look)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setResolution(DPI)
    device.setSize(size.toSize())
    device.setViewBox(QRectF(0, 0, size.width(), size.height()))
    device.setTitle("Procession")
    device.setDescription(plain(drawing.description))
    paint_vectors(device, drawing, look, size, 1.0)
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(buffer.data().data(), "utf-8", "replace")).encode()


def _pdf(drawing: "Drawing", look: PictureLook) -> bytes:
    from PySide6.QtCore import QMarginsF, QSizeF
    from PySide6.QtGui import QPageSize, QPdfWriter

    buffer = _buffer()
    size = picture_size_of(drawing, look)
    device = QPdfWriter(buffer)
    device.setTitle("Procession")
    device.setCreator("Procession")
    device.setResolution(DPI)
    points = QSizeF(size.width() * 72 / DPI, size.height() * 72 / DPI)
    points *= min(1.0, _MOST_PAGE_PT / max(points.width(), points.height()))
    device.setPageSize(QPageSize(points, QPageSize.Unit.Point, "timeline", QPageSize.SizeMatchPolicy.ExactMatch))
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    paint_vectors(device, drawing, look, size, device.width() / size.width())
    return bytes(buffer.data().data())


def _buffer() -> "QBuffer":
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """One format of pictures.

    suffix: what the file's name ends in. title: its name in a dialog. encode: makes the bytes of the file; raises ExportError.
    """

    suffix: str
    title: str
    encode: Callable[["Drawing", PictureLook], bytes]


PICTURE_FORMATS = (
    PictureFormat(".png", "PNG picture", _png),
    PictureFormat(".svg", "SVG drawing", _svg),
    PictureFormat(".pdf", "PDF document", _pdf),
)
"""In the order of dialogs."""


def picture_format(suffix: str) -> PictureFormat | None:
    """The format of pictures with this suffix."""
    return next((each for each in PICTURE_FORMATS if each.suffix == suffix), None)


def encode_picture(drawing: "Drawing", each: PictureFormat, look: PictureLook) -> bytes:
    """The bytes of a picture file. Raises ExportError if the picture cannot be made."""
    ensure_application()
    return each.encode(drawing, look)
