"""The window's process, from its start to its exit code. The window is put together here.

Only what the first paint needs is imported at the top.
"""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.window.main_window import MainWindow

if TYPE_CHECKING:
    from desktop.trouble.crash_reports import Crashes
    from desktop.window.window_interrupts import WindowInterrupts


def run_window(file: str = "", lessons: Path | None = None) -> int:
    """Show the window until it is closed. file: is opened in it. lessons: a teacher's folder of lessons. Returns the exit code:
    0, or 128 and the number of the signal that closed the window (130 after Ctrl-C)."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Procession")
    app.setDesktopFileName("procession")
    window = MainWindow(Settings(), late=True, lessons=lessons)
    start = _StartUp(window, file)
    window.show()
    code = app.exec()
    number = start.end()
    gc.freeze()  # else a last collection of everything takes half a second at the interpreter's end
    return code if number is None else 128 + number


class _StartUp(QObject):
    """The steps after the first paint: the contents, then crash reports and signal handlers, then the chart."""

    def __init__(self, window: MainWindow, file: str) -> None:
        super().__init__()
        self._window, self._file = window, file
        self._crashes: Crashes | None = None
        self._interrupts: WindowInterrupts | None = None
        window.painted.connect(self._on_painted)

    def end(self) -> int | None:
        """End everything. Returns the number of the signal that closed the window, if one did."""
        if self._crashes is None or self._interrupts is None:
            return None
        self._window.contents.history.end()
        self._window.contents.session.close()
        self._interrupts.close()
        sys.excepthook = sys.__excepthook__
        self._crashes.end()
        return self._interrupts.number

    def _on_painted(self) -> None:
        # Not from within the paint, and before any input: keys pressed by now wait in Qt's queue.
        QTimer.singleShot(0, self._complete)

    def _complete(self) -> None:
        from desktop.environment.numpy_import import import_numpy
        from desktop.look.icons import make_app_icon
        from desktop.trouble.crash_reports import Crashes
        from desktop.trouble.trouble import Trouble
        from desktop.window.window_interrupts import WindowInterrupts

        import_numpy()
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
        # Loading the chart takes as long again. So lay out and paint the window before it.
        QApplication.sendPostedEvents()
        window.repaint()
        QTimer.singleShot(0, contents.views.load_chart)
        # Everything loaded by then stays. Each collection that looked through it would stop the window for a moment.
        contents.views.chart_loaded.connect(gc.freeze)
        contents.views.chart_loaded.connect(trouble.offer)
        contents.views.chart_loaded.connect(contents.history.look_back)
