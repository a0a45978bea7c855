"""Counts the signals that end a command, so that the loop that follows a run can act on them. The main thread's."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts:
    """Ctrl-C, TERM and HUP while it is entered, and those in `also`. heard: in the order in which they came."""

    def __init__(self, *also: str) -> None:
        self.heard: list[int] = []
        self._names = (*_ENDING, *also)

    @property
    def count(self) -> int:
        """How many came."""
        return len(self.heard)

    @property
    def first(self) -> int | None:
        """The first that came."""
        return self.heard[0] if self.heard else None

    @contextmanager
    def caught(self) -> Iterator["Interrupts"]:
        """Count them from here on; what was set up before is put back. A signal that is ignored stays ignored."""
        numbers = [getattr(signal, name) for name in self._names if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            yield self
        finally:
            for number, handler in before.items():
                # One that comes late finds us on our way out, and must not take the exit code along.
                late = self.heard and handler is signal.SIG_DFL
                signal.signal(number, signal.SIG_IGN if late else handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.heard.append(number)
