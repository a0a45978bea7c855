"""Draws what an imported trace has beside processes: tracks of nested spans and instants, and counters.

Each depth of a track is an image of columns, as the tasks of a lane are; spans that are wide enough have their name inside.
The window's thread, or an export.
"""

import numpy as np
from PySide6.QtCore import QRectF

from desktop.chart.drawing.lanes import strips
from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.drawing.lanes.track_instants import draw_instants
from desktop.chart.drawing.lanes.track_levels import TrackLevel, levels_of
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.track_depths import instants
from desktop.chart.geometry.track_depths import level as place_of
from workers.plan.sizes import format_duration
from workers.timeline.tracks import Track

_LEAST_TEXT_PX = 20.0
_TEXT_ROOM_PX = 4.0
_LEAST_LETTERS_PX = 10.0
_LEAST_LETTERS = 3


class TrackPainter:
    """Draws tracks and counters, for one frame."""

    def __init__(self, frame: PaintFrame, images: LaneImages) -> None:
        self._frame, self._painter, self._style = frame, frame.painter, frame.style
        self._timeline, self._scale = frame.timeline, frame.scale
        self._images, self._levels = images, levels_of(frame.timeline)

    def draw(self, row: Row, top: float) -> None:
        """Draw the row of a track or counter."""
        if row.track:
            self._track(row, self._timeline.tracks[row.track - 1], top)
        elif row.counter:
            self._counter(row, top)

    def _track(self, row: Row, track: Track, top: float) -> None:
        now_ns = self._timeline.now_ns
        for depth in self._in_view(row, track.spans.height, top):
            below, high = place_of(row, track.spans.height, depth)
            box = QRectF(self._scale.left_px, top + below, self._scale.width_px, high)
            level = self._levels.at(track, depth, self._timeline.names)
            if not len(level):
                continue
            self._images.draw(self._frame, -(track.id << 16) - depth, level, None, box)
            if high >= _LEAST_LETTERS_PX:
                self._names(level, box, now_ns)
        if row.instants_px:
            instants_top, high = instants(row)
            box = QRectF(self._scale.left_px, top + instants_top, self._scale.width_px, high)
            draw_instants(self._frame, track.mark_t, box)

    def _in_view(self, row: Row, height: int, top: float) -> range:
        """The depths that are in view, of a row at `top`."""
        if not height:
            return range(0)
        seen = self._painter.worldTransform().inverted()[0].mapRect(QRectF(self._painter.viewport()))
        first, each = place_of(row, height, 0)[0], place_of(row, height, 1)[0] - place_of(row, height, 0)[0]
        low, high = (int((edge - top - first) // each) for edge in (seen.top(), seen.bottom()))
        return range(max(0, low), min(height, high + 1))

    def _names(self, level: TrackLevel, box: QRectF, now_ns: int) -> None:
        low = int(level.layers(None)[0].reach.searchsorted(self._scale.t0_ns, "right"))
        high = int(level.t0.searchsorted(self._scale.t1_ns, "left"))
        if not 0 < high - low <= 4 * self._scale.width_px:
            return
        t0, t1 = level.t0[low:high], np.minimum(level.t1[low:high], now_ns)
        wide = np.flatnonzero(t1 - t0 >= _LEAST_TEXT_PX * self._scale.ns_per_px)
        font = self._style.font if box.height() >= 14 else self._style.tiny_font
        for at in wide.tolist():
            left = max(self._scale.x(int(t0[at])), self._scale.left_px) + _TEXT_ROOM_PX
            right = min(self._scale.x(int(t1[at])), self._scale.right_px) - _TEXT_ROOM_PX
            if right - left < _LEAST_TEXT_PX - 2 * _TEXT_ROOM_PX:
                continue
            name = self._timeline.names[int(level.name[low + at])]
            long = f"{name} · {format_duration(int(t1[at] - t0[at]) * 1e-9)}"
            text = long if self._style.width(font, long) <= right - left else name
            if (
                self._style.width(font, text) > right - left
                and self._style.width(font, name[:_LEAST_LETTERS] + "…") > right - left
            ):
                continue  # too few letters would be left
            self._style.write(
                self._painter, font, "task_text", QRectF(left, box.top(), right - left, box.height()), text
            )

    def _counter(self, row: Row, top: float) -> None:
        counter = self._timeline.counters[row.counter - 1]
        # The last value holds until the trace ends; a trace may count below zero, which is drawn as nothing above it.
        t = np.append(counter.t, self._timeline.now_ns)
        known = np.append(
            np.where(np.isfinite(counter.value), np.maximum(counter.value, 0.0), strips.NOTHING), strips.NOTHING
        )
        values = strips.column_values(t, known, self._frame.edges)
        box = QRectF(self._scale.left_px, top + 4, self._scale.width_px, row.height_px - 8)
        full = strips.highest(known)
        strips.draw_area(self._painter, self._style, strips.counter(self._style), values, full, box)
