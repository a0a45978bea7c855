"""Notes the signals that ask a command to end, so that the loop that follows its run can act on them. The main thread."""

import os
import signal
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts:
    """Ctrl-C, TERM and HUP, and the signals named in `also`. received: their numbers, in order.

    for_program: numbers of signals that do not ask this command to end, and are for the program that it runs. passed_on: those
    of them that were received, in order.

    After the run comes its report, which is of use only as a whole. One signal that comes then is passed over, and the next
    one ends the process at once.
    """

    def __init__(self, *also: str, for_program: Collection[int] = ()) -> None:
        self.received: list[int] = []
        self.passed_on: list[int] = []
        self._for_program = for_program
        self._passed_over = False
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
        """Note them inside the context, and restore the handlers after it. A signal that is ignored stays ignored.

        Where the default action was in place, it comes back with the second signal after the context.
        """
        numbers = [getattr(signal, name) for name in self._names if hasattr(signal, name)] + list(self._for_program)
        found = {number: signal.getsignal(number) for number in numbers}
        # What C code handles is left to it: Python could not restore that.
        before = {number: handler for number, handler in found.items() if handler is not None}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, self._on_late_signal if handler is signal.SIG_DFL else handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        (self.passed_on if number in self._for_program else self.received).append(number)

    def _on_late_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._passed_over:
            self._passed_over = True
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
