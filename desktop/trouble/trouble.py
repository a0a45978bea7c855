"""Shows unexpected errors inside Procession: one dialog, a log file, and a report that the next start offers. The window's
thread.

`Trouble` is the `sys.excepthook`, to which Qt sends the exceptions of slots, events and painting.
"""

import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from desktop.trouble.crash_reports import Crashes, Report
from workers.harmless_text import plain_lines

_MOST_IN_LOG = 1 << 20
_MOST_TIMES = 5
_MOST_OFFERED = 3


def log_file() -> Path:
    """The log of unexpected errors."""
    return platformdirs.user_log_path("procession", appauthor=False) / "errors.log"


class Trouble(QObject):
    """Shows one dialog at a time. An error while it is open is only logged. `happened` lets the window recover.

    An error that repeats at the same place, as in every frame, is shown once and logged a few times.
    """

    happened = Signal()
    _raised = Signal(str, str)

    def __init__(self, window: QWidget, crashes: Crashes | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._crashes = Crashes() if crashes is None else crashes
        self._dialog: QMessageBox | None = None
        self._counts: Counter[tuple[object, ...]] = Counter()
        # Errors of other threads come through the event loop: a dialog belongs to the window's thread.
        self._raised.connect(self.show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Handle every exception that is not caught."""
        sys.excepthook = self.handle

    def handle(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        """Log an exception and show it. From any thread."""
        place = (kind, *_place(where))
        self._counts[place] += 1
        if self._counts[place] > _MOST_TIMES:
            return
        details = "".join(traceback.format_exception(kind, error, where))
        write_log(details)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if self._counts[place] == 1:
            self._crashes.keep(details)
            self._raised.emit(f"Something went wrong inside Procession: {error or kind.__name__}.", details)

    def show(self, sentence: str, details: str) -> None:
        """The dialog: what happened, what to do, the details, and a button that copies them."""
        self.happened.emit()
        self._open(sentence, details)

    def offer(self) -> None:
        """Show the errors of earlier starts that were not shown yet."""
        reports = self._crashes.offer()
        if reports:
            crashed = any(report.crashed for report in reports)
            sentence = "Procession ended unexpectedly." if crashed else "Something went wrong inside Procession."
            details = "\n\n".join(report.text for report in reports[:_MOST_OFFERED])
            advice = (
                "That was in an earlier start, and you can continue to work. You can help by reporting it with these "
                f"details, which are in {_places(reports)}."
            )
            self._open(sentence, details, advice)

    def _open(self, sentence: str, details: str, advice: str = "") -> None:
        if self._dialog is None:
            self._dialog = dialog = make_dialog(self._window, sentence, details, advice)
            dialog.finished.connect(self._on_closed)
            dialog.open()

    def _on_closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None


def _place(where: TracebackType | None) -> tuple[str, int]:
    """The file and line at which an exception was raised."""
    last = traceback.extract_tb(where)[-1:]
    return (last[0].filename, last[0].lineno or 0) if last else ("", 0)


def _places(reports: list[Report]) -> str:
    more = f" and {len(reports) - 1} more beside it" if len(reports) > 1 else ""
    return f"{reports[0].path}{more}"


def make_dialog(window: QWidget, sentence: str, details: str, advice: str = "") -> QMessageBox:
    """An error dialog, not yet shown. details: may be empty. advice: replaces the usual one."""
    sentence, details, advice = map(plain_lines, (sentence, details, advice))
    dialog = QMessageBox(window)
    dialog.setObjectName("error")
    dialog.setIcon(QMessageBox.Icon.Warning)
    dialog.setWindowTitle("Procession")
    dialog.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setText(sentence)
    if details:
        dialog.setInformativeText(
            advice
            or f"You can continue to work. If it happens again, report it with these details, which are also in {log_file()}."
        )
        dialog.setDetailedText(details)
        copy = dialog.addButton("&Copy details", QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # copying does not close the dialog
        copy.clicked.connect(_Copy(f"{sentence}\n\n{details}", dialog).copy)
    done = dialog.addButton(QMessageBox.StandardButton.Ok)
    dialog.setDefaultButton(done)
    dialog.setEscapeButton(done)
    return dialog


def show_error(window: QWidget, sentence: str, details: str) -> None:
    """Show an error in a dialog, and return at once. details: may be empty."""
    dialog = make_dialog(window, sentence, details)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


class _Copy(QObject):
    def __init__(self, text: str, parent: QObject) -> None:
        super().__init__(parent)
        self._text = text

    def copy(self) -> None:
        """Put the text on the clipboard."""
        QApplication.clipboard().setText(self._text)


def write_log(details: str) -> None:
    """Append to the log, which starts again once it is too large. A log that cannot be written is no error."""
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "w" if path.exists() and path.stat().st_size > _MOST_IN_LOG else "a"
        with path.open(mode, encoding="utf-8") as file:
            file.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')}\n{details}\n")
    except OSError:
        pass
    print(plain_lines(details), file=sys.stderr, end="")
