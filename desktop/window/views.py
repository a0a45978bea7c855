"""The views of the shown run: the panels, and the chart once it is loaded. The window's thread.

No view knows another one: a selection that is made in one goes through here to the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.documents.document import Document
from desktop.documents.shown_run import ShownKind
from desktop.facts.fact import CodePlace
from desktop.facts.selection import Selection
from desktop.look.palette import LIGHT, Palette
from desktop.panels.all_panels import PANELS, PanelEntry
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.run_panel import RunPanel
from desktop.window.evidence_selection import evidence_of, evidence_place, evidence_selection
from workers.analysis.findings.finding import Finding

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView


_Kind = TypeVar("_Kind", bound=RunPanel)


class Views(QObject):
    """panels: each with its entry in the list of panels.
    selection: of the shown run.
    said: one sentence, from a panel.
    place_shown: the panel of a line of code that the user asked for.
    counted: a panel, and how many things it lists now.
    titled: a panel, and the title that its tab is to have.
    failed: a sentence and details, from a panel.
    settled: whether something is selected now. It waits for the end of a drag.
    chart_loaded: the chart, which takes longest to load, is there.
    """

    said = Signal(str)
    place_shown = Signal(object)
    counted = Signal(object, int)
    titled = Signal(object, str)
    failed = Signal(str, str)
    settled = Signal(bool)
    chart_loaded = Signal()

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._shows_preview = False
        self.panels: tuple[tuple[PanelEntry, RunPanel], ...] = tuple((entry, entry.make()) for entry in PANELS)
        self.selection: Selection | None = None
        self._chart: TimelineView | None = None
        self._palette = LIGHT
        for _, panel in self.panels:
            panel.selected.connect(self._on_selected)
            panel.place_chosen.connect(self.show_place)
            panel.said.connect(self.said)
            panel.failed.connect(self.failed)
            panel.counted.connect(self._on_counted)
            panel.titled.connect(self._on_titled)
        self.panel(FindingsPanel).evidence_asked.connect(self._on_evidence_asked)
        document.replaced.connect(self._on_replaced)

    def panel(self, kind: type[_Kind]) -> _Kind:
        """The panel of this class."""
        return next(panel for _, panel in self.panels if isinstance(panel, kind))

    def load_chart(self) -> None:
        """Make the chart. It takes a second to import, so the application calls this after the first paint; everything else
        works without it."""
        if self._chart is None:
            from desktop.chart.view import TimelineView

            self._chart = TimelineView(self._palette)
            self._chart.selected.connect(self._on_selected)
            self._chart.drag_ended.connect(self._on_drag_ended)
            self.chart_loaded.emit()

    @property
    def chart(self) -> TimelineView:
        """The chart, which is loaded if it is not there yet."""
        self.load_chart()
        assert self._chart is not None
        return self._chart

    @property
    def loaded_chart(self) -> TimelineView | None:
        """The chart, None before it is loaded."""
        return self._chart

    def select(self, selection: Selection | None, source: object) -> None:
        """Show a selection in every view but the one that it comes from. source: that view, or None."""
        self.selection = selection
        if self._chart is not None and source is not self._chart:
            self._chart.select(selection)
            if selection is not None and source is not None:
                self._chart.reveal(selection)
        for _, panel in self.panels:
            if panel is not source:
                panel.show_selection(selection)
        if self._chart is None or not self._chart.dragging:
            self.settled.emit(selection is not None)

    def show_place(self, place: CodePlace) -> None:
        """Show a line of code, and its panel."""
        code = self.panel(CodePanel)
        why_not = code.show_place(place)
        if why_not:
            self.said.emit(why_not)
        else:
            self.place_shown.emit(code)

    def _on_evidence_asked(self, finding: Finding, number: int) -> None:
        """Select what shows a finding, in the chart as large as is needed to see it, and mark its line of code."""
        timeline = self._document.timeline
        if timeline is None:
            return
        selection = evidence_selection(timeline, finding, number)
        if selection is not None:
            self.select(selection, self.sender())
            one = evidence_of(finding, number)
            if self._chart is not None and one is not None:
                self._chart.show_interval(selection, one.from_ns, one.until_ns)
        elif finding.at_ns is not None and self._chart is not None:
            self._chart.bring_into_view(finding.at_ns)
        place = evidence_place(timeline, finding, number)
        if place is not None:
            self.panel(CodePanel).show_place(place)

    def refresh(self, *, hidden: bool = False) -> None:
        """Show what is new in the timeline. hidden: also in panels that are not visible."""
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

    def end(self) -> None:
        """End what the panels do in the background."""
        for _, panel in self.panels:
            panel.end()

    def _on_titled(self, title: str) -> None:
        self.titled.emit(self.sender(), title)

    def _on_counted(self, count: int) -> None:
        self.counted.emit(self.sender(), count)

    def _on_replaced(self) -> None:
        shown = self._document.shown
        # The lanes of a preview are those of the run that is started from it: a lane stays selected, and keeps the keyboard.
        starts = self._shows_preview and shown is not None and shown.kind is ShownKind.LIVE_RUN
        kept = self.selection if starts else None
        held = self._chart.held if starts and self._chart is not None else 0
        self._shows_preview = shown is not None and shown.kind is ShownKind.PREVIEW
        self.selection = None
        self.settled.emit(False)
        for _, panel in self.panels:
            panel.set_timeline(self._document.timeline)
        if self._chart is not None:
            self._chart.set_timeline(self._document.timeline)
        if kept is not None:
            self.select(kept, None)
        if held and self._chart is not None:
            self._chart.hold(held)

    def _on_drag_ended(self) -> None:
        self.settled.emit(self.selection is not None)

    def _on_selected(self, selection: Selection | None) -> None:
        self.select(selection, self.sender())
