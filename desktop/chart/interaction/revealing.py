"""Brings things into view, in time and among the lanes, with as little movement as possible. The window's thread."""

from desktop.chart.chart_display import ChartDisplay
from desktop.facts.selection import Selection


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
