"""Opens comparisons: asks for the run to stand beside the one that is shown, has it read, and keeps the windows up to date
while the run of the main window goes on. The window's thread.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.control.session import Session
from desktop.documents.file_opening import RUN_FILTER
from desktop.documents.mark_edits import MarkEdits
from desktop.documents.reading import Reading
from desktop.look.palette import Palette
from desktop.settings import Settings
from workers.formats.file_format import FileKind, Opened
from workers.journal.run_files import KEEPER
from workers.timeline.model import Bookmark
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from desktop.dialogs.compare_window import Compared, CompareWindow

NO_RUN = "There is no run to compare: start one, or open one."
NOT_KEPT = "A mark that is set here is kept as long as this comparison is open."
_SCRIPT = "A script cannot be compared before it has run: choose a saved run, a run's folder or a trace."


class Comparing(QObject):
    """said: one sentence. failed: a sentence and details. opened: a CompareWindow is shown.

    shown_name: what to call the run that the main window shows. marks: those of that window, and of which timeline they are.
    """

    said = Signal(str)
    failed = Signal(str, str)
    opened = Signal(object)

    def __init__(
        self, window: QWidget, session: Session, settings: Settings, marks: MarkEdits, shown_name: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        self._marks, self._shown_name = marks, shown_name
        self._palette: Palette | None = None
        self._reading = Reading(window)
        self._reading.opened.connect(self._on_read)
        self._reading.failed.connect(self._on_failed)
        self._reading.cancelled.connect(self._on_cancelled)
        self._wanted: list[Path] = []
        self._first: Compared | None = None
        self._held: list[Opened] = []  # of the comparison that is being opened
        self._open: list[_Open] = []

    @property
    def windows(self) -> list["CompareWindow"]:
        """The comparisons that are shown."""
        return [one.window for one in self._open]

    def ask(self) -> None:
        """Ask for the file that the shown run is compared with."""
        if self._session.timeline is None:
            self.said.emit(NO_RUN)
            return
        folder = Path(self._settings.open_folder or Path.home())
        start = str(folder if folder.is_dir() else Path.home())
        path, _ = QFileDialog.getOpenFileName(self._window, "Compare with", start, RUN_FILTER)
        if path:
            self._settings.open_folder = str(Path(path).absolute().parent)
            self.with_file(Path(path))

    def with_file(self, path: Path) -> None:
        """Compare the run that is shown, as A, with what is in this file, as B."""
        timeline = self._session.timeline
        if timeline is None:
            self.said.emit(NO_RUN)
            return
        from desktop.dialogs.compare_window import Compared

        self._let_go()
        self._first = Compared(self._shown_name(), timeline)
        self._wanted = [path.absolute()]
        self._read_next()

    def files(self, a: Path, b: Path) -> None:
        """Compare what is in two files; the run that is shown stays as it is."""
        self._let_go()
        self._wanted = [a.absolute(), b.absolute()]
        self._read_next()

    def compare(self, a: Opened, b: Opened) -> "CompareWindow":
        """Compare two that are open. Both are let go of with the window."""
        from desktop.dialogs.compare_window import Compared

        return self._show(Compared(a.title, a.timeline), Compared(b.title, b.timeline), [a, b])

    def refresh(self) -> None:
        """Show what the run of the main window has learned, where it is compared."""
        for one in self._open:
            one.window.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours from now on."""
        self._palette = palette
        for one in self._open:
            one.window.set_palette(palette)

    def end(self) -> None:
        """Close every comparison, and let go of what is being read."""
        self._let_go()
        for one in list(self._open):
            one.window.close()

    # While files are read.

    def _read_next(self) -> None:
        path = self._wanted[0].parent if self._wanted[0].name == KEEPER else self._wanted[0]
        if path.suffix in (".py", ".pyw"):
            self._let_go()
            self.failed.emit(_SCRIPT, "")
        else:
            self._reading.read(path)

    def _on_read(self, opened: Opened) -> None:
        from desktop.dialogs.compare_window import Compared

        self._held.append(opened)
        self._wanted.pop(0)
        run = Compared(opened.title, opened.timeline)
        if self._first is None:
            self._first = run
        if self._wanted:
            self._read_next()
            return
        first, held = self._first, self._held
        self._first, self._held = None, []
        self._show(first, run, held)

    def _on_failed(self, sentence: str, details: str) -> None:
        self._let_go()
        self.failed.emit(sentence, details)

    def _on_cancelled(self) -> None:
        self._let_go()
        self.said.emit("Nothing is compared: opening was cancelled.")

    def _let_go(self) -> None:
        self._reading.let_go()
        for opened in self._held:
            opened.close()
        self._first, self._held, self._wanted = None, [], []

    # The windows.

    def _show(self, a: "Compared", b: "Compared", held: list[Opened]) -> "CompareWindow":
        from desktop.dialogs.compare_window import CompareWindow

        assert self._palette is not None
        window = CompareWindow(a, b, self._palette, self._settings)
        one = _Open(window, held, self._marks, self)
        one.closed.connect(self._on_closed)
        self._open.append(one)
        window.show()
        self.opened.emit(window)
        return window

    def _on_closed(self, one: "_Open") -> None:
        if one in self._open:
            self._open.remove(one)
            one.deleteLater()


class _Open(QObject):
    """A comparison that is shown: the files that it holds open, and the marks of its two runs. closed: itself."""

    closed = Signal(object)

    def __init__(self, window: "CompareWindow", held: list[Opened], shown: MarkEdits, parent: QObject) -> None:
        super().__init__(parent)
        self.window = window
        self._held = held
        self._shown = shown
        self._own: dict[int, MarkEdits] = {}
        self._last: MarkEdits | None = None
        self._told = False
        window.mark_changed.connect(self._on_mark_changed)
        window.undo_asked.connect(self._on_undo)
        window.redo_asked.connect(self._on_redo)
        window.closed.connect(self._on_closed)

    def _on_mark_changed(self, timeline: Timeline, old: Bookmark | None, new: Bookmark | None) -> None:
        self._last = self._marks_of(timeline)
        self._last.replace(old, new)

    def _marks_of(self, timeline: Timeline) -> MarkEdits:
        """Those of the main window, where the run is shown there too; otherwise its own, kept with the run's folder."""
        if self._shown.timeline is timeline:
            return self._shown
        marks = self._own.get(id(timeline))
        if marks is None:
            folder = next((opened.path for opened in self._held
                           if opened.timeline is timeline and opened.kind is FileKind.RUN_FOLDER), None)  # fmt: skip
            marks = self._own[id(timeline)] = MarkEdits(lambda: folder, self)
            marks.set_timeline(timeline)
            marks.changed.connect(self.window.refresh)
            marks.failed.connect(self.window.toast.say)
            if folder is None and not self._told:
                self._told = True
                self.window.toast.say(NOT_KEPT)
        return marks

    def _on_undo(self) -> None:
        if self._last is not None:
            self._last.undo()

    def _on_redo(self) -> None:
        if self._last is not None:
            self._last.redo()

    def _on_closed(self) -> None:
        for opened in self._held:
            opened.close()
        self._held = []
        self.closed.emit(self)
