"""What is drawn over a chart: the measured interval, marks, matches of a search. The window's thread, or an export."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.geometry.time_scale import TimeScale
from workers.analysis.critical_path import PathStep
from workers.plan.sizes import format_duration
from workers.timeline.model import Bookmark, Suspend

_LINE_PX = 16.0
_PAD_PX = 8.0
_GAP_PX = 6.0
_CHIP_PX = 17.0
_MOST_LABEL_PX = 180.0
_LEAST_LABEL_PX = 14.0
_POLE_PX = 9.0
_CUT_PX = 6.0


@dataclass(frozen=True, slots=True)
class Guess:
    """What was predicted of something in the lane of a process, beside what happened.

    at_ns, words: the fact. right: whether the prediction was. guessed_ns, guessed_words: the moment that was predicted; None
    where no moment was.
    """

    process: int
    at_ns: int
    words: str
    right: bool
    guessed_ns: int | None = None
    guessed_words: str = ""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over a chart.

    interval: the measured interval. words: the lines of text beside it.
    bookmarks: the user's marks, by time. chosen: the selected one.
    matches: the moments of the matches of a search; int64 ns, ascending.
    aligned_ns: the moment at which the run is aligned with another.
    suspends: when the machine slept, each drawn as a gap.
    guesses: what was predicted of the run, beside what happened.
    path: the steps of the critical path, where it is shown.
    """

    interval: tuple[int, int] | None = None
    words: tuple[str, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    chosen: Bookmark | None = None
    matches: NDArray[np.int64] | None = field(default=None, compare=False)
    aligned_ns: int | None = None
    suspends: tuple[Suspend, ...] = ()
    guesses: tuple[Guess, ...] = ()
    path: tuple[PathStep, ...] = ()


def draw_over_lanes(painter: QPainter, style: ChartStyle, overlay: Overlay, scale: TimeScale, lanes: QRectF) -> None:
    """Draw the lines of the marks and the band of the interval over the lanes, inside their area."""
    for slept in overlay.suspends:
        _gap(painter, style, slept, int(scale.x(slept.at_ns)), lanes)
    for mark in overlay.bookmarks:
        x = int(scale.x(mark.at_ns)) + 0.5
        if lanes.left() <= x <= lanes.right():
            painter.setPen(style.pen("text" if mark == overlay.chosen else "quiet", 1, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(x, lanes.top(), x, lanes.bottom()))
    if overlay.aligned_ns is not None:
        x = int(scale.x(overlay.aligned_ns)) + 0.5
        if lanes.left() <= x <= lanes.right():
            painter.setPen(style.pen("bad", 1, Qt.PenStyle.DashDotLine))
            painter.drawLine(QLineF(x, lanes.top(), x, lanes.bottom()))
    if overlay.interval is not None:
        _interval(painter, style, overlay, scale, lanes)


def draw_over_axis(painter: QPainter, style: ChartStyle, overlay: Overlay, scale: TimeScale, axis: QRectF) -> None:
    """Draw the extent of the interval, the matches and the flags of the marks on the axis."""
    if overlay.interval is not None:
        left, right = _clipped(scale, overlay.interval, axis)
        if left <= right:
            painter.fillRect(QRectF(left, axis.bottom() - 4, max(1.0, right - left), 3), style.colour("accent"))
    if overlay.matches is not None:
        low, high = np.searchsorted(overlay.matches, (scale.t0_ns, scale.t1_ns + 1)).tolist()
        painter.setPen(style.pen("join", 2))
        xs = scale.xs(overlay.matches[low:high]).astype(np.int64)
        painter.drawLines([QLineF(x, axis.bottom() - 7, x, axis.bottom() - 1) for x in _distinct(xs).tolist()])
    for mark, place, label in chips(style, overlay.bookmarks, scale, axis):
        chosen = mark == overlay.chosen
        ground, letters = ("accent", "accent_text") if chosen else ("text", "base")
        x = int(scale.x(mark.at_ns)) + 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour(ground))
        back = place.left() < x - 1
        pole, end = (place.right(), place.left()) if back else (place.left(), place.right())
        corners = [
            QPointF(pole, axis.bottom()),
            QPointF(pole, place.top()),
            QPointF(end, place.top()),
            QPointF(end, place.bottom()),
            QPointF(pole + (-5 if back else 5), place.bottom()),
        ]
        painter.drawPolygon(QPolygonF(corners))
        if label:
            style.write(painter, style.small_font, letters, place.adjusted(5, 0, -4, 0), label)


def chips(
    style: ChartStyle, bookmarks: tuple[Bookmark, ...], scale: TimeScale, axis: QRectF
) -> list[tuple[Bookmark, QRectF, str]]:
    """(mark, place of its flag on the axis, label) of each mark in view. The label is left out where the next flag leaves no
    room for it. At the right end of the axis a flag points to the left."""
    xs = [int(scale.x(mark.at_ns)) for mark in bookmarks]
    found: list[tuple[Bookmark, QRectF, str]] = []
    for index, (mark, x) in enumerate(zip(bookmarks, xs, strict=True)):
        if not axis.left() <= x <= axis.right():
            continue
        until = min(xs[index + 1] - 2 if index + 1 < len(xs) else axis.right(), axis.right())
        room, wanted = min(_MOST_LABEL_PX, until - x - _POLE_PX), style.width(style.small_font, mark.label) + 1
        since = found[-1][1].right() + 2 if found else axis.left()
        behind = min(_MOST_LABEL_PX, x - since - _POLE_PX)
        flies_back = until == axis.right() and room < wanted and behind > room
        if flies_back:
            room = behind
        label = mark.label if room >= _LEAST_LABEL_PX else ""
        width = min(room, wanted) + _POLE_PX if label else _POLE_PX
        left = x - width if flies_back and label else x
        found.append((mark, QRectF(left, axis.top() + 3, width, _CHIP_PX), label))
    return found


def _gap(painter: QPainter, style: ChartStyle, slept: Suspend, x: int, lanes: QRectF) -> None:
    """A cut through all lanes, with how long the machine slept. Its width says nothing about that."""
    gap = QRectF(x - _CUT_PX / 2, lanes.top(), _CUT_PX, lanes.height())
    if not lanes.contains(gap):
        return
    painter.fillRect(gap, style.colour("window"))
    painter.setPen(style.pen("quiet", 1, Qt.PenStyle.DotLine))
    for side in (gap.left() + 0.5, gap.right() - 0.5):
        painter.drawLine(QLineF(side, gap.top(), side, gap.bottom()))
    text = f"slept {format_duration(slept.lasted_ns / 1e9)}"
    width = style.width(style.small_font, text) + _PAD_PX
    left = gap.right() if gap.right() + width <= lanes.right() else gap.left() - width
    box = QRectF(left, lanes.bottom() - _LINE_PX, width, _LINE_PX)
    painter.fillRect(box, style.colour("window"))
    style.write(painter, style.small_font, "text", box.adjusted(_PAD_PX / 2, 0, 0, 0), text)


def _distinct(xs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ascending numbers without repetitions."""
    return xs[np.flatnonzero(np.diff(xs, prepend=-(10**9)))]


def _clipped(scale: TimeScale, interval: tuple[int, int], area: QRectF) -> tuple[float, float]:
    return max(scale.x(interval[0]), area.left()), min(scale.x(interval[1]), area.right())


def _interval(painter: QPainter, style: ChartStyle, overlay: Overlay, scale: TimeScale, lanes: QRectF) -> None:
    assert overlay.interval is not None
    left, right = _clipped(scale, overlay.interval, lanes)
    if left > right:
        return
    band = QColor(style.colour("accent"))
    band.setAlphaF(0.14)
    painter.fillRect(QRectF(left, lanes.top(), right - left, lanes.height()), band)
    painter.setPen(style.pen("accent"))
    for at in overlay.interval:
        x = int(scale.x(at)) + 0.5
        if lanes.left() <= x <= lanes.right():
            painter.drawLine(QLineF(x, lanes.top(), x, lanes.bottom()))
    if overlay.words:
        box = words_box(style, overlay, QRectF(left, lanes.top(), right - left, lanes.height()), lanes)
        _words(painter, style, overlay.words, box)


def words_box(style: ChartStyle, overlay: Overlay, band: QRectF, lanes: QRectF) -> QRectF:
    """The place of the words about the interval: right of it, else left, else inside, whichever has room."""
    words = overlay.words
    width = (
        max(style.width(style.name_font if not at else style.font, text) for at, text in enumerate(words)) + 2 * _PAD_PX
    )
    left = band.right() + _GAP_PX
    if left + width > lanes.right() - _GAP_PX:
        left = band.left() - _GAP_PX - width
    if left < lanes.left() + _GAP_PX:
        left = max(lanes.left() + _GAP_PX, min(band.center().x() - width / 2, lanes.right() - _GAP_PX - width))
    top = lanes.top() + _GAP_PX
    return QRectF(int(left) + 0.5, int(top) + 0.5, width, len(words) * _LINE_PX + _PAD_PX)


def _words(painter: QPainter, style: ChartStyle, words: tuple[str, ...], box: QRectF) -> None:
    painter.setPen(style.pen("accent"))
    painter.setBrush(style.colour("base"))
    painter.drawRect(box)
    for at, text in enumerate(words):
        line = QRectF(box.left() + _PAD_PX, box.top() + _PAD_PX / 2 + at * _LINE_PX, box.width(), _LINE_PX)
        style.write(painter, style.name_font if not at else style.font, "text", line, text)
