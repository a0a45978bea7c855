"""What a person's presses do: those of the toolbar, the menus, the timeline's own menus and the command palette. The window's
thread.
"""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from desktop.chart.interaction.lane_verbs import VerbChoice
from desktop.chart.keys import Action
from desktop.control import abilities
from desktop.control.session import Session
from desktop.dialogs import about
from desktop.dialogs.command_palette import CommandPalette, timeline_commands, window_commands
from desktop.dialogs.key_sheet import key_sheet
from desktop.documents.saving import NO_RUN, Saving
from desktop.window.actions import Actions
from desktop.window.colour_theme import ColourTheme
from desktop.window.run_target import RunTarget
from desktop.window.views import Views


class WindowCommands(QObject):
    """Carries out what is neither the run's own nor one part's alone."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        views: Views,
        session: Session,
        source: RunTarget,
        saving: Saving,
        colours: ColourTheme,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._views = views
        self._session = session
        self._source = source
        self._saving = saving
        self._colours = colours

    def connect_actions(self) -> None:
        """Carry out from now on what is chosen in the menus and the toolbar."""
        act = self._actions
        act.connect_all(
            {
                act.start: self.start,
                act.join: self._session.join,
                act.is_alive: self._session.ask_alive,
                act.stop: self._session.stop,
                act.fit: self._on_fit,
                act.save: self._saving.save_run,
                act.export: self._on_export,
                act.copy_picture: self._saving.copy_picture,
                act.find: self._on_find,
                act.commands: self._on_commands,
                act.quit: self._window.close,
                act.keys: self.show_keys,
                act.about: self._on_about,
                act.follow: self._on_follow,
            }
        )

    def start(self) -> None:
        """Start what is set; in a run, the workers that are not started."""
        if self._session.running:
            self._session.start_rest()
        else:
            self._source.start()

    def show_keys(self) -> None:
        """Show what every key does."""
        key_sheet(self._window, self._window.actions()).open()

    def verbs_of(self, process_id: int) -> list[VerbChoice]:
        """What can be done with a process of the timeline that is shown."""
        timeline, session = self._views.timeline, self._session
        if timeline is None:
            return []
        process = timeline.process(process_id)
        choices = abilities.verbs(timeline, process, session.running, session.stopping, self._source.plan())
        return [VerbChoice(entry.verb, entry.text, entry.ability.enabled, entry.ability.why_not) for entry in choices]

    def carry_out(self, process_id: int, verb: str) -> None:
        """Do it. What is started in a preview or a run that is over begins a new one."""
        timeline = self._views.timeline
        if verb == "start" and not self._session.running and timeline is not None:
            self._source.start_plan(timeline.process(process_id).worker)
        else:
            self._session.do(process_id, verb)

    def _on_fit(self) -> None:
        self._views.chart.fit()

    def _on_follow(self, on: bool) -> None:
        self._views.chart.follow = on

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
        commands += window_commands(self._views.chart.lane_actions(), "Lanes: ")
        commands += timeline_commands(self._act, enabled=self._views.timeline is not None, why_not=NO_RUN)
        CommandPalette(self._window, commands, self._colours.palette).show()

    def _act(self, action: Action) -> None:
        """Do what a key of the timeline does, and give it the keyboard, as if the key had been pressed there."""
        self._views.chart.setFocus()
        self._views.chart.act(action)
