"""Draws the flows of an imported trace, thin arrows between tracks. The window's thread, or an export.

Those of the selection are drawn; the others only where few are in view, since a trace may have as many flows as spans.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.paint_frame import PaintFrame
from desktop.chart.geometry.track_depths import instants, level
from desktop.facts.selection import InstantSelection, ProcessSelection, Selection, SpanSelection, TrackSelection
from workers.timeline.distinct import are_among
from workers.timeline.timeline import Timeline

FEW_FLOWS = 50
"""So many in view are all drawn; of more only those of the selection."""
MOST_CHOSEN = 400
"""A selection with more flows in view than this has none drawn: they would hide the spans."""
_HEAD_PX = 6.0


def draw_flows(frame: PaintFrame) -> None:
    """Draw the flows in view: those of the selection, and the others where they are few."""
    flows, scale = frame.timeline.flows, frame.scale
    if not len(flows):
        return
    late = np.maximum(flows.from_t, flows.to_t) >= scale.t0_ns
    seen = np.flatnonzero(late & (np.minimum(flows.from_t, flows.to_t) <= scale.t1_ns))
    selection = frame.chart.selection
    chosen = np.zeros(len(seen), bool) if selection is None else flows_of(frame.timeline, selection, seen)
    others = seen[~chosen] if len(seen) <= FEW_FLOWS else seen[:0]
    mine = seen[chosen]
    if not len(others) and not 0 < len(mine) <= MOST_CHOSEN:
        return
    frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for at in others.tolist():
        _draw(frame, at, strong=False)
    for at in mine.tolist() if len(mine) <= MOST_CHOSEN else ():
        _draw(frame, at, strong=True)
    frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def flows_of(timeline: Timeline, selection: Selection, among: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of these flows leave from or arrive at the selected span, instant, track or process."""
    flows = timeline.flows
    leaves, arrives = flows.from_track[among], flows.to_track[among]
    found: NDArray[np.bool_] = np.zeros(len(among), bool)
    match selection:
        case SpanSelection() if 1 <= selection.track <= len(timeline.tracks):
            spans = timeline.tracks[selection.track - 1].spans
            if selection.span < len(spans):
                t0, t1 = int(spans.t0[selection.span]), int(spans.t1[selection.span])
                left, arrived = flows.from_t[among], flows.to_t[among]
                out = (leaves == selection.track) & (left >= t0) & (left <= t1)
                found = out | ((arrives == selection.track) & (arrived >= t0) & (arrived <= t1))
        case InstantSelection():
            out = (leaves == selection.track) & (flows.from_t[among] == selection.at_ns)
            found = out | ((arrives == selection.track) & (flows.to_t[among] == selection.at_ns))
        case TrackSelection():
            found = (leaves == selection.track) | (arrives == selection.track)
        case ProcessSelection() if selection.process:
            tracks = np.array([track.id for track in timeline.tracks_of(selection.process)], leaves.dtype)
            found = are_among(leaves, tracks) | are_among(arrives, tracks)
    return found


def draw_flow(painter: QPainter, style: ChartStyle, start: QPointF, end: QPointF, *, strong: bool = False) -> None:
    """Draw one arrow from a track to another. strong: of the selection."""
    role = "text" if strong else "quiet"
    painter.setPen(style.pen(role, 1.4 if strong else 1.0))
    painter.drawLine(QLineF(start, end))
    along = QLineF(end, start)
    if along.length() < _HEAD_PX:
        return
    along.setLength(_HEAD_PX)
    one, other = QLineF(along), QLineF(along)
    one.setAngle(along.angle() + 25)
    other.setAngle(along.angle() - 25)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(role))
    painter.drawPolygon(QPolygonF([end, one.p2(), other.p2()]))


def _draw(frame: PaintFrame, at: int, *, strong: bool) -> None:
    """Draw one flow where the rows of both tracks show and it touches the area."""
    flows, area = frame.timeline.flows, frame.lanes
    start = _end(frame, int(flows.from_track[at]), int(flows.from_t[at]))
    end = _end(frame, int(flows.to_track[at]), int(flows.to_t[at]))
    if start is None or end is None:
        return
    if max(start.y(), end.y()) > area.top() and min(start.y(), end.y()) < area.bottom():
        draw_flow(frame.painter, frame.style, start, end, strong=strong)


def _end(frame: PaintFrame, track: int, at_ns: int) -> QPointF | None:
    """Where a flow leaves or arrives: on the selected span where that is its own, else on the outermost one."""
    row = frame.chart.rows.row_of_track(track)
    if row is None:
        return None
    spans, depth, selection = frame.timeline.tracks[track - 1].spans, 0, frame.chart.selection
    match selection:
        case SpanSelection() if selection.track == track and selection.span < len(spans):
            if spans.t0[selection.span] <= at_ns <= spans.t1[selection.span]:
                depth = int(spans.depth[selection.span])
    top, high = level(row, spans.height, depth) if spans.height else instants(row)
    return QPointF(frame.scale.x(at_ns), frame.chart.top(row) + top + high / 2)
