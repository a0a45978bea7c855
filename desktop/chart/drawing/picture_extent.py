"""Which part of a run a picture shows: all of it, or what is seen in the window. Values only; the window's thread, or an
export.
"""

from dataclasses import dataclass, field

from desktop.chart.drawing.links import ShownLinks
from desktop.chart.drawing.overlay import Overlay
from desktop.chart.geometry.arrangement import ROW_PX, Arrangement
from desktop.chart.geometry.rows import Rows
from desktop.facts.selection import Selection
from workers.timeline.timeline import Timeline

_HEAD_ROOM = 1.03


@dataclass(frozen=True, slots=True)
class PictureExtent:
    """rows: those there are; of them the ones from `scroll_px` on, `height_px` high, pinned ones first. whole: nothing of
    the run is left out."""

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
        """Every lane and the whole run, with a person's marks."""
        rows = Rows.of(timeline, Arrangement(expanded=None, row_px=row_px))
        end_ns = max(1_000_000, round(timeline.now_ns * _HEAD_ROOM))
        overlay = Overlay(bookmarks=tuple(timeline.bookmarks), suspends=tuple(timeline.suspends))
        return cls(rows, 0, end_ns, 0, rows.height_px, ShownLinks.of(timeline, None), None, overlay, whole=True)

    @classmethod
    def seen(cls, rows: Rows, t0_ns: int, t1_ns: int, scroll_px: int, height_px: int, links: ShownLinks,
             selection: Selection | None, overlay: Overlay) -> "PictureExtent":  # fmt: skip
        """What is seen through a window of this height; a row that is seen in part is shown in full."""
        indices = [index for index in rows.shown(scroll_px, height_px) if not rows[index].pinned]
        if not indices:
            return cls(rows, t0_ns, t1_ns, 0, rows.pinned_px, links, selection, overlay)
        first, last = rows[indices[0]], rows[indices[-1]]
        scroll = first.top_px - rows.pinned_px
        return cls(rows, t0_ns, t1_ns, scroll, last.top_px + last.height_px - scroll, links, selection, overlay)
