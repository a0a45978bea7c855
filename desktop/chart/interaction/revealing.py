"""Bringing what is selected into view, in time and among the lanes, by as little as it takes. The window's thread."""

from typing import TYPE_CHECKING

from desktop.chart.widgets.layout import Layout
from desktop.facts.selection import Selection

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


class Revealing:
    """Moves the camera and the scroll bar of a view. A move in time is one by hand: following ends."""

    def __init__(self, view: "TimelineView", layout: Layout) -> None:
        self._view = view
        self._layout = layout

    def centre_on(self, selection: Selection) -> None:
        """Bring something to the middle, its lane into view."""
        state = self._view.state
        span = state.interval(selection)
        self.show_place(selection)
        if span is not None and state.camera.centre((span[0] + span[1]) // 2):
            self._view.moved_by_hand()

    def reveal(self, selection: Selection) -> None:
        """Bring something into view, its lane included. What is in view already stays where it is."""
        state = self._view.state
        span = state.interval(selection)
        self.show_place(selection)
        if span is not None and state.camera.reveal(*span):
            self._view.moved_by_hand()

    def show_place(self, selection: Selection) -> None:
        """Scroll as little as shows the row of what is selected, opened where it is folded, or of a tall one its depth."""
        state = self._view.state
        if state.unfold(selection):
            self._view.arranged()
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
        rows = self._view.state.rows
        if not rows[index].pinned:
            self._layout.scroll_into_view(rows[index].top_px, rows[index].height_px, rows.pinned_px)
