"""Opens files in the window: asks which, has them read, and keeps what was opened. The window's thread.

A script is passed on; everything else is read in a thread of its own, and the window stays live.
"""

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop.control.session import Session
from desktop.documents.reading import Reading
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
"""For a dialog that takes files alone: a run's folder is chosen by a file in it."""

_SCRIPTS = (".py", ".pyw")
BUSY = "A run is going on: stop it, or wait for its end, before opening a file."


class FileOpening(QObject):
    """script_chosen: the path of a script. opened: an `Opened`, which stays open until the next one. said: one sentence.
    failed: a sentence and details."""

    script_chosen = Signal(str)
    opened = Signal(object)
    said = Signal(str)
    failed = Signal(str, str)
    leaving = Signal()

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._path = Path()
        self._reading = Reading(window)
        self._reading.opened.connect(self._on_opened)
        self._reading.failed.connect(self.failed)
        self._reading.cancelled.connect(self._on_cancelled)
        self._opened: Opened | None = None
        self._recent: QMenu | None = None
        session.began.connect(self._on_began)

    @property
    def shown(self) -> Opened | None:
        """What is shown of a file; None for a run of this window."""
        return self._opened

    def can_drop(self, data: QMimeData) -> bool:
        """Whether what is dragged over the window is one file."""
        return bool(_dropped_file(data))

    def drop(self, data: QMimeData) -> bool:
        """Open it. Whether it is one file."""
        path = _dropped_file(data)
        if path:
            self.open(path)
        return bool(path)

    def ask(self) -> None:
        """Ask which file."""
        folder = Path(self._settings.open_folder or Path.home())
        start = str(folder if folder.is_dir() else Path.home())
        path, _ = QFileDialog.getOpenFileName(self._window, "Open", start, _FILTER)
        if path:
            self.open(path)

    def open(self, path: str) -> None:
        """Open this file, unless a run goes on. The one that is being read is let go."""
        where = Path(path).absolute()
        if not is_kept(where):  # a run of the history is found there
            self._settings.open_folder = str(where.parent)
        if path.endswith(_SCRIPTS):
            self._settings.know_file(str(where))
            self.script_chosen.emit(path)
        elif self._session.running:
            self.said.emit(BUSY)
        else:
            self._path = where
            self._reading.read(where)

    def fill_recent(self, menu: QMenu) -> None:
        """Have `menu` offer the files that were opened last."""
        self._recent = menu
        menu.setObjectName("recent")
        menu.aboutToShow.connect(self._on_recent_asked)
        menu.triggered.connect(self._on_recent)
        self._on_recent_asked()

    def end(self) -> None:
        """Let go of everything."""
        self._reading.let_go()
        self._let_go()

    def _on_cancelled(self) -> None:
        self.said.emit("Opening was cancelled: what was shown before is as it was.")

    def _on_opened(self, opened: Opened) -> None:
        if self._session.running:
            opened.close()
            self.said.emit(BUSY)
            return
        self._let_go()
        self._opened = opened
        if not is_kept(self._path):
            self._settings.know_file(str(self._path))
        self._session.show(opened.timeline, opened.folder)
        self.opened.emit(opened)

    def _on_began(self) -> None:
        """A run of this window takes the place of what was opened, or is being opened."""
        self.end()

    def _let_go(self) -> None:
        self.leaving.emit()
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

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
    """The path of the one file in what is dragged over the window; empty when it is anything else."""
    urls = data.urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
