"""One run after another, as the window drives them. Lives in the window's thread.

It owns the run's thread and its timeline, turns a person's presses into commands, and takes what the thread left at the
frame clock. Views never see it: the window connects them.
"""

import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.control import abilities
from desktop.control.pace import Pace
from desktop.control.run_thread import RunThread
from workers.engines.local_engine import STOP_SIGNALS, LiveRun, now_ns
from workers.engines.script import Script
from workers.folding.fold import Fold
from workers.plan.plan import Plan
from workers.runs.leases import Lease
from workers.timeline.model import EndedBy, Request
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from workers.commands import ParentVerb

BUDGET_S = 0.008
"""How long a frame may take in what was read; the rest waits for the next one, in its order."""

_PATIENCE_S = 12.0
_WORD_MS = 50


class Phase(Enum):
    """What the session is doing."""

    IDLE = auto()
    RUNNING = auto()
    STOPPING = auto()


class Session(QObject):
    """Starts, steers and follows runs.

    began: a Timeline of which nothing has happened yet. advanced: the timeline may have changed; at most once a frame.
    ended: the run is over and fully read. failed: a sentence and details. changed: what can be done may have changed.
    stopped: whether the last run was ended by its person. folder: where the journals of the last run are.
    """

    began = Signal(object)
    advanced = Signal()
    ended = Signal()
    failed = Signal(str, str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.phase = Phase.IDLE
        self.timeline: Timeline | None = None
        self.stopped = False
        self.folder: str | None = None
        self._fold: Fold | None = None
        self._thread: RunThread | None = None
        self._read_ns: int | None = None
        self._requests = 0
        self._hold: Lease | None = None
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._pace = Pace()
        self._framed_s = 0.0, 0.0  # when the last frame was, by the clock and by this thread's CPU time
        self._clock.timeout.connect(self._on_frame)

    @property
    def running(self) -> bool:
        """Whether a run is going on, stopping included."""
        return self.phase is not Phase.IDLE

    @property
    def stopping(self) -> bool:
        """Whether the run is being ended."""
        return self.phase is Phase.STOPPING

    def start(self, what: Plan | Script, *, first: int | None = None) -> None:
        """Run a plan or a script, unless a run goes on. first: by hand, start only this worker."""
        if self.running:
            return
        self.timeline = Timeline.planned(what) if isinstance(what, Plan) else Timeline()
        self._fold = Fold(self.timeline)
        self._read_ns = None
        self._requests = 0
        self.stopped = False
        self.folder = None
        self._let_go()
        self.phase = Phase.RUNNING
        self._thread = thread = RunThread(what, self)
        thread.failed.connect(self._on_failed)
        thread.launched.connect(self._on_launched)
        thread.finished.connect(self._on_finished)
        self.began.emit(self.timeline)
        self.changed.emit()
        thread.start()
        self._pace = Pace()
        self._framed_s = time.perf_counter(), time.thread_time()
        self._clock.start(self._pace.interval_ms)
        if isinstance(what, Plan) and what.by_hand:
            for number in [first] if first is not None else range(1, what.workers + 1):
                self._ask("start", number)

    def show(self, timeline: Timeline, folder: Path | None) -> None:
        """Take a timeline that was read from a file as the last run, unless a run goes on. folder: its journals."""
        if self.running:
            return
        self.timeline = timeline
        self.folder = None if folder is None else str(folder)
        self.stopped = timeline.ended_by is EndedBy.PERSON
        self._let_go()
        self.changed.emit()

    def start_rest(self) -> None:
        """By hand: start the workers that are left."""
        if self.running and abilities.start(self.timeline, True, self.stopping, "").enabled:
            for number in abilities.unstarted(self.timeline):
                self._ask("start", number)
            self.changed.emit()

    def join(self) -> None:
        """Have the parent go through its joins, in order."""
        timeline = self.timeline
        if timeline is None or not abilities.join(timeline, self.running, self.stopping).enabled:
            return
        if timeline.plan is not None and timeline.plan.by_hand:
            for number in abilities.unjoined(timeline):
                self._ask("join", number)
        else:
            self._ask("join_rest")
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
        if self.phase is Phase.RUNNING and self._thread is not None:
            self.phase = Phase.STOPPING
            self.stopped = True
            self._thread.do(LiveRun.stop)
            self.changed.emit()

    def do(self, process_id: int, verb: str) -> None:
        """One verb on one process: by the parent; a kill also from outside, when the parent is not free to do it."""
        timeline = self.timeline
        if timeline is None or self.phase is not Phase.RUNNING or self._thread is None:
            return
        process = timeline.process(process_id)
        entries = abilities.verbs(timeline, process, True, False)
        chosen = next((entry.verb for entry in entries if entry.verb == verb and entry.ability.enabled), None)
        if chosen is None:
            return
        if chosen == "finish":
            self._ask(chosen)
        elif chosen in STOP_SIGNALS and (process.worker is None or not abilities.parent_is_free(timeline)):
            self._signal(process_id, STOP_SIGNALS[chosen])
        elif process.worker is not None:
            self._ask(chosen, process.worker)
        self.changed.emit()

    def close(self) -> bool:
        """End what runs and wait until it has, some seconds at most. True when it is over."""
        thread = self._thread
        self._clock.stop()
        self._let_go()
        if thread is None:
            return True
        thread.close()
        until_s = time.monotonic() + _PATIENCE_S
        # One long wait would keep Python from hearing a second Ctrl-C.
        while not thread.wait(_WORD_MS):
            if time.monotonic() > until_s:
                return False
        return True

    def _ask(self, verb: "ParentVerb", worker: int = 0) -> None:
        if self._thread is None or self.timeline is None:
            return
        self._requests += 1
        number = self._requests
        # Shown as asked from the press on; the journal's own word for it replaces this one.
        self.timeline.requests[number] = Request(number, verb, worker, self.timeline.now_ns)
        self.timeline.touch(1 if self.timeline.processes else None)
        self._thread.do(_asking(verb, worker))

    def _signal(self, process_id: int, number: int) -> None:
        ticks = None if self._fold is None else self._fold.ticks.get(process_id)
        pid = None if self.timeline is None else self.timeline.process(process_id).pid
        if self._thread is not None and ticks is not None and pid is not None:
            self._thread.do(_signalling(pid, ticks, number))

    def _on_launched(self, folder: str) -> None:
        self.folder = folder
        self._hold = Lease(Path(folder))

    def _let_go(self) -> None:
        """The run that was shown may be forgotten."""
        hold, self._hold = self._hold, None
        if hold is not None:
            hold.release()

    def _on_frame(self) -> None:
        thread, fold = self._thread, self._fold
        if thread is None or fold is None:
            return
        news = self._take_in(thread, fold, time.perf_counter() + BUDGET_S)
        if not news:
            if self._read_ns is not None:
                self._finish(fold, self._read_ns)
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
        """Fold what was read, until it is all in or the time is up. Whether there was anything."""
        portion = thread.take()
        if portion is None:
            return False
        while portion is not None:
            fold.apply(portion, now_ns())
            portion = thread.take() if time.perf_counter() < until_s else None
        return True

    def _on_failed(self, sentence: str, details: str) -> None:
        self.failed.emit(sentence, details)

    def _on_finished(self) -> None:
        """The thread has read everything; what it left is taken in frame by frame like the rest."""
        self._read_ns = now_ns()

    def _finish(self, fold: Fold, read_ns: int) -> None:
        self._clock.stop()
        gone = self._thread is not None and self._thread.folder_gone
        if self._thread is not None:
            self._thread.wait()
            self._thread.deleteLater()
            self._thread = None
        if self.folder is None:
            fold.timeline.ended = True  # it was not even launched
        else:
            fold.finish(read_ns, gone=gone)
        self.phase = Phase.IDLE
        self.advanced.emit()
        self.changed.emit()
        self.ended.emit()


def _asking(verb: "ParentVerb", worker: int) -> Callable[[LiveRun], object]:
    def ask(run: LiveRun) -> None:
        run.ask(verb, worker)

    return ask


def _signalling(pid: int, ticks: int, number: int) -> Callable[[LiveRun], object]:
    def send(run: LiveRun) -> None:
        run.signal(pid, ticks, number)

    return send
