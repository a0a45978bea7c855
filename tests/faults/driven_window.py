"""The real application, driven by a scenario: `python driven_window.py SCENARIO [ARGUMENT]`. Run by the tests of faults.

What a test wants to know goes to standard output as lines of words; times are of the machine's monotonic clock.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QToolButton, QWidget

from desktop.control.session import Session
from desktop.settings import Settings
from desktop.window import app
from desktop.window.main_window import MainWindow
from workers.engines.local_engine import LocalEngine
from workers.journal.follower import Batch
from workers.plan.plan import Plan, StartMethod, Workload
from workers.system import process_tree
from workers.timeline.model import State

LEFT = Qt.MouseButton.LeftButton
_POLL_MS = 5
_AT_ONCE = 3


def say(*words: object) -> None:
    print(*words, flush=True)


class Driven(MainWindow):
    """The window, with a scenario that begins once it is whole."""

    scenario: Callable[["Driven"], None]

    def __init__(self, settings: Settings, *, late: bool = False, lessons: Path | None = None) -> None:
        super().__init__(settings, lessons=lessons)
        self.waiting: list[tuple[Callable[[], object], Callable[[], object]]] = []
        self.poll = QTimer(self)
        self.poll.timeout.connect(self._on_poll)
        self.poll.start(_POLL_MS)
        self.contents.views.chart_loaded.connect(self._on_loaded)

    def _on_loaded(self) -> None:
        type(self).scenario(self)

    def when(self, condition: Callable[[], object], then: Callable[[], object]) -> None:
        """Do something once a condition holds."""
        self.waiting.append((condition, then))

    def _on_poll(self) -> None:
        for one in list(self.waiting):
            if one[0]():
                self.waiting.remove(one)
                one[1]()

    def end(self) -> None:
        say("end", time.monotonic())
        super().end()

    def button(self, name: str) -> QToolButton:
        found = self.findChild(QToolButton, name)
        assert isinstance(found, QToolButton)
        return found

    def alive(self) -> bool:
        timeline = self.contents.session.timeline
        return timeline is not None and [p.state for p in timeline.processes if p.worker] == [State.ALIVE] * 2

    def begin(self, milliseconds: int, method: StartMethod = StartMethod.FORK) -> None:
        """Press Start on a plan of two sleepers."""
        self.contents.sources.plan.set_plan(Plan.make([milliseconds * 1000] * 2, Workload.SLEEP, method))
        QTest.mouseClick(self.button("start"), LEFT)

    def agree_and_close(self) -> None:
        """Close as a person does: by the window's cross, and Yes when asked."""
        if not self.close():
            question = self.findChild(QMessageBox, "close_question")
            assert question is not None
            buttons = question.findChildren(QAbstractButton)
            QTest.mouseClick(next(one for one in buttons if "and close" in one.text()), LEFT)


def idle(window: Driven) -> None:
    say("ready")


def running(window: Driven) -> None:
    def ready() -> None:
        timeline = window.contents.session.timeline
        assert timeline is not None
        say("ready", *(process.pid for process in timeline.processes if process.pid))

    window.begin(60_000, StartMethod(sys.argv[2]))
    window.when(window.alive, ready)


def slow_to_end(window: Driven) -> None:
    """As when a process of the run cannot be ended."""

    def close(self: Session) -> bool:
        while True:
            time.sleep(0.05)

    Session.close = close  # type: ignore[method-assign]
    say("ready")


def left_by_exit(window: Driven) -> None:
    """The event loop ends without the window being closed."""
    window.begin(60_000)
    window.when(window.alive, lambda: QCoreApplication.exit(0))


def raising_slot(window: Driven) -> None:
    def wrong() -> None:
        raise ValueError("<b>wrong</b>")

    def dialogs() -> list[QMessageBox]:
        return [one for one in window.findChildren(QMessageBox, "error") if one.isVisible()]

    def look() -> None:
        shown = dialogs()
        buttons = sorted(one.text().replace("&", "") for one in shown[0].findChildren(QAbstractButton) if one.text())
        say("dialogs", len(shown), shown[0].text())
        say("buttons", *buttons)
        say("plain", shown[0].textFormat() is Qt.TextFormat.PlainText)
        shown[0].close()
        window.when(lambda: not dialogs(), work)

    def work() -> None:
        say("start", window.button("start").isEnabled())
        window.begin(50)
        window.when(window.button("join").isEnabled, lambda: QTest.mouseClick(window.button("join"), LEFT))
        window.when(
            lambda: window.contents.session.timeline is not None and window.contents.session.timeline.ended, done
        )

    def done() -> None:
        assert window.contents.session.timeline is not None
        say("exit", window.contents.session.timeline.exit_code)
        window.close()

    timer = QTimer(window)
    timer.timeout.connect(wrong)
    timer.start(10)
    window.when(lambda: bool(dialogs()), lambda: QTimer.singleShot(200, look))


class Wrong(QWidget):
    """Raises whenever it is painted."""

    def paintEvent(self, event: object) -> None:
        raise ValueError("in paint")


def raising_paint(window: Driven) -> None:
    """An error of every frame is one dialog, and the window can be closed."""
    wrong = Wrong(window)
    wrong.show()
    clock = QTimer(window)
    clock.timeout.connect(wrong.update)
    clock.start(5)

    def dialogs() -> list[QMessageBox]:
        return [one for one in window.findChildren(QMessageBox, "error") if one.isVisible()]

    def done() -> None:
        say("dialogs", *(one.text() for one in dialogs()))
        for one in dialogs():
            one.close()
        window.when(lambda: not dialogs(), window.close)

    window.when(lambda: bool(dialogs()), lambda: QTimer.singleShot(200, done))


def raising_close(window: Driven) -> None:
    """An error while closing: the window closes all the same, and the run with it."""

    def wrong() -> None:
        raise ValueError("closing")

    window.contents.keep_settings = wrong  # type: ignore[method-assign]
    window.begin(60_000)
    window.when(window.alive, window.agree_and_close)


def raising_run(window: Driven) -> None:
    """An error in the thread of a run, in the middle of it."""

    def wrong(self: LocalEngine) -> Batch:
        raise ValueError("<b>wrong</b>")

    def look() -> None:
        (box,) = shown_boxes(window)
        say("dialog", box.text(), "plain", box.textFormat() is Qt.TextFormat.PlainText)
        say("left", len(process_tree.marked(Path(str(window.contents.session.folder)))))
        box.close()
        window.when(lambda: not shown_boxes(window) and not window.contents.session.running, done)

    def done() -> None:
        LocalEngine.take = poll  # type: ignore[method-assign]
        window.begin(50)
        window.when(window.button("join").isEnabled, lambda: QTest.mouseClick(window.button("join"), LEFT))
        window.when(
            lambda: window.contents.session.timeline is not None and window.contents.session.timeline.ended, again
        )

    def again() -> None:
        assert window.contents.session.timeline is not None
        say("again", window.contents.session.timeline.exit_code)
        window.close()

    poll = LocalEngine.take
    window.begin(60_000)
    window.when(window.alive, lambda: setattr(LocalEngine, "take", wrong))
    window.when(lambda: shown_boxes(window) and not window.contents.session.running, look)


def keeper_killed(window: Driven) -> None:
    """The keeper is killed in the middle of a run: what the window shows then, and a run after that."""
    killed_s = [0.0]

    def kill() -> None:
        keeper = int((Path(str(window.contents.session.folder)) / "keeper.pid").read_text().split()[0])
        killed_s[0] = time.monotonic()
        os.kill(keeper, signal.SIGKILL)
        window.when(lambda: not window.contents.session.running, lost)

    def lost() -> None:
        timeline = window.contents.session.timeline
        assert timeline is not None
        say("within", time.monotonic() - killed_s[0] < 2.0)
        say("states", *(process.state for process in timeline.processes))
        say("left", len(process_tree.marked(Path(str(window.contents.session.folder)))))
        say("banner", window.contents.toast.text())
        window.begin(50)
        window.when(window.button("join").isEnabled, lambda: QTest.mouseClick(window.button("join"), LEFT))
        window.when(
            lambda: window.contents.session.timeline is not timeline and not window.contents.session.running, again
        )

    def again() -> None:
        assert window.contents.session.timeline is not None
        say("again", window.contents.session.timeline.exit_code)
        window.close()

    window.begin(60_000)
    window.when(window.alive, kill)


def shown_boxes(window: QWidget) -> list[QMessageBox]:
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def offered(window: Driven) -> None:
    """What an earlier start left is offered, once."""

    def look() -> None:
        shown = [one for one in window.findChildren(QMessageBox, "error") if one.isVisible()]
        for one in shown:
            say("offered", one.text(), one.detailedText().splitlines()[-1])
        say("shown", len(shown))
        for one in shown:
            one.close()
        window.close()

    QTimer.singleShot(300, look)


def crashing(window: Driven) -> None:
    """As when native code goes wrong."""
    import faulthandler

    faulthandler._sigsegv()  # type: ignore[attr-defined]


def presses(window: Driven) -> None:
    """Start and Join twice and more, and sliders moved in between."""
    began: list[object] = []
    window.contents.session.began.connect(began.append)

    def join() -> None:
        for _ in range(3):
            QTest.mouseClick(window.button("join"), LEFT)
        slider = window.findChild(QWidget, "worker_count_slider")
        assert slider is not None
        QTest.keyClick(slider, Qt.Key.Key_PageUp)
        window.when(lambda: not window.contents.session.running, done)

    def done() -> None:
        timeline = window.contents.session.timeline
        assert timeline is not None
        assert timeline.plan is not None
        joins = [request for request in timeline.requests.values() if request.verb == "join_rest"]
        say(
            "runs",
            len(began),
            "joins",
            len(joins),
            "workers",
            timeline.plan.workers,
            "next",
            window.contents.sources.plan.plan().workers,
        )
        window.close()

    window.begin(300)
    QTest.mouseClick(window.button("start"), LEFT)
    QTest.mouseDClick(window.button("start"), LEFT)
    window.when(window.alive, join)


def _close_soon(window: Driven) -> None:
    """Close at a moment that chance chooses: before, in and after the start, the join and the end of a small run."""
    window.begin(150, random.choice(list(StartMethod)))
    window.when(window.button("join").isEnabled, lambda: QTest.mouseClick(window.button("join"), LEFT))
    QTimer.singleShot(random.randrange(800), window.agree_and_close)


def many_closes() -> int:
    """Applications, a few at a time, each a process of its own, forked when all is imported and before Qt is begun."""
    import desktop.chart.view  # noqa: F401

    codes: list[int] = []
    going: list[int] = []
    for seed in range(int(sys.argv[2])):
        if len(going) == _AT_ONCE:
            codes.append(_code_of(going.pop(0)))
        child = os.fork()
        if child == 0:
            random.seed(seed)
            Driven.scenario = _close_soon
            os._exit(app.run_window())
        going.append(child)
    say("codes", *codes, *map(_code_of, going))
    return 0


def _code_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


SCENARIOS = {"idle": idle, "running": running, "slow_to_end": slow_to_end, "left_by_exit": left_by_exit,
             "raising_slot": raising_slot, "presses": presses, "raising_paint": raising_paint,
             "offered": offered, "crashing": crashing, "raising_close": raising_close, "raising_run": raising_run,
             "keeper_killed": keeper_killed}  # fmt: skip


def drive(scenarios: Mapping[str, Callable[[Driven], None]]) -> int:
    """Run the application in the scenario that the first argument names. Its exit code."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.environ["XDG_CONFIG_HOME"])
    app.MainWindow = Driven  # type: ignore[misc]
    if sys.argv[1] == "many_closes":
        return many_closes()
    Driven.scenario = scenarios[sys.argv[1]]
    return app.run_window()


if __name__ == "__main__":
    sys.exit(drive(SCENARIOS))
