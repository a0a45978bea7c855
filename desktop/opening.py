"""Opens files in the window: asks which, shows how far reading is, and keeps what was opened. The window's thread.

A script is passed on; everything else is read in a thread of its own, and the window stays live.
"""

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QProgressDialog, QWidget

from desktop.control.loading import LoadThread
from desktop.control.session import Session
from desktop.settings import Settings
from workers.formats.opening import Opened

_FILTER = (
    "All that can be opened (*.py *.pyw *.procession *.json *.json.gz *.trace *.gz);;Python (*.py *.pyw);;"
    "Saved runs (*.procession);;Chrome traces (*.json *.json.gz);;All files (*)"
)
_SCRIPTS = (".py", ".pyw")
_LOOK_MS = 50
_PATIENCE_MS = 300
"""What is read sooner shows no progress."""
_STEPS = 1000
_BUSY = "A run is going on: stop it, or wait for its end, before opening a file."


class Opening(QObject):
    """script_chosen: the path of a script. opened: an `Opened`, which stays open until the next one. said: one sentence.
    failed: a sentence and details."""

    script_chosen = Signal(str)
    opened = Signal(object)
    said = Signal(str)
    failed = Signal(str, str)

    def __init__(self, window: QWidget, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._settings = settings
        self._thread: LoadThread | None = None
        self._path = Path()
        self._progress: QProgressDialog | None = None
        self._opened: Opened | None = None
        self._recent: QMenu | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._on_look)
        session.began.connect(self._on_began)

    @property
    def shown(self) -> Opened | None:
        """What is shown of a file; None for a run of this window."""
        return self._opened

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
        self._settings.open_folder = str(where.parent)
        if path.endswith(_SCRIPTS):
            self._settings.know_file(str(where))
            self.script_chosen.emit(path)
        elif self._session.running:
            self.said.emit(_BUSY)
        else:
            self.close_thread()
            self._path = where
            self._read()

    def fill_recent(self, menu: QMenu) -> None:
        """Have `menu` offer the files that were opened last."""
        self._recent = menu
        menu.setObjectName("recent")
        menu.aboutToShow.connect(self._on_recent_asked)
        menu.triggered.connect(self._on_recent)
        self._on_recent_asked()

    def close_thread(self) -> None:
        """Let go of the file that is being read, and wait until its thread has ended, which takes a moment."""
        thread, self._thread = self._thread, None
        self._end_progress()
        if thread is not None:
            thread.opened.disconnect(self._on_opened)
            thread.failed.disconnect(self._on_failed)
            thread.cancel()
            thread.wait()
            thread.deleteLater()

    def end(self) -> None:
        """Let go of everything."""
        self.close_thread()
        self._let_go()

    # While it is read.

    def _read(self) -> None:
        self._thread = thread = LoadThread(self._path, self)
        thread.opened.connect(self._on_opened)
        thread.failed.connect(self._on_failed)
        self._progress = progress = QProgressDialog("", "Cancel", 0, _STEPS, self._window)
        progress.setObjectName("opening")
        progress.setWindowTitle("Procession")
        progress.setLabelText(f"Opening {_plain(self._path.name)}")
        progress.setMinimumDuration(_PATIENCE_MS)
        progress.setAutoClose(False)
        progress.setAutoReset(False)
        progress.canceled.connect(self._on_cancelled)
        progress.setValue(0)
        self._clock.start()
        thread.start()

    def _on_look(self) -> None:
        if self._thread is not None and self._progress is not None:
            self._progress.setValue(min(_STEPS - 1, round(self._thread.done * _STEPS)))

    def _on_cancelled(self) -> None:
        self.close_thread()
        self.said.emit("Opening was cancelled: what was shown before is as it was.")

    def _on_opened(self, opened: Opened) -> None:
        self.close_thread()
        if self._session.running:
            opened.close()
            self.said.emit(_BUSY)
            return
        self._let_go()
        self._opened = opened
        self._settings.know_file(str(self._path))
        self._session.show(opened.timeline, opened.folder)
        self.opened.emit(opened)

    def _on_failed(self, sentence: str, details: str) -> None:
        self.close_thread()
        self.failed.emit(sentence, details)

    def _end_progress(self) -> None:
        self._clock.stop()
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.canceled.disconnect(self._on_cancelled)
            progress.close()
            progress.deleteLater()

    def _on_began(self) -> None:
        """A run of this window takes the place of what was opened, or is being opened."""
        self.end()

    def _let_go(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    # Recent files.

    def _on_recent_asked(self) -> None:
        menu = self._recent
        assert menu is not None
        menu.clear()
        for path in self._settings.files:
            action = menu.addAction(_plain(path).replace("&", "&&"))
            action.setData(path)
        if menu.isEmpty():
            menu.addAction("No files yet").setEnabled(False)

    def _on_recent(self, action: QAction) -> None:
        if isinstance(action.data(), str):
            self.open(action.data())


def dropped_file(data: QMimeData) -> str:
    """The path of the one file in what is dragged over the window; empty when it is anything else."""
    urls = data.urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""


def _plain(name: str) -> str:
    """A name on one line, and no markup for a label that would take it for some."""
    return "".join(char if char.isprintable() else "�" for char in name).replace("<", "‹")
