"""Says what can be done now and why not, what is shown, and what it is doing, in one sentence. The window's thread."""

from PySide6.QtCore import QObject, QTimer

from desktop.control import abilities
from desktop.control.abilities import Ability
from desktop.documents.comparing import NO_RUN as NOTHING_TO_COMPARE
from desktop.documents.saving import NO_RUN
from desktop.facts.visible_text import visible
from desktop.window.clusters.cluster_watching import RUNNING
from desktop.window.window_parts import WindowParts
from workers.analysis import status
from workers.plan.plan import Plan

BY_HAND = "Start the parent alone. The button of a lane starts its worker, and Start again starts all"
_SENTENCE_EVERY_MS = 100


class StatusDisplay(QObject):
    """Keeps the actions, the title and the status bar of the window up to date. While a run is still running, the sentence is
    renewed all the time: it has durations in it."""

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts.window)
        self._parts = parts
        self._clock = QTimer(self)
        self._clock.setInterval(_SENTENCE_EVERY_MS)
        self._clock.timeout.connect(self._show_sentence)
        parts.session.began.connect(self._on_began)
        parts.session.changed.connect(self.show)
        parts.session.ended.connect(self._on_ended)
        parts.document.changed.connect(self.show)
        parts.target.held_back.connect(self.show)

    def show(self) -> None:
        """Renew all of it."""
        act, session = self._parts.actions, self._parts.session
        run = self._parts.document.run
        timeline, running, stopping = None if run is None else run.timeline, session.running, session.stopping
        problem = self._parts.target.problem()
        act.show(act.start, abilities.start(timeline, running, stopping, problem), self._start_does())
        chart = self._parts.views.loaded_chart
        if chart is not None:
            chart.set_problem(problem, script=self._parts.target.own_script_is_chosen)
            chart.show_verbs()
        act.show(act.join, abilities.join(timeline, running, stopping))
        act.show(act.is_alive, abilities.ask(timeline, running, stopping))
        act.show_by_hand(self._is_by_hand)
        act.show(act.end_parent, abilities.finish(timeline, running, stopping))
        act.show(act.look, abilities.look(timeline, running, stopping))
        act.show(act.stop, abilities.stop(running, stopping))
        act.show(act.watch_cluster, Ability(not running, RUNNING))
        has_run = Ability(run is not None, NO_RUN)
        for action in (act.export, act.copy_picture, act.fit, act.path, act.find, act.next_finding):
            act.show(action, has_run)
        for action in (act.compare, act.compare_previous):
            act.show(action, Ability(run is not None, NOTHING_TO_COMPARE))
        act.show(act.save, abilities.save(timeline, running, run is not None and run.folder is not None))
        act.show(act.follow, Ability(running, "Nothing is running that could be followed."))
        self.show_follow()
        self._show_title()
        self._show_sentence()

    @property
    def _is_by_hand(self) -> bool:
        """Whether the run that is running, or else the next one, is by hand."""
        plan = self._parts.session.source if self._parts.session.running else self._parts.target.plan()
        return isinstance(plan, Plan) and plan.by_hand

    def _start_does(self) -> str:
        """What Start does in a plan by hand, where it differs from other plans."""
        if self._parts.session.running:
            return "Start the workers that are left"
        plan = self._parts.target.plan()
        return BY_HAND if plan is not None and plan.by_hand else ""

    def show_follow(self) -> None:
        """Say whether the chart follows the end of the run."""
        chart = self._parts.views.loaded_chart
        # Without a run it is off: the next run is followed in any case, and a switch that is on would say nothing.
        self._parts.actions.follow.setChecked(self._parts.session.running and chart is not None and chart.follow)

    def _on_began(self) -> None:
        self._clock.start()

    def _on_ended(self) -> None:
        self._clock.stop()
        self.show()

    def _show_title(self) -> None:
        run = self._parts.document.run
        title = "" if run is None else run.title
        running = "Running: " if self._parts.session.running else ""
        self._parts.window.setWindowTitle(f"{running}{visible(title)} – Procession" if title else "Procession")

    def _show_sentence(self) -> None:
        run, stopping = self._parts.document.run, self._parts.session.stopping
        if run is None:
            sentence = self._parts.target.sentence() or status.sentence(None)
        elif run.failure and run.folder is None:
            sentence = run.failure  # it was not even launched
        else:
            sentence = status.sentence(run.timeline, stopping=stopping, stopped=run.stopped)
        self._parts.layout.say(sentence)
