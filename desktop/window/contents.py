"""What is in the window: makes its parts and connects them with each other. The window's thread.

Requests go from a view to the session. What happened comes back as a timeline, which the document holds and every view reads
at the session's frame clock. This file is imported after the window's first paint, with all that it imports.
"""

import traceback
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from desktop.control.session import Session
from desktop.documents.comparing import Comparing
from desktop.documents.document import Document
from desktop.documents.file_opening import FileOpening
from desktop.documents.history_control import HistoryControl
from desktop.documents.lessons.learning import Learning
from desktop.documents.mark_edits import MarkEdits
from desktop.documents.mark_keeping import MarkKeeping
from desktop.documents.saving import Saving
from desktop.documents.sweeping import Sweeping
from desktop.documents.undoing import Undoing
from desktop.look.palette import Palette
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details.details_panel import DetailsPanel
from desktop.panels.findings.findings_panel import FindingsPanel
from desktop.panels.stacks.stacks_panel import StacksPanel
from desktop.panels.sweep.sweep_panel import SweepPanel
from desktop.settings import Settings
from desktop.trouble.trouble import show_error, write_log
from desktop.widgets.toast import Toast
from desktop.window.actions import Actions
from desktop.window.announcing import Announcing
from desktop.window.closing import Closing
from desktop.window.clusters.cluster_watching import ClusterWatching
from desktop.window.colour_theme import ColourTheme
from desktop.window.interface_size import InterfaceSize, Presenting
from desktop.window.lessons.lesson_views import LessonViews
from desktop.window.run_sources import RunSources
from desktop.window.run_target import RunTarget
from desktop.window.status_display import StatusDisplay
from desktop.window.views import Views
from desktop.window.window_commands import WindowCommands
from desktop.window.window_frame import Frame
from desktop.window.window_layout import WindowLayout
from desktop.window.window_parts import WindowParts
from workers.engines.script import Script
from workers.plan.presets import first_plan
from workers.system.machine import look_at_machine
from workers.timeline.timeline import Timeline

_NEXT_TO_START = ("overview", "lane_filter")


class Contents(QObject):
    """The parts of the window. Each does one thing; what happens between them is here."""

    def __init__(self, window: Frame, settings: Settings, lessons: Path | None = None) -> None:
        """lessons: a teacher's folder of lessons."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.actions = Actions(window)
        self.size = InterfaceSize(settings, self)  # before there are widgets that would be laid out again
        self.colours = ColourTheme(self.actions.themes, self.actions.contrast, settings, self)
        self.colours.apply()  # while there are few widgets that Qt has to polish again
        self.session = Session(window)
        self.document = Document(window)
        self.saving = Saving(window, self.document, settings)
        self.opening = FileOpening(window, self.document, self.session, settings)
        self.sources = RunSources()
        self.views = Views(self.document, self)
        self.marks = MarkEdits(self.document.folder, window)
        self.keeping = MarkKeeping(self.document, window)
        self.actions.fill(window.bar)
        self.opening.fill_recent(self.actions.fill_menus(window.menus))
        self.layout = self._lay_out()
        self.presenting = Presenting(window, self.size, self.layout, self.actions)
        self.target = RunTarget(window, self.sources, self.document, self.session, settings)
        self.toast = Toast(window, self.layout.centre)
        self.learning = Learning(window, self.sources.learn, self.session, self.document, self.opening)
        self.announcing = Announcing(self.layout, self.views.panel(FindingsPanel), self.document, self)
        self.history = HistoryControl(window, self.document, self.session, self.opening, self.toast)
        self.comparing = Comparing(window, self.document, self.marks, settings)
        parts = WindowParts(window, self.actions, self.layout, self.views, self.document, self.session, self.target)
        self.status = StatusDisplay(parts)
        self.commands = WindowCommands(parts, self.saving, self.colours)
        self.lesson_views = LessonViews(parts, self.learning, self.commands, self.opening, self.announcing)
        self.sweeping = Sweeping(
            window, self.views.panel(SweepPanel), self.target, self.session, self.opening, settings
        )
        self.watching = ClusterWatching(window, self.session, settings)
        self.closing = Closing(window, self.session, self.sweeping)
        self.comparing.offer(self.actions.compare_menu, self.actions.compare_previous, self.actions.compare)
        self._connect_requests()
        self._connect_run()
        self._connect_messages()
        self.layout.restore(settings)
        plan = self.sources.plan
        plan.set_plan(settings.plan or first_plan(plan.plan().start_method, look_at_machine()))
        plan.edits.clear()
        Undoing(self.actions.undo, self.actions.redo, self.actions.show, plan, self.marks).show()
        self._on_colours(self.colours.palette)
        self.learning.load(lessons)
        self._on_source_changed()

    # Building

    def _lay_out(self) -> WindowLayout:
        tabs = [(panel, entry.title) for entry, panel in self.views.panels if entry.title]
        return WindowLayout(self._window, self.sources, tabs, self.views.panel(DetailsPanel))

    def _connect_requests(self) -> None:
        act = self.actions
        self.commands.connect_actions()
        act.connect_all(
            {
                act.open: self.opening.ask,
                act.history: self.history.show,
                act.next_finding: self._on_next_finding,
                act.look: self._on_look,
                act.watch_cluster: self.watching.ask,
            }
        )
        stacks = self.views.panel(StacksPanel)
        stacks.set_action(act.look)
        stacks.offered.connect(partial(self.layout.offer_tab, stacks))
        self.layout.offer_tab(stacks, False)
        self.layout.connect_actions(act)
        self.size.connect_actions(act)
        self.size.changed.connect(self._on_size_changed)
        self.layout.tabs.currentChanged.connect(self._refresh)
        self.views.panel(CodePanel).save_requested.connect(self.saving.save_code)
        self.views.chart_loaded.connect(self._on_chart_loaded)
        self.views.place_shown.connect(self.layout.show_tab)
        self.opening.script_chosen.connect(self.open_script)
        self.history.start_requested.connect(self.commands.start)
        self.history.compare_requested.connect(self.comparing.files)
        self.colours.changed.connect(self._on_colours)
        self.sources.source_changed.connect(self._on_source_changed)

    def _connect_run(self) -> None:
        session, document = self.session, self.document
        session.began.connect(self._on_began)
        session.launched.connect(document.set_folder)
        session.stop_requested.connect(document.set_stopped)
        session.failed.connect(document.set_failure)
        session.advanced.connect(self._refresh)
        session.ended.connect(self._on_ended)
        document.replaced.connect(self._on_replaced)
        self.opening.opened.connect(self._on_opened)
        self.marks.changed.connect(self._refresh)
        self.marks.kept.connect(self.keeping.marks_changed)
        self.views.counted.connect(self.layout.count)
        self.views.titled.connect(self.layout.rename)
        self.views.settled.connect(self.layout.folding.follow_selection)

    def _connect_messages(self) -> None:
        for part in (
            self.saving, self.session, self.marks, self.keeping, self.opening,
            self.comparing, self.history, self.views, self.sweeping, self.learning,
        ):  # fmt: skip
            part.failed.connect(self._on_failed)
        self.saving.done.connect(self.toast.say)
        for speaker in (
            self.size, self.keeping, self.opening, self.comparing, self.target, self.views, self.sweeping, self.learning,
            self.watching,
        ):  # fmt: skip
            speaker.said.connect(self.toast.say)

    def _on_chart_loaded(self) -> None:
        chart = self.views.chart
        self.layout.put_chart(chart)
        self.commands.connect_chart(chart)
        self.saving.set_visible(chart.shown)
        chart.follow_changed.connect(self.status.show_follow)
        chart.mark_change_requested.connect(self.marks.replace)
        chart.said.connect(self.toast.say)
        self.lesson_views.connect_chart(chart)
        chart.set_timeline(self.document.timeline)
        self.layout.order_tabs(self.sources.plan.findChild(QWidget, "override"), chart)
        if self._focus_is_free():
            start = chart.findChild(QPushButton, "start_empty")
            (chart if start is None or self.document.timeline is not None else start).setFocus()
        self.status.show()

    def _focus_is_free(self) -> bool:
        """Whether moving the focus takes no input away from the user: nothing has it, or a button, or what Qt gave it to when
        the Start button was disabled."""
        focused = self._window.focusWidget()
        return isinstance(focused, QAbstractButton | None) or focused.objectName() in _NEXT_TO_START

    # Opening

    def open_script(self, path: str) -> None:
        """Take the user's script; Start runs it."""
        self.sources.script.open(path)

    def open_file(self, path: str) -> None:
        """Show what is in a file: a script, a saved run or a trace."""
        self.opening.open(path)

    # What happens in the parts

    def _on_began(self, timeline: Timeline) -> None:
        source = self.session.source
        focus_is_free = self._focus_is_free()  # asked first: Start loses the focus when it is disabled
        self.sources.set_running(True)
        self.document.show_live(timeline, source if isinstance(source, Script) else None)
        self._show_listing()
        chart = self.views.loaded_chart
        if chart is not None:
            chart.follow = True
            if focus_is_free:
                chart.setFocus()

    def _on_ended(self) -> None:
        self.sources.set_running(False)
        self.views.refresh(hidden=True)
        self.comparing.refresh()
        self._say_warning()

    def _on_opened(self) -> None:
        if self.views.loaded_chart is not None:
            self.views.loaded_chart.fit()
        self._say_warning()

    def _on_replaced(self) -> None:
        self.marks.set_timeline(self.document.timeline)

    def _refresh(self) -> None:
        self.views.refresh()
        self.comparing.refresh()

    def _on_look(self) -> None:
        if self.session.look():
            panel = self.views.panel(StacksPanel)
            panel.wait_for_look()
            self.layout.show_tab(panel)

    def _on_next_finding(self) -> None:
        panel = self.views.panel(FindingsPanel)
        self.layout.show_tab(panel)
        panel.choose_next()

    def _on_source_changed(self) -> None:
        """A preview changes with the plan. A run that is shown stays until the next one begins."""
        if not self.session.running:
            self._show_listing()
            if self.document.run is None:
                self.document.show_preview(self.target.preview())
        self.sweeping.show_source()
        self.status.show()

    def _on_failed(self, sentence: str, details: str = "") -> None:
        show_error(self._window, sentence, details)

    def _on_colours(self, palette: Palette) -> None:
        for part in (
            self.actions, self.toast, self.history, self.sources, self.views, self.comparing, self.announcing, self.sweeping,
            self.learning,
        ):  # fmt: skip
            part.set_palette(palette)

    def _on_size_changed(self) -> None:
        self.actions.fit_letters()
        self.sources.plan.fit_letters()
        self.layout.fit_letters()

    def _show_listing(self) -> None:
        listing = self.target.listing()
        if listing is not None:
            self.views.panel(CodePanel).show_listing(listing)

    def _say_warning(self) -> None:
        timeline = self.document.timeline
        if timeline is not None and timeline.warnings:
            self.toast.say(timeline.warnings[-1])

    # The end

    def end(self) -> None:
        """The window closes: remember its settings, hide it at once, and end what still runs."""
        try:
            self.keep_settings()
        except Exception:  # raised from here it would stay pending while Qt closes the window
            write_log(traceback.format_exc())
        self._window.hide()
        self.layout.end()
        self.let_go()

    def let_go(self) -> None:
        """End every job and the run, and close every file and comparison."""
        self.views.end()
        self.sweeping.end()
        self.watching.end()
        self.learning.end()
        self.comparing.end()
        self.saving.end()
        self.opening.end()
        self.history.end()
        self.document.close()
        self.session.close()

    def keep_settings(self) -> None:
        """Remember the layout and the plan for the next start."""
        self.presenting.end()
        self.layout.keep(self._settings)
        plan = self.target.plan()
        if plan is not None:
            self._settings.plan = plan
