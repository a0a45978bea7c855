"""Everything that shows the timeline: the panels, and the chart once it is loaded. The window's thread.

No view knows another one: what one of them has selected goes through here to the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.facts.selection import Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.all_panels import PANELS, PanelEntry
from desktop.panels.run_panel import RunPanel
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


_Kind = TypeVar("_Kind", bound=RunPanel)


class Views(QObject):
    """panels: each with its entry in the list of panels. timeline, selection: what they show. said: one sentence, from a
    panel. counted: how many things a panel lists has changed (the panel, the number). chart_loaded: the timeline view, which
    takes longest to load, is there."""

    said = Signal(str)
    counted = Signal(object, int)
    chart_loaded = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.panels: tuple[tuple[PanelEntry, RunPanel], ...] = tuple((entry, entry.make()) for entry in PANELS)
        self.timeline: Timeline | None = None
        self.selection: Selection | None = None
        self._chart: TimelineView | None = None
        self._palette = LIGHT
        for _, panel in self.panels:
            panel.selected.connect(self._on_selected)
            panel.said.connect(self.said)
            panel.counted.connect(self._on_counted)

    def panel(self, kind: type[_Kind]) -> _Kind:
        """The panel of this class."""
        return next(panel for _, panel in self.panels if isinstance(panel, kind))

    def load_chart(self) -> None:
        """Make the timeline view. It takes a second to import, so the application calls this after the first paint;
        everything else works without it."""
        if self._chart is None:
            from desktop.chart.view import TimelineView

            self._chart = TimelineView(self._palette)
            self._chart.selected.connect(self._on_selected)
            self.chart_loaded.emit()

    @property
    def chart(self) -> TimelineView:
        """The timeline view, loaded if it was not."""
        self.load_chart()
        assert self._chart is not None
        return self._chart

    @property
    def loaded_chart(self) -> TimelineView | None:
        """The timeline view, if it is there."""
        return self._chart

    def show(self, timeline: Timeline | None) -> None:
        """Show this one, with nothing selected in it."""
        self.timeline = timeline
        self.selection = None
        for _, panel in self.panels:
            panel.set_timeline(timeline)
        if self._chart is not None:
            self._chart.set_timeline(timeline)

    def select(self, selection: Selection | None, source: object) -> None:
        """Show a selection in every view but the one that it comes from."""
        self.selection = selection
        if self._chart is not None and source is not self._chart:
            self._chart.select(selection)
            if selection is not None and source is not None:
                self._chart.reveal(selection)
        for _, panel in self.panels:
            if panel is not source:
                panel.show_selection(selection)

    def refresh(self, *, hidden: bool = False) -> None:
        """Show what the timeline has learned. hidden: in the panels too that nobody sees now."""
        if self._chart is not None:
            self._chart.refresh()
        for entry, panel in self.panels:
            if hidden or entry.hidden or panel.isVisible():
                panel.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours from now on."""
        self._palette = palette
        for _, panel in self.panels:
            panel.set_palette(palette)
        if self._chart is not None:
            self._chart.set_palette(palette)

    def _on_counted(self, count: int) -> None:
        self.counted.emit(self.sender(), count)

    def _on_selected(self, selection: Selection | None) -> None:
        self.select(selection, self.sender())
