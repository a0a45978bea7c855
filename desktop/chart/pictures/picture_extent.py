"""Which part of a run a picture shows: all of it, or the part in view. Values only; the window's thread, or an export."""

from dataclasses import dataclass, field

from desktop.chart.drawing.chart import Chart
from desktop.chart.drawing.overlay import Overlay
from desktop.chart.drawing.shown_links import ShownLinks
from desktop.chart.geometry.arrangement import ROW_PX, Arrangement
from desktop.chart.geometry.rows import Rows
from desktop.facts.selection import Selection
from workers.timeline.timeline import Timeline

_HEAD_ROOM = 1.03


@dataclass(frozen=True, slots=True)
class PictureExtent:
    """The part of a run that a picture shows.

    rows: all rows of the run. The picture shows the pinned ones, and the others from `scroll_px` on, `height_px` in all.
    t0_ns, t1_ns: the interval.
    whole: whether nothing of the run is left out.
    """

    rows: Rows
    t0_ns: int
    t1_ns: int
    scroll_px: int
    height_px: int
    links: ShownLinks
    selection: Selection | None = None
    overlay: Overlay = field(default_factory=Overlay)
    whole: bool = False

    @classmethod
    def all_of(cls, timeline: Timeline, row_px: int = ROW_PX) -> "PictureExtent":
        """Every lane and the whole run, with the user's marks."""
        rows = Rows.of(timeline, Arrangement(expanded=None, row_px=row_px))
        end_ns = max(1_000_000, round(timeline.now_ns * _HEAD_ROOM))
        overlay = Overlay(bookmarks=tuple(timeline.bookmarks), suspends=tuple(timeline.suspends))
        return cls(rows, 0, end_ns, 0, rows.height_px, ShownLinks.of(timeline, None), None, overlay, whole=True)

    @classmethod
    def seen(cls, chart: Chart) -> "PictureExtent":
        """The part that a chart shows. A row that shows in part is in the picture in full."""
        rows, height_px = chart.rows, int(chart.lanes.height())
        indices = [index for index in rows.shown(chart.scroll_px, height_px) if not rows[index].pinned]
        scroll_px, height_px = 0, rows.pinned_px
        if indices:
            first, last = rows[indices[0]], rows[indices[-1]]
            scroll_px = first.top_px - rows.pinned_px
            height_px = last.top_px + last.height_px - scroll_px
        return cls(
            rows, chart.t0_ns, chart.t1_ns, scroll_px, height_px, chart.shown_links, chart.selection, chart.overlay
        )
