"""Finds the few long spans of lanes in one frame's columns: phases and waits. The window's thread, or an export."""

from desktop.chart.drawing.lanes.lane_images import LaneImages
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.level_of_detail import Grid
from desktop.chart.geometry.span_places import Place, in_view, many_places
from workers.timeline.lanes import Spans

_FEW = 24


class VisibleSpans:
    """The places of spans in one frame, found once for bars and texts. grid: the columns in view."""

    def __init__(self, frame: PaintFrame, images: LaneImages) -> None:
        self.grid = Grid(frame.edges)
        self._columns, self._images = frame.columns, images
        self._places: dict[int, list[Place]] = {}  # by the columns' id: the timeline keeps them alive for the frame

    def places(self, spans: Spans) -> list[Place]:
        """The places of these spans in the columns in view, the kind with the highest priority last."""
        found = self._places.get(id(spans))
        if found is None:
            columns = self._columns
            if len(spans) <= _FEW:
                kept = self._images.places(spans, columns.grid, columns.now_ns)
                found = in_view(kept, columns.first, len(columns))
            else:
                found = many_places(spans, self.grid, columns.now_ns)
            self._places[id(spans)] = found
        return found
