"""The window: puts the views together and connects them with each other and with the session. The window's thread.

A person's press goes from a view to the session; what happened comes back as a timeline, which every view reads at the
session's frame clock. No view knows another one: what one has selected goes through here to the others. The file is
long because it is the one place that knows them all; each method is one wire.
"""

import html
import traceback
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from desktop import help_texts
from desktop.actions import Actions
from desktop.chart.verbs import VerbChoice
from desktop.closing import CloseQuestion
from desktop.control import abilities
from desktop.control.abilities import Ability
from desktop.control.session import Session
from desktop.key_sheet import key_sheet
from desktop.marks import Marks
from desktop.palette import Palette
from desktop.panels.code import CodePanel
from desktop.panels.details import DetailsPanel
from desktop.panels.output import OutputPanel
from desktop.panels.plan import PlanPanel
from desktop.panels.processes import ProcessesPanel
from desktop.panels.script import ScriptPanel
from desktop.running_scripts import ScriptQuestion, dropped_script, script_listing
from desktop.saving import NO_RUN, Saving
from desktop.selection import Selection
from desktop.settings import Settings
from desktop.theme import Setting, apply_theme, choose_palette
from desktop.toast import Toast
from desktop.trouble import make_dialog, write_log
from workers import status
from workers.errors import PlanError
from workers.listing import make_listing
from workers.plan import Plan
from workers.script import Script
from workers.timeline import Timeline

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

SIZE_PX = (1280, 800)
FRAME_PX = (16, 48)
"""Room for what a desktop draws around a window, which nobody knows before it is shown."""
_SENTENCE_EVERY_MS = 100
_COLUMNS_PX = (300, 720, 260)


class MainWindow(QMainWindow):
    """Procession's window. chart_loaded: the timeline view, which takes longest to load, is in place."""

    chart_loaded = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.resize(QSize(*SIZE_PX).boundedTo(self.screen().availableSize() - QSize(*FRAME_PX)))
        self._settings = settings
        self._palette = choose_palette(settings.theme, _app())
        self.session = Session(self)
        self.saving = Saving(self, self.session, settings)
        self.marks = Marks(self._run_folder, self)
        self._question: CloseQuestion | None = None
        self._may_end = False
        self._shown: Timeline | None = None
        self._selection: Selection | None = None
        self._chart: TimelineView | None = None
        self.plan_panel = PlanPanel()
        self.script_panel = ScriptPanel()
        self._script: Script | None = None  # of the run that is shown
        self._script_question: ScriptQuestion | None = None
        self.output = OutputPanel()
        self.processes = ProcessesPanel()
        self.code = CodePanel()
        self.details = DetailsPanel()
        self._panels = (self.output, self.processes, self.code, self.details)
        self.actions_ = Actions(self)
        self._lay_out()
        self.toast = Toast(self, self._centre)
        self._sentence_clock = QTimer(self)
        self._sentence_clock.setInterval(_SENTENCE_EVERY_MS)
        self._connect()
        self._restore()
        self._set_palette(self._palette)
        self._on_plan_changed()

    # Building

    def _lay_out(self) -> None:
        bar = QToolBar("Run", self)
        self.addToolBar(bar)
        self.actions_.fill(bar)
        self.actions_.fill_menus()
        self._tabs = QTabWidget()
        self._tabs.setObjectName("tabs")
        self._tabs.setDocumentMode(True)
        # Letters that neither the menus, the plan's controls nor what is in the tabs take.
        for panel, title in ((self.output, "&Output"), (self.processes, "Pro&cesses"), (self.code, "Co&de")):
            self._tabs.addTab(panel, title)
        self._chart_place = QWidget()
        place = QVBoxLayout(self._chart_place)
        place.setContentsMargins(0, 0, 0, 0)
        self._centre = QSplitter(Qt.Orientation.Vertical)
        self._centre.addWidget(self._chart_place)
        self._centre.addWidget(self._tabs)
        self._centre.setSizes([470, 230])
        self._sources = QTabWidget()
        self._sources.setObjectName("sources")
        self._sources.setDocumentMode(True)
        self._sources.addTab(self.plan_panel, "Plan")
        self._sources.addTab(self.script_panel, "Script")
        self._whole = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self._sources, self._centre, self.details):
            self._whole.addWidget(widget)
        self._whole.setSizes(list(_COLUMNS_PX))
        for at, stretch in enumerate((0, 1, 0)):
            self._whole.setStretchFactor(at, stretch)
        for splitter in (self._centre, self._whole):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        for at in (0, 2):
            self._whole.setCollapsible(at, True)
        self._centre.setStretchFactor(0, 1)
        self.setCentralWidget(self._whole)
        self.setAcceptDrops(True)
        self._sentence = QLabel()
        self._sentence.setObjectName("sentence")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setAccessibleName("What is going on")
        self._sentence.setContentsMargins(8, 0, 8, 0)
        # A long sentence is cut rather than making the window wider; its tooltip has it all.
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.statusBar().addWidget(self._sentence, 1)
        self.statusBar().setSizeGripEnabled(False)

    def load_chart(self) -> None:
        """Put the timeline view in place. It takes a second to import, so the application calls this after the first
        paint; everything else works without it."""
        if self._chart is not None:
            return
        from desktop.chart.view import TimelineView

        self._chart = chart = TimelineView(self._palette)
        layout = self._chart_place.layout()
        assert layout is not None
        layout.addWidget(chart)
        chart.set_verbs(self._verbs_of)
        chart.selected.connect(self._on_selected)
        chart.follow_changed.connect(self._show_follow)
        chart.verb_requested.connect(self._on_verb)
        chart.start_asked.connect(self._on_start)
        chart.mark_changed.connect(self.marks.replace)
        chart.copy_asked.connect(self.saving.copy_picture)
        chart.keys_asked.connect(self._on_keys)
        chart.set_timeline(self._shown)
        proxy = chart.focusProxy()
        assert proxy is not None
        chart.setFocusPolicy(proxy.focusPolicy())  # without one it could not be put in its place for Tab
        self._order_tabs()
        if isinstance(self.focusWidget(), QAbstractButton | None):
            empty = chart.findChild(QPushButton, "start_empty")
            (chart if empty is None or self._shown is not None else empty).setFocus()
        self._show_abilities()
        self.chart_loaded.emit()

    def _order_tabs(self) -> None:
        """Have Tab come from the plan to the timeline, then to the tabs and the details, whenever they were made."""
        # The overview comes before the view around it, whose proxy would have it passed over.
        parts: list[QWidget | None] = [self.plan_panel.findChild(QWidget, "override")]
        parts += [self.findChild(QWidget, "overview"), self._chart]
        names = ("timeline", "live_pill", "start_empty", "tabs", None, "output_process", "output_search",
                 "output", "processes", "code_copy", "code_save", "code", "details_copy", "details_text")  # fmt: skip
        parts += [self._tabs.tabBar() if name is None else self.findChild(QWidget, name) for name in names]
        for before, after in pairwise(part for part in parts if part is not None):
            QWidget.setTabOrder(before, after)

    @property
    def chart(self) -> "TimelineView":
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
                act.open: self.script_panel.browse,
                act.export: self.saving.export,
                act.copy_picture: self.saving.copy_picture,
                act.undo: self.marks.undo,
                act.redo: self.marks.redo,
                act.quit: self.close,
                act.keys: self._on_keys,
                act.about: self._on_about,
                act.follow: self._on_follow,
            }
        )
        act.themes.triggered.connect(self._on_theme)
        for column in (act.plan, act.details):
            column.triggered.connect(self._on_columns_chosen)
        self._whole.splitterMoved.connect(self._show_columns)
        self._tabs.currentChanged.connect(self._on_advanced)
        session.began.connect(self._on_began)
        session.advanced.connect(self._on_advanced)
        session.changed.connect(self._show_abilities)
        session.ended.connect(self._on_ended)
        session.failed.connect(self._show_error)
        self.marks.changed.connect(self._on_marks_changed)
        self.marks.failed.connect(self._show_error)
        self.saving.done.connect(self.toast.say)
        self.saving.failed.connect(self._show_error)
        self.plan_panel.plan_changed.connect(self._on_plan_changed)
        self.script_panel.script_changed.connect(self._on_plan_changed)
        self.script_panel.opened.connect(self._show_script_panel)
        self._sources.currentChanged.connect(self._on_plan_changed)
        for panel in self._panels:
            panel.selected.connect(self._on_selected)
            panel.said.connect(self.toast.say)
        self.code.save_requested.connect(self.saving.save_code)
        self._sentence_clock.timeout.connect(self._show_sentence)
        _app().styleHints().colorSchemeChanged.connect(self._on_scheme)

    def _restore(self) -> None:
        geometry = self._settings.layout("window")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for name, splitter in (("centre", self._centre), ("whole", self._whole)):
            state = self._settings.layout(name)
            if state is not None:
                splitter.restoreState(state)
        self._show_columns()
        plan = self._settings.plan
        if plan is not None:
            self.plan_panel.set_plan(plan)
        for action in self.actions_.themes.actions():
            action.setChecked(action.data() == self._settings.theme)

    # A person's presses

    def _on_start(self) -> None:
        if self.session.running:
            self.session.start_rest()
        elif self._script_is_chosen:
            self._start_script()
        else:
            self._start_plan(None)

    def open_script(self, path: str) -> None:
        """Take a person's script; Start runs it."""
        self.script_panel.open(path)

    @property
    def _script_is_chosen(self) -> bool:
        return self._sources.currentWidget() is self.script_panel

    def _show_script_panel(self) -> None:
        self._sources.setCurrentWidget(self.script_panel)

    def _start_script(self) -> None:
        try:
            script = self.script_panel.script()
        except PlanError as error:
            self.toast.say(str(error))
            return
        if self._settings.knows_script(str(script.path)):
            self._run_script(script)
        elif self._script_question is None:
            self._script_question = question = ScriptQuestion(self, script)
            question.answered.connect(self._on_script_answered)
            question.ask()

    def _on_script_answered(self, script: Script, run: bool) -> None:
        self._script_question = None
        if run and not self.session.running:
            self._settings.know_script(str(script.path))
            self._run_script(script)

    def _run_script(self, script: Script) -> None:
        self._script = script
        self.session.start(script)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A script can be dropped anywhere on the window."""
        if dropped_script(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it; running it takes a press."""
        path = dropped_script(event.mimeData())
        if path:
            self.open_script(path)
            event.acceptProposedAction()

    def _start_plan(self, first: int | None) -> None:
        self.plan_panel.look_again()
        problem = self.plan_panel.problem()
        if problem:
            self.toast.say(problem)
            return
        plan = self.plan_panel.plan()
        self._settings.plan = plan
        self._script = None
        self.session.start(plan, first=first)

    def _on_verb(self, process_id: int, verb: str) -> None:
        if verb == "start" and not self.session.running and self._shown is not None:
            self._start_plan(self._shown.process(process_id).worker)
        else:
            self.session.do(process_id, verb)

    def _on_follow(self, on: bool) -> None:
        self.chart.follow = on

    def _on_fit(self) -> None:
        self.chart.fit()

    def _on_columns_chosen(self) -> None:
        """Fold the plan's and the details' columns away, or open them, as the View menu says."""
        sizes = self._whole.sizes()
        for at, action in ((0, self.actions_.plan), (2, self.actions_.details)):
            if action.isChecked() != (sizes[at] > 0):
                size = _COLUMNS_PX[at] if action.isChecked() else 0
                sizes[1] += sizes[at] - size
                sizes[at] = size
        self._whole.setSizes(sizes)
        self._show_columns()

    def _show_columns(self) -> None:
        """Say in the menu which columns are open. One that is folded away cannot be reached by the keyboard."""
        sizes = self._whole.sizes()
        for at, panel, action in ((0, self._sources, self.actions_.plan), (2, self.details, self.actions_.details)):
            action.setChecked(sizes[at] > 0)
            panel.setEnabled(sizes[at] > 0)

    def export_to(self, path: str | Path, *, scale: int = 2) -> bool:
        """Write the timeline to `path`, by its suffix, without a dialog. scale: of a PNG. True when the file is written;
        an error is shown otherwise."""
        return self.saving.export_to(path, scale=scale)

    def _on_keys(self) -> None:
        key_sheet(self, self.actions()).open()

    def _on_about(self) -> None:
        help_texts.about_dialog(self).open()

    # What the session tells

    def _on_began(self, timeline: Timeline) -> None:
        # A lane that was chosen in the preview of this run is the same one in it.
        previewed = self._shown is not None and not self._shown.ended
        selection = self._selection if previewed else None
        for source in (self.plan_panel, self.script_panel):
            source.set_running(True)
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
            if panel.isVisible():
                panel.refresh()

    def _on_ended(self) -> None:
        self._sentence_clock.stop()
        for source in (self.plan_panel, self.script_panel):
            source.set_running(False)
        if self._chart is not None:
            self._chart.refresh()
        for panel in self._panels:
            panel.refresh()
        self._show_abilities()
        if self._question is not None:
            self._question.say_ended()
        timeline = self.session.timeline
        if timeline is not None and timeline.warnings:
            self.toast.say(timeline.warnings[-1])

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

    def _next_plan(self) -> Plan | None:
        """The plan that Start would run; None for one that cannot be run, or a script."""
        if self._script_is_chosen:
            return None
        try:
            return self.plan_panel.plan()
        except PlanError:
            return None

    def _preview(self) -> Timeline | None:
        """By hand, the lanes are there before the run: each has a menu that starts it."""
        plan = self._next_plan()
        return Timeline.planned(plan) if plan is not None and plan.by_hand else None

    def _show_listing(self) -> None:
        if self.session.running and self.session.timeline is not None:
            plan, script = self.session.timeline.plan, self._script
        else:
            plan, script = self._next_plan(), self._next_script()
        if plan is not None:
            self.code.show_listing(make_listing(plan))
        elif script is not None:
            self.code.show_listing(script_listing(script))

    def _next_script(self) -> Script | None:
        if not self._script_is_chosen:
            return None
        try:
            return self.script_panel.script()
        except PlanError:
            return None

    def _problem(self) -> str:
        """Why Start cannot run what is set; empty when it can."""
        return self.script_panel.problem() if self._script_is_chosen else self.plan_panel.problem()

    def _on_plan_changed(self) -> None:
        """A run that is shown stays until the next one begins; only a preview changes with the plan."""
        if not self.session.running:
            self._show_listing()
            if self.session.timeline is None:
                self._show_timeline(self._preview())
        self._show_abilities()

    def _show_abilities(self) -> None:
        act, session = self.actions_, self.session
        timeline, running, stopping = session.timeline, session.running, session.stopping
        problem = self._problem()
        act.show(act.start, abilities.start(timeline, running, stopping, problem))
        if self._chart is not None:
            self._chart.set_problem(problem)
        act.show(act.join, abilities.join(timeline, running, stopping))
        act.show(act.is_alive, abilities.ask(timeline, running, stopping))
        act.show(act.stop, abilities.stop(running, stopping))
        has_run = Ability(timeline is not None, NO_RUN)
        for action in (act.export, act.copy_picture, act.fit):
            act.show(action, has_run)
        act.show(act.follow, Ability(running, "Nothing is running that could be followed."))
        self._show_follow()
        self._show_title()
        self._show_sentence()

    def _show_follow(self) -> None:
        # The next run is followed anyway: on without a run would say nothing.
        self.actions_.follow.setChecked(self.session.running and self._chart is not None and self._chart.follow)

    def _show_title(self) -> None:
        timeline = self.session.timeline
        plan = None if timeline is None else timeline.plan
        what = plan.title if plan is not None else self._script.title if self._script is not None else ""
        running = "Running: " if self.session.running else ""
        self.setWindowTitle(f"{running}{what} – Procession" if what else "Procession")

    def _show_sentence(self) -> None:
        session = self.session
        problem = self._problem() if session.timeline is None else ""
        text = problem or status.sentence(session.timeline, stopping=session.stopping, stopped=session.stopped)
        if self._sentence.text() != text:
            self._sentence.setText(text)
            fits = self._sentence.fontMetrics().horizontalAdvance(text) <= self._sentence.contentsRect().width()
            self._sentence.setToolTip("" if fits else f"<p>{html.escape(text)}</p>")

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
        choices = abilities.verbs(timeline, process, session.running, session.stopping, self._next_plan())
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
        for panel in (self.plan_panel, self.script_panel, *self._panels):
            panel.set_palette(palette)
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
        self._settings.keep_layout("window", self.saveGeometry())
        self._settings.keep_layout("centre", self._centre.saveState())
        self._settings.keep_layout("whole", self._whole.saveState())
        plan = self._next_plan()
        if plan is not None:
            self._settings.plan = plan


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
