"""The signals that close the window: Ctrl-C, TERM and HUP. The window's process, its main thread."""

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier

if TYPE_CHECKING:
    from desktop.window.main_window import MainWindow


class WindowInterrupts:
    """Reacts to Ctrl-C, TERM and HUP at once. Python runs its handlers only between two steps of Python code, so the signal
    wakes Qt through a socket. The first signal closes the window and ends the run; a second one ends the process.

    number: of the first one, None before it.
    """

    def __init__(self, window: "MainWindow") -> None:
        self.number: int | None = None
        self._window = window
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._before = signal.set_wakeup_fd(self._writer.fileno())
        # A HUP that is ignored stays ignored: nohup wants that.
        self._handled = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            self._handled.append(signal.SIGHUP)
        for number in self._handled:
            signal.signal(number, self._on_signal)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, window)
        self._notifier.activated.connect(self._on_woken)

    def close(self) -> None:
        """Restore the default handlers."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number in self._handled:
            signal.signal(number, signal.SIG_DFL)
        self._reader.close()
        self._writer.close()

    def _on_signal(self, number: int, frame: object) -> None:
        if self.number is None:
            self.number = number
        else:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def _on_woken(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
        self._window.end()
