"""The arrows between lanes: which to draw, and how. The window's thread, or an export.

A start is drawn where it was called, from the parent down to the child's first moment; a join where it returned, from
the child that it collected up to the parent.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.ink import Ink
from desktop.chart.rows import Rows
from desktop.chart.time_scale import TimeScale
from desktop.selection import Selection
from workers.model import CallName, Link, LinkKind
from workers.timeline import Timeline

MOST_QUIET_LANES = 66
"""With more lanes than 64 workers and their parent make, only the selection's arrows are drawn."""

_TRUNK_PX = 3
"""Quiet arrows as near as this share one shaft: sixty starts in a row are no grey block then."""

_QUIET_ROLES = {"start": "quiet/base/0.4", "join": "join/base/0.45"}


@dataclass(frozen=True, slots=True)
class ShownLinks:
    """quiet: drawn behind the bars. strong: drawn over them, for what is selected."""

    quiet: tuple[Link, ...] = ()
    strong: tuple[Link, ...] = ()

    @classmethod
    def of(cls, timeline: Timeline, selection: Selection | None) -> "ShownLinks":
        """The arrows to show with this selection."""
        few = len(timeline.processes) <= MOST_QUIET_LANES
        if not few and selection is None:
            return cls()
        every = tuple(timeline.links())
        strong = () if selection is None else tuple(link for link in every if _touches(timeline, link, selection))
        return cls(every if few else (), strong)


def _touches(timeline: Timeline, link: Link, selection: Selection) -> bool:
    if not selection.process:
        return False
    if selection.call is None:
        return selection.process in (link.from_process, link.to_process)
    call = timeline.call(selection.call)
    if call.name is CallName.JOIN:
        return link.kind is LinkKind.JOIN and link.from_process == call.process and link.to_ns == call.ended_ns
    return link.kind is LinkKind.START and link.to_process == call.process and call.name is CallName.START


def draw(painter: QPainter, ink: Ink, links: Iterable[Link], rows: Rows, scale: TimeScale, area: QRectF,
         scroll_px: float, *, strong: bool) -> None:  # fmt: skip
    """Draw arrows. area: where lanes show; scroll_px: how far the rows are scrolled."""
    shafts: dict[tuple[str, int], QLineF] = {}
    heads: dict[str, list[QPolygonF]] = {"start": [], "join": []}
    for link in links:
        one, other = rows.row_of(link.from_process), rows.row_of(link.to_process)
        if one is None or other is None or one is other:
            continue
        # The upright stands where the parent acted; the child's own bar shows the way to the link's other end.
        x = scale.x(link.from_ns if link.kind is LinkKind.START else link.to_ns)
        if not scale.left_px <= x <= scale.right_px:
            continue
        from_px, to_px = (
            area.top() + rows.y(row, scroll_px) + row.bar_px[0] + row.bar_px[1] / 2 for row in (one, other)
        )
        down = 1 if to_px > from_px else -1
        y0 = from_px + down * one.bar_px[1] / 2
        y1 = to_px - down * other.bar_px[1] / 2
        if max(y0, y1) < area.top() or min(y0, y1) > area.bottom():
            continue
        kind = str(link.kind)
        shaft = QLineF(
            x, min(max(y0, area.top()), area.bottom()), x, min(max(y1 - down * 5, area.top()), area.bottom())
        )
        trunk = kind, len(shafts) if strong else int(x / _TRUNK_PX)
        shafts[trunk] = _joined(shafts[trunk], shaft) if trunk in shafts else shaft
        if area.top() <= y1 <= area.bottom():
            half = 4.0 if strong else 3.0
            foot = y1 - down * (half + 3)
            heads[kind].append(QPolygonF([QPointF(x, y1), QPointF(x - half, foot), QPointF(x + half, foot)]))
    roles = {"start": "accent", "join": "join"} if strong else _QUIET_ROLES
    for kind, role in roles.items():
        painter.setPen(ink.pen(role, 2.0 if strong else 1.0))
        painter.drawLines([shaft for (of, _), shaft in shafts.items() if of == kind])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.colour(role))
        for head in heads[kind]:
            painter.drawPolygon(head)


def _joined(one: QLineF, other: QLineF) -> QLineF:
    ys = sorted((one.y1(), one.y2(), other.y1(), other.y2()))
    return QLineF(one.x1(), ys[0], one.x1(), ys[-1])
