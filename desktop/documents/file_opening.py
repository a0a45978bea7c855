"""Opens files in the window: asks which one, has it read, and gives it to the document. The window's thread.

A script is passed on. Everything else is read by a job, and the window stays live.
"""

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop.control.session import Session
from desktop.documents.document import Document
from desktop.documents.progress_job import ProgressJob, read_file
from desktop.settings import Settings
from desktop.widgets.progress import literal
from workers.formats.all_formats import opened_formats
from workers.formats.file_format import Opened
from workers.journal.run_files import KEEPER
from workers.runs.run_folders import is_kept

_RUNS = " ".join([*(each.patterns for each in opened_formats()), "*.trace", "*.gz"])
_KINDS = ";;".join(f"{each.title}s ({each.patterns})" for each in opened_formats())
_FILTER = f"All that can be opened (*.py *.pyw {_RUNS});;Python (*.py *.pyw);;{_KINDS};;All files (*)"
RUN_FILTER = (
    f"All that can be compared ({_RUNS} {KEEPER});;{_KINDS};;Runs' folders, by their {KEEPER} ({KEEPER});;All files (*)"
)
"""For a dialog that offers files only: a run's folder is chosen by a file in it."""

_SCRIPTS = (".py", ".pyw")
BUSY = "A run is still running: stop it, or wait for its end, before opening a file."


class FileOpening(QObject):
    """script_chosen: the path of a script. opened: a file is shown now. said: one sentence. failed: a sentence and details."""

    script_chosen = Signal(str)
    opened = Signal()
    said = Signal(str)
    failed = Signal(str, str)

    def __init__(self, window: QWidget, document: Document, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._session = session
        self._settings = settings
        self._path = Path()
        self._reading = ProgressJob(window, "opening")
        self._reading.finished.connect(self._on_read)
        self._reading.failed.connect(self.failed)
        self._reading.cancelled.connect(self._on_cancelled)
        self._recent: QMenu | None = None
        session.began.connect(self._on_began)

    def can_drop(self, data: QMimeData) -> bool:
        """Whether one file is dragged over the window."""
        return bool(_dropped_file(data))

    def drop(self, data: QMimeData) -> bool:
        """Open the one file that was dropped. False where it is anything else."""
        path = _dropped_file(data)
        if path:
            self.open(path)
        return bool(path)

    def ask(self) -> None:
        """Ask which file."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open", str(self._settings.folder), _FILTER)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Open this file, unless a run is still running. A file that is being read is let go."""
        where = Path(path).absolute()
        if not is_kept(where):  # runs in the history are found there
            self._settings.know_folder(where)
        if path.endswith(_SCRIPTS):
            self._settings.know_file(str(where))
            self.script_chosen.emit(path)
        elif self._session.running:
            self.said.emit(BUSY)
        else:
            self._path = where
            read_file(self._reading, where)

    def fill_recent(self, menu: QMenu) -> None:
        """Have `menu` offer the files that were opened last."""
        self._recent = menu
        menu.setObjectName("recent")
        menu.aboutToShow.connect(self._on_recent_asked)
        menu.triggered.connect(self._on_recent)
        self._on_recent_asked()

    def end(self) -> None:
        """Let go of the file that is being read, for good."""
        self._reading.close()

    def _on_cancelled(self) -> None:
        self.said.emit("Opening was cancelled: what was shown before is as it was.")

    def _on_read(self, opened: Opened) -> None:
        if self._session.running:
            opened.close()
            self.said.emit(BUSY)
            return
        if not is_kept(self._path):
            self._settings.know_file(str(self._path))
        self._document.show_opened(opened)
        self.opened.emit()

    def _on_began(self) -> None:
        """A run of this window is shown instead of the file that is being read."""
        self._reading.let_go()

    # Recent files.

    def _on_recent_asked(self) -> None:
        menu = self._recent
        assert menu is not None
        menu.clear()
        for path in self._settings.files:
            action = menu.addAction(literal(path).replace("&", "&&"))
            action.setData(path)
        if menu.isEmpty():
            menu.addAction("No files yet").setEnabled(False)

    def _on_recent(self, action: QAction) -> None:
        if isinstance(action.data(), str):
            self.open(action.data())


def _dropped_file(data: QMimeData) -> str:
    """The path of the one file that is dragged over the window; empty where it is anything else."""
    urls = data.urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
