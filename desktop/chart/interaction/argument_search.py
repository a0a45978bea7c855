"""The search through the arguments of a trace's events, which are in its file and not in memory. The window's thread.

A long file is read some milliseconds at a time, between the frames of the window.
"""

import time
from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from workers.analysis.search import arguments_of, searched
from workers.errors import OpenError
from workers.timeline.timeline import Timeline

_SLICE_S = 0.008
_PAUSE_MS = 1


class ArgumentSearch(QObject):
    """Looks for one thing at a time.

    progressed: a percent more is searched. finished: it is over; not emitted by `start` itself.
    events: the events that were found; None before the end.
    done: the share that is searched, from 0 to 1; None while nothing is being searched.
    reason: why the arguments could not be searched; empty where they were, and where there are none.
    """

    progressed = Signal()
    finished = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: tuple[int, str] | None = None
        self._steps: Generator[float, None, NDArray[np.uint32]] | None = None
        self.events: NDArray[np.uint32] | None = None
        self.done: float | None = None
        self.reason = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self, timeline: Timeline, words: str) -> None:
        """Look for these words instead of what was looked for before: to the end where that takes a moment."""
        known = id(timeline), searched(words)
        if known == self._known:
            return
        self.cancel()
        arguments = arguments_of(timeline)
        if arguments is None or not known[1]:
            return
        self._known, self._steps, self.done = known, arguments.containing(known[1]), 0.0
        if arguments.long:
            self._timer.start()
        else:
            self._search(None)

    def cancel(self) -> None:
        """Look for nothing any more, and forget what was found."""
        self._timer.stop()
        if self._steps is not None:
            self._steps.close()
        self._known = self._steps = self.events = self.done = None
        self.reason = ""

    def _on_timeout(self) -> None:
        before = self.done
        self._search(time.monotonic() + _SLICE_S)
        if self.done is None:
            self.finished.emit()
        elif before is None or int(100 * self.done) != int(100 * before):
            self.progressed.emit()

    def _search(self, until_s: float | None) -> None:
        """Search on until this moment, None: to the end."""
        assert self._steps is not None
        try:
            while until_s is None or time.monotonic() < until_s:
                self.done = next(self._steps)
            return
        except StopIteration as end:
            self.events = end.value
        except OpenError as error:
            self.reason = str(error)
        self._timer.stop()
        self._steps = self.done = None
