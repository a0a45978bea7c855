"""What is in the window: makes its parts and connects them with each other and with the session. The window's thread.

A person's press goes from a view to the session; what happened comes back as a timeline, which every view reads at the
session's frame clock. Imported after the window's first paint, with all that it takes along.
"""

import traceback
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from desktop.control.session import Session
from desktop.documents.comparing import Comparing
from desktop.documents.file_opening import FileOpening
from desktop.documents.history_control import HistoryControl
from desktop.documents.mark_edits import MarkEdits
from desktop.documents.mark_keeping import MarkKeeping
from desktop.documents.saving import Saving
from desktop.look.palette import Palette
from desktop.panels.code.code_panel import CodePanel
from desktop.panels.details_panel import DetailsPanel
from desktop.panels.plan.plan_panel import PlanPanel
from desktop.panels.script_panel import ScriptPanel
from desktop.settings import Settings
from desktop.trouble.trouble import show_error, write_log
from desktop.widgets.toast import Toast
from desktop.window.actions import Actions
from desktop.window.closing import Closing
from desktop.window.colour_theme import ColourTheme
from desktop.window.run_target import RunTarget
from desktop.window.status_display import StatusDisplay
from desktop.window.views import Views
from desktop.window.window_commands import WindowCommands
from desktop.window.window_frame import Frame
from desktop.window.window_layout import WindowLayout
from workers.formats.file_format import Opened
from workers.plan.estimate import look_at_machine
from workers.plan.presets import first_plan
from workers.timeline.timeline import Timeline


class Contents(QObject):
    """The parts of the window, each of which does one thing; here is what happens between them."""

    def __init__(self, window: Frame, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self.actions = Actions(window)
        self.colours = ColourTheme(self.actions.themes, settings, self)
        self.colours.apply()  # while there are few widgets that would be polished anew
        self.session = Session(window)
        self.saving = Saving(window, self.session, settings)
        self.opening = FileOpening(window, self.session, settings)
        self.marks = MarkEdits(self._run_folder, window)
        self.keeping = MarkKeeping(self.opening, window)
        self.plan_panel = PlanPanel()
        self.script_panel = ScriptPanel()
        self.views = Views(self)
        self.actions.fill(window.bar)
        self.opening.fill_recent(self.actions.fill_menus(window.menus))
        self.places = self._lay_out()
        self.source = RunTarget(window, self.places.sources, self.plan_panel, self.script_panel, self.session, settings)
        self.toast = Toast(window, self.places.centre)
        self.history = HistoryControl(window, self.session, self.opening, self.toast)
        self.standing = StatusDisplay(
            window, self.actions, self.places, self.views, self.session, self.source, self.opening
        )
        self.comparing = Comparing(window, self.session, settings, self.marks, self.standing.what_is_shown)
        self.closing = Closing(window, self.session)
        self._presses = WindowCommands(
            window, self.actions, self.views, self.session, self.source, self.saving, self.colours
        )
        self._connect_presses()
        self._connect_run()
        self._connect_said()
        self._restore()
        self._on_colours(self.colours.palette)
        self._on_plan_changed()

    # Building

    def _lay_out(self) -> WindowLayout:
        sources = (self.plan_panel, "Plan"), (self.script_panel, "Script")
        tabs = [(panel, entry.title) for entry, panel in self.views.panels if entry.title]
        return WindowLayout(self._window, sources, tabs, self.views.panel(DetailsPanel))

    def _connect_presses(self) -> None:
        act = self.actions
        self._presses.connect_actions()
        act.connect_all(
            {
                act.open: self.opening.ask,
                act.compare: self.comparing.ask,
                act.history: self.history.show,
                act.undo: self.marks.undo,
                act.redo: self.marks.redo,
            }
        )
        self.places.connect_columns(act.plan, act.details)
        self.places.tabs.currentChanged.connect(self._on_advanced)
        self.places.sources.currentChanged.connect(self._on_plan_changed)
        self.plan_panel.plan_changed.connect(self._on_plan_changed)
        self.script_panel.script_changed.connect(self._on_plan_changed)
        self.script_panel.opened.connect(self.source.show_scripts)
        self.views.panel(CodePanel).save_requested.connect(self.saving.save_code)
        self.opening.script_chosen.connect(self.open_script)
        self.history.start_asked.connect(self._presses.start)
        self.history.compare_asked.connect(self.comparing.files)
        self.colours.changed.connect(self._on_colours)

    def _connect_run(self) -> None:
        session = self.session
        session.began.connect(self._on_began)
        session.advanced.connect(self._on_advanced)
        session.changed.connect(self.standing.show)
        session.ended.connect(self._on_ended)
        self.opening.opened.connect(self._on_opened)
        self.marks.changed.connect(self._on_marks_changed)
        self.marks.kept.connect(self.keeping.marks_changed)
        self.views.chart_loaded.connect(self._on_chart_loaded)
        self.views.counted.connect(self.places.count)

    def _connect_said(self) -> None:
        for part in (self.saving, self.session, self.marks, self.keeping, self.opening, self.comparing, self.history):
            part.failed.connect(self._on_failed)
        self.saving.done.connect(self.toast.say)
        for said in (self.keeping, self.opening, self.comparing, self.source, self.views):
            said.said.connect(self.toast.say)

    def _restore(self) -> None:
        self.places.restore(self._settings)
        method = self.plan_panel.plan().start_method
        self.plan_panel.set_plan(self._settings.plan or first_plan(method, look_at_machine()))

    def _on_chart_loaded(self) -> None:
        chart = self.views.chart
        self.places.put_chart(chart)
        chart.set_verbs(self._presses.verbs_of)
        chart.follow_changed.connect(self.standing.show_follow)
        chart.verb_requested.connect(self._presses.carry_out)
        chart.start_requested.connect(self._presses.start)
        chart.mark_change_requested.connect(self.marks.replace)
        chart.copy_requested.connect(self.saving.copy_seen)
        self.saving.set_seen(chart.shown)
        chart.said.connect(self.toast.say)
        chart.keys_requested.connect(self._presses.show_keys)
        chart.set_timeline(self.views.timeline)
        proxy = chart.focusProxy()
        assert proxy is not None
        chart.setFocusPolicy(proxy.focusPolicy())  # without one it could not be put in its place for Tab
        self.places.order_tabs(self.plan_panel.findChild(QWidget, "override"), chart)
        if self._nothing_has_the_keyboard():
            empty = chart.findChild(QPushButton, "start_empty")
            (chart if empty is None or self.views.timeline is not None else empty).setFocus()
        self.standing.show()

    def _nothing_has_the_keyboard(self) -> bool:
        """Nothing, at least, in which a person is at work."""
        return isinstance(self._window.focusWidget(), QAbstractButton | None)

    # What is opened

    def open_script(self, path: str) -> None:
        """Take a person's script; Start runs it."""
        self.script_panel.open(path)

    def open_file(self, path: str) -> None:
        """Show what is in a file: a script, a saved run or a trace."""
        self.opening.open(path)

    # What the parts tell

    def _on_began(self, timeline: Timeline) -> None:
        # A lane that was chosen in the preview of this run is the same one in it.
        previewed = self.views.timeline is not None and not self.views.timeline.ended
        selection = self.views.selection if previewed else None
        self.source.set_running(True)
        self._show_listing()
        self._show_timeline(timeline)
        if selection is not None:
            self.views.select(selection, None)
        chart = self.views.loaded_chart
        if chart is not None:
            chart.follow = True
            if self._nothing_has_the_keyboard():
                chart.setFocus()  # from Start, which is disabled now, the focus would go on to Stop
        self.standing.begin()

    def _on_advanced(self) -> None:
        self.views.refresh()
        self.comparing.refresh()

    def _on_ended(self) -> None:
        self.standing.end()
        self.source.set_running(False)
        self.views.refresh(hidden=True)
        self.comparing.refresh()
        self.standing.show()
        self.closing.say_ended()
        if self.session.timeline is not None:
            self._say_warning(self.session.timeline)

    def _on_opened(self, opened: Opened) -> None:
        self._show_timeline(opened.timeline)
        self.source.script = None
        self._on_advanced()
        self.standing.show()
        if self.views.loaded_chart is not None:
            self.views.loaded_chart.fit()
        self._say_warning(opened.timeline)

    def _on_marks_changed(self) -> None:
        self.standing.show_changes(self.marks)
        self._on_advanced()

    def _on_plan_changed(self) -> None:
        """A run that is shown stays until the next one begins; only a preview changes with the plan."""
        if not self.session.running:
            self._show_listing()
            if self.session.timeline is None:
                self._show_timeline(self.source.preview())
        self.standing.show()

    def _on_failed(self, sentence: str, details: str = "") -> None:
        show_error(self._window, sentence, details)

    def _on_colours(self, palette: Palette) -> None:
        self.actions.set_palette(palette)
        self.toast.set_palette(palette)
        self.history.set_palette(palette)
        self.plan_panel.set_palette(palette)
        self.script_panel.set_palette(palette)
        self.views.set_palette(palette)
        self.comparing.set_palette(palette)

    def _show_timeline(self, timeline: Timeline | None) -> None:
        self.marks.set_timeline(timeline)
        self.views.show(timeline)

    def _show_listing(self) -> None:
        listing = self.source.listing()
        if listing is not None:
            self.views.panel(CodePanel).show_listing(listing)

    def _say_warning(self, timeline: Timeline) -> None:
        if timeline.warnings:
            self.toast.say(timeline.warnings[-1])

    def _run_folder(self) -> Path | None:
        return None if self.session.folder is None else Path(self.session.folder)

    # The end

    def end(self) -> None:
        """The window closes: keep what is to be kept, let it be gone at once, and end what goes on."""
        try:
            self._keep()
        except Exception:  # raised from here it would stay pending while Qt goes on closing
            write_log(traceback.format_exc())
        self._window.hide()
        self.places.end()
        self.comparing.end()
        self.saving.end()
        self.opening.end()
        self.history.end()
        self.session.close()

    def _keep(self) -> None:
        self.places.keep(self._settings)
        plan = self.source.plan()
        if plan is not None:
            self._settings.plan = plan
