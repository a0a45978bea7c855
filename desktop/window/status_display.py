"""How it stands: what can be done now and why not, what is shown, and what goes on, in a sentence. The window's thread."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMainWindow

from desktop.control import abilities
from desktop.control.abilities import Ability
from desktop.control.session import Session
from desktop.documents.comparing import NO_RUN as NOTHING_TO_COMPARE
from desktop.documents.file_opening import FileOpening
from desktop.documents.mark_edits import MarkEdits
from desktop.documents.saving import NO_RUN
from desktop.window.actions import Actions
from desktop.window.run_target import RunTarget
from desktop.window.views import Views
from desktop.window.window_layout import WindowLayout
from workers.analysis import status

_SENTENCE_EVERY_MS = 100


class StatusDisplay(QObject):
    """Says it in the actions, the title and the status bar of the window. The sentence is made anew all the time between
    `begin` and `end`."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        places: WindowLayout,
        views: Views,
        session: Session,
        source: RunTarget,
        opening: FileOpening,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._places = places
        self._views = views
        self._session = session
        self._source = source
        self._opening = opening
        self._clock = QTimer(self)
        self._clock.setInterval(_SENTENCE_EVERY_MS)
        self._clock.timeout.connect(self._show_sentence)

    def begin(self) -> None:
        """A run goes on from now on."""
        self._clock.start()

    def end(self) -> None:
        """It does no more."""
        self._clock.stop()

    def show(self) -> None:
        """Say all of it anew."""
        act, session = self._actions, self._session
        timeline, running, stopping = session.timeline, session.running, session.stopping
        problem = self._source.problem()
        act.show(act.start, abilities.start(timeline, running, stopping, problem))
        if self._views.loaded_chart is not None:
            self._views.loaded_chart.set_problem(problem, script=self._source.script_is_chosen)
        act.show(act.join, abilities.join(timeline, running, stopping))
        act.show(act.is_alive, abilities.ask(timeline, running, stopping))
        act.show(act.stop, abilities.stop(running, stopping))
        has_run = Ability(timeline is not None, NO_RUN)
        for action in (act.export, act.copy_picture, act.fit, act.find):
            act.show(action, has_run)
        act.show(act.compare, Ability(timeline is not None, NOTHING_TO_COMPARE))
        act.show(act.save, abilities.save(timeline, running, session.folder is not None))
        act.show(act.follow, Ability(running, "Nothing is running that could be followed."))
        self.show_follow()
        self._show_title()
        self._show_sentence()

    def show_follow(self) -> None:
        """Say whether the end of the run is followed."""
        chart = self._views.loaded_chart
        # The next run is followed anyway: on without a run would say nothing.
        self._actions.follow.setChecked(self._session.running and chart is not None and chart.follow)

    def show_changes(self, marks: MarkEdits) -> None:
        """Say which change of a mark can be taken back or done again."""
        act = self._actions
        for action, verb, what in ((act.undo, "Undo", marks.undo_text), (act.redo, "Redo", marks.redo_text)):
            action.setText(f"&{verb} {what}".rstrip())
            act.show(action, Ability(bool(what), f"There is nothing to {verb.lower()}."))

    def what_is_shown(self) -> str:
        """The plan, the script or the file, in a word or line; empty when there is none."""
        if self._opening.shown is not None:
            return self._opening.shown.title
        timeline = self._session.timeline
        if timeline is not None and timeline.plan is not None:
            return timeline.plan.title
        return "" if self._source.script is None else self._source.script.title

    def _show_title(self) -> None:
        what = self.what_is_shown()
        running = "Running: " if self._session.running else ""
        self._window.setWindowTitle(f"{running}{what} – Procession" if what else "Procession")

    def _show_sentence(self) -> None:
        session = self._session
        said = self._source.sentence() if session.timeline is None else ""
        self._places.say(said or status.sentence(session.timeline, stopping=session.stopping, stopped=session.stopped))
