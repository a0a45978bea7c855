"""What a chart shows, and where its parts are. Values only; the window's thread, or an export.

`chart_painting` paints it, for the window and for exported pictures.
"""

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF

from desktop.chart.drawing.overlay import Overlay
from desktop.chart.drawing.shown_links import ShownLinks
from desktop.chart.geometry.row import Row
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.time_scale import TimeScale
from desktop.facts.selection import Selection
from workers.timeline.timeline import Timeline

AXIS_PX = 26
GUTTER_PX = 12.0


@dataclass(frozen=True, slots=True)
class Chart:
    """One part of one run.

    area: where the chart is, with its axis on top.
    t0_ns, t1_ns: the interval in view.
    scroll_px: how far the rows are scrolled.
    detail: pixel columns per unit of the painter.
    focused_row: the index of the row that has the keyboard; None for no row.
    usage: whether CPU and memory are drawn.
    focused: whether the chart has the keyboard.
    """

    timeline: Timeline
    rows: Rows
    area: QRectF
    t0_ns: int
    t1_ns: int
    scroll_px: float = 0.0
    detail: float = 1.0
    shown_links: ShownLinks = field(default_factory=ShownLinks)
    selection: Selection | None = None
    focused_row: int | None = None
    overlay: Overlay = field(default_factory=Overlay)
    usage: bool = True
    focused: bool = False

    @property
    def scale(self) -> TimeScale:
        """The interval over the area."""
        return scale_over(self.area, self.t0_ns, self.t1_ns)

    @property
    def lanes(self) -> QRectF:
        """The area without the axis."""
        return self.area.adjusted(0, AXIS_PX, 0, 0)

    @property
    def axis(self) -> QRectF:
        """The axis."""
        return QRectF(self.area.left(), self.area.top(), self.area.width(), AXIS_PX)

    @property
    def rows_box(self) -> QRectF:
        """The part of the lanes that rows cover."""
        box = self.lanes
        box.setBottom(min(box.bottom(), box.top() - self.scroll_px + self.rows.height_px))
        return box

    @property
    def visible(self) -> list[int]:
        """The indices of the rows that show."""
        return self.rows.shown(self.scroll_px, self.lanes.height())

    def top(self, row: Row) -> float:
        """The top of a row in the painter's coordinates."""
        return self.lanes.top() + self.rows.y(row, self.scroll_px)


def scale_over(area: QRectF, t0_ns: int, t1_ns: int) -> TimeScale:
    """[t0_ns, t1_ns] over an area, with a gutter on its left so that a mark at the very beginning shows in full."""
    room = max(1.0, area.width() - GUTTER_PX)
    before_ns = round((t1_ns - t0_ns) * (area.width() - room) / room)
    return TimeScale(t0_ns - before_ns, t1_ns, area.left(), area.width())


def ground(index: int) -> str:
    """The palette's role for the ground of a row: every other row is banded."""
    return "band" if index % 2 else "base"
