"""The window's process, from its start to its exit code. Composition root of everything that is Qt."""

import gc
import signal
import socket
import sys

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from desktop.crashes import Crashes
from desktop.icons import make_app_icon
from desktop.settings import Settings
from desktop.trouble import Trouble
from desktop.window import MainWindow


def run_window(file: str = "") -> int:
    """Show the window until it is closed. file: what to open in it. Its exit code: 0, or 128 and a signal's number when
    that closed it (130 after Ctrl-C)."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Procession")
    app.setDesktopFileName("procession")
    app.setWindowIcon(make_app_icon())
    crashes = Crashes()
    crashes.begin()
    window = MainWindow(Settings())
    trouble = Trouble(window, crashes)
    trouble.happened.connect(window.recover)
    trouble.install()
    interrupts = _Interrupts(window)
    if file:
        window.open_file(file)
    window.show()
    # Loading the chart takes a second: the window is there before it.
    QTimer.singleShot(0, window.load_chart)
    # What is loaded by then stays: looking through it for garbage again and again would stop the window for moments.
    window.chart_loaded.connect(gc.freeze)
    window.chart_loaded.connect(trouble.offer)
    window.chart_loaded.connect(window.history.look_back)
    code = app.exec()
    window.history.end()
    window.session.close()
    interrupts.close()
    sys.excepthook = sys.__excepthook__
    crashes.end()
    gc.freeze()  # the interpreter would look through everything once more at its end, for half a second
    return code if interrupts.number is None else 128 + interrupts.number


class _Interrupts:
    """Ctrl-C, TERM and HUP, heard at once: Python's handlers run only when Python does, so the signal wakes Qt through a
    socket. The first one closes the window, run and all; a second one ends the process.

    number: of the first one, None before it.
    """

    def __init__(self, window: MainWindow) -> None:
        self.number: int | None = None
        self._window = window
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._before = signal.set_wakeup_fd(self._writer.fileno())
        # A HUP that is ignored stays so, as nohup means it.
        self._heard = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            self._heard.append(signal.SIGHUP)
        for number in self._heard:
            signal.signal(number, self._on_signal)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, window)
        self._notifier.activated.connect(self._on_woken)

    def close(self) -> None:
        """Hear no more."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number in self._heard:
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
