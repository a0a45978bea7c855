"""Goes back and forward among the views that the user had: interval, filter, pins, selection. The window's thread.

A view is remembered once it has been at rest for a moment, so that a pan is one step and not fifty.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer

from desktop.chart.chart_display import ChartDisplay
from desktop.facts.selection import Selection

_REST_MS = 350
_MOST = 100


@dataclass(frozen=True, slots=True)
class KeptView:
    """One view. interval: what is in view, ns; None while the whole of the run is followed."""

    interval: tuple[int, int] | None
    words: str
    pinned: tuple[int, ...]
    selection: Selection | None


class GoingBack(QObject):
    """The views of one run, the current one among them."""

    def __init__(self, display: ChartDisplay) -> None:
        super().__init__(display)
        self._display = display
        self._views: list[KeptView] = []
        self._at = -1
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.keep)
        for changed in (display.moved, display.arranged, display.chosen):
            changed.connect(self._on_changed)

    @property
    def at_rest(self) -> bool:
        """Whether the view has been as it is for a moment."""
        return not self._rest.isActive()

    def forget(self) -> None:
        """Another run is shown."""
        self._rest.stop()
        self._views, self._at = [], -1
        if self._display.state.timeline is not None:
            self.keep()

    def keep(self) -> None:
        """Remember the view as it is now. What was gone back from is forgotten."""
        self._rest.stop()
        now = self._now()
        if self._at >= 0 and self._views[self._at] == now:
            return
        self._views = [*self._views[: self._at + 1][-_MOST:], now]
        self._at = len(self._views) - 1

    def go(self, by: int) -> None:
        """Show the view before, or with 1 the one after it."""
        if self._rest.isActive():
            self.keep()
        at = self._at + by
        if 0 <= at < len(self._views):
            self._at = at
            self._show(self._views[at])
            self._rest.stop()

    def _on_changed(self) -> None:
        if self._display.state.timeline is not None:
            self._rest.start()

    def _now(self) -> KeptView:
        state, camera = self._display.state, self._display.state.camera
        interval = None if camera.follow else (camera.t0_ns, camera.t1_ns)
        return KeptView(
            interval, self._display.layout.lane_tools.field.text(), state.arrangement.pinned, state.selection
        )

    def _show(self, view: KeptView) -> None:
        display = self._display
        display.layout.lane_tools.field.setText(view.words)
        display.arrange(replace(display.state.arrangement, pinned=view.pinned))
        if view.interval is None:
            display.follow = True
            display.fit()
        elif display.state.camera.show(*view.interval):
            display.moved_by_hand()
        display.choose(view.selection)
