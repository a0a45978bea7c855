"""The curves of a sweep as one control: keys go through its points, Enter opens the run of one. The window's thread.

The plots are made once there is something to draw, since pyqtgraph takes a moment to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.look.palette import LIGHT, Palette
from desktop.panels.sweep.sweep_legend import paint_sweep_legend
from desktop.widgets.spoken_widgets import speak_as
from workers.sweep.measured import Sweep, SweepPoint
from workers.sweep.sweep_words import headline, point_words

if TYPE_CHECKING:
    from desktop.panels.sweep.sweep_plots import SweepPlots

SPOKEN = "Sweep"
_LEGEND_PX = 16
_LEAST = QSize(260, 50)


class SweepView(QWidget):
    """chosen: another point stands out, or none. opened: the number of workers of the point whose run is wanted."""

    chosen = Signal()
    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sweep")
        self.setAccessibleName(SPOKEN)
        speak_as(self, QAccessible.Role.Chart)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(_LEAST)
        self._palette = LIGHT
        self._sweep: Sweep | None = None
        self._workers: int | None = None
        self._plots: SweepPlots | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2, 2, 2, _LEGEND_PX + 3)

    @property
    def plots(self) -> SweepPlots | None:
        """The curves; None before there are any."""
        return self._plots

    @property
    def point(self) -> SweepPoint | None:
        """The chosen point."""
        points = () if self._sweep is None else self._sweep.points
        return next((point for point in points if point.workers == self._workers), None)

    def show_sweep(self, sweep: Sweep | None) -> None:
        """Draw this sweep. The chosen point stays if it has one for that number of workers."""
        self._sweep = sweep
        if sweep is not None and self._plots is None:
            self._make_plots()
        if self.point is None:
            self._workers = None
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Take the palette's colours."""
        self._palette = palette
        if self._plots is not None:
            self._plots.set_palette(palette)
        self.update()

    def choose(self, workers: int | None) -> None:
        """Have the point of this number of workers stand out; None: none."""
        self._workers = workers
        self._show()
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End go through the points, Escape leaves them; Enter opens the run of the chosen one."""
        points = () if self._sweep is None else self._sweep.points
        counts = [point.workers for point in points]
        at = counts.index(self._workers) if self._workers in counts else None
        key = event.key()
        if key == Qt.Key.Key_Escape and at is not None:
            self.choose(None)
            return
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at is not None:
            self.opened.emit(counts[at])
            return
        last = len(counts) - 1
        to = {
            Qt.Key.Key_Right: 0 if at is None else min(at + 1, last),
            Qt.Key.Key_Down: 0 if at is None else min(at + 1, last),
            Qt.Key.Key_Left: last if at is None else max(at - 1, 0),
            Qt.Key.Key_Up: last if at is None else max(at - 1, 0),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(key))
        if to is None or not counts:
            super().keyPressEvent(event)
        else:
            self.choose(counts[to])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the frame of the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove it."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The background, the legend, and the frame of the focus."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.base))
        if self._sweep is not None and self._sweep.runs:
            box = QRectF(12, self.height() - _LEGEND_PX - 3, self.width() - 24, _LEGEND_PX)
            paint_sweep_legend(painter, self._palette, self._sweep, self.font(), box)
        if self.hasFocus():
            painter.setPen(QColor(self._palette.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _make_plots(self) -> None:
        from desktop.panels.sweep.sweep_plots import SweepPlots

        self._plots = plots = SweepPlots(self)
        plots.set_palette(self._palette)
        plots.pointed.connect(self._on_pointed)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(plots)

    def _on_pointed(self, workers: int, twice: bool) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.choose(workers)
        if twice:
            self.opened.emit(workers)

    def _show(self) -> None:
        if self._plots is not None:
            self._plots.show_sweep(self._sweep, self._workers)
        spoken = SPOKEN
        if self._sweep is not None:
            point = self.point
            spoken += f". {headline(self._sweep)}" if point is None else f". {point_words(self._sweep, point)}"
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))
        self.update()
