"""The window: puts the views together and connects them with each other and with the session. The window's thread.

A person's press goes from a view to the session; what happened comes back as a timeline, which every view reads at the
session's frame clock. No view knows another one: what one has selected goes through here to the others.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from desktop import export, help_texts
from desktop.actions import Actions
from desktop.chart.verbs import VerbChoice
from desktop.control import abilities
from desktop.control.abilities import Ability
from desktop.control.session import Session
from desktop.palette import Palette
from desktop.panels.code import CodePanel
from desktop.panels.details import DetailsPanel
from desktop.panels.output import OutputPanel
from desktop.panels.plan import PlanPanel
from desktop.panels.processes import ProcessesPanel
from desktop.selection import Selection
from desktop.settings import Settings
from desktop.theme import Setting, apply_theme, choose_palette
from desktop.toast import Toast
from desktop.trouble import make_dialog
from workers import status
from workers.errors import PlanError, ProcessionError
from workers.listing import make_listing
from workers.plan import Plan
from workers.timeline import Timeline

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

SIZE_PX = (1280, 800)
_SENTENCE_EVERY_MS = 100


class MainWindow(QMainWindow):
    """Procession's window. chart_loaded: the timeline view, which takes longest to load, is in place."""

    chart_loaded = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("Procession")
        self.resize(*SIZE_PX)
        self._settings = settings
        self._palette = choose_palette(settings.theme, _app())
        self.session = Session(self)
        self._ending = False
        self._selection: Selection | None = None
        self._chart: TimelineView | None = None
        self.plan_panel = PlanPanel()
        self.output = OutputPanel()
        self.processes = ProcessesPanel()
        self.code = CodePanel()
        self.details = DetailsPanel()
        self._panels = (self.output, self.processes, self.code, self.details)
        self.actions_ = Actions(self)
        self._lay_out()
        self.toast = Toast(self._centre)
        self._sentence_clock = QTimer(self)
        self._sentence_clock.setInterval(_SENTENCE_EVERY_MS)
        self._connect()
        self._restore()
        self._set_palette(self._palette)
        self._on_plan_changed()
        self._show_abilities()

    # Building

    def _lay_out(self) -> None:
        bar = QToolBar("Run", self)
        self.addToolBar(bar)
        self.actions_.fill(bar)
        self.actions_.fill_menus()
        self._tabs = QTabWidget()
        self._tabs.setObjectName("tabs")
        self._tabs.setDocumentMode(True)
        for panel, title in ((self.output, "&Output"), (self.processes, "&Processes"), (self.code, "&Code")):
            self._tabs.addTab(panel, title)
        self._chart_place = QWidget()
        place = QVBoxLayout(self._chart_place)
        place.setContentsMargins(0, 0, 0, 0)
        self._centre = QSplitter(Qt.Orientation.Vertical)
        self._centre.addWidget(self._chart_place)
        self._centre.addWidget(self._tabs)
        self._centre.setSizes([470, 230])
        self._whole = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.plan_panel, self._centre, self.details):
            self._whole.addWidget(widget)
        self._whole.setSizes([300, 720, 260])
        for at, stretch in enumerate((0, 1, 0)):
            self._whole.setStretchFactor(at, stretch)
        for splitter in (self._centre, self._whole):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self._centre.setStretchFactor(0, 1)
        self.setCentralWidget(self._whole)
        self._sentence = QLabel()
        self._sentence.setObjectName("sentence")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setAccessibleName("What is going on")
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
        chart.follow_changed.connect(self.actions_.follow.setChecked)
        chart.verb_requested.connect(self._on_verb)
        chart.start_asked.connect(self._on_start)
        self.actions_.follow.setChecked(chart.follow)
        chart.set_timeline(self._shown())
        self._show_abilities()
        self.chart_loaded.emit()

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
                act.export: self._on_export,
                act.copy_picture: self._on_copy_picture,
                act.quit: self.close,
                act.keys: self._on_keys,
                act.about: self._on_about,
            }
        )
        act.follow.toggled.connect(self._on_follow)
        act.themes.triggered.connect(self._on_theme)
        session.began.connect(self._on_began)
        session.advanced.connect(self._on_advanced)
        session.changed.connect(self._show_abilities)
        session.ended.connect(self._on_ended)
        session.failed.connect(self._on_failed)
        self.plan_panel.plan_changed.connect(self._on_plan_changed)
        for panel in self._panels:
            panel.selected.connect(self._on_selected)
        self.code.save_requested.connect(self._on_save_code)
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
        plan = self._settings.plan
        if plan is not None:
            self.plan_panel.set_plan(plan)
        for action in self.actions_.themes.actions():
            action.setChecked(action.data() == self._settings.theme)

    # A person's presses

    def _on_start(self) -> None:
        if self.session.running:
            self.session.start(self._running_plan())
            return
        self._start_plan(None)

    def _start_plan(self, first: int | None) -> None:
        self.plan_panel.look_again()
        problem = self._problem()
        if problem:
            self.toast.say(problem)
            return
        plan = self.plan_panel.plan()
        self._settings.plan = plan
        self.session.start(plan, first=first)

    def _on_verb(self, process_id: int, verb: str) -> None:
        if verb == "start" and not self.session.running:
            worker = process_id - 1  # of the preview, whose processes are the parent and the workers in order
            self._start_plan(worker)
        else:
            self.session.do(process_id, verb)

    def _on_follow(self, on: bool) -> None:
        if self._chart is not None and self._chart.follow != on:
            self._chart.follow = on

    def _on_fit(self) -> None:
        self.chart.fit()

    def _on_export(self) -> None:
        timeline = self.session.timeline
        if timeline is None:
            self.toast.say("There is no run to export yet: press Start first.")
            return
        folder = Path(self._settings.export_folder or Path.home())
        if not folder.is_dir():
            folder = Path.home()
        path, _ = QFileDialog.getSaveFileName(
            self, "Export the timeline", str(folder / export.default_name(timeline)), export.FILE_FILTER
        )
        if path:
            self._settings.export_folder = str(Path(path).parent)
            self.export_to(path)

    def export_to(self, path: str | Path, *, scale: int = 2) -> bool:
        """Write the timeline to `path`, by its suffix. scale: of a PNG. True when the file is written; an error is shown
        otherwise."""
        timeline = self.session.timeline
        if timeline is None:
            self.toast.say("There is no run to export yet: press Start first.")
            return False
        run = None if self.session.folder is None else Path(self.session.folder)
        try:
            export.export_timeline(timeline, Path(path), folder=run, scale=scale)
        except ProcessionError as error:
            self._show_error(str(error), "")
            return False
        self.toast.say(f"Saved {path}")
        return True

    def _on_copy_picture(self) -> None:
        timeline = self.session.timeline
        if timeline is None:
            self.toast.say("There is no run to copy yet: press Start first.")
            return
        _app().clipboard().setImage(export.picture_image(timeline, 2))
        self.toast.say("The picture is on the clipboard.")

    def _on_save_code(self, text: str) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the script", str(Path.home() / "plan.py"), "Python (*.py)")
        if path:
            try:
                export.write_text(Path(path), text)
            except ProcessionError as error:
                self._show_error(str(error), "")
            else:
                self.toast.say(f"Saved {path}")

    def _on_keys(self) -> None:
        help_texts.keys_dialog(self).open()

    def _on_about(self) -> None:
        help_texts.about_dialog(self).open()

    # What the session tells

    def _on_began(self, timeline: Timeline) -> None:
        self._selection = None
        self.plan_panel.set_running(True)
        self._show_listing()
        self._show_timeline(timeline)
        if self._chart is not None:
            self._chart.follow = True
        self._sentence_clock.start()
        self._show_sentence()

    def _on_advanced(self) -> None:
        if self._chart is not None:
            self._chart.refresh()
        for panel in self._panels:
            if panel.isVisible():
                panel.refresh()

    def _on_ended(self) -> None:
        self._sentence_clock.stop()
        self.plan_panel.set_running(False)
        for panel in self._panels:
            panel.refresh()
        self._show_sentence()
        self._show_abilities()
        timeline = self.session.timeline
        if timeline is not None and timeline.warnings:
            self.toast.say(timeline.warnings[-1])

    def _on_failed(self, sentence: str, details: str) -> None:
        self._show_error(sentence, details)

    # What is shown

    def _shown(self) -> Timeline | None:
        return self.session.timeline or self._preview()

    def _preview(self) -> Timeline | None:
        """By hand, the lanes are there before the run: each has a menu that starts it."""
        try:
            plan = self.plan_panel.plan()
        except PlanError:
            return None
        return Timeline.planned(plan) if plan.by_hand else None

    def _running_plan(self) -> Plan:
        timeline = self.session.timeline
        if timeline is not None and timeline.plan is not None:
            return timeline.plan
        return self.plan_panel.plan()

    def _show_timeline(self, timeline: Timeline | None) -> None:
        for panel in self._panels:
            panel.set_timeline(timeline)
        if self._chart is not None:
            self._chart.set_timeline(timeline)

    def _show_listing(self) -> None:
        try:
            plan = self._running_plan() if self.session.running else self.plan_panel.plan()
        except PlanError:
            return
        self.code.show_listing(make_listing(plan))

    def _on_plan_changed(self) -> None:
        if not self.session.running:
            self._show_listing()
            if self.session.timeline is None:
                self._show_timeline(self._preview())
        self._show_abilities()

    def _show_abilities(self) -> None:
        act, session = self.actions_, self.session
        timeline, running, stopping = session.timeline, session.running, session.stopping
        act.show(act.start, abilities.start(timeline, running, stopping, self._problem()))
        act.show(act.join, abilities.join(timeline, running, stopping))
        act.show(act.is_alive, abilities.ask(timeline, running, stopping))
        act.show(act.stop, abilities.stop(running, stopping))
        has_run = Ability(timeline is not None, "There is no run yet: press Start first.")
        for action in (act.export, act.copy_picture, act.fit):
            act.show(action, has_run)
        act.show(act.follow, Ability(running, "Nothing is running that could be followed."))
        self._show_sentence()

    def _problem(self) -> str:
        return self.plan_panel.problem()

    def _show_sentence(self) -> None:
        text = status.sentence(self.session.timeline, stopping=self.session.stopping)
        if self._sentence.text() != text:
            self._sentence.setText(text)

    def _on_selected(self, selection: Selection | None) -> None:
        sender = self.sender()
        self._selection = selection
        if self._chart is not None and sender is not self._chart:
            self._chart.select(selection)
            if selection is not None:
                self._chart.centre_on(selection)
        for panel in self._panels:
            if panel is not sender:
                panel.show_selection(selection)

    def _verbs_of(self, process_id: int) -> list[VerbChoice]:
        timeline = self._shown()
        if timeline is None:
            return []
        process = timeline.process(process_id)
        choices = abilities.verbs(timeline, process, self.session.running, self.session.stopping)
        return [VerbChoice(verb, text, can.enabled, can.why_not) for verb, text, can in choices]

    def _show_error(self, sentence: str, details: str) -> None:
        dialog = make_dialog(self, sentence, details)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # Colours

    def _on_theme(self, action: object) -> None:
        chosen: Setting = next((a.data() for a in self.actions_.themes.actions() if a is action), "system")
        self._settings.theme = chosen
        self._set_palette(choose_palette(chosen, _app()))

    def _on_scheme(self) -> None:
        self._set_palette(choose_palette(self._settings.theme, _app()))

    def _set_palette(self, palette: Palette) -> None:
        self._palette = palette
        apply_theme(_app(), palette)
        self.actions_.set_palette(palette)
        self.toast.set_palette(palette)
        for panel in (self.plan_panel, *self._panels):
            panel.set_palette(palette)
        if self._chart is not None:
            self._chart.set_palette(palette)

    # The end

    def end(self) -> None:
        """Close without asking, as a signal demands."""
        self._ending = True
        app = _app()
        for widget in app.topLevelWidgets():
            if widget is not self:
                widget.close()
        self.close()
        app.quit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask when a run goes on, then end its whole tree before the window is gone."""
        if self.session.running and not self._ending and not self._may_stop():
            event.ignore()
            return
        self._keep()
        self.session.close()
        event.accept()

    def _may_stop(self) -> bool:
        alive = self.session.timeline.alive if self.session.timeline is not None else 0
        question = QMessageBox(self)
        question.setObjectName("close_question")
        question.setIcon(QMessageBox.Icon.Question)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWindowTitle("Procession")
        question.setText("A run is going on.")
        question.setInformativeText(f"Closing the window ends it, with {alive} living workers and the parent.")
        stop = question.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        question.addButton("Keep running", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stop)
        question.exec()
        return question.clickedButton() is stop

    def _keep(self) -> None:
        self._settings.keep_layout("window", self.saveGeometry())
        self._settings.keep_layout("centre", self._centre.saveState())
        self._settings.keep_layout("whole", self._whole.saveState())
        try:
            self._settings.plan = self.plan_panel.plan()
        except PlanError:
            pass


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
