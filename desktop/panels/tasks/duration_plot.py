"""The histogram of durations above the tasks: both axes are logarithmic, a drag or Shift with the arrows filters.

The window's thread.
"""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.tasks.plot_axis import PlotAxis
from desktop.widgets.spoken_widgets import speak_as
from workers.analysis.tables.durations import NO_HISTOGRAM, Durations, Histogram
from workers.analysis.tables.work_filter import limit_text
from workers.plan.sizes import format_duration

_BARS_PX = 30
_SIDE_PX = 8
_BETWEEN_PX = 12


class DurationPlot(QWidget):
    """brushed: the user chose the durations from a number of nanoseconds up to another one; None = no limit."""

    brushed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tasks_durations")
        self.setAccessibleName("Durations")
        speak_as(self, QAccessible.Role.Chart)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._palette = LIGHT
        self._histogram = NO_HISTOGRAM
        self._durations: Durations | None = None
        self._noun = "task"
        self._limits: tuple[int | None, int | None] = (None, None)
        self._cursor: int | None = None
        self._anchor: int | None = None
        self._dragging = False
        self._describe()

    def sizeHint(self) -> QSize:
        """As high as its three parts: figures, bars, axis."""
        return QSize(200, _BARS_PX + 2 * self._line_px + 4)

    def minimumSizeHint(self) -> QSize:
        """The height is fixed."""
        return QSize(80, self.sizeHint().height())

    def show_durations(self, histogram: Histogram, durations: Durations, noun: str) -> None:
        """Show these. noun: the counted thing."""
        self._histogram, self._durations, self._noun = histogram, durations, noun
        if self._cursor is not None and not 0 <= self._cursor < len(histogram):
            self._cursor = self._anchor = None
        self._describe()
        self.update()

    def show_limits(self, least_ns: int | None, below_ns: int | None) -> None:
        """Show which durations the filter lets pass: from `least_ns` on, and below `below_ns`."""
        if (least_ns, below_ns) != self._limits:
            self._limits = least_ns, below_ns
            self.update()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        self.update()

    @property
    def figures(self) -> list[tuple[str, float]]:
        """Median, 95th percentile and longest of what passes, each with its name."""
        durations = self._durations
        if durations is None or durations.longest_ns is None:
            return []
        found = (("median", durations.median_ns), ("95 %", durations.p95_ns), ("longest", durations.longest_ns))
        return [(name, float(value)) for name, value in found if value is not None]

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The figures, the bars and the axis."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.base))
        if len(self._histogram):
            self._paint_brush(painter)
            self._paint_bars(painter, self._histogram)
            self._paint_axis(painter)
            self._paint_figures(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_brush(self, painter: QPainter) -> None:
        least, below = self._limits
        if least is None and below is None:
            return
        x0 = self._axis.px_of(least) if least is not None else _SIDE_PX
        x1 = self._axis.px_of(below) if below is not None else self.width() - _SIDE_PX
        top = self._line_px
        painter.fillRect(QRectF(x0, top, max(1.0, x1 - x0), _BARS_PX + 2), QColor(self._palette.selection))
        painter.setPen(QPen(QColor(self._palette.accent), 1))
        for limit, x in ((least, x0), (below, x1)):
            if limit is not None:
                painter.drawLine(QPointF(x, top), QPointF(x, top + _BARS_PX + 2))

    def _paint_bars(self, painter: QPainter, histogram: Histogram) -> None:
        bottom = self._bottom_px
        most = math.log1p(int(histogram.of_all.max()))
        pale, strong = QColor(self._palette.line), QColor(self._palette.alive)
        for bin_, (of_all, passing) in enumerate(
            zip(histogram.of_all.tolist(), histogram.passing.tolist(), strict=True)
        ):
            x0, x1 = self._axis.bin_px(bin_), self._axis.bin_px(bin_ + 1)
            width = max(1.0, x1 - x0 - (1.0 if x1 - x0 > 3 else 0.0))
            for count, colour in ((of_all, pale), (passing, strong)):
                if count:
                    high = max(2.0, _BARS_PX * math.log1p(count) / most)
                    painter.fillRect(QRectF(x0, bottom - high, width, high), colour)
        if self.hasFocus() and self._cursor is not None:
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            x0, x1 = self._axis.bin_px(self._cursor), self._axis.bin_px(self._cursor + 1)
            painter.drawRect(QRectF(x0 - 1, self._line_px, x1 - x0 + 1, _BARS_PX + 1))

    def _paint_axis(self, painter: QPainter) -> None:
        bottom, line = self._bottom_px, self._line_px
        painter.setPen(QPen(QColor(self._palette.line), 1))
        painter.drawLine(QPointF(0, bottom + 0.5), QPointF(self.width(), bottom + 0.5))
        painter.setPen(QPen(QColor(self._palette.quiet), 1))
        free_px = 0.0
        metrics = self.fontMetrics()
        for decade in range(2, 17):
            x = self._axis.px_of(10**decade)
            text = _axis_text(10**decade)
            wide = metrics.horizontalAdvance(text)
            if not _SIDE_PX < x < self.width() - _SIDE_PX or x - wide / 2 < free_px or x + wide / 2 > self.width():
                continue
            painter.drawLine(QPointF(x, bottom), QPointF(x, bottom + 3))
            painter.drawText(QRectF(x - wide, bottom + 2, 2 * wide, line), Qt.AlignmentFlag.AlignHCenter, text)
            free_px = x + wide / 2 + 12

    def _paint_figures(self, painter: QPainter) -> None:
        """Each over its place, from the right; where places are close, side by side in their order."""
        metrics, behind_px = self.fontMetrics(), float(self.width() - _SIDE_PX)
        texts = [(f"{name} {format_duration(value / 1e9)}", self._axis.px_of(value)) for name, value in self.figures]
        wides = [metrics.horizontalAdvance(text) + _BETWEEN_PX for text, _ in texts]
        for at in reversed(range(len(texts))):
            text, x = texts[at]
            painter.setPen(QPen(QColor(self._palette.text), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, self._line_px), QPointF(x, self._bottom_px))
            least = _SIDE_PX + sum(wides[:at])
            left = min(max(x - wides[at] / 2, least), behind_px - wides[at] + _BETWEEN_PX)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(QRectF(left, 0, wides[at], self._line_px), Qt.AlignmentFlag.AlignVCenter, text)
            behind_px = left - _BETWEEN_PX

    # Places

    @property
    def _line_px(self) -> int:
        return self.fontMetrics().height()

    @property
    def _bottom_px(self) -> float:
        return self._line_px + _BARS_PX + 1

    @property
    def _axis(self) -> PlotAxis:
        return PlotAxis(self._histogram, _SIDE_PX, self.width() - _SIDE_PX)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag chooses durations, a click those of one bar."""
        if event.button() is Qt.MouseButton.LeftButton and len(self._histogram):
            self._dragging = True
            self._anchor = self._cursor = self._axis.bin_at(event.position().x())
            self._preview()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what the drag is going to choose."""
        if self._dragging:
            self._cursor = self._axis.bin_at(event.position().x())
            self._preview()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if self._dragging and event.button() is Qt.MouseButton.LeftButton:
            self._dragging = False
            self._choose()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Choose all durations again."""
        self._dragging = False
        self.brushed.emit(None, None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go from bar to bar; with Shift they choose; Enter chooses one bar, Escape all."""
        count = len(self._histogram)
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -count, Qt.Key.Key_End: count}
        key = Qt.Key(event.key())
        if not count:
            super().keyPressEvent(event)
        elif key in steps:
            before = (-1 if steps[key] > 0 else count) if self._cursor is None else self._cursor
            self._cursor = min(max(before + steps[key], 0), count - 1)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._anchor = self._cursor if self._anchor is None else self._anchor
                self._choose()
            else:
                self._anchor = self._cursor
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor is not None:
            self._anchor = self._cursor
            self._choose()
        elif key is Qt.Key.Key_Escape and self._limits != (None, None):
            self._anchor = self._cursor
            self.brushed.emit(None, None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw no ring."""
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """The tooltip has the figures of the bar below the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            if len(self._histogram):
                QToolTip.showText(event.globalPos(), self._words_of(self._axis.bin_at(event.pos().x())), self)
            return True
        return super().event(event)

    def _range(self) -> tuple[int | None, int | None]:
        """The durations between the anchor and the cursor; no limit at either end of the axis."""
        cursor = 0 if self._cursor is None else self._cursor
        return self._axis.limits(cursor if self._anchor is None else self._anchor, cursor)

    def _preview(self) -> None:
        self.show_limits(*self._range())
        self._describe()
        self.update()

    def _choose(self) -> None:
        self.brushed.emit(*self._range())

    # Words

    def _words_of(self, bin_: int) -> str:
        histogram = self._histogram
        low, high = histogram.edges(bin_)
        until = f" to {limit_text(high)}" if high is not None else " on"
        count, passing = int(histogram.of_all[bin_]), int(histogram.passing[bin_])
        words = f"{count:,} {self._noun}{'' if count == 1 else 's'} from {limit_text(low) if low else '0'}{until}"
        return words if count == passing else f"{words}; {passing:,} of them pass the filter"

    def _describe(self) -> None:
        """Say the figures, and the bar that the keyboard is at, to a screen reader."""
        parts = [f"{name} {format_duration(value / 1e9)}" for name, value in self.figures]
        if self._cursor is not None and self._cursor < len(self._histogram):
            parts.insert(0, self._words_of(self._cursor))
        text = "; ".join([*parts, "Both axes are logarithmic. Shift with the arrows filters, Escape shows all."])
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))


def _axis_text(lasted_ns: int) -> str:
    """``1 ms``, ``10 s``, ``1,000 s``."""
    for factor, unit in ((10**9, "s"), (10**6, "ms"), (10**3, "µs")):
        if lasted_ns >= factor:
            return f"{lasted_ns // factor:,} {unit}"
    return f"{lasted_ns} ns"
