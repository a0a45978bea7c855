"""The arrows between lanes: which to draw, and how. The window's thread, or an export.

A start is drawn where it was called, from the parent down to the child's first moment; a join where it returned, from
the child that it collected up to the parent.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.rows import Rows
from desktop.chart.geometry.time_scale import TimeScale
from desktop.facts.selection import CallSelection, Selection
from workers.timeline.model import CallName, Link, LinkKind
from workers.timeline.timeline import Timeline

MOST_QUIET_LANES = 34
"""With more lanes than 32 workers and their parent make, only the selection's arrows are drawn: more hide the lanes."""

MOST_STRONG_LINKS = 300
"""A process that started more has no arrows of its own when it is selected."""

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
        return cls(tuple(timeline.links()) if few else (), cls._strong(timeline, selection))

    @staticmethod
    def _strong(timeline: Timeline, selection: Selection | None) -> tuple[Link, ...]:
        if selection is None or not selection.process:
            return ()
        if (
            not isinstance(selection, CallSelection)
            and len(timeline.children_of(selection.process)) > MOST_STRONG_LINKS
        ):
            return ()  # the ticks below its bar say when it started and joined
        return tuple(link for link in timeline.links_of(selection.process) if _touches(timeline, link, selection))


def _touches(timeline: Timeline, link: Link, selection: Selection) -> bool:
    if not selection.process:
        return False
    if not isinstance(selection, CallSelection):
        return selection.process in (link.from_process, link.to_process)
    call = timeline.call(selection.call)
    if call.name is CallName.JOIN:
        return link.kind is LinkKind.JOIN and link.from_process == call.process and link.to_ns == call.ended_ns
    return link.kind is LinkKind.START and link.to_process == call.process and call.name is CallName.START


Drawn = dict[str, tuple[list[QLineF], list[QPolygonF]]]
"""The shafts and heads of each kind of arrow."""


def draw(painter: QPainter, style: ChartStyle, links: Iterable[Link], rows: Rows, scale: TimeScale, area: QRectF,
         scroll_px: float, *, strong: bool) -> None:  # fmt: skip
    """Draw arrows. area: where lanes show; scroll_px: how far the rows are scrolled."""
    paint(painter, style, lay_out(links, rows, scale, area, scroll_px, strong=strong), strong=strong)


def paint(painter: QPainter, style: ChartStyle, drawn: Drawn, *, strong: bool) -> None:
    """Paint arrows that were laid out."""
    roles = {"start": "accent", "join": "join"} if strong else _QUIET_ROLES
    for kind, role in roles.items():
        shafts, heads = drawn[kind]
        painter.setPen(style.pen(role, 2.0 if strong else 1.0))
        painter.drawLines(shafts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour(role))
        for head in heads:
            painter.drawPolygon(head)


def lay_out(links: Iterable[Link], rows: Rows, scale: TimeScale, area: QRectF, scroll_px: float, *,
            strong: bool) -> Drawn:  # fmt: skip
    """Where each arrow lies."""
    shafts: dict[tuple[str, int], QLineF] = {}
    heads: dict[str, list[QPolygonF]] = {"start": [], "join": []}
    half = 4.0 if strong else 3.0
    for link in links:
        # The upright stands where the parent acted; the child's own bar shows the way to the link's other end.
        x = scale.x(link.from_ns if link.kind is LinkKind.START else link.to_ns)
        if not scale.left_px <= x <= scale.right_px:
            continue
        one, other = rows.row_of(link.from_process), rows.row_of(link.to_process)
        if one is None or other is None or one is other:
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
        if area.top() <= y1 <= area.bottom() and (strong or other.lined):
            foot = y1 - down * (half + 3)
            heads[kind].append(QPolygonF([QPointF(x, y1), QPointF(x - half, foot), QPointF(x + half, foot)]))
    return {kind: ([shaft for (of, _), shaft in shafts.items() if of == kind], heads[kind]) for kind in heads}


class KeptLinks:
    """Arrows as they were laid out last: while a run is followed they stand still for many frames."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._drawn: Drawn = {}

    def draw(self, painter: QPainter, style: ChartStyle, links: tuple[Link, ...], rows: Rows, scale: TimeScale, area: QRectF,
             scroll_px: float) -> None:  # fmt: skip
        """Draw quiet arrows."""
        key = links, rows, scale, area.top(), area.height(), scroll_px
        kept = self._key
        if len(kept) != len(key) or kept[0] is not links or kept[1] is not rows or kept[2:] != key[2:]:
            self._key, self._drawn = key, lay_out(links, rows, scale, area, scroll_px, strong=False)
        paint(painter, style, self._drawn, strong=False)


def _joined(one: QLineF, other: QLineF) -> QLineF:
    ys = sorted((one.y1(), one.y2(), other.y1(), other.y2()))
    return QLineF(one.x1(), ys[0], one.x1(), ys[-1])
