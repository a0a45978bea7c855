"""Frames of a chart at the pace that the window keeps, for measurements. The window's thread, with a QApplication."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from desktop.control.pace import FAST_MS, Pace


@dataclass(slots=True)
class PacedFrames:
    """What was seen in so many seconds. painted_s: when each frame was painted. slow: for each tick, whether the pace was."""

    seconds: float
    painted_s: list[float] = field(default_factory=list)
    slow: list[bool] = field(default_factory=list)
    cpu_s: float = 0.0

    @property
    def a_second(self) -> float:
        """Frames a second."""
        return len(self.painted_s) / self.seconds


def paced_frames(view: Any, seconds: float, news: Callable[[], None], begun: Callable[[], None]) -> PacedFrames:
    """Have the frames of `view` painted as `desktop.control.session` does.

    view: has the `item` that paints, and the `widget` that is refreshed. news: called before each frame, to read or make what
    is new. begun: called once, when all is ready.
    """
    seen, pace = PacedFrames(seconds), Pace()
    framed = [(time.perf_counter(), time.thread_time())]
    paint = view.item.paint

    def timed(*arguments: Any) -> None:
        paint(*arguments)
        seen.painted_s.append(time.perf_counter())

    def tick() -> None:
        at_s, own_s = time.perf_counter(), time.thread_time()
        news()
        before_s, before_own_s = framed.pop()
        framed.append((at_s, own_s))
        due_ms = pace.frame(news=True, own_ms=(own_s - before_own_s) * 1e3, elapsed_ms=(at_s - before_s) * 1e3)
        seen.slow.append(due_ms != FAST_MS)
        if due_ms != clock.interval():
            clock.setInterval(due_ms)
        view.widget.refresh()

    view.item.paint = timed
    clock = QTimer()
    clock.setTimerType(clock.timerType().PreciseTimer)
    clock.setInterval(pace.interval_ms)
    clock.timeout.connect(tick)
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    gc.collect()
    gc.freeze()
    begun()
    used_s = time.process_time()
    clock.start()
    loop.exec()
    clock.stop()
    seen.cpu_s = time.process_time() - used_s
    gc.unfreeze()
    return seen
