"""The curves of a sweep: time, speed-up and efficiency by the number of workers, side by side. The window's thread.

The same plots are shown in the window and drawn into pictures. pyqtgraph takes a moment to import, so that this module is
imported once there is a sweep to show.

No sign depends on its colour: what was measured is a line with dots, and a bar from the fastest to the slowest run; the ideal
is dashed; what sizes that stay whole allow is dashed and dotted; Amdahl's law is dotted; the cores are a labelled line; a
failed point is a cross at the foot.
"""

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.sweep.plotted_figures import PlottedFigure, plotted_figures
from workers.sweep.measured import Sweep
from workers.sweep.sweep_words import cores_words

_NEAR_PX = 24
_DOT_PX, _CHOSEN_PX = 7, 15
_LABEL_SHARE = 0.055
"""Of the axis: labels of two numbers that are nearer than this would touch."""
_CURVE_POINTS = 60
_TITLES = ("Time (s)", "Speed-up", "Efficiency (%)")
_TITLE_PX = 16
_AXIS_PX = 36
_HEADROOM = 1.3
"""Above the highest point there is room for the label of the cores."""


class SweepPlots(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """pointed: the number of workers whose point was clicked, and whether it was a double click."""

    pointed = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setContentsMargins(4, 2, 8, 0)
        self.ci.layout.setHorizontalSpacing(10)
        self._palette = LIGHT
        self._sweep: Sweep | None = None
        self._chosen: int | None = None
        self._plots = [_plot(self.addPlot(0, at), title) for at, title in enumerate(_TITLES)]

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours from now on."""
        self._palette = palette
        self._draw()

    def show_sweep(self, sweep: Sweep | None, chosen: int | None = None) -> None:
        """Draw this sweep. chosen: the number of workers whose point stands out."""
        self._sweep, self._chosen = sweep, chosen
        self._draw()

    def render_into(self, painter: QPainter, box: QRectF) -> None:
        """Draw the plots into a part of a picture."""
        self.resize(round(box.width()), round(box.height()))
        self.ci.resize(box.width(), box.height())
        self.ci.layout.activate()
        for plot in self._plots:
            plot.layout.activate()
            plot.vb.updateMatrix()
        self.scene().prepareForPaint()
        self.scene().render(painter, box, QRectF(0, 0, box.width(), box.height()))

    def place_of(self, workers: int, plot: int = 0) -> QPointF | None:
        """Where a point is, in pixels of this widget; None where it was not drawn."""
        value = self._values(plot, workers)
        if value is None:
            return None
        scene = self._plots[plot].vb.mapViewToScene(QPointF(workers, value))
        return QPointF(self.mapFromScene(scene))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the point at the pointer."""
        self._point_at(event, double=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open its run."""
        self._point_at(event, double=True)

    def _point_at(self, event: QMouseEvent, *, double: bool) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._sweep is None:
            event.ignore()
            return
        found: list[tuple[float, int]] = []
        for point in self._sweep.points:
            for at in range(len(self._plots)):
                place = self.place_of(point.workers, at)
                if place is not None:
                    apart = place - event.position()
                    found.append((math.hypot(apart.x(), apart.y()), point.workers))
        nearest = min(found, default=None)
        if nearest is not None and nearest[0] <= _NEAR_PX:
            self.pointed.emit(nearest[1], double)

    def _values(self, plot: int, workers: int) -> float | None:
        sweep = self._sweep
        point = None if sweep is None else next((each for each in sweep.points if each.workers == workers), None)
        if sweep is None or point is None:
            return None
        value = (lambda: point.duration_s, lambda: sweep.speed_up(point), lambda: sweep.efficiency(point))[plot]()
        return 0.0 if value is None else value

    def _draw(self) -> None:
        palette = self._palette
        self.setBackground(QColor(palette.base))
        for plot in self._plots:
            _colour(plot, palette)
            plot.clear()
        if self._sweep is None:
            return
        for plot, figure in zip(self._plots, plotted_figures(self._sweep), strict=True):
            self._draw_plot(plot, figure, self._sweep)

    def _draw_plot(self, plot: pg.PlotItem, figure: PlottedFigure, sweep: Sweep) -> None:
        palette = self._palette
        good = [(point, value) for point in sweep.points if (value := figure.value(point)) is not None]
        spreads = [(point.workers, *spread) for point, _ in good if (spread := figure.spread(point)) is not None]
        least, most = min(sweep.counts), max(sweep.counts)
        margin = max(0.06 * (most - least), 0.25)
        tops = [value for _, value in good] + [high for _, _, high in spreads]
        if figure.ideal is not None:
            tops.append(max(figure.ideal(least), figure.ideal(most)))
        _draw_curves(plot, figure, sweep, palette)
        top = _HEADROOM * max(tops, default=1.0)
        plot.setXRange(least - margin, most + margin, padding=0)
        plot.setYRange(0, top, padding=0)
        plot.getAxis("bottom").setTicks([tick_texts(sweep.counts)])
        if least - margin < sweep.cores < most + margin:
            _mark_cores(plot, sweep.cores, palette, left=sweep.cores > (least + most) / 2)
        colour = QColor(palette.alive if not palette.dark else palette.starting)
        xs, ys = [point.workers for point, _ in good], [value for _, value in good]
        line = pg.PlotCurveItem(xs, ys, pen=pg.mkPen(colour, width=2), antialias=True)
        plot.addItem(line)
        plot.addItem(_dots(xs, ys, "o", _DOT_PX, colour, palette.base))
        _spread_bars(plot, spreads, (most - least or 1) * 0.02, palette)
        failed = [point.workers for point in sweep.points if figure.value(point) is None or point.failed]
        plot.addItem(_dots(failed, [top * 0.05] * len(failed), "x", 11, QColor(palette.bad), palette.base))
        chosen = [(x, y) for x, y in zip(xs, ys, strict=True) if x == self._chosen]
        if not chosen and self._chosen in failed:
            chosen = [(self._chosen, top * 0.05)]
        plot.addItem(_ring(chosen, palette))


def _draw_curves(plot: pg.PlotItem, figure: PlottedFigure, sweep: Sweep, palette: Palette) -> None:
    """The ideal, what sizes that stay whole allow, and Amdahl's law."""
    least, most = min(sweep.counts), max(sweep.counts)
    if figure.ideal is not None:
        _curve(plot, least, most, figure.ideal, QPen(QColor(palette.quiet), 0, Qt.PenStyle.DashLine))
    if any(point.bound_by_sizes for point in sweep.points):
        bounds = [(point.workers, bound) for point in sweep.points if (bound := figure.bound(point)) is not None]
        pen = QPen(QColor(palette.quiet), 0, Qt.PenStyle.DashDotDotLine)
        plot.addItem(pg.PlotCurveItem([x for x, _ in bounds], [y for _, y in bounds], pen=pen, antialias=True))
    if figure.law is not None:
        pen = QPen(QColor(palette.zombie), 0, Qt.PenStyle.DotLine)
        pen.setWidthF(2.0)
        pen.setCosmetic(True)
        _curve(plot, least, min(most, sweep.cores), figure.law, pen)  # no further than it was fitted


def _ring(chosen: Sequence[tuple[float, float]], palette: Palette) -> pg.ScatterPlotItem:
    """Around the chosen point."""
    return pg.ScatterPlotItem(
        [x for x, _ in chosen],
        [y for _, y in chosen],
        symbol="o",
        size=_CHOSEN_PX,
        brush=None,
        pen=pg.mkPen(palette.text, width=2),
        useCache=False,
    )


def _plot(plot: pg.PlotItem, title: str) -> pg.PlotItem:
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(False, False)
    plot.hideButtons()
    plot.setTitle(title)
    axis = plot.getAxis("left")
    axis.enableAutoSIPrefix(False)
    axis.setWidth(_AXIS_PX)
    plot.getAxis("bottom").enableAutoSIPrefix(False)
    plot.setContentsMargins(0, 0, 0, 0)
    return plot


def _colour(plot: pg.PlotItem, palette: Palette) -> None:
    plot.setTitle(plot.titleLabel.text, color=palette.text, size="9pt")
    plot.titleLabel.setMaximumHeight(_TITLE_PX)  # setTitle gives it almost twice as much
    plot.layout.setRowFixedHeight(0, _TITLE_PX)
    small = QFont()
    small.setPointSizeF(8)
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setPen(QPen(QColor(palette.line), 0))
        axis.setTextPen(QColor(palette.quiet))
        axis.setTickFont(small)
        axis.setStyle(tickLength=-4, tickTextOffset=3)


def tick_texts(counts: Sequence[int]) -> list[tuple[float, str]]:
    """A tick at each number of workers, and its text where there is room for it."""
    apart = _LABEL_SHARE * (max(counts) - min(counts))
    ticks: list[tuple[float, str]] = []
    last = -math.inf
    for count in counts:
        roomy = count - last >= apart
        ticks.append((count, str(count) if roomy else ""))
        last = count if roomy else last
    return ticks


def _curve(plot: pg.PlotItem, least: float, most: float, law: Callable[[float], float], pen: QPen) -> None:
    xs = [least + (most - least) * at / _CURVE_POINTS for at in range(_CURVE_POINTS + 1)]
    pen.setCosmetic(True)
    plot.addItem(pg.PlotCurveItem(xs, [law(x) for x in xs], pen=pen, antialias=True))


def _mark_cores(plot: pg.PlotItem, cores: float, palette: Palette, *, left: bool) -> None:
    """left: its label is on the left side of the line, where there is more room."""
    pen = QPen(QColor(palette.join), 0, Qt.PenStyle.DashDotLine)
    anchor = (1 if left else 0, 0.5)
    label = {"position": 0.9, "color": palette.quiet, "fill": None, "anchors": [anchor, anchor]}
    plot.addItem(pg.InfiniteLine(cores, angle=90, pen=pen, label=cores_words(cores).partition("'")[0], labelOpts=label))


def _spread_bars(plot: pg.PlotItem, spreads: Sequence[tuple[int, float, float]], beam: float, palette: Palette) -> None:
    """A bar from the least to the most, with a cap at each end."""
    xs: list[float] = []
    ys: list[float] = []
    for x, low, high in spreads:
        for begin, end in (
            ((x, low), (x, high)),
            ((x - beam, low), (x + beam, low)),
            ((x - beam, high), (x + beam, high)),
        ):
            xs += [begin[0], end[0]]
            ys += [begin[1], end[1]]
    plot.addItem(pg.PlotCurveItem(xs, ys, connect="pairs", pen=pg.mkPen(palette.text, width=1), antialias=True))


def _dots(
    xs: Sequence[float], ys: Sequence[float], symbol: str, size: float, colour: QColor, edge: str
) -> pg.ScatterPlotItem:
    # Without the cache of pixmaps, so that an SVG has shapes.
    return pg.ScatterPlotItem(
        list(xs), list(ys), symbol=symbol, size=size, brush=colour, pen=pg.mkPen(edge, width=1), useCache=False
    )
