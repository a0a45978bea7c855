"""Opens comparisons: asks which run to show beside the main window's, has it read, and keeps the comparisons up to date while
the main window's run is still running. The window's thread.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop.documents.document import Document
from desktop.documents.file_opening import RUN_FILTER
from desktop.documents.mark_edits import MarkEdits
from desktop.documents.open_comparison import OpenComparison
from desktop.documents.progress_job import ProgressJob, read_file
from desktop.documents.recent_runs import over_runs, run_words
from desktop.look.palette import Palette
from desktop.settings import Settings
from desktop.widgets.progress import literal
from workers.formats.file_format import Opened
from workers.history.run_list import Entry
from workers.journal.run_files import KEEPER
from workers.runs.run_folders import age_order, is_kept

if TYPE_CHECKING:
    from desktop.dialogs.compare_window import CompareWindow
    from desktop.dialogs.compared_run import ComparedRun

_MOST_OFFERED, _MOST_LOOKED = 8, 40
NO_PREVIOUS = "There is no earlier run in the history."
NO_RUN = "There is no run to compare: start one, or open one."
_SCRIPT = "A script cannot be compared before it has run: choose a saved run, a run's folder or a trace."


class Comparing(QObject):
    """said: one sentence. failed: a sentence and details. opened: a CompareWindow is shown."""

    said = Signal(str)
    failed = Signal(str, str)
    opened = Signal(object)

    def __init__(self, window: QWidget, document: Document, marks: MarkEdits, settings: Settings) -> None:
        """marks: of the run that the main window shows."""
        super().__init__(window)
        self._window, self._document, self._settings = window, document, settings
        self._marks = marks
        self._palette: Palette | None = None
        self._reading = ProgressJob(window, "opening")
        self._reading.finished.connect(self._on_read)
        self._reading.failed.connect(self._on_failed)
        self._reading.cancelled.connect(self._on_cancelled)
        self._wanted: list[Path] = []
        self._first: ComparedRun | None = None
        self._files: list[Opened] = []  # of the comparison that is being opened
        self._open: list[OpenComparison] = []

    @property
    def comparisons(self) -> list[OpenComparison]:
        """The open comparisons, the newest last."""
        return list(self._open)

    def ask(self) -> None:
        """Ask for the file that the shown run is compared with."""
        if self._document.run is None:
            self.said.emit(NO_RUN)
            return
        path, _ = QFileDialog.getOpenFileName(self._window, "Compare with", str(self._settings.folder), RUN_FILTER)
        if path:
            if not is_kept(Path(path).absolute()):
                self._settings.know_folder(path)
            self.with_file(Path(path))

    def with_previous(self) -> None:
        """Compare the shown run with the run before it: the newest kept one that is over and is not the shown one."""
        previous = next(self._recent_runs(), None)
        if previous is None:
            self.said.emit(NO_PREVIOUS)
        else:
            self.with_file(previous.folder)

    def offer(self, menu: QMenu, previous: QAction, other: QAction) -> None:
        """Have `menu` offer the previous run, other recent runs and the last opened files, and then any file. previous, other:
        the actions for the first and the last, which are connected here."""
        previous.triggered.connect(self.with_previous)
        other.triggered.connect(self.ask)
        self._menu, self._previous, self._other = menu, previous, other
        menu.setObjectName("compare_with")
        menu.aboutToShow.connect(self._on_menu_asked)
        menu.triggered.connect(self._on_chosen)
        self._on_menu_asked()

    def _recent_runs(self) -> Iterator[Entry]:
        """The kept runs that are over but the shown one, the newest first. Those before a shown kept run come first."""
        shown = None if self._document.run is None else self._document.run.folder
        over = [entry for entry in over_runs(_MOST_LOOKED) if entry.folder != shown]
        before: list[Entry] = []
        if shown is not None and is_kept(shown):
            before = [entry for entry in over if age_order(entry.folder.name) < age_order(shown.name)]
        yield from before
        yield from (entry for entry in over if entry not in before)

    def _on_menu_asked(self) -> None:
        menu = self._menu
        menu.clear()
        menu.addAction(self._previous)
        menu.addSeparator()
        runs = list(islice(self._recent_runs(), _MOST_OFFERED)) if self._document.run is not None else []
        self._previous.setStatusTip(run_words(runs[0]) if runs else NO_PREVIOUS)
        for entry in runs:
            action = menu.addAction(literal(run_words(entry)).replace("&", "&&"))
            action.setData(str(entry.folder))
        files = [path for path in self._settings.files if not path.endswith((".py", ".pyw"))]
        if runs and files:
            menu.addSeparator()
        for path in files if self._document.run is not None else []:
            action = menu.addAction(literal(path).replace("&", "&&"))
            action.setData(path)
        menu.addSeparator()
        menu.addAction(self._other)

    def _on_chosen(self, action: QAction) -> None:
        if action not in (self._previous, self._other) and isinstance(action.data(), str):
            self.with_file(Path(action.data()))

    def with_file(self, path: Path) -> None:
        """Compare the shown run, as A, with the run in this file, as B."""
        shown = self._document.run
        if shown is None:
            self.said.emit(NO_RUN)
            return
        from desktop.dialogs.compared_run import ComparedRun

        self._let_go()
        self._first = ComparedRun(shown.title, shown.timeline)
        self._wanted = [path.absolute()]
        self._read_next()

    def files(self, a: Path, b: Path) -> None:
        """Compare the runs in two files. The main window shows what it did."""
        self._let_go()
        self._wanted = [a.absolute(), b.absolute()]
        self._read_next()

    def compare(self, a: Opened, b: Opened) -> "CompareWindow":
        """Compare two opened files. Both are closed with the comparison."""
        from desktop.dialogs.compared_run import ComparedRun

        return self._show(ComparedRun(a.title, a.timeline), ComparedRun(b.title, b.timeline), [a, b])

    def refresh(self) -> None:
        """Show what is new in the main window's run, where it is compared."""
        for one in self._open:
            one.window.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours from now on."""
        self._palette = palette
        for one in self._open:
            one.window.set_palette(palette)

    def end(self) -> None:
        """Close every comparison, and let go of the file that is being read, for good."""
        self._let_go()
        self._reading.close()
        for one in list(self._open):
            one.window.close()

    # Reading files

    def _read_next(self) -> None:
        path = self._wanted[0].parent if self._wanted[0].name == KEEPER else self._wanted[0]
        if path.suffix in (".py", ".pyw"):
            self._let_go()
            self.failed.emit(_SCRIPT, "")
        else:
            read_file(self._reading, path)

    def _on_read(self, opened: Opened) -> None:
        from desktop.dialogs.compared_run import ComparedRun

        self._files.append(opened)
        self._wanted.pop(0)
        run = ComparedRun(opened.title, opened.timeline)
        if self._first is None:
            self._first = run
        if self._wanted:
            self._read_next()
            return
        first, files = self._first, self._files
        self._first, self._files = None, []
        self._show(first, run, files)

    def _on_failed(self, sentence: str, details: str) -> None:
        self._let_go()
        self.failed.emit(sentence, details)

    def _on_cancelled(self) -> None:
        self._let_go()
        self.said.emit("Nothing is compared: opening was cancelled.")

    def _let_go(self) -> None:
        self._reading.let_go()
        for opened in self._files:
            opened.close()
        self._first, self._files, self._wanted = None, [], []

    # The windows

    def _show(self, a: "ComparedRun", b: "ComparedRun", files: list[Opened]) -> "CompareWindow":
        from desktop.dialogs.compare_window import CompareWindow

        assert self._palette is not None
        window = CompareWindow(a, b, self._palette, self._settings)
        one = OpenComparison(window, files, self._marks, self)
        one.closed.connect(self._on_closed)
        self._open.append(one)
        window.show()
        self.opened.emit(window)
        return window

    def _on_closed(self, one: OpenComparison) -> None:
        if one in self._open:
            self._open.remove(one)
            one.deleteLater()
