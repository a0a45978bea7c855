"""The lessons in the window: connects them with the timeline, the tabs, and what Start runs. The window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.chart.drawing.overlay import Guess
from desktop.documents.file_opening import FileOpening
from desktop.documents.lessons.learning import Learning
from desktop.documents.recent_runs import recent_runs
from desktop.facts.fact import CodePlace
from desktop.facts.selection import LineSelection, Selection
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.output.output_panel import OutputPanel
from desktop.window.announcing import Announcing
from desktop.window.window_commands import WindowCommands
from desktop.window.window_parts import WindowParts

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

_LEAST_CHART_EM = 16
"""The least height of the timeline, in heights of the letters."""


class LessonViews(QObject):
    """Shows the question above the timeline while the lessons are in front, and the program in its place before the run."""

    def __init__(
        self,
        parts: WindowParts,
        learning: Learning,
        commands: WindowCommands,
        opening: FileOpening,
        announcing: Announcing,
    ) -> None:
        super().__init__(parts.window)
        self._parts = parts
        self._learning = learning
        self._opening = opening
        self._sources = sources = parts.layout.sources
        parts.layout.put_above_chart(learning.page, stretch=1)
        parts.layout.put_above_chart(learning.strip)
        learning.in_front.connect(announcing.be_quiet)
        learning.prepared.connect(sources.set_lesson)
        learning.page_wanted.connect(self._on_page_wanted)
        learning.opened.connect(self._on_opened)
        learning.list_wanted.connect(sources.learn.focus_list)
        learning.selected.connect(self._on_selected)
        learning.place_chosen.connect(self._on_place_chosen)
        learning.guessed.connect(self._on_guessed)
        learning.run_requested.connect(commands.start)
        learning.run_began.connect(self._on_run_began)
        sources.currentChanged.connect(self._on_source_changed)

    def connect_chart(self, chart: TimelineView) -> None:
        """Connect the page that is shown without a run."""
        page = chart.start_page
        chart.learn_requested.connect(self.learn)
        chart.script_requested.connect(self._on_script_requested)
        chart.run_requested.connect(self._opening.open)
        self._learning.learned.connect(page.set_learned)
        page.set_learned(self._learning.progress)
        page.set_recent(recent_runs())
        chart.setVisible(self._learning.page.isHidden())

    def learn(self) -> None:
        """Open the first lesson that is not answered yet."""
        self._sources.setCurrentWidget(self._sources.learn)
        self._learning.begin_next()

    def _on_script_requested(self) -> None:
        self._sources.setCurrentWidget(self._sources.script)
        self._sources.script.browse()

    def _on_source_changed(self) -> None:
        self._learning.show_in_front(self._sources.lesson_is_chosen)

    def _on_opened(self) -> None:
        """The program is read on the page: what is beside and below it gives it room."""
        self._sources.setCurrentWidget(self._sources.learn)
        self._parts.views.select(None, None)
        self._parts.document.show_preview(None)
        folding = self._parts.layout.folding
        plan, _, details = folding.wanted
        folding.want(plan, False, details)

    def _on_page_wanted(self, wanted: bool) -> None:
        """The page and the timeline have the same place."""
        self._learning.page.setVisible(wanted)
        chart = self._parts.views.loaded_chart
        if chart is not None:
            chart.setVisible(not wanted)

    def _on_run_began(self) -> None:
        """Show the program below the timeline, where that leaves the timeline room."""
        folding, place = self._parts.layout.folding, self._parts.layout.chart
        room_px = place.height() - self._learning.strip.height() - folding.tabs_px
        if room_px >= _LEAST_CHART_EM * place.fontMetrics().height() and not self._parts.actions.present.isChecked():
            self._parts.layout.show_tab(self._parts.views.panel(CodePanel))

    def _on_selected(self, selection: Selection) -> None:
        self._parts.views.select(selection, self._learning)
        if isinstance(selection, LineSelection):
            self._parts.layout.show_tab(self._parts.views.panel(OutputPanel))

    def _on_place_chosen(self, place: CodePlace) -> None:
        self._parts.views.show_place(place)

    def _on_guessed(self, guesses: tuple[Guess, ...]) -> None:
        chart = self._parts.views.loaded_chart
        if chart is not None:
            chart.show_guesses(guesses)
