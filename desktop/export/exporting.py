"""Saves a run as a file: a picture, a table, a trace, or the run itself. The thread that owns the timeline.

Whatever it is, it is made in memory or beside the target first and then put in place whole: Qt's own writers report
success on a full disk. Qt is imported only for pictures; all else can be written by any thread that has a timeline of its own.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.environment import version
from desktop.environment.system_libraries import advice, missing_libraries
from desktop.look.palette import DARK, LIGHT, Palette
from workers.formats.all_formats import written_formats, written_suffixes
from workers.formats.blocks import Progress
from workers.formats.writing import write_run
from workers.plan.plan import Order
from workers.system.atomic_files import ExportError, check_target, write_atomically
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from PySide6.QtCore import QBuffer, QSizeF
    from PySide6.QtGui import QImage, QPaintDevice, QPainter

    from desktop.chart.drawing.picture_extent import PictureExtent
    from desktop.chart.drawing.run_picture import Drawing

SCALES = (1, 2, 4)
_PICTURES = {".png": "PNG picture", ".svg": "SVG drawing", ".pdf": "PDF document"}
PICTURE_KINDS = tuple(_PICTURES)
_KINDS = (*PICTURE_KINDS, *written_suffixes())
PICTURE_FILTER = ";;".join(f"{title} (*{suffix})" for suffix, title in _PICTURES.items())
FILE_FILTER = ";;".join((PICTURE_FILTER, *(f"{each.title} ({each.patterns})" for each in written_formats())))
"""The kinds of file for a dialog, the picture first."""

LEAST_SIDE_PX, MOST_SIDE_PX = 100, 20_000
_DPI = 96
_MOST_PAGE_PT = 14_400.0
"""Readers of PDF refuse longer pages; what is longer is smaller, and as sharp."""
_MOST_PIXELS = 200_000_000
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class PictureLook:
    """How a picture is made. shown: the part of the run, None for all of it. width_px, height_px: at 1x, None for 1,200 and
    for what the lanes need. scale: pixels of a PNG for one of those. dark: in the colours of the dark theme."""

    shown: "PictureExtent | None" = None
    width_px: int | None = None
    height_px: int | None = None
    scale: int = 2
    dark: bool = False

    def check(self) -> None:
        """Raise ExportError when no picture can have this size."""
        for side in (self.width_px, self.height_px):
            if side is not None and not LEAST_SIDE_PX <= side <= MOST_SIDE_PX:
                raise ExportError(f"A picture's sides can be {LEAST_SIDE_PX} to {MOST_SIDE_PX:,} pixels, not {side:,}.")


def kind_of(path: Path) -> str:
    """The kind of file that the name of `path` asks for. Raises ExportError naming the kinds there are."""
    name = path.name.lower()
    kind = next((kind for kind in sorted(_KINDS, key=len, reverse=True) if name.endswith(kind)), None)
    if kind is None:
        known = f"{', '.join(_KINDS[:-1])} or {_KINDS[-1]}"
        raise ExportError(f"{str(path)!r} cannot be exported: its name must end in {known}.")
    return kind


def is_picture(path: Path) -> bool:
    """Whether it would be drawn, which only the window's thread can do. Raises ExportError as `kind_of` does."""
    return kind_of(path) in PICTURE_KINDS


def check_export(path: Path) -> None:
    """Raise ExportError when it is plain before the run that `path` could not be written after it."""
    kind_of(path)
    check_target(path)


def export_timeline(
    timeline: Timeline,
    path: Path,
    *,
    folder: Path | None,
    scale: int = 2,
    look: PictureLook | None = None,
    progress: Progress | None = None,
) -> None:
    """Write `timeline` to `path`, as its suffix says. Raises ExportError, or CancelledError when `progress` says so; what was
    there before is then untouched.

    folder: the run's, which a saved run is made from. scale: pixels of a PNG for one of the window's. look: how a picture is
    made; it has a scale of its own.
    """
    kind = kind_of(path)
    check_target(path)
    if kind in PICTURE_KINDS:
        look = look or PictureLook(scale=scale)
        write_atomically(path, _picture(_run(timeline, look), kind, look))
    else:
        write_run(path, kind, timeline, folder, progress)


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, whole or not at all. Raises ExportError."""
    write_atomically(path, text.encode("utf-8"))


def with_suffix(path: str, kind: str) -> str:
    """The path that a dialog gave, with the first suffix of the kind of file chosen there when it has none of its own."""
    suffix = re.search(r"\*(\.\w+)", kind)
    return path if not path or suffix is None or Path(path).suffix else path + suffix[1]


def default_name(timeline: Timeline) -> str:
    """A name for the picture, from the day and the plan, that every file system takes."""
    parts = [timeline.started_at[:10]]
    plan = timeline.plan
    if plan is not None:
        count = f"{plan.workers} worker{'' if plan.workers == 1 else 's'}"
        parts += [str(plan.workload), count, str(plan.start_method)]
        if plan.by_hand or plan.order_text != Order.START_THEN_JOIN:
            parts.append(plan.order_text if plan.order_text in list(Order) else "own steps")
    elif timeline.argv:
        parts.append(Path(timeline.argv[-1]).stem)
    name = _NOT_IN_NAMES.sub("", " ".join(filter(None, parts))).strip(" .")
    return f"{name[:100] or 'procession'}.png"


def export_picture(drawing: "Drawing", path: Path, look: PictureLook) -> None:
    """Write a drawing to `path` as its suffix says, .png, .svg or .pdf. Raises ExportError as `export_timeline` does."""
    kind = kind_of(path)
    if kind not in PICTURE_KINDS:
        raise ExportError(f"{str(path)!r} cannot be drawn: its name must end in .png, .svg or .pdf.")
    check_target(path)
    write_atomically(path, _picture(drawing, kind, look))


def picture_image(timeline: Timeline, scale: int = 2, look: PictureLook | None = None) -> "QImage":
    """The picture at `scale` pixels for one of the window's. Raises ExportError when it cannot be made."""
    look = look or PictureLook(scale=scale)
    return image_of(_run(timeline, look), look)


def image_of(drawing: "Drawing", look: PictureLook) -> "QImage":
    """A drawing as an image. Raises ExportError when it cannot be made."""
    ensure_application()
    from PySide6.QtGui import QImage, QPainter

    scale = look.scale
    size = _size(drawing, look)
    width, height = round(size.width() * scale), round(size.height() * scale)
    image = QImage(width, height, QImage.Format.Format_RGB32) if width * height <= _MOST_PIXELS else QImage()
    if image.isNull():
        raise ExportError(f"A picture of {width:,} × {height:,} pixels is too large: choose a smaller scale, or SVG.")
    image.setDotsPerMeterX(round(_DPI * scale / 0.0254))
    image.setDotsPerMeterY(round(_DPI * scale / 0.0254))
    painter = QPainter(image)
    _check(painter)
    painter.scale(scale, scale)
    drawing.paint(painter, _palette(look), size, detail=float(scale))
    painter.end()
    return image


def ensure_application() -> None:
    """Have Qt draw text: a QGuiApplication that shows nothing, when there is none. Raises ExportError without Qt."""
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


def _run(timeline: Timeline, look: PictureLook) -> "Drawing":
    ensure_application()
    from desktop.chart.drawing.run_picture import RunPicture

    return RunPicture(timeline, look.shown)


def _picture(drawing: "Drawing", kind: str, look: PictureLook) -> bytes:
    ensure_application()
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImageWriter

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind == ".png":
        if not QImageWriter(buffer, b"png").write(image_of(drawing, look)):
            raise ExportError("The picture could not be made into a PNG.")
        return bytes(buffer.data().data())
    if kind == ".svg":
        _draw_svg(buffer, drawing, look)
        return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(buffer.data().data(), "utf-8", "replace")).encode()
    _draw_pdf(buffer, drawing, look)
    return bytes(buffer.data().data())


def _draw_svg(buffer: "QBuffer", drawing: "Drawing", look: PictureLook) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtSvg import QSvgGenerator

    size = _size(drawing, look)
    device = QSvgGenerator()
    device.setOutputDevice(buffer)
    device.setResolution(_DPI)
    device.setSize(size.toSize())
    device.setViewBox(QRectF(0, 0, size.width(), size.height()))
    device.setTitle("Procession")
    device.setDescription(drawing.description)
    _paint_vectors(device, drawing, look, size, 1.0)


def _draw_pdf(buffer: "QBuffer", drawing: "Drawing", look: PictureLook) -> None:
    from PySide6.QtCore import QMarginsF, QSizeF
    from PySide6.QtGui import QPageSize, QPdfWriter

    size = _size(drawing, look)
    device = QPdfWriter(buffer)
    device.setTitle("Procession")
    device.setCreator("Procession")
    device.setResolution(_DPI)
    points = QSizeF(size.width() * 72 / _DPI, size.height() * 72 / _DPI)
    points *= min(1.0, _MOST_PAGE_PT / max(points.width(), points.height()))
    device.setPageSize(QPageSize(points, QPageSize.Unit.Point, "timeline", QPageSize.SizeMatchPolicy.ExactMatch))
    device.setPageMargins(QMarginsF(0, 0, 0, 0))
    _paint_vectors(device, drawing, look, size, device.width() / size.width())


def _paint_vectors(device: "QPaintDevice", drawing: "Drawing", look: PictureLook, size: "QSizeF", scale: float) -> None:
    from PySide6.QtGui import QPainter

    painter = QPainter(device)
    _check(painter)
    painter.scale(scale, scale)
    drawing.paint(painter, _palette(look), size, vector=True)
    painter.end()


def _size(drawing: "Drawing", look: PictureLook) -> "QSizeF":
    from PySide6.QtCore import QSizeF

    look.check()
    needed = drawing.size(look.width_px)
    return needed if look.height_px is None else QSizeF(needed.width(), look.height_px)


def _palette(look: PictureLook) -> Palette:
    return DARK if look.dark else LIGHT


def _check(painter: "QPainter") -> None:
    if not painter.isActive():
        raise ExportError("The picture could not be drawn: Qt gave nothing to draw on.")
