"""The window's process, from its start to its exit code. Composition root of everything that is Qt.

Only what the first paint needs is imported at the top.
"""

import gc
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.window.main_window import MainWindow

if TYPE_CHECKING:
    from desktop.trouble.crash_reports import Crashes
    from desktop.window.window_interrupts import WindowInterrupts


def run_window(file: str = "") -> int:
    """Show the window until it is closed. file: what to open in it. Its exit code: 0, or 128 and a signal's number when
    that closed it (130 after Ctrl-C)."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Procession")
    app.setDesktopFileName("procession")
    window = MainWindow(Settings(), late=True)
    rest = _Rest(window, file)
    window.show()
    code = app.exec()
    number = rest.end()
    gc.freeze()  # the interpreter would look through everything once more at its end, for half a second
    return code if number is None else 128 + number


class _Rest(QObject):
    """What comes after the first paint: the window's contents, then what watches over it, then the chart."""

    def __init__(self, window: MainWindow, file: str) -> None:
        super().__init__()
        self._window, self._file = window, file
        self._crashes: Crashes | None = None
        self._interrupts: WindowInterrupts | None = None
        window.painted.connect(self._on_painted)

    def end(self) -> int | None:
        """Let go of everything. The number of the signal that closed the window, if one did."""
        if self._crashes is None or self._interrupts is None:
            return None
        self._window.contents.history.end()
        self._window.contents.session.close()
        self._interrupts.close()
        sys.excepthook = sys.__excepthook__
        self._crashes.end()
        return self._interrupts.number

    def _on_painted(self) -> None:
        # Not from within the paint, and before anything that a person does: what is pressed by now waits in Qt's queue.
        QTimer.singleShot(0, self._complete)

    def _complete(self) -> None:
        from desktop.look.icons import make_app_icon
        from desktop.trouble.crash_reports import Crashes
        from desktop.trouble.trouble import Trouble
        from desktop.window.window_interrupts import WindowInterrupts

        window = self._window
        self._crashes = Crashes()
        self._crashes.begin()
        contents = window.complete()
        QApplication.setWindowIcon(make_app_icon())
        trouble = Trouble(window, self._crashes)
        trouble.happened.connect(contents.status.show)
        trouble.install()
        self._interrupts = WindowInterrupts(window)
        if self._file:
            contents.open_file(self._file)
        # Loading the chart takes as long again: the window is there before it, laid out and painted, which else came later.
        QApplication.sendPostedEvents()
        window.repaint()
        QTimer.singleShot(0, contents.views.load_chart)
        # What is loaded by then stays: looking through it for garbage again and again would stop the window for moments.
        contents.views.chart_loaded.connect(gc.freeze)
        contents.views.chart_loaded.connect(trouble.offer)
        contents.views.chart_loaded.connect(contents.history.look_back)
