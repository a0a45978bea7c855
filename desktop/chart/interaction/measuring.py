"""What the user does to measure an interval, by a drag or by keys: one end stays, the other moves. The window's thread."""

from PySide6.QtCore import QObject, QPointF

from desktop.chart.chart_display import ChartDisplay
from desktop.facts.selection import IntervalSelection

_STEP = 0.02
_EDGE_PX = 5.0


class Measuring(QObject):
    """Selects the interval that is measured."""

    def __init__(self, display: ChartDisplay) -> None:
        super().__init__(display)
        self._display = display
        self._anchor_ns = 0  # the end that stays
        canvas = display.layout.canvas
        canvas.sweep_began.connect(self._on_sweep_began)
        canvas.swept.connect(self._on_swept)

    def _on_sweep_began(self, at: QPointF) -> None:
        """Measure from here, or move the end of the measured interval that is here."""
        scale = self._display.scale
        self._anchor_ns = self._display.state.within_run(scale.at(at.x()))
        selection = self._display.state.selection
        if isinstance(selection, IntervalSelection):
            begins, ends = selection.interval
            if abs(scale.x(begins) - at.x()) <= _EDGE_PX:
                self._anchor_ns = ends
            elif abs(scale.x(ends) - at.x()) <= _EDGE_PX:
                self._anchor_ns = begins

    def _on_swept(self, at: QPointF) -> None:
        self._measure_to(self._display.scale.at(at.x()))

    def measure_selection(self) -> None:
        """Measure the selected span, or the life of the selected process."""
        state = self._display.state
        span = None if state.selection is None else state.interval(state.selection)
        if span is not None:
            self._anchor_ns = span[0]
            self._measure_to(span[1])

    def extend(self, by: int) -> None:
        """Move the loose end of the measured interval. Without one, begin at the selection, or in the middle of the view."""
        display, state = self._display, self._display.state
        selection = state.selection
        if isinstance(selection, IntervalSelection):
            begins, ends = selection.interval
            loose = begins if self._anchor_ns == ends else ends
            self._anchor_ns = ends if loose == begins else begins
        else:
            span = None if selection is None else state.interval(selection)
            middle = (display.scale.t0_ns + display.scale.t1_ns) // 2
            loose = self._anchor_ns = state.within_run(middle if span is None else span[0])
        loose = state.within_run(loose + by * max(1, round(_STEP * display.scale.length_ns)))
        self._measure_to(loose)
        if state.camera.reveal(loose, loose):
            display.moved_by_hand()

    def _measure_to(self, at_ns: int) -> None:
        self._display.choose(IntervalSelection.between(self._anchor_ns, self._display.state.within_run(at_ns)))
