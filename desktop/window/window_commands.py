"""What the toolbar, the menus, the timeline's menus and the command palette do. The window's thread."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.keys import Action
from desktop.control import abilities
from desktop.dialogs import about
from desktop.dialogs.command_palette import CommandPalette, PaletteCommand, timeline_commands, window_commands
from desktop.dialogs.key_sheet import key_sheet
from desktop.documents.saving import NO_RUN, Saving
from desktop.facts.selection import ProcessSelection
from desktop.facts.visible_text import visible
from desktop.panels.tasks.tasks_panel import TasksPanel
from desktop.window.colour_theme import ColourTheme
from desktop.window.window_parts import WindowParts
from workers.plan.presets import PRESETS

if TYPE_CHECKING:
    from desktop.chart.view import TimelineView

_MOST_PROCESSES = 1000


class WindowCommands(QObject):
    """Carries out commands that concern several parts of the window. The run's own are the session's."""

    def __init__(self, parts: WindowParts, saving: Saving, colours: ColourTheme) -> None:
        super().__init__(parts.window)
        self._window = parts.window
        self._actions = parts.actions
        self._views = parts.views
        self._document = parts.document
        self._session = parts.session
        self._target = parts.target
        self._layout = parts.layout
        self._sources = parts.layout.sources
        self._saving = saving
        self._colours = colours

    def connect_actions(self) -> None:
        """Connect the menus and the toolbar."""
        act = self._actions
        act.connect_all(
            {
                act.start: self.start,
                act.join: self._session.join,
                act.is_alive: self._session.ask_alive,
                act.end_parent: self._session.end_parent,
                act.stop: self._session.stop,
                act.fit: self._on_fit,
                act.path: self._on_path,
                act.save: self._saving.save_run,
                act.export: self._on_export,
                act.copy_picture: self._saving.copy_picture,
                act.find: self._on_find,
                act.longest: self._views.panel(TasksPanel).next_longest,
                act.shortest: self._views.panel(TasksPanel).next_shortest,
                act.commands: self._on_commands,
                act.quit: self._window.close,
                act.keys: self.show_keys,
                act.about: self._on_about,
                act.follow: self._on_follow,
            }
        )

    def connect_chart(self, chart: "TimelineView") -> None:
        """Connect the timeline's menus and keys."""
        chart.set_verbs(self.verbs_of)
        chart.verb_requested.connect(self.carry_out)
        chart.start_requested.connect(self.start)
        chart.keys_requested.connect(self.show_keys)
        chart.path_shown.connect(self._actions.path.setChecked)
        chart.copy_requested.connect(self._saving.copy_visible)

    def start(self) -> None:
        """Start the plan or script; in a run by hand, the workers that are not started yet."""
        if self._session.running:
            self._session.start_rest()
        else:
            self._target.start()

    def show_keys(self) -> None:
        """Show what every key does."""
        key_sheet(self._window, self._window.actions()).open()

    def verbs_of(self, process_id: int) -> list[VerbChoice]:
        """The entries of the menu of one process in the shown timeline."""
        timeline, session = self._document.timeline, self._session
        if timeline is None:
            return []
        process = timeline.process(process_id)
        choices = abilities.verbs(timeline, process, session.running, session.stopping, self._target.plan())
        return [
            VerbChoice(one.wanted, one.text, one.ability.enabled, one.ability.why_not, one.group) for one in choices
        ]

    def carry_out(self, process_id: int, verb: str) -> None:
        """Do what was chosen in that menu. Starting a worker of a preview, or of a run that has ended, begins a new run."""
        timeline = self._document.timeline
        if verb == "start" and not self._session.running and timeline is not None:
            self._target.start_plan(timeline.process(process_id).worker)
        else:
            self._session.do(process_id, verb)

    def _on_fit(self) -> None:
        self._views.chart.fit()

    def _on_follow(self, on: bool) -> None:
        self._views.chart.follow = on

    def _on_path(self, _on: bool) -> None:
        self._views.chart.act(Action.PATH)

    def _on_find(self) -> None:
        self._views.chart.search()

    def _on_export(self) -> None:
        self._saving.export(dark=self._colours.palette.dark)

    def _on_about(self) -> None:
        about.about_dialog(self._window).open()

    def _on_commands(self) -> None:
        act = self._actions
        commands = window_commands([action for action in self._window.actions() if action is not act.commands])
        commands += window_commands(act.themes.actions(), "Theme: ")
        commands += self._places()
        commands += window_commands(self._views.chart.lane_actions(), "Lanes: ")
        commands += timeline_commands(self._act, enabled=self._document.timeline is not None, why_not=NO_RUN)
        CommandPalette(self._window, commands, self._colours.palette).show()

    def _places(self) -> list[PaletteCommand]:
        """What can be gone to or chosen by its name: tabs, presets, and the processes of the shown run, the first thousand."""
        tabs = self._layout.tabs
        found = []
        for at in range(tabs.count()):
            page = tabs.widget(at)
            if page is not None and tabs.is_offered(page):
                title = tabs.tabText(at).replace("&", "")
                found.append(PaletteCommand(f"Tab: {title}", "", partial(self._layout.show_tab, page)))
        found += [
            PaletteCommand(f"Preset: {one.name}", "", partial(self._choose_preset, at))
            for at, one in enumerate(PRESETS)
        ]
        timeline = self._document.timeline
        for process in [] if timeline is None else timeline.processes[:_MOST_PROCESSES]:
            pid = "" if process.pid is None else f", pid {process.pid}"
            found.append(
                PaletteCommand(f"Process: {visible(process.name)}{pid}", "", partial(self._show_process, process.id))
            )
        return found

    def _choose_preset(self, at: int) -> None:
        self._sources.setCurrentWidget(self._sources.plan)
        self._sources.plan.choose_preset(at)

    def _show_process(self, process: int) -> None:
        self._views.select(ProcessSelection(process), self)

    def _act(self, action: Action) -> None:
        """Do what a key of the timeline does, and give the timeline the focus, as if the key had been pressed there."""
        self._views.chart.setFocus()
        self._views.chart.act(action)
