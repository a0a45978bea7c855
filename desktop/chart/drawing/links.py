"""Draws the arrows between lanes. The window's thread, or an export.

The arrow of a start is at the moment of the call, from the parent down to the child's first moment. The arrow of a join is at
the moment of the return, from the reaped child up to the parent. The arrow of a transfer is at its end, from the worker that
sent to the one that fetched.
"""

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPolygonF

from desktop.chart.drawing.paint_frame import PaintFrame
from workers.timeline.model import Link, LinkKind

_TRUNK_PX = 3
"""Quiet arrows as near as this share one shaft, so that sixty starts in a row are no grey block."""

_QUIET_ROLES = {"start": "quiet/base/0.4", "join": "join/base/0.45", "transfer": "transfer/base/0.45"}
_STRONG_ROLES = {"start": "accent", "join": "join", "transfer": "transfer"}

_Arrows = dict[str, tuple[list[QLineF], list[QPolygonF]]]
"""The shafts and heads of each kind of arrow."""


def draw_strong_links(frame: PaintFrame) -> None:
    """Draw the arrows of the selection, over the bars."""
    links = frame.chart.shown_links.strong
    if links:
        _paint(frame, _lay_out(frame, links, strong=True), strong=True)


class KeptLinks:
    """The quiet arrows as they were laid out last: while a run is followed, they are the same for many frames."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._arrows: _Arrows = {}

    def draw(self, frame: PaintFrame) -> None:
        """Draw the quiet arrows, behind the bars."""
        chart, lanes = frame.chart, frame.lanes
        links, rows = chart.shown_links.quiet, chart.rows
        if not links:
            return
        key = links, rows, frame.scale, lanes.top(), lanes.height(), chart.scroll_px
        kept = self._key
        if len(kept) != len(key) or kept[0] is not links or kept[1] is not rows or kept[2:] != key[2:]:
            self._key, self._arrows = key, _lay_out(frame, links, strong=False)
        _paint(frame, self._arrows, strong=False)


def _paint(frame: PaintFrame, arrows: _Arrows, *, strong: bool) -> None:
    painter, style = frame.painter, frame.style
    for kind, role in (_STRONG_ROLES if strong else _QUIET_ROLES).items():
        shafts, heads = arrows[kind]
        painter.setPen(style.pen(role, 2.0 if strong else 1.0))
        painter.drawLines(shafts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour(role))
        for head in heads:
            painter.drawPolygon(head)


def _lay_out(frame: PaintFrame, links: Iterable[Link], *, strong: bool) -> _Arrows:
    """The shafts and heads of these arrows, cut to the lanes."""
    rows, scale, area, scroll_px = frame.chart.rows, frame.scale, frame.lanes, frame.chart.scroll_px
    shafts: dict[tuple[str, int], QLineF] = {}
    heads: dict[str, list[QPolygonF]] = {str(kind): [] for kind in LinkKind}
    half = 4.0 if strong else 3.0
    for link in links:
        # The shaft is at the moment of the parent's act; the child's own bar leads to the other end.
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
        begins, ends = max(y0, area.top()), max(y1 - down * 5, area.top())
        shaft = QLineF(x, min(begins, area.bottom()), x, min(ends, area.bottom()))
        trunk = kind, len(shafts) if strong else int(x / _TRUNK_PX)
        shafts[trunk] = _joined(shafts[trunk], shaft) if trunk in shafts else shaft
        if area.top() <= y1 <= area.bottom() and (strong or other.lined):
            foot = y1 - down * (half + 3)
            heads[kind].append(QPolygonF([QPointF(x, y1), QPointF(x - half, foot), QPointF(x + half, foot)]))
    return {kind: ([shaft for (of, _), shaft in shafts.items() if of == kind], heads[kind]) for kind in heads}


def _joined(one: QLineF, other: QLineF) -> QLineF:
    ys = sorted((one.y1(), one.y2(), other.y1(), other.y2()))
    return QLineF(one.x1(), ys[0], one.x1(), ys[-1])
