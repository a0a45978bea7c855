"""Brings things into view, in time and among the lanes, with as little movement as possible. The window's thread."""

from desktop.chart.chart_display import ChartDisplay
from desktop.facts.selection import Selection

_LEAST_SHARE, _WANTED_SHARE = 1 / 50, 1 / 5
"""An interval that takes less than the first share of the view is shown at the second."""


class Revealing:
    """Moves the camera and the scroll bar. A move in time counts as one by hand: following ends."""

    def __init__(self, display: ChartDisplay) -> None:
        self._display = display
        self._layout = display.layout

    def centre_on(self, selection: Selection) -> None:
        """Bring something to the middle, and its lane into view."""
        state = self._display.state
        span = state.interval(selection)
        self.show_place(selection)
        if span is not None and state.camera.centre((span[0] + span[1]) // 2):
            self._display.moved_by_hand()

    def reveal(self, selection: Selection) -> None:
        """Bring something and its lane into view. What is in view already stays where it is."""
        state = self._display.state
        span = state.interval(selection)
        self.show_place(selection)
        if span is not None and state.camera.reveal(*span):
            self._display.moved_by_hand()

    def show_interval(self, selection: Selection, t0_ns: int, t1_ns: int | None) -> None:
        """Show an interval of a thing's lane whole, and large enough to be seen. t1_ns: None = until now."""
        camera, now_ns = self._display.state.camera, self._display.state.within_run(1 << 62)
        t1_ns = now_ns if t1_ns is None else t1_ns
        lasts_ns, shown_ns = t1_ns - t0_ns, camera.t1_ns - camera.t0_ns
        self.show_place(selection)
        if lasts_ns > shown_ns:
            moved = camera.show(t0_ns - lasts_ns // 20, t1_ns + lasts_ns // 20)
        elif 0 < lasts_ns < shown_ns * _LEAST_SHARE:
            around_ns = round(lasts_ns * (1 / _WANTED_SHARE - 1) / 2)
            moved = camera.show(t0_ns - around_ns, t1_ns + around_ns)
        else:
            moved = camera.reveal(t0_ns, t1_ns)
        if moved:
            self._display.moved_by_hand()

    def show_place(self, selection: Selection) -> None:
        """Scroll as little as shows the row of a thing, unfolded if need be. Of a row higher than the page,
        its depth is shown."""
        state = self._display.state
        if state.unfold(selection):
            self._display.show_arrangement()
        place = state.place_px(selection)
        if place is None or place[0].pinned:
            return
        row, top, height = place
        if row.height_px <= self._layout.scroll.pageStep() - state.rows.pinned_px:
            top, height = row.top_px, row.height_px
        self._layout.scroll_into_view(top, height, state.rows.pinned_px)

    def show_row(self, index: int | None) -> None:
        """Scroll as little as shows a row in full."""
        if index is None:
            return
        rows = self._display.state.rows
        if not rows[index].pinned:
            self._layout.scroll_into_view(rows[index].top_px, rows[index].height_px, rows.pinned_px)
