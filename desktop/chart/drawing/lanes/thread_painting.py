"""Draws the rows of threads: the tasks of each, and above them how many run tasks. The window's thread, or an export."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from desktop.chart.drawing.lanes import strips
from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.drawing.lanes.lane_texts import LaneTexts
from desktop.chart.drawing.lanes.visible_spans import VisibleSpans
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.row import LINED_PX, Row
from desktop.chart.geometry.thread_load import ThreadLoad
from workers.timeline.model import SpanKind

_THREAD_KEYS = 1 << 40
"""The images of threads are kept under their ids from here on, those of processes under theirs."""
_FAILED_PX = 3.0


class ThreadPainter:
    """Draws the rows of threads, for one frame. loads: kept from frame to frame, by process."""

    def __init__(
        self, frame: PaintFrame, images: LaneImages, loads: dict[int, ThreadLoad], spans: VisibleSpans
    ) -> None:
        self._frame, self._images, self._loads = frame, images, loads
        self._texts = LaneTexts(frame, spans)

    def draw(self, row: Row, top: float) -> None:
        """Draw the row of a thread, or the one above those of a process."""
        bar_top, height = row.bar_px
        box = QRectF(self._frame.scale.left_px, top + bar_top, self._frame.scale.width_px, height)
        if row.thread:
            self._tasks(row, box)
        else:
            self._load(row.threads_of, box)

    def _tasks(self, row: Row, box: QRectF) -> None:
        tasks = self._frame.timeline.tasks.of_thread(row.thread)
        if tasks is None or not len(tasks):
            return
        cut_ns = self._frame.timeline.process(row.under).last_ns
        self._images.draw(self._frame, _THREAD_KEYS + row.thread, tasks, cut_ns, box)
        if row.height_px >= LINED_PX:
            self._texts.tasks(tasks, cut_ns, box)

    def _load(self, process: int, box: QRectF) -> None:
        """How many threads run tasks, as an area; as high as the box for all of them. Failed tasks are marked on it."""
        frame, timeline = self._frame, self._frame.timeline
        load = self._loads.setdefault(process, ThreadLoad())
        load.update(timeline, process)
        running = load.running(frame.columns) / max(1, len(timeline.threads_of(process)))
        failed = load.failed(frame.columns)
        if frame.style.vector:
            self._shapes(running, failed, box)
        else:
            frame.painter.drawImage(box, self._image(running, failed, box))

    def _image(self, share: NDArray[np.float64], failed: NDArray[np.bool_], box: QRectF) -> QImage:
        """The area and the marks as pixels: a shape with a corner in each column takes many times as long."""
        style, width = self._frame.style, len(share)
        scale = width / box.width()
        height = max(1, round(box.height() * scale))
        levels = np.ceil(np.minimum(share, 1.0) * height)
        pixels = np.where(
            levels > np.arange(height - 1, -1, -1)[:, np.newaxis], style.colour(strips.threads(style)).rgba(), 0
        )
        pixels[-round(_FAILED_PX * scale) :, failed] = style.kind_colours[SpanKind.FAILED].rgba()
        data = pixels.astype(np.uint32).tobytes()
        return QImage(data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()

    def _shapes(self, share: NDArray[np.float64], failed: NDArray[np.bool_], box: QRectF) -> None:
        """The same where pixels have no fixed size."""
        painter, style = self._frame.painter, self._frame.style
        values = np.where(share > 0, share, strips.NOTHING)
        strips.draw_area(painter, style, strips.threads(style), values, 1.0, box)
        colour, wide = style.kind_colours[SpanKind.FAILED], box.width() / len(share)
        for column in np.flatnonzero(failed).tolist():
            place = QRectF(box.left() + column * wide, box.bottom() - _FAILED_PX, max(1.0, wide), _FAILED_PX)
            painter.fillRect(place, colour)
