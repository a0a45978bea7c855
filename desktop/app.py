"""The window's process, from its start to its exit code. Composition root of everything that is Qt."""

import signal
import socket
import sys

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from desktop.icons import make_app_icon
from desktop.settings import Settings
from desktop.trouble import Trouble
from desktop.window import MainWindow


def run_window() -> int:
    """Show the window until it is closed. Its exit code: 0."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Procession")
    app.setDesktopFileName("procession")
    app.setWindowIcon(make_app_icon())
    window = MainWindow(Settings())
    trouble = Trouble(window)
    trouble.install()
    interrupts = _Interrupts(window)
    window.show()
    # Loading the chart takes a second: the window is there before it.
    QTimer.singleShot(0, window.load_chart)
    code = app.exec()
    window.session.close()
    interrupts.close()
    sys.excepthook = sys.__excepthook__
    return code


class _Interrupts:
    """Ctrl-C and TERM, heard at once: Python's handlers run only when Python does, so the signal wakes Qt through a
    socket. The first one closes the window, run and all; a second one ends the process."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._heard = 0
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._before = signal.set_wakeup_fd(self._writer.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, window)
        self._notifier.activated.connect(self._on_woken)

    def close(self) -> None:
        """Hear no more."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._reader.close()
        self._writer.close()

    def _on_signal(self, number: int, frame: object) -> None:
        self._heard += 1
        if self._heard > 1:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def _on_woken(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
        self._window.end()
