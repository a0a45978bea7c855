"""Two timeline views on one time axis: what moves one moves the other. The window's thread.

Each view keeps the time of its own run. The second view shows times that are `shift_ns` later, a whole number of nanoseconds,
and both cameras have the same bounds. So neither view stops before the other, nothing is rounded, and a view that is moved to
where it is already emits nothing.
"""

from PySide6.QtCore import QObject, Signal

from desktop.chart.geometry.camera import whole_end
from desktop.chart.view import TimelineView
from workers.timeline.timeline import Timeline


class SharedAxis(QObject):
    """Joins two views that show a run each. aligned: other moments are one above the other now."""

    aligned = Signal()

    def __init__(self, a: TimelineView, b: TimelineView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._a, self._b = a, b
        self._moments = 0, 0
        self._bringing = False
        for view in (a, b):
            view.laid_out.connect(self._on_laid_out)
        a.moved.connect(self._on_a_moved)
        b.moved.connect(self._on_b_moved)
        self._on_laid_out()
        self.align(0, 0)

    @property
    def moments(self) -> tuple[int, int]:
        """The two moments that are one above the other, each in its run's own time; (0, 0): both beginnings."""
        return self._moments

    @property
    def shift_ns(self) -> int:
        """How much later B's time is than A's at each place of the axis."""
        return self._moments[1] - self._moments[0]

    def align(self, a_ns: int, b_ns: int) -> None:
        """Bring these moments one above the other. If both whole runs are in view they stay so; otherwise A
        stays where it is."""
        whole = self._whole
        self._moments = a_ns, b_ns
        self._bound()
        at_start = not a_ns and not b_ns
        self._a.align(None if at_start else a_ns)
        self._b.align(None if at_start else b_ns)
        lead = self._b if self._live(self._b) and not self._live(self._a) else self._a
        if whole:
            lead.fit()
        else:
            lead.bring_into_view(a_ns if lead is self._a else b_ns)
        self._bring_along(lead)
        self.aligned.emit()

    def refresh(self) -> None:
        """Take in what the runs learned since the last call."""
        self._bound()
        self._a.refresh()
        self._b.refresh()

    @property
    def _whole(self) -> bool:
        camera = self._a.state.camera
        return camera.beside is None or (camera.t0_ns, camera.t1_ns) == camera.beside

    def _bound(self) -> None:
        """Let both cameras reach as far as the longer run."""
        one, other = self._a.state, self._b.state
        first = min(0, -self.shift_ns)
        last = max(_end_of(one.timeline), _end_of(other.timeline) - self.shift_ns)
        one.camera.beside = first, last
        other.camera.beside = first + self.shift_ns, last + self.shift_ns

    def _live(self, view: TimelineView) -> bool:
        timeline = view.state.timeline
        return timeline is not None and not timeline.ended

    def _on_a_moved(self) -> None:
        self._bring_along(self._a)

    def _on_b_moved(self) -> None:
        self._bring_along(self._b)

    def _bring_along(self, moved: TimelineView) -> None:
        """Show in the other view the interval of this one. The signals of the other view are ignored meanwhile."""
        if self._bringing:
            return
        camera = moved.state.camera
        other, by_ns = (self._b, self.shift_ns) if moved is self._a else (self._a, -self.shift_ns)
        self._bringing = True
        try:
            other.show_time(camera.t0_ns + by_ns, camera.t1_ns + by_ns)
        finally:
            self._bringing = False

    def _on_laid_out(self) -> None:
        """Make both headers as wide as the wider ones, so that the axes begin at the same place."""
        wanted = max(self._a.headers_px, self._b.headers_px)
        self._a.stand_beside(wanted)
        self._b.stand_beside(wanted)


def _end_of(timeline: Timeline | None) -> int:
    return 0 if timeline is None else whole_end(timeline.now_ns, not timeline.ended)
