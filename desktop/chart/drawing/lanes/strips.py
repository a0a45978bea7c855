"""Values over time as quiet strips: CPU and memory of a process, counters of a trace. The window's thread, or an export.

A strip shows only what was sampled: each value holds from one sample to the next, and where samples are missing there is a
gap.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from desktop.chart.drawing.chart_style import ChartStyle
from desktop.chart.drawing.paint_frame import PaintFrame
from workers.timeline.samples import Samples

LONGEST_NS = 1_500_000_000
"""Between samples that are further apart nothing is drawn: the keeper samples five times a second."""

NOTHING = -1.0
"""Stands for a value that was not sampled."""

MEMORY = "zombie"
"""The palette's role for a process's memory, a line."""


def cpu(style: ChartStyle) -> str:
    """The palette's role for a process's CPU, an area; stronger on a dark ground, where it would hardly show."""
    return "alive/base/0.6" if style.palette.dark else "alive/base/0.38"


def counter(style: ChartStyle) -> str:
    """The palette's role for a counter of a trace, an area."""
    return "alive/base/0.7" if style.palette.dark else "alive/base/0.45"


def threads(style: ChartStyle) -> str:
    """The palette's role for how many threads run tasks, an area in the colour of tasks."""
    return "starting/base/0.75" if style.palette.dark else "starting/base/0.65"


def cpu_steps(samples: Samples) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(t, value): the cores used from t until the next t; NOTHING where that was not sampled."""
    t, used = samples.t, samples.cpu_s
    if len(t) < 2:
        return t, np.full(len(t), NOTHING)
    apart = np.diff(t)
    cores = np.maximum(np.diff(used), 0.0) * 1e9 / np.maximum(apart, 1)
    cores[(apart > LONGEST_NS) | (apart < 1)] = NOTHING
    return t, np.append(cores, NOTHING)


def memory_steps(samples: Samples) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(t, value): the resident bytes at t, until the next sample; NOTHING where that came too late, or not yet."""
    t = samples.t
    value = samples.rss.astype(np.float64)
    value[np.append(np.diff(t) > LONGEST_NS, True)] = NOTHING
    return t, value


def column_values(t: NDArray[np.int64], value: NDArray[np.float64], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """The highest value in each column, so that no peak is lost; NOTHING where there is none."""
    found = np.full(len(edges) - 1, NOTHING)
    if not len(t):
        return found
    first = np.maximum(t.searchsorted(edges[:-1], "right") - 1, 0)
    last = t.searchsorted(edges[1:], "left")
    held = last > first
    pairs = np.empty(2 * len(found), np.int64)
    pairs[0::2], pairs[1::2] = first, np.maximum(last, first + 1)
    top = np.maximum.reduceat(np.append(value, NOTHING), pairs)[0::2]
    found[held] = top[held]
    return found


def draw_area(
    painter: QPainter, style: ChartStyle, role: str, values: NDArray[np.float64], full: float, box: QRectF
) -> None:
    """Fill the area below the values, one for each column of the box. full: the value as high as the box."""
    _fill(painter, style, role, areas(values, full, box))


def draw_line(
    painter: QPainter, style: ChartStyle, role: str, values: NDArray[np.float64], full: float, box: QRectF
) -> None:
    """Draw a line along the values."""
    _trace(painter, style, role, lines(values, full, box))


def areas(values: NDArray[np.float64], full: float, box: QRectF) -> list[QPolygonF]:
    """The area below the values: a polygon for each piece without a gap."""
    wide, bottom = box.width() / len(values), box.bottom()
    found = []
    for first, last, heights in _pieces(values, full, box.height()):
        points = [QPointF(box.left() + first * wide, bottom)]
        points += [QPointF(box.left() + at * wide, bottom - height) for at, height in heights]
        points.append(QPointF(box.left() + last * wide, bottom))
        found.append(QPolygonF(points))
    return found


def lines(values: NDArray[np.float64], full: float, box: QRectF) -> list[QPolygonF]:
    """The line along the values: a polygon for each piece without a gap."""
    wide = box.width() / len(values)
    return [
        QPolygonF([QPointF(box.left() + at * wide, round(box.bottom() - 0.5 - height) + 0.5) for at, height in heights])
        for _, _, heights in _pieces(values, full, box.height() - 1)
    ]


def _fill(painter: QPainter, style: ChartStyle, role: str, polygons: list[QPolygonF]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(role))
    for polygon in polygons:
        painter.drawPolygon(polygon)


def _trace(painter: QPainter, style: ChartStyle, role: str, polygons: list[QPolygonF]) -> None:
    painter.setPen(style.pen(role, 1.0))
    for polygon in polygons:
        painter.drawPolyline(polygon)


class UsageStrips:
    """CPU and memory of processes as they were drawn last: samples come five times a second, frames sixty times."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[tuple[object, ...], list[QPolygonF], list[QPolygonF]]] = {}

    def draw(self, frame: PaintFrame, process: int, samples: Samples, box: QRectF) -> None:
        """Draw the samples of a process in a box."""
        edges, peak_rss = frame.edges, frame.timeline.totals.peak_rss
        key = len(samples), peak_rss, int(edges[0]), int(edges[-1]), len(edges), box.left(), box.width(), box.height()
        kept = self._kept.get(process)
        if kept is None or kept[0] != key:
            place = QRectF(box.left(), 0, box.width(), box.height())
            cores = column_values(*cpu_steps(samples), edges)
            memory = column_values(*memory_steps(samples), edges)
            full = max(1.0, float(np.ceil(cores.max() - 0.25)))
            kept = self._kept[process] = key, areas(cores, full, place), lines(memory, peak_rss, place)
        painter = frame.painter
        painter.save()
        painter.translate(0, box.top())
        _fill(painter, frame.style, cpu(frame.style), kept[1])
        _trace(painter, frame.style, MEMORY, kept[2])
        painter.restore()


def _pieces(values: NDArray[np.float64], full: float, height: float) -> list[tuple[int, int, list[tuple[int, float]]]]:
    """(first column, last column, corners) of each piece without a gap; a corner is (column, height)."""
    seen = values >= 0
    ends = np.flatnonzero(np.diff(np.concatenate(([0], seen.view(np.int8), [0]))))
    levels = np.minimum(values / max(full, 1e-12), 1.0) * height
    pieces = []
    for first, last in ends.reshape(-1, 2).tolist():
        part = levels[first:last]
        steps = np.flatnonzero(np.diff(part)) + 1
        corners = [(first, float(part[0]))]
        for step in steps.tolist():
            corners += [(first + step, float(part[step - 1])), (first + step, float(part[step]))]
        corners.append((last, float(part[-1])))
        pieces.append((first, last, corners))
    return pieces


def highest(values: Sequence[float] | NDArray[np.float64]) -> float:
    """The lowest round number that is not below any value: 1, 2, 5, 10, 20 …"""
    most = float(np.max(values)) if len(values) else 0.0
    if most <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(most))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= most * (1 - 1e-9)))
