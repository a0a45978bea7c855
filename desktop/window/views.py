"""Everything that shows the timeline: the panels, and the chart once it is loaded. The window's thread.

No view knows another one: what one of them has selected goes through here to the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.facts.selection import Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details_panel import DetailsPanel
from desktop.panels.events.events_panel import EventsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.panels.processes.processes_panel import ProcessesPanel
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


class Views(QObject):
    """timeline, selection: what they show. said: one sentence, from a panel. chart_loaded: the timeline view, which takes
    longest to load, is there."""

    said = Signal(str)
    chart_loaded = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.output = OutputPanel()
        self.processes = ProcessesPanel()
        self.code = CodePanel()
        self.details = DetailsPanel()
        self.findings = FindingsPanel()
        self.events = EventsPanel()
        self.timeline: Timeline | None = None
        self.selection: Selection | None = None
        self._panels = (self.output, self.processes, self.code, self.findings, self.events, self.details)
        self._chart: TimelineView | None = None
        self._palette = LIGHT
        for panel in self._panels:
            panel.selected.connect(self._on_selected)
            panel.said.connect(self.said)

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
        for panel in self._panels:
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
        for panel in self._panels:
            if panel is not source:
                panel.show_selection(selection)

    def refresh(self, *, hidden: bool = False) -> None:
        """Show what the timeline has learned. hidden: in the panels too that nobody sees now."""
        if self._chart is not None:
            self._chart.refresh()
        for panel in self._panels:
            if hidden or panel.isVisible() or panel is self.findings:  # its tab says how many there are
                panel.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours from now on."""
        self._palette = palette
        for panel in self._panels:
            panel.set_palette(palette)
        if self._chart is not None:
            self._chart.set_palette(palette)

    def _on_selected(self, selection: Selection | None) -> None:
        self.select(selection, self.sender())
