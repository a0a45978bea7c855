"""The window: puts the views together and connects them with each other and with the session. The window's thread.

A person's press goes from a view to the session; what happened comes back as a timeline, which every view reads at the
session's frame clock. No view knows another one: what one has selected goes through here to the others. The file is
long because it is the one place that knows them all; each method is one wire.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget

from desktop.frame import Frame
from desktop.settings import Settings

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView
    from desktop.window_parts import (
        NO_RUN,
        NOTHING_TO_COMPARE,
        Ability,
        Action,
        Actions,
        CloseQuestion,
        CodePanel,
        CommandPalette,
        Comparing,
        DetailsPanel,
        EventsPanel,
        FindingsPanel,
        History,
        Keeping,
        Marks,
        Opened,
        Opening,
        OutputPanel,
        Palette,
        Places,
        PlanPanel,
        ProcessesPanel,
        Qt,
        Saving,
        ScriptPanel,
        Selection,
        Session,
        Setting,
        Source,
        Timeline,
        Toast,
        VerbChoice,
        abilities,
        apply_theme,
        choose_palette,
        dropped_file,
        first_plan,
        help_texts,
        key_sheet,
        look_at_machine,
        make_dialog,
        status,
        timeline_commands,
        window_commands,
        write_log,
    )

_SENTENCE_EVERY_MS = 100


class MainWindow(Frame):
    """Procession's window. chart_loaded: the timeline view, which takes longest to load, is in place."""

    chart_loaded = Signal()

    def __init__(self, settings: Settings, *, late: bool = False) -> None:
        """late: only the frame is made; `complete` makes the rest, once that is painted."""
        super().__init__(settings)
        self._settings = settings
        self._whole = False
        if late:
            self.wait(settings)
        else:
            self._make()

    def complete(self) -> None:
        """Make what there is not yet. All of it is there before anything else is heard of a person."""
        if not self._whole:
            self.end_waiting()
            self._make()

    def _make(self) -> None:
        _import_parts()
        self._whole = True
        settings = self._settings
        self._palette = choose_palette(settings.theme, _app())
        self.session = Session(self)
        self.saving = Saving(self, self.session, settings)
        self.opening = Opening(self, self.session, settings)
        self.marks = Marks(self._run_folder, self)
        self.comparing = Comparing(self, self.session, settings, self.marks, self._what_is_shown)
        self.keeping = Keeping(self.opening, self)
        self._question: CloseQuestion | None = None
        self._may_end = False
        self._shown: Timeline | None = None
        self._selection: Selection | None = None
        self._chart: TimelineView | None = None
        self.plan_panel = PlanPanel()
        self.script_panel = ScriptPanel()
        self.output = OutputPanel()
        self.processes = ProcessesPanel()
        self.code = CodePanel()
        self.details = DetailsPanel()
        self.findings = FindingsPanel()
        self.events = EventsPanel()
        self._panels = (self.output, self.processes, self.code, self.findings, self.events, self.details)
        self.actions_ = Actions(self)
        self._add_bars()
        # Letters that neither the menus, the plan's controls nor what is in the tabs take.
        self.places = Places(
            self,
            ((self.plan_panel, "Plan"), (self.script_panel, "Script")),
            (
                (self.output, "&Output"),
                (self.processes, "Pro&cesses"),
                (self.code, "Co&de"),
                (self.findings, "Fi&ndings"),
                (self.events, "Events"),
            ),
            self.details,
        )
        self.source = Source(self, self.places.sources, self.plan_panel, self.script_panel, self.session, settings)
        self.toast = Toast(self, self.places.centre)
        self.history = History(self, self.session, self.opening, self.toast)
        self._sentence_clock = QTimer(self)
        self._sentence_clock.setInterval(_SENTENCE_EVERY_MS)
        self._connect()
        self._restore()
        self._set_palette(self._palette)
        self._on_plan_changed()

    # Building

    def _add_bars(self) -> None:
        self.actions_.fill(self.bar)
        self.opening.fill_recent(self.actions_.fill_menus(self.menus))
        self.setAcceptDrops(True)

    def load_chart(self) -> None:
        """Put the timeline view in place. It takes a second to import, so the application calls this after the first
        paint; everything else works without it."""
        if self._chart is not None:
            return
        from desktop.chart.view import TimelineView

        self._chart = chart = TimelineView(self._palette)
        self.places.put_chart(chart)
        chart.set_verbs(self._verbs_of)
        chart.selected.connect(self._on_selected)
        chart.follow_changed.connect(self._show_follow)
        chart.verb_requested.connect(self._on_verb)
        chart.start_asked.connect(self._on_start)
        chart.mark_changed.connect(self.marks.replace)
        chart.copy_asked.connect(self.saving.copy_seen)
        self.saving.set_seen(chart.shown)
        chart.keys_asked.connect(self._on_keys)
        chart.said.connect(self.toast.say)
        chart.set_timeline(self._shown)
        proxy = chart.focusProxy()
        assert proxy is not None
        chart.setFocusPolicy(proxy.focusPolicy())  # without one it could not be put in its place for Tab
        self.places.order_tabs(self.plan_panel.findChild(QWidget, "override"), chart)
        if isinstance(self.focusWidget(), QAbstractButton | None):
            empty = chart.findChild(QPushButton, "start_empty")
            (chart if empty is None or self._shown is not None else empty).setFocus()
        self._show_abilities()
        self.chart_loaded.emit()

    @property
    def chart(self) -> TimelineView:
        """The timeline view, loaded if it was not."""
        self.load_chart()
        assert self._chart is not None
        return self._chart

    def _connect(self) -> None:
        act, session = self.actions_, self.session
        act.connect_all(
            {
                act.start: self._on_start,
                act.join: session.join,
                act.is_alive: session.ask_alive,
                act.stop: session.stop,
                act.fit: self._on_fit,
                act.open: self.opening.ask,
                act.compare: self.comparing.ask,
                act.history: self.history.show,
                act.save: self.saving.save_run,
                act.export: self._on_export,
                act.copy_picture: self.saving.copy_picture,
                act.undo: self.marks.undo,
                act.redo: self.marks.redo,
                act.find: self._on_find,
                act.commands: self._on_commands,
                act.quit: self.close,
                act.keys: self._on_keys,
                act.about: self._on_about,
                act.follow: self._on_follow,
            }
        )
        act.themes.triggered.connect(self._on_theme)
        self.places.connect_columns(act.plan, act.details)
        self.places.tabs.currentChanged.connect(self._on_advanced)
        session.began.connect(self._on_began)
        session.advanced.connect(self._on_advanced)
        session.changed.connect(self._show_abilities)
        session.ended.connect(self._on_ended)
        session.failed.connect(self._show_error)
        self.marks.changed.connect(self._on_marks_changed)
        self.marks.failed.connect(self._show_error)
        self.marks.kept.connect(self.keeping.marks_changed)
        self.keeping.failed.connect(self._show_error)
        self.keeping.said.connect(self.toast.say)
        self.saving.done.connect(self.toast.say)
        self.opening.script_chosen.connect(self.open_script)
        self.opening.opened.connect(self._on_opened)
        self.opening.said.connect(self.toast.say)
        self.opening.failed.connect(self._show_error)
        self.comparing.said.connect(self.toast.say)
        self.comparing.failed.connect(self._show_error)
        self.history.start_asked.connect(self._on_start)
        self.history.failed.connect(self._show_error)
        self.history.compare_asked.connect(self.comparing.files)
        self.source.said.connect(self.toast.say)
        self.saving.failed.connect(self._show_error)
        self.plan_panel.plan_changed.connect(self._on_plan_changed)
        self.script_panel.script_changed.connect(self._on_plan_changed)
        self.script_panel.opened.connect(self.source.show_scripts)
        self.places.sources.currentChanged.connect(self._on_plan_changed)
        for panel in self._panels:
            panel.selected.connect(self._on_selected)
            panel.said.connect(self.toast.say)
        self.code.save_requested.connect(self.saving.save_code)
        self.findings.counted.connect(self._on_findings_counted)
        self._sentence_clock.timeout.connect(self._show_sentence)
        _app().styleHints().colorSchemeChanged.connect(self._on_scheme)

    def _restore(self) -> None:
        self.places.restore(self._settings)
        method = self.plan_panel.plan().start_method
        self.plan_panel.set_plan(self._settings.plan or first_plan(method, look_at_machine()))
        for action in self.actions_.themes.actions():
            action.setChecked(action.data() == self._settings.theme)

    # A person's presses

    def _on_start(self) -> None:
        if self.session.running:
            self.session.start_rest()
        else:
            self.source.start()

    def open_script(self, path: str) -> None:
        """Take a person's script; Start runs it."""
        self.script_panel.open(path)

    def open_file(self, path: str) -> None:
        """Show what is in a file: a script, a saved run or a trace."""
        self.opening.open(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file can be dropped anywhere on the window."""
        if dropped_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it; running a script takes a press."""
        path = dropped_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.open_file(path)

    def _on_verb(self, process_id: int, verb: str) -> None:
        if verb == "start" and not self.session.running and self._shown is not None:
            self.source.start_plan(self._shown.process(process_id).worker)
        else:
            self.session.do(process_id, verb)

    def _on_follow(self, on: bool) -> None:
        self.chart.follow = on

    def _on_export(self) -> None:
        self.saving.export(dark=self._palette.dark)

    def _on_find(self) -> None:
        self.chart.search()

    def _on_commands(self) -> None:
        commands = window_commands([action for action in self.actions() if action is not self.actions_.commands])
        commands += window_commands(self.actions_.themes.actions(), "Theme: ")
        commands += window_commands(self.chart.lane_actions(), "Lanes: ")
        commands += timeline_commands(self._act, enabled=self._shown is not None, why_not=NO_RUN)
        CommandPalette(self, commands, self._palette).show()

    def _act(self, action: Action) -> None:
        """Do what a key of the timeline does, and give it the keyboard, as if the key had been pressed there."""
        self.chart.setFocus()
        self.chart.act(action)

    def _on_fit(self) -> None:
        self.chart.fit()

    def export_to(
        self,
        path: str | Path,
        *,
        scale: int = 2,
        what: str = "all",
        size: tuple[int, int] | None = None,
        dark: bool = False,
    ) -> bool:
        """Write the timeline to `path`, by its suffix, without a dialog. scale: of a PNG. what: all, or visible. size: width
        and height of the picture at 1x, 0 for the height that the lanes need. True when the file is written; an error is
        shown otherwise."""
        return self.saving.export_to(path, scale=scale, what=what, size=size, dark=dark)

    def _on_keys(self) -> None:
        key_sheet(self, self.actions()).open()

    def _on_about(self) -> None:
        help_texts.about_dialog(self).open()

    # What the session tells

    def _on_began(self, timeline: Timeline) -> None:
        # A lane that was chosen in the preview of this run is the same one in it.
        previewed = self._shown is not None and not self._shown.ended
        selection = self._selection if previewed else None
        self.source.set_running(True)
        self._show_listing()
        self._show_timeline(timeline)
        if selection is not None:
            self._select(selection, None)
        if self._chart is not None:
            self._chart.follow = True
            if isinstance(self.focusWidget(), QAbstractButton | None):
                self._chart.setFocus()  # from Start, which is disabled now, the focus would go on to Stop
        self._sentence_clock.start()

    def _on_advanced(self) -> None:
        if self._chart is not None:
            self._chart.refresh()
        for panel in self._panels:
            if panel.isVisible() or panel is self.findings:  # its tab says how many there are
                panel.refresh()
        self.comparing.refresh()

    def _on_findings_counted(self, count: int) -> None:
        self.places.count(self.findings, count)

    def _on_ended(self) -> None:
        self._sentence_clock.stop()
        self.source.set_running(False)
        if self._chart is not None:
            self._chart.refresh()
        for panel in self._panels:
            panel.refresh()
        self.comparing.refresh()
        self._show_abilities()
        if self._question is not None:
            self._question.say_ended()
        timeline = self.session.timeline
        if timeline is not None and timeline.warnings:
            self.toast.say(timeline.warnings[-1])

    def _on_opened(self, opened: Opened) -> None:
        self._show_timeline(opened.timeline)
        self.source.script = None
        self._on_advanced()
        self._show_abilities()
        if self._chart is not None:
            self._chart.fit()
        if opened.timeline.warnings:
            self.toast.say(opened.timeline.warnings[-1])

    def _on_marks_changed(self) -> None:
        act = self.actions_
        for action, verb, what in ((act.undo, "Undo", self.marks.undo_text), (act.redo, "Redo", self.marks.redo_text)):
            action.setText(f"&{verb} {what}".rstrip())
            act.show(action, Ability(bool(what), f"There is nothing to {verb.lower()}."))
        self._on_advanced()

    def _run_folder(self) -> Path | None:
        return None if self.session.folder is None else Path(self.session.folder)

    # What is shown

    def _show_timeline(self, timeline: Timeline | None) -> None:
        self._shown = timeline
        self._selection = None
        self.marks.set_timeline(timeline)
        for panel in self._panels:
            panel.set_timeline(timeline)
        if self._chart is not None:
            self._chart.set_timeline(timeline)

    def _show_listing(self) -> None:
        listing = self.source.listing()
        if listing is not None:
            self.code.show_listing(listing)

    def _on_plan_changed(self) -> None:
        """A run that is shown stays until the next one begins; only a preview changes with the plan."""
        if not self.session.running:
            self._show_listing()
            if self.session.timeline is None:
                self._show_timeline(self.source.preview())
        self._show_abilities()

    def _show_abilities(self) -> None:
        act, session = self.actions_, self.session
        timeline, running, stopping = session.timeline, session.running, session.stopping
        problem = self.source.problem()
        act.show(act.start, abilities.start(timeline, running, stopping, problem))
        if self._chart is not None:
            self._chart.set_problem(problem, script=self.source.script_is_chosen)
        act.show(act.join, abilities.join(timeline, running, stopping))
        act.show(act.is_alive, abilities.ask(timeline, running, stopping))
        act.show(act.stop, abilities.stop(running, stopping))
        has_run = Ability(timeline is not None, NO_RUN)
        for action in (act.export, act.copy_picture, act.fit, act.find):
            act.show(action, has_run)
        act.show(act.compare, Ability(timeline is not None, NOTHING_TO_COMPARE))
        act.show(act.save, abilities.save(timeline, running, session.folder is not None))
        act.show(act.follow, Ability(running, "Nothing is running that could be followed."))
        self._show_follow()
        self._show_title()
        self._show_sentence()

    def _show_follow(self) -> None:
        # The next run is followed anyway: on without a run would say nothing.
        self.actions_.follow.setChecked(self.session.running and self._chart is not None and self._chart.follow)

    def _what_is_shown(self) -> str:
        """The plan, the script or the file, in a word or line; empty when there is none."""
        timeline = self.session.timeline
        plan = None if timeline is None else timeline.plan
        what = plan.title if plan is not None else self.source.script.title if self.source.script is not None else ""
        return self.opening.shown.title if self.opening.shown is not None else what

    def _show_title(self) -> None:
        what = self._what_is_shown()
        running = "Running: " if self.session.running else ""
        self.setWindowTitle(f"{running}{what} – Procession" if what else "Procession")

    def _show_sentence(self) -> None:
        session = self.session
        said = self.source.sentence() if session.timeline is None else ""
        text = said or status.sentence(session.timeline, stopping=session.stopping, stopped=session.stopped)
        self.places.say(text)

    def _on_selected(self, selection: Selection | None) -> None:
        self._select(selection, self.sender())

    def _select(self, selection: Selection | None, source: object) -> None:
        """Show a selection in every view but the one that it comes from."""
        self._selection = selection
        if self._chart is not None and source is not self._chart:
            self._chart.select(selection)
            if selection is not None and source is not None:
                self._chart.reveal(selection)
        for panel in self._panels:
            if panel is not source:
                panel.show_selection(selection)

    def _verbs_of(self, process_id: int) -> list[VerbChoice]:
        timeline, session = self._shown, self.session
        if timeline is None:
            return []
        process = timeline.process(process_id)
        choices = abilities.verbs(timeline, process, session.running, session.stopping, self.source.plan())
        return [VerbChoice(verb, text, can.enabled, can.why_not) for verb, text, can in choices]

    def _show_error(self, sentence: str, details: str = "") -> None:
        dialog = make_dialog(self, sentence, details)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def recover(self) -> None:
        """Something went wrong half-way: let every control say again what it can do."""
        self._show_abilities()

    # Colours

    def _on_theme(self, action: object) -> None:
        chosen: Setting = next((a.data() for a in self.actions_.themes.actions() if a is action), "system")
        self._settings.theme = chosen
        self._on_scheme()

    def _on_scheme(self) -> None:
        self._set_palette(choose_palette(self._settings.theme, _app()))

    def _set_palette(self, palette: Palette) -> None:
        self._palette = palette
        apply_theme(_app(), palette)
        self.actions_.set_palette(palette)
        self.toast.set_palette(palette)
        self.history.set_palette(palette)
        for panel in (self.plan_panel, self.script_panel, *self._panels):
            panel.set_palette(palette)
        self.comparing.set_palette(palette)
        if self._chart is not None:
            self._chart.set_palette(palette)

    # The end

    def end(self) -> None:
        """Close without asking, as a signal demands."""
        self._may_end = True
        app = _app()
        for widget in app.topLevelWidgets():
            if widget is not self:
                widget.close()
        self.close()
        app.quit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask when a run goes on. Then be gone at once, and end the run's whole tree before the process does."""
        if not self._whole:
            event.accept()
            return
        if self.session.running and not self._may_end:
            event.ignore()
            self._ask_to_close()
            return
        event.accept()
        try:
            self._keep()
        except Exception:  # raised from here it would stay pending while Qt goes on closing
            write_log(traceback.format_exc())
        self.hide()
        self.places.end()
        self.comparing.end()
        self.saving.end()
        self.opening.end()
        self.history.end()
        self.session.close()

    def _ask_to_close(self) -> None:
        if self._question is None:
            self._question = CloseQuestion(self)
            self._question.agreed.connect(self._on_close_agreed)
            self._question.finished.connect(self._on_question_closed)
            self._question.open()
        self._question.raise_()
        self._question.activateWindow()

    def _on_close_agreed(self) -> None:
        self._may_end = True
        self.close()

    def _on_question_closed(self) -> None:
        self._question = None

    def _keep(self) -> None:
        self.places.keep(self._settings)
        plan = self.source.plan()
        if plan is not None:
            self._settings.plan = plan


def _import_parts() -> None:
    """Import what the first paint does not wait for: this module's names for it are those that it gives for type checkers."""
    from desktop import window_parts

    globals().update({name: getattr(window_parts, name) for name in window_parts.__all__})


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
