"""Notes the signals that ask a command to end, so that the loop that follows its run can act on them. The main thread."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts:
    """Ctrl-C, TERM and HUP, and the signals named in `also`. received: their numbers, in order."""

    def __init__(self, *also: str) -> None:
        self.received: list[int] = []
        self._names = (*_ENDING, *also)

    @property
    def count(self) -> int:
        """How many were received."""
        return len(self.received)

    @property
    def first(self) -> int | None:
        """The first one received, if any."""
        return self.received[0] if self.received else None

    @contextmanager
    def caught(self) -> Iterator["Interrupts"]:
        """Note them inside the context, and restore the handlers after it. A signal that is ignored stays ignored."""
        numbers = [getattr(signal, name) for name in self._names if hasattr(signal, name)]
        before = {number: signal.getsignal(number) for number in numbers}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            yield self
        finally:
            for number, handler in before.items():
                # One that comes late, while the process ends, must not change the exit code.
                late = self.received and handler is signal.SIG_DFL
                signal.signal(number, signal.SIG_IGN if late else handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.received.append(number)
