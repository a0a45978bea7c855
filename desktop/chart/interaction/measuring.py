"""Measuring an interval by a drag or by keys: one end stays, the other is moved. The window's thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from desktop.facts.selection import IntervalSelection

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

_STEP = 0.02
_EDGE_PX = 5.0


class Measuring(QObject):
    """Makes what is swept, or walked over, the selected interval."""

    def __init__(self, view: "TimelineView") -> None:
        super().__init__(view)
        self._view = view
        self._anchor_ns = 0  # the end that stays

    def begin(self, at: QPointF) -> None:
        """Measure from here, or go on at an end of the interval that is there."""
        scale = self._view.scale
        self._anchor_ns = self._view.state.within_run(scale.at(at.x()))
        selection = self._view.state.selection
        if isinstance(selection, IntervalSelection):
            begins, ends = selection.interval
            if abs(scale.x(begins) - at.x()) <= _EDGE_PX:
                self._anchor_ns = ends
            elif abs(scale.x(ends) - at.x()) <= _EDGE_PX:
                self._anchor_ns = begins

    def go_on(self, at: QPointF) -> None:
        """Measure to here."""
        self._measure_to(self._view.scale.at(at.x()))

    def measure_selection(self) -> None:
        """Make the selected span, or process's life, the measured interval."""
        state = self._view.state
        span = None if state.selection is None else state.interval(state.selection)
        if span is not None:
            self._anchor_ns = span[0]
            self._measure_to(span[1])

    def extend(self, by: int) -> None:
        """Move the loose end of the measured interval; without one, begin at the selection, or in the middle."""
        view, state = self._view, self._view.state
        selection = state.selection
        if isinstance(selection, IntervalSelection):
            begins, ends = selection.interval
            loose = begins if self._anchor_ns == ends else ends
            self._anchor_ns = ends if loose == begins else begins
        else:
            span = None if selection is None else state.interval(selection)
            middle = (view.scale.t0_ns + view.scale.t1_ns) // 2
            loose = self._anchor_ns = state.within_run(middle if span is None else span[0])
        loose = state.within_run(loose + by * max(1, round(_STEP * view.scale.length_ns)))
        self._measure_to(loose)
        if state.camera.reveal(loose, loose):
            view.moved_by_hand()

    def _measure_to(self, at_ns: int) -> None:
        self._view.choose(IntervalSelection.between(self._anchor_ns, self._view.state.within_run(at_ns)))
