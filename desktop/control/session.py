"""Runs plans and scripts for the window, one after another. In the window's thread.

The session owns the thread of the run and its timeline. It turns the user's presses into commands, and at its frame clock it
folds what the thread has read. Views never see the session: the window connects them.
"""

import time
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.control import abilities
from desktop.control.pace import Pace
from desktop.control.run_thread import RunThread
from workers.commands import SIGNALS, AskParent, SendSignal, StopRun, TakeLook
from workers.engines.choice import make_engine
from workers.engines.engine import Engine, EngineFactory, Runnable, now_ns
from workers.folding.fold import Fold
from workers.plan.plan import Plan
from workers.timeline.model import Request
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from workers.commands import ParentVerb

BUDGET_S = 0.008
"""How long a frame may fold. The rest waits for the next frame, in order."""

_CLOSE_WITHIN_S = 12.0
_ONE_WAIT_MS = 50


def step_by_step(what: Runnable) -> Engine:
    """The engine of a run that the user steers: a plan holds before its first join, and takes commands."""
    return make_engine(what, straight=False)


class Phase(Enum):
    """Where the session is in a run. Each phase leads to the next one that applies, and the last back to IDLE."""

    IDLE = auto()
    """No run."""
    LAUNCHING = auto()
    """The run's thread is about to start it. Commands wait until it has."""
    RUNNING = auto()
    """The run is under way and followed."""
    STOPPING = auto()
    """The user has ended the run, and it is still followed."""
    READING_REST = auto()
    """The run is over. What was recorded of it is still being folded, frame by frame."""


_UNDER_WAY = (Phase.LAUNCHING, Phase.RUNNING)


class Session(QObject):
    """Starts, steers and follows runs. make_engine: makes the engine that carries one out.

    began: a Timeline of which nothing has happened yet.
    launched: the folder of the run's journals, a Path.
    stop_requested: the user has ended the run.
    advanced: the timeline may have changed; at most once a frame.
    ended: the run is over and all of it is folded.
    failed: a sentence and details.
    changed: what can be done may have changed.

    source, timeline, folder, stopped: of the last run; `folder` has its journals and is None if it could not be launched. The
    window may show another run: the document has that one.
    """

    began = Signal(object)
    launched = Signal(object)
    stop_requested = Signal()
    advanced = Signal()
    ended = Signal()
    failed = Signal(str, str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None, make_engine: EngineFactory = step_by_step) -> None:
        super().__init__(parent)
        self._make_engine = make_engine
        self.phase = Phase.IDLE
        self.source: Runnable | None = None
        self.timeline: Timeline | None = None
        self.stopped = False
        self.folder: str | None = None
        self._fold: Fold | None = None
        self._thread: RunThread | None = None
        self._over_ns = 0  # when the run was over
        self._requests = 0
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace = Pace()
        self._framed_s = 0.0, 0.0  # the last frame, by the clock and by this thread's CPU time
        self._clock.timeout.connect(self._on_frame)

    @property
    def running(self) -> bool:
        """Whether there is a run that is not over and folded."""
        return self.phase is not Phase.IDLE

    @property
    def stopping(self) -> bool:
        """Whether the user has ended the run, which is not over and folded yet."""
        return self.running and self.stopped

    def start(self, what: Runnable, *, first: int | None = None) -> None:
        """Run a plan, a script or a program of ours, unless there is a run.

        first: of a plan by hand, the worker to start; None starts the parent alone.
        """
        if self.running:
            return
        self.source = what
        self.timeline = Timeline.planned(what) if isinstance(what, Plan) else Timeline()
        self._fold = Fold(self.timeline)
        self._requests = 0
        self.stopped = False
        self.folder = None
        self.phase = Phase.LAUNCHING
        self._thread = thread = RunThread(what, self._make_engine, self)
        thread.failed.connect(self.failed)
        thread.launched.connect(self._on_launched)
        thread.finished.connect(self._on_finished)
        self.began.emit(self.timeline)
        self.changed.emit()
        thread.start()
        self._pace = Pace()
        self._framed_s = time.perf_counter(), time.thread_time()
        self._clock.start(self._pace.interval_ms)
        if isinstance(what, Plan) and what.by_hand and first is not None:
            self._ask("start", first)

    def start_rest(self) -> None:
        """By hand: start the workers that are left."""
        if self.running and abilities.start(self.timeline, True, self.stopping, "").enabled:
            for number in abilities.unstarted(self.timeline):
                self._ask("start", number)
            self.changed.emit()

    def join(self) -> None:
        """Have the parent carry out its joins, in order."""
        timeline = self.timeline
        if timeline is None or not abilities.join(timeline, self.running, self.stopping).enabled:
            return
        if timeline.plan is not None and timeline.plan.by_hand:
            for number in abilities.unjoined(timeline):
                self._ask("join", number)
        else:
            self._ask("join_rest")
        self.changed.emit()

    def end_parent(self) -> None:
        """Have the parent continue to its end."""
        if abilities.finish(self.timeline, self.running, self.stopping).enabled:
            self._ask("finish")
            self.changed.emit()

    def ask_alive(self) -> None:
        """Have the parent ask each worker that was started whether it is alive."""
        timeline = self.timeline
        if timeline is None or not abilities.ask(timeline, self.running, self.stopping).enabled:
            return
        for number in abilities.started(timeline):
            self._ask("alive", number)
        self.changed.emit()

    def stop(self) -> None:
        """End the whole tree of the run."""
        if self.phase in _UNDER_WAY and self._thread is not None:
            self.phase = Phase.STOPPING
            self.stopped = True
            self._thread.command(StopRun())
            self.stop_requested.emit()
            self.changed.emit()

    def look(self) -> bool:
        """Have the stacks of all processes read. They come with what is recorded. Returns whether they were asked for."""
        if self._thread is None or not abilities.look(self.timeline, self.running, self.stopping).enabled:
            return False
        self._thread.command(TakeLook())
        return True

    def do(self, process_id: int, verb: str) -> None:
        """Carry out one verb of a process's menu: by the parent, or by a signal from outside if the parent is not free.

        verb: as `MenuEntry.wanted`.
        """
        timeline = self.timeline
        if timeline is None or self.phase not in _UNDER_WAY or self._thread is None:
            return
        process = timeline.process(process_id)
        entries = abilities.verbs(timeline, process, True, False)
        entry = next((one for one in entries if one.wanted == verb and one.ability.enabled), None)
        if entry is None:
            return
        chosen = entry.verb
        if chosen == "finish" or entry.worker:
            self._ask(chosen, entry.worker)
        elif chosen in SIGNALS and (process.worker is None or not abilities.parent_is_free(timeline)):
            self._signal(process_id, SIGNALS[chosen])
        elif process.worker is not None:
            self._ask(chosen, process.worker)
        self.changed.emit()

    def close(self) -> bool:
        """End the run and wait until it has ended, some seconds at most. Whether it has."""
        thread = self._thread
        self._clock.stop()
        if thread is None:
            return True
        thread.close()
        until_s = time.monotonic() + _CLOSE_WITHIN_S
        # During one long wait Python would not act on a second Ctrl-C.
        while not thread.wait(_ONE_WAIT_MS):
            if time.monotonic() > until_s:
                return False
        return True

    def _ask(self, verb: "ParentVerb", worker: int = 0) -> None:
        if self._thread is None or self.timeline is None:
            return
        self._requests += 1
        number = self._requests
        # Shown from the press on. The journal's record of it replaces this one.
        self.timeline.requests[number] = Request(number, verb, worker, self.timeline.now_ns)
        self.timeline.touch(1 if self.timeline.processes else None)
        self._thread.command(AskParent(number, verb, worker))

    def _signal(self, process_id: int, number: int) -> None:
        ticks = None if self._fold is None else self._fold.ticks.get(process_id)
        pid = None if self.timeline is None else self.timeline.process(process_id).pid
        if self._thread is not None and ticks is not None and pid is not None:
            self._thread.command(SendSignal(pid, ticks, number))

    def _on_launched(self, folder: str) -> None:
        if self.phase is Phase.LAUNCHING:
            self.phase = Phase.RUNNING
        self.folder = folder
        self.launched.emit(Path(folder))

    def _on_frame(self) -> None:
        thread, fold = self._thread, self._fold
        if thread is None or fold is None:
            return
        news = self._take_in(thread, fold, time.perf_counter() + BUDGET_S)
        if not news:
            if self.phase is Phase.READING_REST:
                self._finish(thread, fold)
                return
            fold.tick(now_ns())
        self._keep_pace(news)
        self.advanced.emit()
        if news:
            self.changed.emit()

    def _keep_pace(self, news: bool) -> None:
        at_s, own_s = time.perf_counter(), time.thread_time()
        before = self._framed_s
        self._framed_s = at_s, own_s
        due_ms = self._pace.frame(news=news, own_ms=(own_s - before[1]) * 1e3, elapsed_ms=(at_s - before[0]) * 1e3)
        if due_ms != self._clock.interval():
            self._clock.setInterval(due_ms)

    def _take_in(self, thread: RunThread, fold: Fold, until_s: float) -> bool:
        """Fold what was taken, until nothing is left or the time is up. Whether there was anything."""
        portion = thread.take()
        if portion is None:
            return False
        while portion is not None:
            fold.apply(portion, now_ns())
            portion = thread.take() if time.perf_counter() < until_s else None
        return True

    def _on_finished(self) -> None:
        """The thread has taken everything. What it left in its mailbox is folded frame by frame like the rest."""
        self.phase = Phase.READING_REST
        self._over_ns = now_ns()

    def _finish(self, thread: RunThread, fold: Fold) -> None:
        self._clock.stop()
        deleted, failure = thread.folder_deleted, thread.failure
        thread.wait()
        thread.deleteLater()
        self._thread = None
        if self.folder is None:
            fold.timeline.ended = True  # it was not even launched
        else:
            fold.finish(self._over_ns, gone=deleted, failure=failure)
        self.phase = Phase.IDLE
        self.advanced.emit()
        self.changed.emit()
        self.ended.emit()
